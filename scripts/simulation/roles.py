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
NULL = "no_effect"
UNRELATED = (NULL, "weak", "none")  # classes without effect on the outcome or from it
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
class Asked:
    """What the study asks of its exposures: the sign of controls' effects (0: none), or none anywhere."""

    signs: Mapping[str, int]
    all_null: bool = False


NOTHING_ASKED = Asked({})


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

    @property
    def outcome_cohort(self) -> Trait:
        """The first GWAS of the primary outcome; all have the same effects."""
        return next(trait for trait in self.traits if trait.id in self.cohorts)


def assign_parts(exposures: Sequence[str], seed: int, asked: Asked = NOTHING_ASKED) -> tuple[Part, ...]:
    """A class for each exposure, at random; effects of causal ones from weak to strong, half of them down.

    Positive controls are the strongest causal ones of their sign, negative controls without effect, as far as
    there are such parts: they trade places with the exposures that drew them.
    """
    rng = stream(seed, "parts")
    counts = class_counts(len(exposures))
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    effects = np.zeros(len(kinds))
    effects[: counts["causal"]] = causal_effects(counts["causal"])
    order = [int(at) for at in rng.permutation(len(kinds))]
    signs = [
        int(np.sign(effect)) if kind in ("causal", NULL) else None
        for kind, effect in zip(kinds, effects, strict=True)
    ]
    give_controls(order, signs, {exposures.index(name): sign for name, sign in asked.signs.items()})
    parts = (
        Part(exposure, kinds[at], float(effects[at])) for exposure, at in zip(exposures, order, strict=True)
    )
    shared = with_shared_loci(tuple(parts))
    return tuple(map(as_null, shared)) if asked.all_null else shared


def with_shared_loci(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts, a correlated one with the exposure of the strongest positive effect, where there is one."""
    strongest = max(parts, key=lambda part: part.effect, default=None)
    if strongest is None or strongest.effect <= 0:
        return parts
    shared = strongest.exposure
    return tuple(
        replace(part, shares_loci_of=shared) if part.kind == "correlated" else part for part in parts
    )


def give_controls(order: list[int], signs: Sequence[int | None], controls: Mapping[int, int]) -> None:
    """Swap parts in `order` so that the exposure at each place of `controls` has one of the asked sign.

    `signs` has each part's sign (None: no control), the strongest effects first.
    """
    taken: set[int] = set()
    for place, sign in controls.items():
        free = [at for at, its in enumerate(signs) if its == sign and at not in taken]
        if free:
            other = order.index(free[0])
            order[place], order[other] = order[other], order[place]
            taken.add(free[0])


def as_null(part: Part) -> Part:
    """The part without anything that relates the exposure to the outcome; one that is untestable stays so."""
    return part if part.kind in UNRELATED else Part(part.exposure, NULL, 0.0)


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
