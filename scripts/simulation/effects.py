"""Genetic effects of every trait: strong loci, polygenic background, and what acts on what.

Effects are per standard deviation of the genotype, in the trait's unit (SD, or log odds of a disease). The
strength of a locus is set by its expected chi-square, effect^2 times the effective sample size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from scripts.simulation.arrays import FloatArray, IntArray, stream
from scripts.simulation.panel import Panel
from scripts.simulation.roles import Cast, Part
from scripts.table.trait import Trait

LOCUS_MAF = 0.05  # strong loci are common variants
CANDIDATES = 30  # variants among which a locus is the one least in LD with earlier loci
LOCI = (12, 24)  # strong loci of an ordinary exposure, both ends included
CAUSAL_LOCI = (18, 26)
EXPOSURE_CHI2 = (32.0, 200.0)
WEAK_CHI2 = (60.0, 150.0)  # well above 5e-8 (chi-square 29.7)
BORDERLINE_CHI2 = (24.5, 27.5)  # between 1e-6 (23.9) and 5e-8
WEAK_LOCI = ((1, 4), (2, 2), (3, 1), (2, 0))  # strong and borderline loci of the weak exposures, in turn
OUTCOME_LOCI, OUTCOME_CHI2 = 30, (32.0, 120.0)
OTHER_LOCI, OTHER_CHI2 = 20, (32.0, 120.0)
MAJOR_CHI2 = 2500.0  # one locus of each other trait: P far below the smallest double
REVERSE_OWN_LOCI = 4
REVERSE_EFFECT = (1.0, 1.3)  # of the outcome's liability on the exposure, SD per log odds
CORRELATED_OWN = 0.7  # of ordinary strength: a correlated exposure's own loci, beside those of the cause
PLEIOTROPIC_SHARE = 0.6  # of the loci of a pleiotropic exposure also act on the outcome directly
BALANCED_Z = 3.5  # SD of these direct effects, in standard errors of the outcome
DIRECTIONAL_Z = (2.5, 1.2)  # mean and SD, towards the sign of the effect on the exposure
VALIDATION_SHARE = 0.5  # SD of a validation trait per log odds of the outcome
BACKGROUND_SHARE = 0.1  # of the variants
EXPOSURE_BACKGROUND, OUTCOME_BACKGROUND = 0.03, 0.003  # variance explained by the background
BACKGROUND_CORRELATION = 0.2  # between two exposures


@dataclass(frozen=True, slots=True)
class Effects:
    """`matrix` (variants, traits) in the order of `Cast.all_traits`; strong loci of each exposure.

    `outcome_own` (variants,) are the outcome's own strong loci, that no exposure makes.
    """

    matrix: FloatArray
    loci: tuple[int, ...]
    outcome_own: FloatArray


@dataclass(frozen=True, slots=True)
class Places:
    """Where strong loci can be: common variants, far in LD from the loci that an island has already.

    The simulated genome is a hundredth of a real one: loci of dozens of traits put at random would lie in LD
    as they never do. The last island is kept for major loci. `taken` lists the loci of each island.
    """

    panel: Panel
    maf: FloatArray
    taken: dict[int, list[int]] = field(default_factory=dict)

    def draw(self, count: int, rng: np.random.Generator) -> IntArray:
        """Variants of `count` different islands, or of half the islands where that is fewer."""
        free = int(self.panel.island.max())
        islands = rng.permutation(free)[: min(count, max(free // 2, 1))]
        return np.array([self._variant(int(island), rng) for island in islands], dtype=np.int64)

    def draw_major(self, rng: np.random.Generator) -> int:
        """A variant of the island where no exposure has a locus."""
        return self._variant(int(self.panel.island.max()), rng)

    def _variant(self, island: int, rng: np.random.Generator) -> int:
        inside = np.flatnonzero(self.panel.island == island)
        common = inside[self.maf[inside] >= LOCUS_MAF]
        candidates = rng.permutation(common if common.size else inside)[:CANDIDATES]
        taken = self.taken.setdefault(island, [])
        x, earlier = self.panel.standardised(candidates), self.panel.standardised(np.array(taken, dtype=int))
        r2 = (x.T @ earlier / len(x)) ** 2
        taken.append(int(candidates[r2.sum(axis=1).argmin()]))
        return taken[-1]


def effective_n(trait: Trait) -> float:
    """People, or n k (1 - k) for a case-control trait whose effects are log odds (k: share of cases)."""
    if trait.n is None:
        raise ValueError(f"trait {trait.id}: a simulated trait needs n")
    return trait.n if trait.n_case is None else trait.n_case * (1 - trait.n_case / trait.n)


def draw_effects(cast: Cast, panel: Panel, seed: int) -> Effects:
    """Effects of all traits: exposures, then the outcome that some act on, then what follows the outcome."""
    places = Places(panel, panel.maf)
    shared = background(places.maf.size, 1.0, stream(seed, "shared background"))
    outcome_n = sum(effective_n(trait) for trait in cast.traits if trait.id in cast.cohorts)
    rng = stream(seed, "outcome")
    outcome = strong(places, OUTCOME_LOCI, OUTCOME_CHI2, outcome_n, rng)
    own = outcome.copy()
    outcome += background(outcome.size, OUTCOME_BACKGROUND, rng)
    columns: dict[str, FloatArray] = {}
    leads: dict[str, FloatArray] = {}
    turn = 0
    for trait, part in zip(cast.exposures, cast.parts, strict=True):
        rng = stream(seed, "exposure", trait.id)
        lead = lead_effects(part, places, effective_n(trait), own, turn, rng)
        turn += part.kind == "weak"
        column = lead + exposure_background(part, shared, rng)
        outcome += part.effect * column + direct_effects(part, lead, outcome_n, rng)
        columns[trait.id], leads[trait.id] = column, lead
    # After all else was drawn: what is shared changes no other trait.
    for part in cast.parts:
        if part.shares_loci_of:
            columns[part.exposure] = columns[part.exposure] + leads[part.shares_loci_of]
            leads[part.exposure] = leads[part.exposure] + leads[part.shares_loci_of]
    others = [other_effects(trait, cast, outcome, places, seed) for trait in cast.traits]
    loci = tuple(int(np.count_nonzero(lead)) for lead in leads.values())
    return Effects(np.column_stack([*columns.values(), *others]), loci, own)


def strong(
    places: Places, count: int, chi2: tuple[float, float], n: float, rng: np.random.Generator
) -> FloatArray:
    """Loci with an expected chi-square between the two numbers at sample size n, of either sign; (m,)."""
    effects = np.zeros(places.maf.size)
    at = places.draw(count, rng)
    low, high = np.log(chi2)
    strength = np.exp(rng.uniform(low, high, size=at.size))
    effects[at] = np.sqrt(strength / n) * rng.choice([-1.0, 1.0], size=at.size)
    return effects


def background(count: int, variance: float, rng: np.random.Generator) -> FloatArray:
    """Many small effects that explain about `variance` together; (m,)."""
    chosen = rng.random(count) < BACKGROUND_SHARE
    scale = np.sqrt(variance / max(BACKGROUND_SHARE * count, 1))
    return np.asarray(np.where(chosen, rng.normal(0, scale, size=count), 0.0))


def exposure_background(part: Part, shared: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Background that exposures share in part; none for an exposure without instruments."""
    if part.kind == "none":
        return np.zeros(shared.size)
    own = background(shared.size, (1 - BACKGROUND_CORRELATION) * EXPOSURE_BACKGROUND, rng)
    return np.asarray(own + np.sqrt(BACKGROUND_CORRELATION * EXPOSURE_BACKGROUND) * shared)


