"""Who plays which part in the simulated study: class and effect of each exposure, roles of other traits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scripts.simulation.arrays import FloatArray, stream
from scripts.table.trait import Trait

# Exposures of each class among 60; other numbers of exposures keep the proportions.
CLASSES = {
    "causal": 14,
    "no_effect": 23,
    "correlated": 1,
    "balanced_pleiotropy": 6,
    "directional_pleiotropy": 5,
    "reverse": 4,
    "weak": 4,
    "none": 3,
}
WEAKEST_EFFECT, STRONGEST_EFFECT = 0.08, 0.30  # outcome units (log odds) per SD of the exposure


@dataclass(frozen=True, slots=True)
class Part:
    """What an exposure is made to be, and its true effect on the primary outcome (outcome units per SD).

    `shares_loci_of`: the causal exposure that a correlated one has loci in common with, '' for the others.
    """

    exposure: str
    kind: str
    effect: float
    shares_loci_of: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Exposures with their parts, and the other traits with their roles.

    `cohorts` are GWAS of the primary outcome; `signs` gives each validation trait's sign relative to it;
    every other trait has an architecture of its own.
    """

    exposures: tuple[Trait, ...]
    parts: tuple[Part, ...]
    traits: tuple[Trait, ...]
    cohorts: tuple[str, ...]
    signs: Mapping[str, int]

    @property
    def all_traits(self) -> tuple[Trait, ...]:
        """Exposures, then the others: the order of all matrices of traits."""
        return self.exposures + self.traits


def assign_parts(exposures: Sequence[str], seed: int) -> tuple[Part, ...]:
    """A class for each exposure, at random; effects of causal ones from weak to strong, half of them down."""
    rng = stream(seed, "parts")
    counts = class_counts(len(exposures))
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    effects = np.zeros(len(kinds))
    effects[: counts["causal"]] = causal_effects(counts["causal"])
    order = rng.permutation(len(kinds))
    parts = (
        Part(exposure, kinds[at], float(effects[at])) for exposure, at in zip(exposures, order, strict=True)
    )
    return with_shared_loci(tuple(parts))


def with_shared_loci(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts, a correlated one with the exposure of the strongest positive effect, where there is one."""
    strongest = max(parts, key=lambda part: part.effect, default=None)
    if strongest is None or strongest.effect <= 0:
        return parts
    shared = strongest.exposure
    return tuple(
        replace(part, shares_loci_of=shared) if part.kind == "correlated" else part for part in parts
    )


def class_counts(total: int) -> dict[str, int]:
    """Exposures of each class by largest remainder, so that they sum to `total`."""
    shares = {kind: total * count / sum(CLASSES.values()) for kind, count in CLASSES.items()}
    counts = {kind: int(share) for kind, share in shares.items()}
    by_remainder = sorted(shares, key=lambda kind: counts[kind] - shares[kind])
    for kind in by_remainder[: total - sum(counts.values())]:
        counts[kind] += 1
    return counts


def causal_effects(count: int) -> FloatArray:
    """Effects in pairs of one strength, one up and one down, strengths evenly spaced on the log scale."""
    strengths = np.geomspace(STRONGEST_EFFECT, WEAKEST_EFFECT, max(-(-count // 2), 1))
    pairs = np.round(np.column_stack([strengths, -strengths]), 3)
    return np.asarray(pairs.ravel()[:count])


def truth_table(parts: Sequence[Part], loci: Sequence[int]) -> pd.DataFrame:
    """The known answers: class, effect and number of strong loci of each exposure."""
    return pd.DataFrame(
        {
            "exposure": [part.exposure for part in parts],
            "class": [part.kind for part in parts],
            "effect": [part.effect for part in parts],
            "n_instruments_true": list(loci),
            "shares_loci_of": [part.shares_loci_of for part in parts],
            "SIMULATED": "yes",
        }
    )
