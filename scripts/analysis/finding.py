"""A finding about a source file: what stands out, what it may mean, and whether it stops the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

Metrics = Mapping[str, float | None]

MIXED = "mixed"  # in place of an ancestry
CONTINENTS = {
    "AFR": "African",
    "AMR": "admixed American",
    "EAS": "East Asian",
    "EUR": "European",
    "MID": "Middle Eastern",
    "OCE": "Oceanian",
    "SAS": "South Asian",
}


class Severity(StrEnum):
    """How serious a finding is."""

    STOP = "stop"
    ALLOWED = "allowed"  # would stop, but quality.allow lists the check
    WARN = "warn"
    NOTE = "note"


class QualityError(ValueError):
    """A source file that must not be used as it is; the message is for people."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands out in a trait's file, and what it may mean; `check` is the name for quality.allow.

    `beyond` says how far from what is usual, to order the findings of one check.
    """

    check: str
    severity: Severity
    trait: str
    found: str
    meaning: str
    beyond: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """Checks that only warn, and the ancestry of the LD panel (None: the study has no panel)."""

    allow: tuple[str, ...]
    panel_ancestry: str | None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From `allow` and `panel_ancestry` of a rule's settings."""
        return cls(tuple(settings["allow"]), settings["panel_ancestry"])


def weighed(finding: Finding, policy: Policy) -> Finding:
    """The finding, which stops no more if the study allows it."""
    return replace(finding, severity=Severity.ALLOWED) if finding.check in policy.allow else finding


def refuse(trait: str, findings: Sequence[Finding]) -> None:
    """Raise QualityError where one of the findings stops."""
    stops = [f"{one.found} {one.meaning}" for one in findings if one.severity == Severity.STOP]
    if stops:
        checks = ", ".join(one.check for one in findings if one.severity == Severity.STOP)
        raise QualityError(
            f"trait {trait}: {' '.join(stops)} To use it all the same, put {checks} in `quality.allow`."
        )


def described(ancestry: str | None) -> str:
    """An ancestry in words: European, not European, of mixed ancestry."""
    if ancestry is None:
        return "unknown"
    if ancestry.startswith("not "):
        return f"not {described(ancestry.removeprefix('not '))}"
    return "of mixed ancestry" if ancestry == MIXED else CONTINENTS.get(ancestry, ancestry)


def number(value: float) -> str:
    """Three significant digits, whole above 1,000, with a true minus sign."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.3g}".rstrip(".")
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share in percent."""
    return f"{number(100 * share)}%"
