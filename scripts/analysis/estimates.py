"""Every requested estimator on one exposure and one outcome: tidy rows, a status where there is no number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from scripts.analysis.estimators import ESTIMATORS, Instruments, Pair, Settings
from scripts.method.estimate import TooFewInstruments
from scripts.method.gsmr import GsmrFit
from scripts.method.heterogeneity import cochran_q
from scripts.method.leave_one_out import LeaveOneOut, leave_one_out
from scripts.method.strength import f_statistics, i2_gx
from scripts.table.status import GsmrStatus, MethodStatus

GSMR_ADVISED = 10  # instruments below which gsmr2 advises against its own estimate
WEAK_F = 10.0

Row = dict[str, Any]
Answer = TypeVar("Answer")


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
    pair = Pair(data, settings, rng)
    methods = [method for method in settings.methods if method != "wald_ratio" or n == 1]
    fit = _attempt(lambda: pair.gsmr)[0] if "gsmr" in methods else None
    return PairResult(
        estimates=[_row(method, pair) for method in methods],
        diagnostics=_diagnostics(pair, fit),
        leave_one_out=_attempt(lambda: leave_one_out(*pair.first_order))[0],
        gsmr_status=fit.status if fit else np.full(n, GsmrStatus.NOT_RUN.value),
    )


def generator(seed: int, exposure: str, outcome: str) -> np.random.Generator:
    """The pair's own random stream: the same whatever batch, order or number of cores it is run in."""
    return np.random.default_rng([seed, crc32(exposure.encode()), crc32(outcome.encode())])


def _attempt(method: Callable[[], Answer]) -> tuple[Answer | None, MethodStatus]:
    """The method's answer, or the reason why it has none."""
    try:
        return method(), MethodStatus.ESTIMATED
    except TooFewInstruments:
        return None, MethodStatus.TOO_FEW_INSTRUMENTS
    except np.linalg.LinAlgError:
        return None, MethodStatus.SINGULAR


def _row(method: str, pair: Pair) -> Row:
    numbers = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")
    estimate, status = _attempt(lambda: ESTIMATORS[method](pair))
    if estimate is None:
        missing = {"method": method, "status": status.value, "n_instruments": len(pair.data.beta_x)}
        return missing | dict.fromkeys(numbers, np.nan)
    if method == "gsmr" and estimate.n_instruments < GSMR_ADVISED:
        status = MethodStatus.FEW_INSTRUMENTS
    row = {"method": method, "status": status.value, "n_instruments": estimate.n_instruments}
    return row | {name: getattr(estimate, name) for name in numbers}


def _diagnostics(pair: Pair, fit: GsmrFit | None) -> Row:
    """Strength, heterogeneity and directional pleiotropy; NaN where there are too few instruments for one."""
    data = pair.data
    f = f_statistics(data.beta_x, data.se_x)
    q, _ = _attempt(lambda: cochran_q(*pair.first_order))
    dilution, _ = _attempt(lambda: i2_gx(data.beta_x, data.se_x, data.se_y))
    line, _ = _attempt(lambda: pair.egger)
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
