"""The findings of a study in words and numbers for readers, ready to be laid out as a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.figure.quality_findings import dropped_rows, meta_accounts, outstanding, share
from scripts.figure.truth_findings import Cells, truth_findings
from scripts.figure.words import (
    MISSING,
    Labels,
    count,
    effect_unit,
    interval,
    label_of,
    p_value,
)
from scripts.figure.worth_findings import worth_findings
from scripts.table.methods import CORRECTION_NAMES, method_names
from scripts.table.status import ExposureStatus, VariantStatus, Verdict

LOST = {
    "n_not_in_outcome": VariantStatus.NOT_IN_OUTCOME,
    "n_palindromic_ambiguous": VariantStatus.PALINDROMIC_AMBIGUOUS,
    "n_allele_mismatch": VariantStatus.ALLELE_MISMATCH,
    "n_no_effect": VariantStatus.NO_EFFECT,
    "n_steiger_filtered": VariantStatus.STEIGER_FILTERED,
}
PAIR = ["exposure", "outcome"]
COUNTED_BY_GATES = [ExposureStatus.ESTIMATED.value, ExposureStatus.NOT_ASKED.value]


@dataclass(frozen=True, slots=True)
class Tables:
    """The study's tables behind the page, with the columns that the files have (no truth_check: real)."""

    screen: pd.DataFrame
    estimates: pd.DataFrame
    validation: pd.DataFrame
    gates: pd.DataFrame
    diagnostics: pd.DataFrame
    quality_counts: pd.DataFrame
    quality_findings: pd.DataFrame
    corrections: pd.DataFrame
    controls: pd.DataFrame
    reverse: pd.DataFrame
    hits: pd.DataFrame
    effective_number: pd.DataFrame
    truth_check: pd.DataFrame | None


def findings(
    tables: Tables,
    labels: Labels,
    methods: Sequence[str],
    budget: Mapping[str, Any],
    meta_analyses: Collection[str],
) -> dict[str, Any]:
    """Everything that the page prints: sentences as text, tables as lists of rows of text."""
    screen, truth, p_max = tables.screen, tables.truth_check, budget["nominal_p"]
    correction = budget["screen"]["correction"]
    worth = worth_findings(
        *(tables.gates, tables.corrections, tables.controls, tables.reverse, tables.hits),
        *(tables.effective_number, labels),
    )
    return {
        "lead": _lead(screen),
        "methods": method_names(list(methods)),
        "p_max": f"{p_max:g}",
        "correction": "" if correction == "none" else CORRECTION_NAMES[correction],
        "screen_level": f"{budget['screen']['level']:g}",
        "validation_correction": CORRECTION_NAMES[budget["validation"]["correction"]],
        "validate_fdr": f"{budget['validation']['level']:g}",
        "validated": "validated" in set(tables.gates["gate"]),
        **worth,
        "hits": [_hit(row, tables, labels, p_max) for row in _records(screen[_true(screen["hit"])])],
        "validation": [_validation(row, labels) for row in _records(tables.validation)],
        "not_testable": [
            _untested(row, labels) for row in _records(screen[~screen["status"].isin(COUNTED_BY_GATES)])
        ],
        "lost": _lost_instruments(tables.diagnostics, list(screen["outcome"].unique())),
        "dropped": dropped_rows(tables.quality_counts, meta_analyses),
        "combined": meta_accounts(tables.quality_counts, meta_analyses, labels),
        "checks": outstanding(tables.quality_findings, labels),
        "truth": None if truth is None else truth_findings(truth, p_max),
    }


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _true(flags: pd.Series) -> pd.Series:
    """Flags as booleans; an empty column has no type of its own."""
    return flags.astype(bool)


def _lead(screen: pd.DataFrame) -> str:
    """The result in a few sentences."""
    tested = int((screen["status"] == ExposureStatus.ESTIMATED).sum())
    hits = int(_true(screen["hit"]).sum())
    exposures = count(screen["exposure"].nunique(), "exposure")
    outcomes = count(screen["outcome"].nunique(), "primary outcome")
    found = "None passed" if hits == 0 else f"{hits:,} passed"
    return (
        f"{exposures} against {outcomes}: {tested:,} of {len(screen):,} pairs could be tested. "
        f"{found} every gate."
    )


