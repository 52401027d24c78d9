"""How a total effect divides: steps, total, direct and mediated effect, the proportion's intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from scripts.figure.forest import draw_blocks
from scripts.figure.forest_rows import Row
from scripts.figure.mediation_words import names_of, proportion
from scripts.figure.words import Labels, effect_unit, label_of
from scripts.method.estimate import confidence_quantile
from scripts.table.interval import parts_of
from scripts.table.mediation import TRIPLE, ProportionStatus

KEY = "Filled square: what the table reports. Too narrow: the total effect as if it were known."
Triple = Mapping[str, Any]


def draw_effects(row: Triple, labels: Labels) -> Figure:
    """A row of mediation.tsv whose steps passed, as blocks of estimates with their 95% intervals."""
    exposure, mediator, outcome = (label_of(str(row[role]), labels) for role in TRIPLE)
    blocks = [
        (
            f"Step 1: on {mediator.name}",
            effect_unit(exposure, mediator),
            [_named(row, "step_1", "Step 1", True)],
        ),
        (
            f"Step 2: {mediator.name} on {outcome.name}",
            effect_unit(mediator, outcome),
            [_named(row, "step_2", "Step 2, exposure held", True)],
        ),
        (f"On {outcome.name}", effect_unit(exposure, outcome), _effects(row)),
    ]
    shares = _shares(row)
    if shares:
        blocks.append(("Proportion mediated", "share of the total effect", shares))
    first, second, _ = names_of(row, labels)
    return draw_blocks(f"{first} through {second}", blocks, KEY if shares else proportion(row))


def _effects(row: Triple) -> list[Row]:
    reach = confidence_quantile(math.inf)
    beta, other = float(row["indirect_beta"]), float(row["indirect_difference"])
    aroian, spread = reach * float(row["indirect_se_aroian"]), reach * float(row["indirect_difference_se"])
    drawn = float(row["indirect_mc_low"]), float(row["indirect_mc_high"])
    found = [
        _named(row, "total", "Total"),
        _named(row, "direct", "Direct, mediator held"),
        _named(row, "indirect", "Mediated: product", True),
    ]
    if math.isfinite(beta):
        found += [
            _plain("Mediated: product, Aroian", beta, beta - aroian, beta + aroian),
            _plain("Mediated: product, Monte Carlo", beta, *drawn),
            _plain("Mediated: total less direct", other, other - spread, other + spread),
        ]
    return found


def _shares(row: Triple) -> list[Row]:
    if row["proportion_status"] != ProportionStatus.PRINTED:
        return []
    share = float(row["proportion"])
    fieller = parts_of(
        row["proportion_fieller_parts"],
        float(row["proportion_fieller_low"]),
        float(row["proportion_fieller_high"]),
    )
    ends = {
        name: (float(row[f"proportion_{key}low"]), float(row[f"proportion_{key}high"]))
        for name, key in (("delta", ""), ("Monte Carlo", "mc_"), ("too narrow", "too_narrow_"))
    }
    return [
        Row("Fieller", share, fieller, math.nan, "", is_primary=True),
        _plain("Delta, with the total's error", share, *ends["delta"]),
        _plain("Monte Carlo", share, *ends["Monte Carlo"]),
        _plain("Delta, total as known: too narrow", share, *ends["too narrow"]),
    ]


def _named(row: Triple, key: str, name: str, primary: bool = False) -> Row:
    """An effect with its P."""
    beta, low, high, p = (float(row[f"{key}_{part}"]) for part in ("beta", "ci_low", "ci_high", "neglog10_p"))
    note = "" if math.isfinite(beta) else "not reported: a gate says no"
    return Row(name, beta, ((low, high),), p, note, is_primary=primary)


def _plain(name: str, beta: float, low: float, high: float) -> Row:
    return Row(name, beta, ((low, high),), math.nan, "")
