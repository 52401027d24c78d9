"""The whole simulated study, from trait tables and a seed to its files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.simulation.arrays import FloatArray, stream
from scripts.simulation.chain import BuildMap, draw_build_map
from scripts.simulation.effects import Effects, draw_effects
from scripts.simulation.formats import write_rows
from scripts.simulation.genome import Size, place_islands
from scripts.simulation.panel import Panel, simulate_panel
from scripts.simulation.roles import NOTHING_ASKED, Asked, Cast, assign_parts
from scripts.simulation.rows import draw_rows
from scripts.simulation.scores import noise_correlation, sample_sizes, z_scores
from scripts.simulation.traps import set_traps
from scripts.table.trait import Trait


@dataclass(frozen=True, slots=True)
class Simulation:
    """All that is drawn: the panel, the other build, the effects and the z scores (variants, traits)."""

    cast: Cast
    panel: Panel
    build_map: BuildMap
    effects: Effects
    z: FloatArray


def simulate(
    cast: Cast, size: Size, seed: int, draw: Callable[[Cast, Panel, int], Effects] = draw_effects
) -> Simulation:
    """Draw the study, its effects by `draw`. Same arguments, same numbers."""
    islands = place_islands(size, seed)
    panel = simulate_panel(islands, size, seed)
    logging.info("%d variants in %d islands, %d people", panel.position.size, len(islands), size.people)
    effects = draw(cast, panel, seed)
    n = sample_sizes(cast.all_traits)
    z = z_scores(panel, effects.matrix, n, noise_correlation(cast), seed)
    logging.info("z scores of %d traits", n.size)
    return Simulation(cast, panel, draw_build_map(islands, seed), effects, z)


def make_cast(
    exposures: Sequence[Trait],
    traits: Sequence[Trait],
    cohorts: Sequence[str],
    signs: Mapping[str, int],
    seed: int,
    asked: Asked = NOTHING_ASKED,
) -> Cast:
    """The study's traits with their parts."""
    parts = assign_parts([trait.id for trait in exposures], seed, asked)
    return Cast(tuple(exposures), parts, tuple(traits), tuple(cohorts), dict(signs))


def trait_rows(simulation: Simulation, trait: Trait, seed: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows of a trait's file, and for a cohort of the outcome the count of each trap."""
    rng = stream(seed, "rows", trait.id)
    column = simulation.cast.all_traits.index(trait)
    z = np.ascontiguousarray(simulation.z[:, column])
    rows = draw_rows(trait, simulation.panel, z, simulation.build_map, rng)
    if trait.id not in simulation.cast.cohorts:
        return rows, {}
    rows, counts = set_traps(rows, rng)
    return rows, counts | {"not_in_chain": int((~rows["mapped"]).sum())}


def write_traits(simulation: Simulation, folder: Path, seed: int) -> None:
    """Write the file or files of every trait under `folder`."""
    for trait in simulation.cast.all_traits:
        rows, counts = trait_rows(simulation, trait, seed)
        write_rows(trait, rows, [folder / path for path in trait.paths])
        traps = ", ".join(f"{name} {count}" for name, count in counts.items())
        logging.info("%s: %d rows%s", trait.id, len(rows), f" ({traps})" if traps else "")
