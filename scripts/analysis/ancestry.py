"""Which ancestry a trait's allele frequencies speak of, and where that forbids an analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.analysis.finding import Finding, Metrics, Policy, Severity, described, number, weighed

COMPARABLE = (
    0.6  # correlation below which frequencies are not those of the effect allele, and tell no ancestry
)
FEWEST_VARIANTS = 100  # compared variants without which nothing is said
NEAR, FAR = 0.02, 0.05  # F_ST: Europeans of two countries are nearer, two continents farther apart
CLEARLY_NEARER = 0.6  # nearest ancestry's F_ST over that of the second


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Nearest ancestry by frequencies (None: between two) and its F_ST; the second one, if known."""

    name: str | None
    distance: float
    second: str | None = None
    second_distance: float | None = None


def ancestry_found(metrics: Metrics, panel_ancestry: str | None) -> Ancestry | None:
    """The nearest ancestry by F_ST; without named ancestries, that of the panel or `not` it."""
    correlation, compared = metrics.get("eaf_correlation"), metrics.get("eaf_compared") or 0.0
    if correlation is not None and correlation < COMPARABLE:
        return None
    known = sorted(
        (value, name.removeprefix("fst_"))
        for name, value in metrics.items()
        if name.startswith("fst_") and name != "fst_panel" and value is not None
    )
    if known and (metrics.get("ancestry_variants") or 0.0) >= FEWEST_VARIANTS:
        distance, nearest = known[0]
        second_distance, second = known[1] if len(known) > 1 else (None, None)
        clear = second_distance is None or distance < CLEARLY_NEARER * second_distance
        return Ancestry(nearest if clear else None, distance, second, second_distance)
    to_panel = metrics.get("fst_panel")
    if to_panel is None or panel_ancestry is None or compared < FEWEST_VARIANTS:
        return None
    name = panel_ancestry if to_panel < NEAR else f"not {panel_ancestry}" if to_panel > FAR else None
    return Ancestry(name, to_panel)


def panel_ancestry(trait: str, metrics: Metrics, policy: Policy) -> Finding | None:
    """Whether a clumped exposure is of another ancestry than the LD panel."""
    ancestry = ancestry_found(metrics, policy.panel_ancestry)
    if ancestry is None or ancestry.name in (None, policy.panel_ancestry) or policy.panel_ancestry is None:
        return None
    return Finding(
        "panel_ancestry",
        Severity.STOP,
        trait,
        f"By its allele frequencies it is {described(ancestry.name)} (Fst {number(ancestry.distance)}), but "
        f"the LD panel is {described(policy.panel_ancestry)}.",
        "Its instruments would be clumped by the linkage disequilibrium of other people: use a panel of its "
        "ancestry.",
    )


def found_names(cohorts: Mapping[str, Metrics], policy: Policy) -> dict[str, str]:
    """The ancestry of each cohort whose frequencies tell it."""
    found = {trait: ancestry_found(metrics, policy.panel_ancestry) for trait, metrics in cohorts.items()}
    return {trait: one.name for trait, one in found.items() if one is not None and one.name is not None}


def mixing(meta_analysis: str, ancestries: Mapping[str, str], how: str, policy: Policy) -> list[Finding]:
    """Whether the cohorts of a meta-analysis differ in ancestry; `how` says by what (`As declared`)."""
    if len(set(ancestries.values())) < 2:
        return []
    each = ", ".join(f"{trait} is {described(name)}" for trait, name in ancestries.items())
    finding = Finding(
        "mixed_ancestry",
        Severity.STOP,
        meta_analysis,
        f"{how}, its cohorts are of different ancestry: {each}.",
        "A fixed-effect meta-analysis takes them for one population, but effects, frequencies and linkage "
        "disequilibrium differ. Leave the odd one out.",
    )
    return [weighed(finding, policy)]
