"""The methods: keys in tables and config, and what readers should know of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PRIMARY = "primary"  # the method of the screen's own estimate, which depends on the number of instruments
PRIMARY_NAME = "Inverse-variance weighted (Wald ratio with one instrument)"
NEEDS_LD = frozenset({"gsmr"})


@dataclass(frozen=True, slots=True)
class Method:
    """What readers call a method, when they may trust it, and the DOI of its paper."""

    name: str
    trust: str
    doi: str


# Every method that `estimators.methods` may name, in the order of tables; analysis/estimators.py runs them.
METHODS = {
    "wald_ratio": Method(
        "Wald ratio",
        "One instrument only. Nothing shows whether it is valid.",
        "10.1002/sim.3034",
    ),
    "ivw": Method(
        "Inverse-variance weighted",
        "All instruments valid, or their pleiotropy balanced: the most precise then, and the first to read.",
        "10.1002/gepi.21758",
    ),
    "egger": Method(
        "MR-Egger",
        "Directional pleiotropy that is independent of instrument strength; imprecise, and biased towards 0 "
        "where I2_GX is below 0.9.",
        "10.1093/ije/dyv080",
    ),
    "weighted_median": Method(
        "Weighted median",
        "Valid instruments carry more than half of the weight.",
        "10.1002/gepi.21965",
    ),
    "gsmr": Method(
        "GSMR",
        "As IVW, with instruments in linkage disequilibrium and outliers removed; 10 instruments or more.",
        "10.1038/s41467-017-02317-2",
    ),
}

PRESETS: dict[str, tuple[str, ...]] = {
    "paper": ("wald_ratio", "ivw", "egger", "weighted_median", "gsmr"),
    "core": ("wald_ratio", "ivw", "egger", "weighted_median", "gsmr"),
    "full": tuple(METHODS),
}


def methods_of(asked: str | Sequence[str], ld: bool) -> list[str]:
    """The keys that `estimators.methods` asks for; a preset leaves out what needs LD where there is none."""
    if isinstance(asked, str):
        return [key for key in PRESETS[asked] if ld or key not in NEEDS_LD]
    return list(asked)


def method_name(method: str) -> str:
    """What readers call a method."""
    return PRIMARY_NAME if method == PRIMARY else METHODS[method].name


def method_names(methods: list[str]) -> str:
    """What readers call several methods that all must agree."""
    return " and ".join(map(method_name, methods))
