"""One row for each trait with what was read, found and declared, and the findings of the whole study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from scripts.analysis.ancestry import ancestry_found, found_names, mixing
from scripts.analysis.bounds import derived
from scripts.analysis.checks import declared_scale, ordered, source_disagrees, trait_findings
from scripts.analysis.confounders import left_out_note, unnamed_note
from scripts.analysis.finding import Finding, Metrics, Policy, Severity
from scripts.analysis.fingerprint import Biobank, Declared, Said
from scripts.analysis.overlap import double_counting, overlap_findings
from scripts.method.effect_scale import expected_scales, implied_n, scale_found
from scripts.table.qc import QcReport
from scripts.table.status import DropReason

FINDINGS = ["severity", "check", "trait", "found", "meaning"]
AS_MEASURED = (
    *("lambda_gc", "median_abs_z", "se_scale", "p_disagreement", "panel_share", "panel_alleles"),
    *("eaf_correlation", "fst_panel", "build_share", "build_share_other", "strand_turned", "eaf_filled"),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """All source files of a study: what it declares of them, and what was found in those that could be read.

    `unreadable` maps a trait to the message; `cohorts` a meta-analysis to its cohorts, and an outcome that is
    read from files to itself; `outcomes` and `exposures` are ids. `said` is what servers say of downloads,
    `confounded` an exposure's instruments that were left out (as `confounders.left_out` lists them),
    `unnamed` how many could not be looked up.
    """

    declared: dict[str, Declared]
    reports: dict[str, QcReport]
    unreadable: dict[str, str]
    exposures: tuple[str, ...]
    outcomes: tuple[str, ...]
    cohorts: dict[str, tuple[str, ...]]
    policy: Policy
    biobanks: tuple[Biobank, ...]
    said: dict[str, Said] = field(default_factory=dict)
    confounded: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    unnamed: dict[str, int] = field(default_factory=dict)

    def metrics(self, trait: str) -> Metrics:
        """Metrics of a trait's file; none where it could not be read."""
        return self.reports[trait].metrics if trait in self.reports else {}

    def known(self, traits: Iterable[str]) -> list[Declared]:
        """What is declared of these traits, with the numbers of people that only their sources give."""
        return [
            self.declared[trait].completed(self.said.get(trait, Said()), self.metrics(trait).get("n"))
            for trait in traits
        ]


def all_findings(sources: Sources) -> list[Finding]:
    """Every finding of a study, the most serious first."""
    found = [
        Finding("unreadable", Severity.STOP, trait, message, "It is left out; the others are finished.")
        for trait, message in sources.unreadable.items()
    ]
    for declared in sources.known(sources.declared):
        metrics, said = sources.metrics(declared.id), sources.said.get(declared.id, Said())
        found += trait_findings(declared, metrics, sources.policy, sources.biobanks)
        found += [one for one in [source_disagrees(declared, said)] if one is not None]
    found += [left_out_note(exposure, rows) for exposure, rows in sources.confounded.items()]
    found += [unnamed_note(exposure, n) for exposure, n in sources.unnamed.items()]
    exposures = sources.known(sources.exposures)
    for outcome in sources.outcomes:
        members = sources.known(sources.cohorts[outcome])
        found += overlap_findings(outcome, members, exposures, sources.biobanks)
    for made, cohorts in sources.cohorts.items():
        if len(cohorts) > 1:
            found += _meta_findings(made, sources.known(cohorts), sources)
    return ordered([one for one in found if one.trait not in sources.unreadable or one.check == "unreadable"])


def _meta_findings(made: str, cohorts: list[Declared], sources: Sources) -> list[Finding]:
    declared = {cohort.id: cohort.ancestry for cohort in cohorts}
    found = found_names({cohort.id: sources.metrics(cohort.id) for cohort in cohorts}, sources.policy)
    return [
        *double_counting(made, cohorts, sources.biobanks),
        *(
            mixing(made, declared, "As declared", sources.policy)
            or mixing(made, found, "By their allele frequencies", sources.policy)
        ),
    ]


def findings_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """The findings, a row each."""
    return pd.DataFrame([asdict(one) for one in findings], columns=FINDINGS)


def trait_table(sources: Sources, findings: Sequence[Finding]) -> pd.DataFrame:
    """One row for each trait, in the order given; its findings that are no notes by name."""
    checks: dict[str, list[str]] = {trait: [] for trait in sources.declared}
    for one in findings:
        if one.trait in checks and one.severity != Severity.NOTE:
            checks[one.trait].append(one.check)
    return pd.DataFrame([_row(sources, trait, checks[trait]) for trait in sources.declared])


def _row(sources: Sources, trait: str, checks: list[str]) -> dict[str, Any]:
    (declared,), report = sources.known([trait]), sources.reports.get(trait)
    metrics = derived(sources.metrics(trait))
    counts = report.counts if report is not None else {}
    return {
        "trait": trait,
        "name": declared.name,
        "rows_read": None if report is None else report.rows_read,
        "rows_kept": None if report is None else report.rows_kept,
        **{name: metrics.get(name) for name in AS_MEASURED},
        "build_declared": declared.build,
        "build_used": f"GRCh{metrics['build']:.0f}" if metrics.get("build") else None,
        "eaf_source": _eaf_source(metrics),
        **_scale(declared, metrics),
        **_ancestry(declared, metrics, sources.policy),
        "findings": ";".join(dict.fromkeys(checks)),
        **{f"dropped_{reason}": counts.get(reason) for reason in DropReason},
    }


def _eaf_source(metrics: Metrics) -> str | None:
    """file, panel, both or none: where the frequencies of the kept rows come from."""
    missing = metrics.get("eaf_missing")
    if missing is None:
        return None
    in_file, filled = missing < 1.0, bool(metrics.get("eaf_filled"))
    return "both" if in_file and filled else "file" if in_file else "panel" if filled else "none"


def _scale(declared: Declared, metrics: Metrics) -> dict[str, Any]:
    s, n, share = metrics.get("se_scale"), metrics.get("n"), declared.case_share
    scale = declared_scale(declared)
    # A quantitative trait of another unit than SD has no expected scale, nor has log odds of unknown cases.
    told = s is not None and s > 0 and (scale is not None or share is not None)
    expected = expected_scales(share).get(scale or "")
    return {
        "scale_declared": scale or declared.unit,
        "scale_found": scale_found(s, share) if told and s is not None else None,
        "n": n if n is not None else declared.n,
        "n_implied": implied_n(s, expected, n) if told and s and n and expected else None,
    }


def _ancestry(declared: Declared, metrics: Metrics, policy: Policy) -> dict[str, Any]:
    found = ancestry_found(metrics, policy.panel_ancestry)
    return {
        "ancestry_declared": declared.ancestry,
        "ancestry_found": None if found is None else found.name or "unclear",
        "ancestry_fst": None if found is None else found.distance,
        "ancestry_second": None if found is None else found.second,
        "ancestry_second_fst": None if found is None else found.second_distance,
    }
