"""A simulated study by its causes: which trait acts on which, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
import pandas as pd

from scripts.simulation.arrays import FloatArray, stream
from scripts.simulation.effects import (
    EXPOSURE_BACKGROUND,
    EXPOSURE_CHI2,
    Effects,
    Places,
    background,
    effective_n,
    strong,
)
from scripts.simulation.panel import Panel
from scripts.simulation.roles import Cast

LOCI = 20  # strong loci of a trait's own, on as many islands, or on half of them where that is fewer


@dataclass(frozen=True, slots=True)
class Cause:
    """`cause` acts on `trait`: the direct effect, in units of the trait per unit of the cause."""

    cause: str
    trait: str
    effect: float


def causes_of(listed: Sequence[Mapping[str, Any]], traits: Sequence[str]) -> tuple[Cause, ...]:
    """The causes of the config; ValueError where one names no trait of the study, or they run in a circle."""
    causes = tuple(Cause(**entry) for entry in listed)
    for name in (name for one in causes for name in (one.cause, one.trait)):
        if name not in traits:
            raise ValueError(f"demo.causes has {name}, which is no trait of the study that is read")
    try:
        in_order(causes, traits)
    except CycleError as error:
        raise ValueError(f"demo.causes run in a circle: {', '.join(map(str, error.args[1]))}") from None
    return causes


def in_order(causes: Sequence[Cause], traits: Sequence[str]) -> list[str]:
    """The traits, each after those that act on it."""
    before = {name: [one.cause for one in causes if one.trait == name] for name in traits}
    return list(TopologicalSorter(before).static_order())


def draw_caused(cast: Cast, panel: Panel, seed: int, causes: Sequence[Cause]) -> Effects:
    """Effects of all traits: loci of their own, a background, and what their causes hand on."""
    places = Places(panel, panel.maf)
    own = {}
    for trait in cast.all_traits:
        rng = stream(seed, "caused", trait.id)
        own[trait.id] = strong(places, LOCI, EXPOSURE_CHI2, effective_n(trait), rng)
        own[trait.id] += background(places.maf.size, _background(own[trait.id]), rng)
    columns: dict[str, FloatArray] = {}
    for name in in_order(causes, list(own)):
        handed = (one.effect * columns[one.cause] for one in causes if one.trait == name)
        columns[name] = own[name] + sum(handed, np.zeros(places.maf.size))
    names = [trait.id for trait in cast.all_traits]
    loci = tuple(int(np.count_nonzero(own[name])) for name in names)
    return Effects(np.column_stack([columns[name] for name in names]), loci, own[names[-1]])


def _background(loci: FloatArray) -> float:
    """Variance of the background: never more than a tenth of what the strong loci explain."""
    return min(EXPOSURE_BACKGROUND, 0.1 * float(np.sum(loci**2)))


def total_effects(causes: Sequence[Cause], traits: Sequence[str]) -> pd.DataFrame:
    """Total effect of each trait (rows) on each (columns), over all paths; 1 on itself."""
    total = pd.DataFrame(np.eye(len(traits)), index=list(traits), columns=list(traits))
    for name in in_order(causes, traits):
        for one in causes:
            if one.trait == name:
                total[name] += one.effect * total[one.cause]
    return total