def _hit(row: dict[Any, Any], tables: Tables, labels: Labels, p_max: float) -> Cells:
    exposure, outcome = label_of(row["exposure"], labels), label_of(row["outcome"], labels)
    tests = tables.validation[(tables.validation[PAIR] == [row["exposure"], row["outcome"]]).all(axis=1)]
    return {
        "exposure": row["name"],
        "outcome": outcome.name,
        "effect": interval(row["beta"], row["ci_low"], row["ci_high"]),
        "unit": effect_unit(exposure, outcome),
        "p": p_value(row["neglog10_p"]),
        "p_bh": _plain_p(row["p_bh"]),
        "instruments": f"{row['n_instruments']:,}",
        "agreement": _agreement(tables.estimates, row, p_max),
        "validation": _verdicts(tests, labels),
    }


def _verdicts(tests: pd.DataFrame, labels: Labels) -> str:
    """The validation outcomes by verdict: concordant: Density, silent: Fracture, one a line."""
    parts = [
        f"{verdict.value.replace('_', ' ')}: {', '.join(label_of(trait, labels).name for trait in traits)}"
        for verdict in Verdict
        if len(traits := tests.loc[tests["verdict"] == verdict.value, "validation_outcome"])
    ]
    return "\n".join(parts) or MISSING


def _agreement(estimates: pd.DataFrame, hit: dict[Any, Any], p_max: float) -> str:
    """How many of the methods point the same way as the reported one, and how many are nominal themselves."""
    rows = estimates[(estimates[PAIR] == [hit["exposure"], hit["outcome"]]).all(axis=1)]
    rows = rows[rows["beta"].notna()]
    same = np.sign(rows["beta"]) == np.sign(hit["beta"])
    nominal = same & (rows["neglog10_p"] > -np.log10(p_max))
    threshold = f"P < {p_max:g}".replace(" ", "\N{NO-BREAK SPACE}")
    return f"{int(same.sum())} of {len(rows)} same direction, {int(nominal.sum())} with {threshold}"


def _plain_p(p: float) -> str:
    """An adjusted P, which the tables hold without its logarithm."""
    return MISSING if pd.isna(p) else "< 10⁻³⁰⁰" if p == 0 else p_value(-np.log10(p))


def _validation(row: dict[Any, Any], labels: Labels) -> Cells:
    exposure = label_of(row["exposure"], labels)
    outcome = label_of(row["validation_outcome"], labels)
    return {
        "exposure": row["name"],
        "outcome": outcome.name,
        "expected": "same direction" if row["expected_sign"] > 0 else "opposite direction",
        "effect": interval(row["beta"], row["ci_low"], row["ci_high"]),
        "unit": "" if pd.isna(row["beta"]) else effect_unit(exposure, outcome),
        "p": p_value(row["neglog10_p"]),
        "p_adjusted": _plain_p(row["p_adjusted"]),
        "verdict": row["verdict"],
        "sentence": Verdict.of(row["verdict"]).sentence,
    }


def _untested(row: dict[Any, Any], labels: Labels) -> Cells:
    message = row["message"] if isinstance(row["message"], str) else ""
    return {
        "exposure": row["name"],
        "outcome": label_of(row["outcome"], labels).name,
        "status": row["status"].replace("_", " "),
        "message": message or ExposureStatus.of(row["status"]).sentence,
    }


def _lost_instruments(diagnostics: pd.DataFrame, outcomes: list[str]) -> list[Cells]:
    """Selected variants by what became of them, summed over the pairs with a primary outcome."""
    rows = diagnostics[diagnostics["outcome"].isin(outcomes)]
    selected = int(rows["n_selected"].sum())
    lines = [
        ("Selected for an exposure.", selected),
        (VariantStatus.KEPT.sentence, int(rows["n_instruments"].sum())),
        ("Of these, represented in the outcome by a proxy.", int(rows["n_proxied"].sum())),
    ]
    lines += [(reason.sentence, int(rows[column].sum())) for column, reason in LOST.items()]
    return [{"sentence": text, "n": f"{n:,}", "share": share(n, selected)} for text, n in lines]
