"""Every requested estimator on one exposure and one outcome: tidy rows, a status where there is no number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from scripts.analysis.diagnostics import attempt, diagnostics_of, variants_of
from scripts.analysis.estimators import ESTIMATORS, Instruments, Pair, Settings
from scripts.method.arrays import FloatArray
from scripts.method.leave_one_out import LeaveOneOut, leave_one_out
from scripts.table.interval import to_text
from scripts.table.methods import NEEDS_LD
from scripts.table.status import MethodStatus

GSMR_ADVISED = 10  # instruments below which gsmr2 advises against its own estimate

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PairResult:
    """One pair: a row per method, a row of diagnostics, leave-one-out, columns with a value a variant."""

    estimates: list[Row]
    diagnostics: Row
    leave_one_out: LeaveOneOut | None
    variants: dict[str, FloatArray | npt.NDArray[np.str_]]


def analyse(data: Instruments, settings: Settings, rng: np.random.Generator) -> PairResult:
    """All estimates of one exposure-outcome pair. A Wald ratio is given for a single instrument only."""
    n = len(data.beta_x)
    pair = Pair(data, settings, rng)
    methods = [method for method in settings.methods if method != "wald_ratio" or n == 1]
    fit = attempt(lambda: pair.gsmr)[0] if "gsmr" in methods else None
    outliers = attempt(lambda: pair.presso)[0] if "presso" in methods else None
    return PairResult(
        estimates=[_row(method, pair) for method in methods],
        diagnostics=diagnostics_of(pair, fit, outliers),
        leave_one_out=attempt(lambda: leave_one_out(*pair.first_order))[0],
        variants=variants_of(pair, fit, outliers),
    )


def generator(seed: int, exposure: str, outcome: str) -> np.random.Generator:
    """The pair's own random stream: the same whatever batch, order or number of cores it is run in."""
    return np.random.default_rng([seed, crc32(exposure.encode()), crc32(outcome.encode())])


def _row(method: str, pair: Pair) -> Row:
    numbers = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")
    estimate, status = attempt(lambda: ESTIMATORS[method](pair))
    if estimate is None:
        missing = {"method": method, "status": status.value, "n_instruments": len(pair.data.beta_x)}
        return missing | dict.fromkeys(numbers, np.nan) | {"ci_parts": ""}
    if method in NEEDS_LD and estimate.n_instruments < GSMR_ADVISED:
        status = MethodStatus.FEW_INSTRUMENTS
    row = {"method": method, "status": status.value, "n_instruments": estimate.n_instruments}
    parts = to_text(getattr(estimate, "intervals", ()))
    return row | {name: getattr(estimate, name) for name in numbers} | {"ci_parts": parts}
