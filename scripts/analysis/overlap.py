"""Traits of the same people, in roles where that biases or counts them twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scripts.analysis.finding import Finding, Severity
from scripts.analysis.fingerprint import Biobank, Declared, shared_people


def overlap_findings(
    outcome: str,
    people: Sequence[Declared],
    exposures: Sequence[Declared],
    biobanks: Sequence[Biobank],
) -> Iterator[Finding]:
    """Exposures that share people with an outcome; `people` are its cohorts, or the outcome itself."""
    for part in people:
        for shared in shared_people(part, exposures, biobanks):
            through = "" if part.id == outcome else f" (cohort {part.name})"
            yield Finding(
                "sample_overlap",
                Severity.WARN,
                outcome,
                f"{_listed(shared.traits)} and this outcome{through} are {shared.why}.",
                "They likely share people. Overlap biases a weak-instrument estimate towards the confounded "
                "observational association, by up to (people shared / people of the outcome) / F of it.",
            )


def same_people(
    primary: Sequence[Declared], others: Mapping[str, Sequence[Declared]], biobanks: Sequence[Biobank]
) -> dict[str, str]:
    """Why each of the others likely rests on people of the primary outcome; those that do not are left out.

    `primary` are the outcome's cohorts, or the outcome itself, and so are the values of `others`. Only a
    cohort or biobank that both have counts here: two studies may be of one size by chance.
    """
    why: dict[str, str] = {}
    for outcome, parts in others.items():
        for part in primary:
            named = (one for one in shared_people(part, parts, biobanks) if one.why.startswith("both of "))
            for shared in named:
                why.setdefault(outcome, f"{part.name} and {_listed(shared.traits)} are {shared.why}")
    return why


def double_counting(
    meta_analysis: str, cohorts: Sequence[Declared], biobanks: Sequence[Biobank]
) -> Iterator[Finding]:
    """Cohorts of one meta-analysis that share people."""
    for i, cohort in enumerate(cohorts):
        for shared in shared_people(cohort, cohorts[i + 1 :], biobanks):
            yield Finding(
                "double_counting",
                Severity.WARN,
                meta_analysis,
                f"Its cohorts {cohort.name} and {' and '.join(one.name for one in shared.traits)} are "
                f"{shared.why}.",
                "The meta-analysis takes its cohorts for independent: people counted twice make standard "
                "errors too small. Keep one of them.",
            )


def _listed(traits: Sequence[Declared], most: int = 3) -> str:
    """The names, where they are few; else their number and the first names."""
    names = [trait.name for trait in traits]
    if len(names) > most:
        return f"{len(names):,} exposures ({', '.join(names[:most])}, ...)"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