def lead_effects(
    part: Part, places: Places, n: float, outcome_own: FloatArray, turn: int, rng: np.random.Generator
) -> FloatArray:
    """Strong loci of an exposure, by its class; `turn` counts the weak ones before it."""

    def ordinary(low: int, high: int) -> FloatArray:
        return strong(places, int(rng.integers(low, high + 1)), EXPOSURE_CHI2, n, rng)

    def weak() -> FloatArray:
        many, few = WEAK_LOCI[turn % len(WEAK_LOCI)]
        borderline = strong(places, few, BORDERLINE_CHI2, n, rng)
        firm = strong(places, many, WEAK_CHI2, n, rng)
        return np.where(firm != 0, firm, borderline)

    def reverse() -> FloatArray:
        return rng.uniform(*REVERSE_EFFECT) * outcome_own + ordinary(REVERSE_OWN_LOCI, REVERSE_OWN_LOCI)

    makers: dict[str, Callable[[], FloatArray]] = {
        "causal": lambda: ordinary(*CAUSAL_LOCI),
        "correlated": lambda: CORRELATED_OWN * ordinary(*LOCI),
        "weak": weak,
        "reverse": reverse,
        "none": lambda: np.zeros(places.maf.size),
    }
    return makers.get(part.kind, lambda: ordinary(*LOCI))()


def direct_effects(part: Part, lead: FloatArray, outcome_n: float, rng: np.random.Generator) -> FloatArray:
    """Effects of a pleiotropic exposure's loci on the outcome that do not pass through the exposure; (m,)."""
    if part.kind not in ("balanced_pleiotropy", "directional_pleiotropy"):
        return np.zeros(lead.size)
    if part.kind == "balanced_pleiotropy":
        z = rng.normal(0, BALANCED_Z, size=lead.size)
    else:
        z = np.sign(lead) * rng.normal(*DIRECTIONAL_Z, size=lead.size)
    acting = (lead != 0) & (rng.random(lead.size) < PLEIOTROPIC_SHARE)
    return np.asarray(np.where(acting, z / np.sqrt(outcome_n), 0.0))


def other_effects(trait: Trait, cast: Cast, outcome: FloatArray, places: Places, seed: int) -> FloatArray:
    """A cohort has the outcome's effects; a validation trait follows them in part; others have their own."""
    if trait.id in cast.cohorts:
        return outcome
    rng = stream(seed, "trait", trait.id)
    n = effective_n(trait)
    own = strong(places, OTHER_LOCI, OTHER_CHI2, n, rng)
    own += background(own.size, OUTCOME_BACKGROUND, rng)
    own[places.draw_major(rng)] += np.sqrt(MAJOR_CHI2 / n)
    return own + cast.signs.get(trait.id, 0) * VALIDATION_SHARE * outcome
