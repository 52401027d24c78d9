"""A screen of thousands: a cast whose truth matters, and a crowd of exposures without any part in it.

What the demo simulates together grows with the square of the traits. Here only the first CAST exposures are
simulated as the demo's are; each of the others has loci of its own and no effect on anything.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scripts.simulation.arrays import stream
from scripts.simulation.effects import EXPOSURE_CHI2, LOCI, Places, effective_n, strong
from scripts.simulation.genome import Size
from scripts.simulation.roles import NOTHING_ASKED, NULL, Part
from scripts.simulation.rows import draw_rows
from scripts.simulation.scores import z_scores
from scripts.simulation.study import Simulation, make_cast, simulate, trait_rows
from scripts.table.trait import Trait

CAST = 60
TOGETHER = 100  # exposures of the crowd that are drawn at once: it decides their random numbers


@dataclass(frozen=True, slots=True)
class Crowd:
    """The simulated cast, and the exposures that stand around it."""

    simulation: Simulation
    others: tuple[Trait, ...]
    seed: int

    @property
    def parts(self) -> tuple[Part, ...]:
        """What every exposure is made to be, in the order of the table."""
        return (*self.simulation.cast.parts, *(Part(trait.id, NULL, 0.0) for trait in self.others))

    @property
    def loci(self) -> tuple[int, ...]:
        """Strong loci of the cast; those of the crowd are not counted."""
        return (*self.simulation.effects.loci, *(0 for _ in self.others))

    def rows(self) -> Iterator[tuple[Trait, pd.DataFrame]]:
        """Every trait with the rows of its file."""
        for trait in self.simulation.cast.all_traits:
            yield trait, trait_rows(self.simulation, trait, self.seed)[0]
        for start in range(0, len(self.others), TOGETHER):
            yield from self._some(self.others[start : start + TOGETHER], start)

    def _some(self, traits: Sequence[Trait], start: int) -> Iterator[tuple[Trait, pd.DataFrame]]:
        panel, build_map = self.simulation.panel, self.simulation.build_map
        rng = stream(self.seed, "crowd", start)
        effects = np.column_stack([self._effects(trait, rng) for trait in traits])
        n = np.array([effective_n(trait) for trait in traits])
        z = z_scores(panel, effects, n, np.eye(n.size), self.seed, f"crowd {start}")
        for column, trait in enumerate(traits):
            own = stream(self.seed, "rows", trait.id)
            yield trait, draw_rows(trait, panel, np.ascontiguousarray(z[:, column]), build_map, own)

    def _effects(self, trait: Trait, rng: np.random.Generator) -> np.ndarray:
        places = Places(self.simulation.panel, self.simulation.panel.maf)
        return strong(places, int(rng.integers(LOCI[0], LOCI[1] + 1)), EXPOSURE_CHI2, effective_n(trait), rng)


def gather(
    exposures: Sequence[Trait],
    traits: Sequence[Trait],
    cohorts: Sequence[str],
    signs: dict[str, int],
    size: Size,
    seed: int,
) -> Crowd:
    """The cast among the first exposures, and the others as the crowd. Same arguments, same numbers."""
    cast = make_cast(exposures[:CAST], traits, cohorts, signs, seed, NOTHING_ASKED)
    logging.info("%d exposures in the cast, %d around it", len(cast.exposures), len(exposures[CAST:]))
    return Crowd(simulate(cast, size, seed), tuple(exposures[CAST:]), seed)
