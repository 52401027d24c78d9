"""Every requested estimator on one exposure and one outcome: tidy rows, a status where there is no number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import FloatArray
from scripts.method.egger import EggerFit, egger
from scripts.method.estimate import Estimate, TooFewInstruments
from scripts.method.gsmr import GsmrFit, gsmr
from scripts.method.heterogeneity import cochran_q
from scripts.method.ivw import ivw
from scripts.method.leave_one_out import LeaveOneOut, leave_one_out
from scripts.method.strength import f_statistics, i2_gx
from scripts.method.wald import wald_ratio
from scripts.method.weighted_median import weighted_median
from scripts.table.status import GsmrStatus, MethodStatus

GSMR_ADVISED = 10  # instruments below which gsmr2 advises against its own estimate
WEAK_F = 10.0

Row = dict[str, Any]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Instruments:
    """Aligned effects of n instruments on exposure and outcome (arrays of length n), and their LD.

    `ld` (n, n) is oriented to the effect alleles and comes from `n_ref` people; None: taken as independent.
    """

    beta_x: FloatArray
    se_x: FloatArray
    beta_y: FloatArray
    se_y: FloatArray
    ld: FloatArray | None
    n_ref: int | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The study's choices for the estimators; `gsmr_*` as in `gsmr`."""

    methods: Sequence[str]
    bootstrap_draws: int
    gsmr_min_instruments: int
    gsmr_heidi_p: float
    gsmr_ld_r2_max: float
    gsmr_ld_fdr: float
    gsmr_ridge: float


@dataclass(frozen=True, slots=True)
class PairResult:
    """One pair: a row per method, a row of diagnostics, leave-one-out, GSMR's use of variants."""

    estimates: list[Row]
    diagnostics: Row
    leave_one_out: LeaveOneOut | None
    gsmr_status: npt.NDArray[np.str_]


def analyse(data: Instruments, settings: Settings, rng: np.random.Generator) -> PairResult:
    """All estimates of one exposure-outcome pair. A Wald ratio is given for a single instrument only."""
    n = len(data.beta_x)
    line, line_status = _attempt(lambda: egger(data.beta_x, data.beta_y, data.se_y))
    requested = "gsmr" in settings.methods
    fit, fit_status = _attempt(lambda: _gsmr(data, settings) if requested else None)
    estimators: dict[str, Callable[[], tuple[Estimate | None, MethodStatus]]] = {
        "wald_ratio": lambda: _attempt(lambda: wald_ratio(data.beta_x, data.beta_y, data.se_y)),
        "ivw": lambda: _attempt(lambda: ivw(data.beta_x, data.beta_y, data.se_y)),
        "egger": lambda: (line.slope if line else None, line_status),
        "weighted_median": lambda: _attempt(
            lambda: weighted_median(
                data.beta_x, data.se_x, data.beta_y, data.se_y, settings.bootstrap_draws, rng
            )
        ),
        "gsmr": lambda: (fit.estimate if fit else None, fit_status),
    }
    methods = [method for method in settings.methods if method != "wald_ratio" or n == 1]
    return PairResult(
        estimates=[_row(method, *estimators[method](), n) for method in methods],
        diagnostics=_diagnostics(data, line, fit),
        leave_one_out=_attempt(lambda: leave_one_out(data.beta_x, data.beta_y, data.se_y))[0],
        gsmr_status=fit.status if fit else np.full(n, GsmrStatus.NOT_RUN.value),
    )


def generator(seed: int, exposure: str, outcome: str) -> np.random.Generator:
    """The pair's own random stream: the same whatever batch, order or number of cores it is run in."""
    return np.random.default_rng([seed, crc32(exposure.encode()), crc32(outcome.encode())])


def settings_of(estimators: Mapping[str, Any]) -> Settings:
    """Settings from the `estimators` section of the config, whose keys are their names."""
    return Settings(**estimators)


def _attempt(estimator: Callable[[], Result]) -> tuple[Result | None, MethodStatus]:
    """The estimator's answer, or the reason why it has none."""
    try:
        return estimator(), MethodStatus.ESTIMATED
    except TooFewInstruments:
        return None, MethodStatus.TOO_FEW_INSTRUMENTS
    except np.linalg.LinAlgError:
        return None, MethodStatus.SINGULAR


def _gsmr(data: Instruments, settings: Settings) -> GsmrFit:
    return gsmr(
        data.beta_x,
        data.se_x,
        data.beta_y,
        data.se_y,
        data.ld,
        data.n_ref,
        heidi=settings.gsmr_heidi_p > 0,
        heidi_p=settings.gsmr_heidi_p,
        ld_r2_max=settings.gsmr_ld_r2_max,
        ld_fdr=settings.gsmr_ld_fdr,
        min_instruments=settings.gsmr_min_instruments,
        ridge=settings.gsmr_ridge,
    )


def _row(method: str, estimate: Estimate | None, status: MethodStatus, n: int) -> Row:
    numbers = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")
    if estimate is None:
        missing = {"method": method, "status": status.value, "n_instruments": n}
        return missing | dict.fromkeys(numbers, np.nan)
    if method == "gsmr" and estimate.n_instruments < GSMR_ADVISED:
        status = MethodStatus.FEW_INSTRUMENTS
    row = {"method": method, "status": status.value, "n_instruments": estimate.n_instruments}
    return row | {name: getattr(estimate, name) for name in numbers}


def _diagnostics(data: Instruments, line: EggerFit | None, fit: GsmrFit | None) -> Row:
    """Strength, heterogeneity and directional pleiotropy; NaN where there are too few instruments for one."""
    f = f_statistics(data.beta_x, data.se_x)
    q, _ = _attempt(lambda: cochran_q(data.beta_x, data.beta_y, data.se_y))
    dilution, _ = _attempt(lambda: i2_gx(data.beta_x, data.se_x, data.se_y))
    return {
        "f_min": f.min() if len(f) else np.nan,
        "f_mean": f.mean() if len(f) else np.nan,
        "f_share_below_10": np.mean(f < WEAK_F) if len(f) else np.nan,
        "i2_gx": np.nan if dilution is None else dilution,
        "q": q.q if q else np.nan,
        "q_df": q.df if q else np.nan,
        "q_neglog10_p": q.neglog10_p if q else np.nan,
        "i2": q.i2 if q else np.nan,
        "egger_intercept": line.intercept.beta if line else np.nan,
        "egger_intercept_se": line.intercept.se if line else np.nan,
        "egger_intercept_neglog10_p": line.intercept.neglog10_p if line else np.nan,
        "n_heidi_outliers": np.sum(fit.status == GsmrStatus.HEIDI_OUTLIER.value) if fit else 0,
    }
