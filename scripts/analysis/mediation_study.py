"""Mediation of a study: every exposure by every mediator, and those that pass step 1 by every outcome."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.estimates import generator
from scripts.analysis.mediation import (
    Row,
    Triple,
    both_steps,
    leave_one_out_rows,
    reverse_of_step_one,
    step_one,
    strength,
)
from scripts.analysis.mediation_alone import acts_alone, effect_of, mediators_alone
from scripts.analysis.mediation_coloc import Colocalised
from scripts.analysis.mediation_columns import (
    effects_row,
    estimate_row,
    heterogeneity_row,
    proportion_row,
    reverse_row,
)
from scripts.analysis.mediation_inputs import Inputs, adjust
from scripts.method.estimate import Estimate
from scripts.method.two_step import TwoStep
from scripts.table.coloc import ColocVerdict
from scripts.table.correlations import Correlations

NOT_REACHED = {"coloc_verdict": ColocVerdict.NOT_TESTED.value, "coloc_h4": np.nan}


@dataclass(slots=True)
class Found:
    """A row a triple for mediation.tsv, what the gates ask beside it, and tables for figures."""

    rows: list[Row] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    variants: list[pd.DataFrame] = field(default_factory=list)
    leave_one_out: list[pd.DataFrame] = field(default_factory=list)


def screen(inputs: Inputs, coloc: Colocalised) -> Found:
    """Every triple, with the steps' P adjusted within their families, up to the gates.

    Mediators by themselves are one family an outcome; step 1 is one over all pairs of exposure and mediator
    that are asked; step 2, for the pairs that pass it, and each reverse direction are one an outcome.
    """
    found, alone = Found(), mediators_alone(inputs)
    asked = {pair: _asked(pair, alone, inputs) for pair in _pairs(inputs)}
    for pair in _first_steps(inputs, asked):
        exposure, mediator = pair["exposure"], pair["mediator"]
        for outcome in inputs.outcomes:
            row = {**pair, **alone[mediator, outcome]}
            passed = row["step_1_p_adjusted"] < inputs.settings["fdr"]
            open_now = passed and outcome in asked[exposure, mediator]
            facts = _second_step(row, inputs, coloc, found) if open_now else {}
            found.rows.append(row)
            known = {
                "is_followed": exposure in inputs.followed[outcome],
                "acts": acts_alone(row, inputs.settings) if inputs.mediators_must_act else None,
                **_no_facts(mediator, inputs),
            }
            found.facts.append({**known, **facts})
    logging.info("%d triples, %d with a second step", len(found.rows), len(found.variants))
    for name in ("step_2", "reverse_1", "reverse_2"):
        adjust(found.rows, name)
    return found


def _pairs(inputs: Inputs) -> list[tuple[str, str]]:
    """Every exposure with every mediator but itself."""
    return [(x, m) for x in inputs.exposures for m in inputs.mediators if x != m]


def _asked(pair: tuple[str, str], alone: Mapping[tuple[str, str], Row], inputs: Inputs) -> tuple[str, ...]:
    """The outcomes on which a pair is followed."""
    exposure, mediator = pair
    followed = [outcome for outcome in inputs.outcomes if exposure in inputs.followed[outcome]]
    if inputs.mediators_must_act:
        rows = {outcome: alone[mediator, outcome] for outcome in followed}
        acting = [outcome for outcome in followed if acts_alone(rows[outcome], inputs.settings)]
        fdr = inputs.settings["fdr"]
        followed = [one for one in acting if not rows[one]["alone_reverse_p_adjusted"] < fdr]
    return tuple(followed)


def _first_steps(inputs: Inputs, asked: Mapping[tuple[str, str], Sequence[str]]) -> list[Row]:
    """A row for each pair of exposure and mediator; step 1, where it is asked, adjusted over all of them."""
    rows = [_first_step(*pair, inputs, bool(outcomes)) for pair, outcomes in asked.items()]
    adjust(rows, "step_1")
    return rows


def _first_step(exposure: str, mediator: str, inputs: Inputs, is_asked: bool) -> Row:
    """The row of a pair; its outcome is any, of which step 1 knows nothing."""
    none, outcome = inputs.mediators[mediator].head(0), next(iter(inputs.outcomes))
    triple = inputs.triple(exposure, mediator, outcome, none) if is_asked else None
    estimate, q = step_one(triple) if triple else (None, None)
    return {
        "exposure": exposure,
        "mediator": mediator,
        "gene_symbol": inputs.cis[mediator].symbol if mediator in inputs.cis else "",
        "n_exposure": len(inputs.exposures[exposure]),
        "n_in_mediator": int(triple.known("exposure", "mediator").sum()) if triple else np.nan,
        "n_mediator": len(inputs.mediators[mediator]),
        **{"n_shared": 0, "n_mediator_used": 0, "n_union": 0},
        **estimate_row("step_1", estimate),
        **heterogeneity_row("q_step_1", q),
        **_unknown(),
    }


def _unknown() -> Row:
    """What a triple without a second step does not know."""
    nothing = {
        key: np.nan for name in ("step_2", "total", "direct", "indirect") for key in estimate_row(name, None)
    }
    reverse = {
        key: value
        for k in (1, 2)
        for key, value in {**reverse_row(f"reverse_{k}", None), f"reverse_{k}_n": np.nan}.items()
    }
    return {**nothing, **reverse, **heterogeneity_row("q_step_2", None), **NOT_REACHED}


def _second_step(row: Row, inputs: Inputs, coloc: Colocalised, found: Found) -> dict[str, Any]:
    """Fill the row of a pair and an outcome, add to the tables for figures, and return what gates ask."""
    exposure, mediator, outcome = row["exposure"], row["mediator"], row["outcome"]
    own, every = inputs.exposures[exposure], inputs.mediators[mediator]
    others = inputs.apart(every, own)
    triple = inputs.triple(exposure, mediator, outcome, others)
    fit = both_steps(triple)
    row["n_shared"] = len(every) - len(others)
    row["n_mediator_used"] = int(np.sum(triple.used & ~triple.own))
    row["n_union"] = int(triple.used.sum())
    if fit is None:
        return {}
    f_exposure, f_mediator = strength(triple, _correlation(inputs.correlations, [exposure, mediator]))
    stream = generator(inputs.seed, f"{exposure}/{mediator}", outcome)
    cis = inputs.cis.get(mediator)
    verdict = coloc.verdict(mediator, outcome, every) if cis else tuple(NOT_REACHED.values())
    row |= {
        "conditional_f_exposure": f_exposure,
        "conditional_f_mediator": f_mediator,
        **effects_row(fit),
        **heterogeneity_row("q_step_2", fit.q),
        **proportion_row(fit, inputs.settings["draws"], stream),
        **dict(zip(NOT_REACHED, verdict, strict=True)),
        **reverse_row("reverse_1", reverse_of_step_one(triple)),
        **reverse_row("reverse_2", _reversed(inputs, exposure, mediator, outcome)),
    }
    _keep(row, triple, fit, found)
    used = triple.variants[triple.used]
    overlap = int(np.sum(cis.holds(used) & used["own"].to_numpy(bool))) if cis else 0
    return {"in_mhc": int(used["in_mhc"].sum()), "n_cis_overlap": overlap}


def _reversed(inputs: Inputs, exposure: str, mediator: str, outcome: str) -> Estimate | None:
    """The outcome on the mediator, by instruments that are neither trait's own nor in the gene's window."""
    back = inputs.apart(inputs.outcomes[outcome], inputs.exposures[exposure], inputs.mediators[mediator])
    diseases = inputs.diseases_of(outcome, mediator)
    return effect_of(inputs.outside(mediator, back), inputs.rows[mediator], inputs.harmonise, diseases)


def _no_facts(mediator: str, inputs: Inputs) -> dict[str, Any]:
    gene = inputs.cis.get(mediator)
    inside = int(inputs.mediators[mediator]["in_mhc"].sum())
    return {
        "is_control": mediator not in inputs.settings["mediators"],
        "is_gene": gene is not None,
        "gene_in_mhc": gene is not None and gene.in_mhc,
        "in_mhc": inside,
        "n_cis_overlap": 0,
    }


def _correlation(known: Correlations, traits: Sequence[str]) -> Any:
    """Of the errors of exposure and mediator, where the study's table has it."""
    return known.matrix(traits) if known.known(traits) else None


def _keep(row: Row, triple: Triple, fit: TwoStep, found: Found) -> None:
    """Variants, with the outcome's effect that the exposure leaves, and leave-one-out, for the figures."""
    key = {name: row[name] for name in ("exposure", "mediator", "outcome")}
    held = triple.of("beta", "outcome") - fit.direct.beta * triple.of("beta", "exposure")
    table = triple.variants.assign(beta_held=held, used=triple.used)
    found.variants.append(table.assign(**key))
    found.leave_one_out.append(leave_one_out_rows(triple, fit).assign(**key))
