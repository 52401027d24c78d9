"""One trait on another by its own instruments: each mediator on each outcome by itself, and the reverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from scripts.analysis.alignment import align
from scripts.analysis.diagnostics import attempt
from scripts.analysis.direction import Disease, points_back, side_of
from scripts.analysis.mediation import Row
from scripts.analysis.mediation_columns import estimate_row, reverse_row
from scripts.analysis.mediation_inputs import Inputs, adjust
from scripts.method.estimate import Estimate
from scripts.method.two_step import single_or_ivw
from scripts.table.status import VariantStatus


def effect_of(
    instruments: pd.DataFrame,
    rows: pd.DataFrame,
    harmonise: Mapping[str, Any],
    diseases: Sequence[Disease | None] | None,
) -> Estimate | None:
    """Effect of a trait on another by these instruments, whose `rows` are the other's standard table there.

    With `diseases` (of both traits) instruments that explain significantly more of the other are left out.
    None where no instrument is left.
    """
    aligned = align(instruments, rows, **harmonise)
    kept = aligned[aligned["status"] == VariantStatus.KEPT]
    if diseases is not None:
        own, other = (
            side_of(kept, side, disease)
            for side, disease in zip(("exposure", "outcome"), diseases, strict=True)
        )
        kept = kept[~points_back(own, other)]
    data = [kept[name].to_numpy(float) for name in ("beta_exposure", "beta_outcome", "se_outcome")]
    return attempt(lambda: single_or_ivw(*data))[0]


def mediators_alone(inputs: Inputs) -> dict[tuple[str, str], Row]:
    """For each mediator and outcome the effect of either on the other, adjusted over an outcome's mediators.

    The reverse is by the outcome's instruments that are not the mediator's own, nor in a gene's window.
    """
    rows = {}
    for mediator, own in inputs.mediators.items():
        for outcome, theirs in inputs.outcomes.items():
            there = inputs.diseases_of(mediator, outcome)
            back = inputs.outside(mediator, inputs.apart(theirs, own))
            forward = effect_of(own, inputs.rows[outcome], inputs.harmonise, there)
            reverse = effect_of(back, inputs.rows[mediator], inputs.harmonise, there and there[::-1])
            rows[mediator, outcome] = {
                "outcome": outcome,
                **estimate_row("alone", forward),
                "alone_n": forward.n_instruments if forward else 0,
                **reverse_row("alone_reverse", reverse),
            }
    for name in ("alone", "alone_reverse"):
        adjust(rows.values(), name)
    return rows


def acts_alone(row: Row, settings: Mapping[str, Any]) -> bool:
    """Whether the mediator acts on the outcome: nominally, or at the false discovery rate of its outcome."""
    if settings["mediators_act"] == "nominal":
        return bool(row["alone_p"] < settings["nominal_p"])
    return bool(row["alone_p_adjusted"] < settings["fdr"])
