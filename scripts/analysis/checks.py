"""What the numbers of a source file mean beside what the study declares, in findings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from scripts.analysis.ancestry import FEWEST_VARIANTS, ancestry_found, panel_ancestry
from scripts.analysis.bounds import BOUNDS, outstanding
from scripts.analysis.finding import (
    MIXED,
    Finding,
    Metrics,
    Policy,
    Severity,
    described,
    number,
    percent,
    weighed,
)
from scripts.analysis.fingerprint import Biobank, Declared, Said, biobank_of, nearly
from scripts.method.effect_scale import (
    LINEAR_MODEL,
    LOG_ODDS,
    SD,
    expected_scales,
    implied_n,
    log_odds_per_linear,
    scale_found,
    within_tolerance,
)
from scripts.table.trait import AUTO

SWAPPED = -0.5  # correlation of frequencies below which they are those of the other allele
BUILD_CLEAR, BUILD_FEWEST = 5.0, 20  # times as many rows of the panel in the other build; rows of the panel
UNIT_SCALES = {"sd": SD, "sds": SD, "standard deviation": SD, "log odds": LOG_ODDS, "log or": LOG_ODDS}


def stopping(trait: str, clumped: bool, metrics: Metrics, policy: Policy) -> list[Finding]:
    """Findings that make a trait unusable, or would without quality.allow."""
    found = [_build(trait, metrics), _swapped(trait, metrics)]
    if clumped:
        found.append(panel_ancestry(trait, metrics, policy))
    return [weighed(one, policy) for one in found if one is not None]


def _build(trait: str, metrics: Metrics) -> Finding | None:
    share, otherwise = metrics.get("build_share"), metrics.get("build_share_other")
    used, sampled = metrics.get("build"), metrics.get("build_sampled")
    if share is None or otherwise is None or used is None or sampled is None:
        return None
    if otherwise * sampled < BUILD_FEWEST or otherwise < BUILD_CLEAR * share:
        return None
    found = (
        f"It is stated to be in GRCh{used:.0f}, but of {sampled:,.0f} sampled rows {percent(share)} have "
        f"place and alleles of the LD panel so, and {percent(otherwise)} if it is in GRCh{75 - used:.0f}."
    )
    return Finding(
        "build", Severity.STOP, trait, found, "State the right build, or auto, in the trait table."
    )


def _swapped(trait: str, metrics: Metrics) -> Finding | None:
    correlation, compared = metrics.get("eaf_correlation"), metrics.get("eaf_compared")
    if correlation is None or compared is None or compared < FEWEST_VARIANTS or correlation > SWAPPED:
        return None
    return Finding(
        "swapped_alleles",
        Severity.STOP,
        trait,
        f"Its frequencies correlate with the panel's by {number(correlation)}: they are those of the other "
        "allele.",
        "Effect allele and other allele are likely swapped, so that every effect has the wrong sign: check "
        "which column holds the effect allele.",
    )


def trait_findings(
    trait: Declared, metrics: Metrics, policy: Policy, biobanks: Sequence[Biobank]
) -> Iterator[Finding]:
    """Everything that stands out in one trait's file."""
    yield from stopping(trait.id, trait.clumped, metrics, policy)
    yield from _biobank(trait, biobanks)
    for found in (_ancestry(trait, metrics, policy), _scale(trait, metrics), _sample_size(trait, metrics)):
        if found is not None:
            yield found
    yield from outstanding(trait.id, metrics)
    yield from _notes(trait, metrics)


def _biobank(trait: Declared, biobanks: Sequence[Biobank]) -> Iterator[Finding]:
    bank = biobank_of(trait.n, biobanks)
    if bank is None or MIXED in (trait.ancestry, bank.ancestry) or trait.ancestry == bank.ancestry:
        return
    doubt = "" if bank.certain else ", though that number is uncertain"
    yield Finding(
        "biobank_ancestry",
        Severity.WARN,
        trait.id,
        f"It has the size of {bank.name} ({bank.study}: {bank.n:,.0f} people{doubt}), which is "
        f"{described(bank.ancestry)}, but is declared {described(trait.ancestry)}.",
        "It is likely of other people than declared: look up its source. Effects, frequencies and linkage "
        "disequilibrium differ between ancestries.",
    )


def source_disagrees(trait: Declared, said: Said) -> Finding | None:
    """Whether the server of a download says something else of the trait than the study does."""
    numbers = (("people", trait.n, said.n), ("cases", trait.n_case, said.n_case))
    differ = [
        f"{theirs:,.0f} {what}, not {own:,.0f}"
        for what, own, theirs in numbers
        if own is not None and theirs is not None and not nearly(own, theirs)
    ]
    if said.build not in (None, trait.build) and trait.build != AUTO:
        differ.append(f"{said.build}, not {trait.build}")
    if said.ancestry not in (None, trait.ancestry):
        differ.append(f"{described(said.ancestry)} people, not {described(trait.ancestry)}")
    if not differ:
        return None
    return Finding(
        "source_disagrees",
        Severity.WARN,
        trait.id,
        f"Its server says otherwise than the trait table: {'; '.join(differ)}.",
        "The trait table, or the file that was fetched, may be of another study than meant.",
    )


