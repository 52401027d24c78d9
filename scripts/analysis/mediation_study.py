"""Mediation of a study: every exposure by every mediator, and those that pass step 1 by every outcome."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.direction import Disease
from scripts.analysis.estimates import generator
from scripts.analysis.mediation import (
    Row,
    Triple,
    both_steps,
    leave_one_out_rows,
    reverse_of_step_one,
    step_one,
    strength,
    triple_of,
)
from scripts.analysis.mediation_coloc import Colocalised
from scripts.analysis.mediation_columns import effects_row, estimate_row, heterogeneity_row, proportion_row
from scripts.analysis.mediation_reverse import reverse_of_step_two
from scripts.analysis.mediators import Cis, apart_from
from scripts.analysis.selection import PanelFile
from scripts.method.estimate import Estimate
from scripts.method.multiplicity import benjamini_hochberg
from scripts.method.two_step import TwoStep
from scripts.table import sumstats
from scripts.table.coloc import ColocVerdict
from scripts.table.correlations import Correlations

NOT_REACHED = {"coloc_verdict": ColocVerdict.NOT_TESTED.value, "coloc_h4": np.nan}


@dataclass(frozen=True, slots=True)
class Inputs:
    """Instruments of all traits, their rows at each other's instruments, and the study's choices.

    `rows` are standard tables by trait. `cis` has the window of each mediator that is a gene. `diseases`
    (None: no Steiger filter) are the binary traits. `silent` are pairs of a mediator and an outcome that are
    not followed, since the screen shows no effect of the one on the other.
    """

    exposures: Mapping[str, pd.DataFrame]
    mediators: Mapping[str, pd.DataFrame]
    outcomes: Mapping[str, pd.DataFrame]
    rows: Mapping[str, pd.DataFrame]
    cis: Mapping[str, Cis]
    panel: PanelFile | None
    correlations: Correlations
    diseases: Mapping[str, Disease] | None
    settings: Mapping[str, Any]
    clump_window_kb: float
    harmonise: Mapping[str, Any]
    seed: int
    silent: Collection[tuple[str, str]] = ()

    def triple(self, exposure: str, mediator: str, outcome: str, others: pd.DataFrame) -> Triple:
        """The exposure's instruments, and these of the mediator, with all effects."""
        roles = dict(zip(("exposure", "mediator", "outcome"), (exposure, mediator, outcome), strict=True))
        known = self.diseases
        diseases = None if known is None else {role: known.get(trait) for role, trait in roles.items()}
        rows = {role: self.rows[trait] for role, trait in roles.items()}
        return triple_of(self.exposures[exposure], others, rows, self.harmonise, diseases)

    def apart(self, variants: pd.DataFrame, *others: pd.DataFrame) -> pd.DataFrame:
        """The variants that are not in linkage disequilibrium with the others."""
        together = pd.concat(others, ignore_index=True)
        limits = self.settings["clump_r2"], self.clump_window_kb
        return variants[apart_from(variants, together, self.panel, *limits)].reset_index(drop=True)


@dataclass(slots=True)
class Found:
    """A row a triple for mediation.tsv, what the gates ask beside it, and tables for figures."""

    rows: list[Row] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    variants: list[pd.DataFrame] = field(default_factory=list)
    leave_one_out: list[pd.DataFrame] = field(default_factory=list)


