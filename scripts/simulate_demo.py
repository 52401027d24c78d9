"""Step: make every input of the simulated study, whose truth is known, from a seed."""

import logging
from pathlib import Path
from typing import Any

from scripts.simulation.chain import write_chain
from scripts.simulation.correlations import correlations_table
from scripts.simulation.genome import Size
from scripts.simulation.plink import write_panel
from scripts.simulation.roles import truth_table
from scripts.simulation.study import make_cast, simulate, write_traits
from scripts.step import run
from scripts.table.files import write_tsv
from scripts.table.trait import Trait


def simulate_demo(
    panel_files: list[Path],
    chain: Path,
    truth: Path,
    correlations: list[Path],
    exposures: list[dict[str, Any]],
    traits: list[dict[str, Any]],
    outcome_cohorts: list[str],
    validation: list[dict[str, Any]],
    meta_analyses: dict[str, list[str]],
    data_dir: str,
    seed: int,
    size: dict[str, Any],
) -> None:
    """Write the panel (.bed, .bim, .fam), the chain file, the truth, and each trait's files under `data_dir`.

    `correlations`, where the study asks for them, are those of the traits and of its `meta_analyses`.
    Traits that are neither cohorts of the outcome nor validation traits get an architecture of their own.
    """
    cast = make_cast(
        [Trait.from_dict(fields) for fields in exposures],
        [Trait.from_dict(fields) for fields in traits],
        outcome_cohorts,
        {entry["trait"]: entry["sign"] for entry in validation},
        seed,
    )
    simulation = simulate(cast, Size(**size), seed)
    bed, bim, fam = panel_files
    write_panel(simulation.panel, bed, bim, fam, seed)
    write_chain(simulation.build_map, chain)
    write_traits(simulation, Path(data_dir), seed)
    write_tsv(truth_table(cast.parts, simulation.effects.loci), truth)
    for path in correlations:
        effects = simulation.effects.matrix
        write_tsv(correlations_table(cast, simulation.panel, effects, meta_analyses), path)
    logging.info("The truth is in %s", truth)


if __name__ == "__main__":
    run(simulate_demo)