def _ancestry(trait: Declared, metrics: Metrics, policy: Policy) -> Finding | None:
    ancestry = ancestry_found(metrics, policy.panel_ancestry)
    if ancestry is None or trait.ancestry == MIXED:
        return None
    # Without a table of ancestries, all that is known of a trait of another one than the panel's is that.
    consistent = ancestry.name == f"not {policy.panel_ancestry}" and trait.ancestry != policy.panel_ancestry
    if consistent or ancestry.name in (trait.ancestry, None):
        return None
    second = (
        ""
        if ancestry.second is None
        else f"; next {ancestry.second}, {number(ancestry.second_distance or 0)}"
    )
    return Finding(
        "ancestry",
        Severity.WARN,
        trait.id,
        f"It is declared {described(trait.ancestry)}, but its allele frequencies are those of "
        f"{described(ancestry.name)} people (Fst {number(ancestry.distance)}{second}).",
        "The declared ancestry, or the frequencies, are those of other people.",
    )


def _scale(trait: Declared, metrics: Metrics) -> Finding | None:
    s = metrics.get("se_scale")
    if s is None or s <= 0 or trait.case_share is None:
        return None
    expected = declared_scale(trait)
    found = scale_found(s, trait.case_share)
    if expected is None or within_tolerance(s, expected_scales(trait.case_share)[expected]):
        return None
    if found is None:
        people = implied_n(s, expected_scales(trait.case_share)[expected], metrics.get("n") or 1.0)
        says = f"fit no scale; as {expected} they would be of {people:,.0f} people"
    else:
        says = f"are on the scale of {'a linear model of 0 and 1' if found == LINEAR_MODEL else found}"
    remedy = "set effect_scale to linear_model in the trait table, if that model was fitted"
    mended = remedy if found == LINEAR_MODEL else "check unit, effect_scale, n and n_case"
    return Finding(
        "effect_scale",
        Severity.WARN,
        trait.id,
        f"Its effects are declared {expected}, but its standard errors {says} (se √(2Nf(1−f)) is "
        f"{number(s)}).",
        f"Effects on different scales cannot be combined or compared: {mended}.",
    )


def declared_scale(trait: Declared) -> str | None:
    """The scale that the trait table declares; None for a unit that standard errors do not tell."""
    if trait.effect_scale:
        return LINEAR_MODEL
    scale = UNIT_SCALES.get(trait.unit.lower().replace("_", " "))
    return None if scale == LOG_ODDS and trait.case_share is None else scale


def _sample_size(trait: Declared, metrics: Metrics) -> Finding | None:
    s, n = metrics.get("se_scale"), metrics.get("n")
    if s is None or n is None or s <= 0 or trait.n_case is not None or declared_scale(trait) != SD:
        return None
    people = implied_n(s, 1.0, n)
    if within_tolerance(people, n):
        return None
    return Finding(
        "sample_size",
        Severity.WARN,
        trait.id,
        f"Its standard errors are those of {people:,.0f} people in SD units, but N is {n:,.0f}.",
        "N may be something else (such as a number of cohorts), effects be in another unit than SD, or "
        "covariates explain much of the trait.",
        beyond=max(people / n, n / people),
    )


def _notes(trait: Declared, metrics: Metrics) -> Iterator[Finding]:
    """What was done to the file's numbers."""
    filled, turned = metrics.get("eaf_filled") or 0.0, metrics.get("strand_turned") or 0.0
    if trait.build == AUTO and metrics.get("build"):
        shares = [metrics.get(name) for name in ("build_share", "build_share_other")]
        each = ", ".join(percent(share) for share in shares if share is not None)
        yield Finding(
            "build_inferred",
            Severity.NOTE,
            trait.id,
            f"Its build was taken to be GRCh{metrics['build']:.0f}.",
            f"Of its sampled rows, the LD panel has this share so, and in the other build: {each}.",
        )
    if filled:
        found = f"{filled:,.0f} of its frequencies are those of the LD panel."
        meaning = (
            "The file has none there. Palindromic variants get none, and no check of frequencies uses them."
        )
        yield Finding("eaf_filled", Severity.NOTE, trait.id, found, meaning)
    if trait.effect_scale and trait.case_share is not None:
        factor = number(log_odds_per_linear(trait.case_share))
        found = f"Effects and standard errors were multiplied by 1/(k(1−k)) = {factor}."
        meaning = f"A linear model's effects become log odds; k = {percent(trait.case_share)} are cases."
        yield Finding("linear_model", Severity.NOTE, trait.id, found, meaning)
    if turned:
        found = f"{turned:,.0f} lifted rows lie on the other strand in the study's build."
        yield Finding("strand_turned", Severity.NOTE, trait.id, found, "Their alleles were complemented.")


ORDER = (
    *(
        "unreadable",
        "build",
        "swapped_alleles",
        "panel_ancestry",
        "mixed_ancestry",
        "source_disagrees",
        "biobank_ancestry",
        "ancestry",
    ),
    *("double_counting", "effect_scale", "sample_size", "sample_overlap"),
    *(bound.check for bound in BOUNDS),
    *("build_inferred", "eaf_filled", "linear_model", "strand_turned", "confounded"),
)


def ordered(findings: Collection[Finding]) -> list[Finding]:
    """The most serious first: by severity, by check, and within one the farthest from what is usual."""
    severities = list(Severity)
    return sorted(
        findings, key=lambda one: (severities.index(one.severity), ORDER.index(one.check), -one.beyond)
    )
