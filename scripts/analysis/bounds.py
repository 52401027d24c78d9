"""Metrics of a source file that stand out, beyond a bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.analysis.ancestry import NEAR
from scripts.analysis.finding import Finding, Metrics, Severity, number, percent


@dataclass(frozen=True, slots=True)
class Bound:
    """When a metric stands out (`beyond` the bound, on one side), and what that may mean."""

    check: str
    side: str  # below | above
    bound: float
    found: str
    meaning: str
    as_percent: bool = False


# The most serious first.
BOUNDS = (
    Bound(
        "p_disagreement",
        "above",
        0.01,
        "The P of {} of its rows differs from that of effect and standard error.",
        "A column may hold something else, or the P come from another test or be corrected for inflation.",
        as_percent=True,
    ),
    Bound(
        "eaf_correlation",
        "below",
        0.9,
        "Its frequencies correlate with the panel's by {} only.",
        "They may be of the other allele or the minor one, or the ancestry differs from the panel's.",
    ),
    Bound(
        "panel_alleles",
        "below",
        0.9,
        "At the panel's positions, {} of its rows have the panel's alleles.",
        "The genome build may be another than stated, or the alleles be coded differently.",
        as_percent=True,
    ),
    Bound(
        "fst_panel",
        "above",
        NEAR,
        "Its allele frequencies are at Fst {} from the panel's.",
        "Its ancestry may be another than the LD panel's, or mixed.",
    ),
    Bound(
        "lambda_gc",
        "below",
        0.8,
        "Its genomic inflation is {}, below 1.",
        "Standard errors may be too large, or P be corrected twice.",
    ),
    Bound(
        "lambda_gc",
        "above",
        1.5,
        "Its genomic inflation is {}.",
        "The trait may be polygenic, the file hold selected variants only, or the sample be stratified.",
    ),
)


def derived(metrics: Metrics) -> dict[str, float | None]:
    """The metrics, with shares that are computed from two of them."""
    compared, disagrees = metrics.get("p_compared"), metrics.get("p_disagrees")
    share = disagrees / compared if compared and disagrees is not None else None
    return {**metrics, "p_disagreement": share}


def outstanding(trait: str, metrics: Metrics) -> Iterator[Finding]:
    """A finding for each bound that a metric is beyond."""
    values = derived(metrics)
    for bound in BOUNDS:
        value = values.get(bound.check)
        if value is not None and (value < bound.bound if bound.side == "below" else value > bound.bound):
            found = bound.found.format(percent(value) if bound.as_percent else number(value))
            yield Finding(bound.check, Severity.WARN, trait, found, bound.meaning, abs(value - bound.bound))
