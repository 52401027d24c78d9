"""Step: make every input of the simulated study, whose truth is known, from a seed."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.simulation.chain import write_chain
from scripts.simulation.correlations import correlations_table
from scripts.simulation.genes import simulate_genes, simulate_scores
from scripts.simulation.genome import Size, place_islands
from scripts.simulation.mediators import gene_rows, mediation_truth, simulate_mediators, write_mediators
from scripts.simulation.plink import write_panel
from scripts.simulation.roles import Asked, truth_table
from scripts.simulation.study import make_cast, simulate, write_traits
from scripts.step import run
from scripts.table.frames import write_tsv
from scripts.table.trait import Trait


def simulate_demo(
    panel_files: list[Path],
    chain: Path,
    truth: Path,
    genes: list[Path],
    scores: list[Path],
    expression_truth: list[Path],
    correlations: list[Path],
    exposures: list[dict[str, Any]],
    traits: list[dict[str, Any]],
    mediators: list[dict[str, Any]],
    outcome_cohorts: list[str],
    validation: list[dict[str, Any]],
    meta_analyses: dict[str, list[str]],
    controls: dict[str, int],
    all_null: bool,
    data_dir: str,
    seed: int,
    size: dict[str, Any],
) -> None:
    """Write the panel (.bed, .bim, .fam), the chain file, the truth, and each trait's files under `data_dir`.

    `genes` and `scores` (of genes) are written where the study names them.
    `correlations`, where the study asks for them, are those of the traits and of its `meta_analyses`.
    Traits that are neither cohorts of the outcome nor validation traits get an architecture of their own.
    `mediators` are expression of genes, their truth goes to `expression_truth`. `controls` are exposures
    whose effect has a known sign (0: none).
    """
    cast = make_cast(
        [Trait.from_dict(fields) for fields in exposures],
        [Trait.from_dict(fields) for fields in traits],
        outcome_cohorts,
        {entry["trait"]: entry["sign"] for entry in validation},
        seed,
        Asked(controls, all_null),
    )
    simulation = simulate(cast, Size(**size), seed)
    bed, bim, fam = panel_files
    write_panel(simulation.panel, bed, bim, fam, seed)
    write_chain(simulation.build_map, chain)
    write_traits(simulation, Path(data_dir), seed)
    table = simulate_genes(place_islands(Size(**size), seed), seed)
    effect = simulation.effects.matrix[:, cast.all_traits.index(cast.outcome_cohort)]
    for path in scores:
        write_tsv(simulate_scores(table, simulation.panel, effect, seed).assign(SIMULATED="yes"), path)
    if mediators:
        wanted = [Trait.from_dict(fields) for fields in mediators]
        expressed = simulate_mediators(wanted, cast, simulation.panel, simulation.effects, seed)
        write_mediators(expressed, simulation.panel, simulation.build_map, Path(data_dir), seed)
        table = pd.concat([table, gene_rows(expressed, simulation.panel)], ignore_index=True)
        for path in expression_truth:
            write_tsv(mediation_truth(expressed, simulation.panel), path)
    for path in genes:
        write_tsv(table.assign(SIMULATED="yes"), path)
    write_tsv(truth_table(cast.parts, simulation.effects.loci), truth)
    for path in correlations:
        effects = simulation.effects.matrix
        write_tsv(correlations_table(cast, simulation.panel, effects, meta_analyses), path)
    logging.info("The truth is in %s", truth)


if __name__ == "__main__":
    run(simulate_demo)
