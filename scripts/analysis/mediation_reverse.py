"""The reverse of step 2: does the outcome act on the mediator?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align
from scripts.analysis.diagnostics import attempt
from scripts.analysis.direction import LEAST_PEOPLE, Disease, explained
from scripts.method.arrays import BoolArray
from scripts.method.estimate import Estimate
from scripts.method.steiger import steiger
from scripts.method.two_step import single_or_ivw
from scripts.table.status import VariantStatus


def reverse_of_step_two(
    instruments: pd.DataFrame,
    mediator: pd.DataFrame,
    harmonise: Mapping[str, Any],
    diseases: tuple[Disease | None, Disease | None] | None,
) -> Estimate | None:
    """Effect of the outcome on the mediator by instruments of the outcome that are not the other traits' own.

    `mediator` is its standard table at these. With `diseases` (of outcome and mediator) an instrument that
    explains more of the mediator is left out. None where no instrument is left.
    """
    aligned = align(instruments, mediator, **harmonise)
    kept = aligned[aligned["status"] == VariantStatus.KEPT]
    if diseases is not None and len(kept):
        kept = kept[_explain_more_of_the_outcome(kept, diseases)]
    data = [kept[name].to_numpy(float) for name in ("beta_exposure", "beta_outcome", "se_outcome")]
    return attempt(lambda: single_or_ivw(*data))[0]


def _explain_more_of_the_outcome(
    kept: pd.DataFrame, diseases: tuple[Disease | None, Disease | None]
) -> BoolArray:
    """Instruments that Steiger's test finds to explain more of the outcome, their exposure here."""
    y, m = (
        explained(
            kept[f"beta_{side}"].to_numpy(float),
            kept[f"se_{side}"].to_numpy(float),
            kept[f"n_{side}"].to_numpy(float),
            disease,
        )
        for side, disease in zip(("exposure", "outcome"), diseases, strict=True)
    )
    testable = np.all([(s.n > LEAST_PEOPLE) & (s.r2 >= 0.0) & (s.r2 < 1.0) for s in (y, m)], axis=0)
    more = np.zeros(len(kept), dtype=np.bool_)
    more[testable] = steiger(y.r2[testable], y.n[testable], m.r2[testable], m.n[testable]).forward
    return more