def places_of(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Chromosome and position of every row of the tables, each once."""
    named = [table[["chromosome", "position"]] for table in tables]
    return pd.concat(named, ignore_index=True).drop_duplicates() if named else sumstats.empty()


def lookup_all(paths: Mapping[str, Path], places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Each trait's rows at these places."""
    return {
        trait: sumstats.lookup(path, places["chromosome"], places["position"])
        for trait, path in paths.items()
    }


def screen(inputs: Inputs, coloc: Colocalised) -> Found:
    """Every triple, with the steps' P adjusted within their families, up to the gates.

    Step 1 is one family over all pairs of exposure and mediator; step 2, for the pairs that pass it, and each
    reverse direction are one an outcome.
    """
    found = Found()
    for pair in _first_steps(inputs):
        for outcome in inputs.outcomes:
            row = {**pair, "outcome": outcome}
            acts = (row["mediator"], outcome) not in inputs.silent
            passed = acts and row["step_1_p_adjusted"] < inputs.settings["fdr"]
            facts = _second_step(row, inputs, coloc, found) if passed else {}
            found.rows.append(row)
            found.facts.append({**_no_facts(row["mediator"] in inputs.cis), "acts": acts, **facts})
    tested = pd.DataFrame(found.rows)
    logging.info("%d triples, %d with a second step", len(tested), len(found.variants))
    for name in ("step_2", "reverse_1", "reverse_2"):
        _adjust(found.rows, name)
    return found


def _first_steps(inputs: Inputs) -> list[Row]:
    """A row for each pair of exposure and mediator, adjusted over all of them."""
    outcome = next(iter(inputs.outcomes))
    rows = []
    for exposure in inputs.exposures:
        for mediator in inputs.mediators:
            if mediator == exposure:
                continue
            triple = inputs.triple(exposure, mediator, outcome, inputs.mediators[mediator].head(0))
            estimate, q = step_one(triple)
            rows.append(
                {
                    "exposure": exposure,
                    "mediator": mediator,
                    "gene_symbol": inputs.cis[mediator].symbol if mediator in inputs.cis else "",
                    "n_exposure": len(inputs.exposures[exposure]),
                    "n_in_mediator": int(triple.known("exposure", "mediator").sum()),
                    "n_mediator": len(inputs.mediators[mediator]),
                    **{"n_shared": 0, "n_mediator_used": 0, "n_union": 0},
                    **estimate_row("step_1", estimate),
                    **heterogeneity_row("q_step_1", q),
                    **_unknown(),
                }
            )
    _adjust(rows, "step_1")
    return rows


def _unknown() -> Row:
    """What a triple without a second step does not know."""
    nothing = {
        key: np.nan for name in ("step_2", "total", "direct", "indirect") for key in estimate_row(name, None)
    }
    reverse = {f"reverse_{k}_{key}": np.nan for k in (1, 2) for key in ("beta", "se", "neglog10_p", "n")}
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
        **_reverse("reverse_1", reverse_of_step_one(triple)),
        **_reverse("reverse_2", _reversed(inputs, exposure, mediator, outcome)),
    }
    _keep(row, triple, fit, found)
    used = triple.variants[triple.used]
    overlap = int(np.sum(cis.holds(used) & used["own"].to_numpy(bool))) if cis else 0
    return {"in_mhc": int(used["in_mhc"].sum()), "n_cis_overlap": overlap}


def _reversed(inputs: Inputs, exposure: str, mediator: str, outcome: str) -> Estimate | None:
    """The outcome on the mediator, by instruments that are neither trait's own nor in the gene's window."""
    back = inputs.apart(inputs.outcomes[outcome], inputs.exposures[exposure], inputs.mediators[mediator])
    if mediator in inputs.cis:
        back = back[~inputs.cis[mediator].holds(back)]
    known = inputs.diseases
    diseases = None if known is None else (known.get(outcome), known.get(mediator))
    return reverse_of_step_two(back, inputs.rows[mediator], inputs.harmonise, diseases)


def _no_facts(is_gene: bool) -> dict[str, Any]:
    return {"is_gene": is_gene, "in_mhc": 0, "n_cis_overlap": 0}


def _correlation(known: Correlations, traits: Sequence[str]) -> Any:
    """Of the errors of exposure and mediator, where the study's table has it."""
    return known.matrix(traits) if known.known(traits) else None


def _reverse(name: str, estimate: Estimate | None) -> Row:
    values = {key: getattr(estimate, key) if estimate else np.nan for key in ("beta", "se", "neglog10_p")}
    count = estimate.n_instruments if estimate else 0
    return {f"{name}_{key}": value for key, value in {**values, "n": count}.items()}


def _keep(row: Row, triple: Triple, fit: TwoStep, found: Found) -> None:
    """Variants, with the outcome's effect that the exposure leaves, and leave-one-out, for the figures."""
    key = {name: row[name] for name in ("exposure", "mediator", "outcome")}
    held = triple.of("beta", "outcome") - fit.direct.beta * triple.of("beta", "exposure")
    table = triple.variants.assign(beta_held=held, used=triple.used)
    found.variants.append(table.assign(**key))
    found.leave_one_out.append(leave_one_out_rows(triple, fit).assign(**key))


def _adjust(rows: list[Row], name: str) -> None:
    """Benjamini-Hochberg of `name` over all rows, or an outcome's; NaN, which was not tested, stays NaN."""
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(str(row.get("outcome", "")), []).append(row)
    for family in families.values():
        adjusted = benjamini_hochberg(
            np.array([row[f"{name}_neglog10_p"] for row in family], dtype=np.float64)
        )
        for row, p in zip(family, adjusted.p, strict=True):
            row[f"{name}_p_adjusted"] = float(p)
            row[f"m_{name}"] = adjusted.m
