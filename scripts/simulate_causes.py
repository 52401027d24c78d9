"""Step: make every input of a study that is simulated by its causes, from a seed."""

import logging
from functools import partial
from pathlib import Path
from typing import Any

from scripts.simulation.causes import causes_of, draw_caused, total_effects
from scripts.simulation.chain import write_chain
from scripts.simulation.effects import effective_n
from scripts.simulation.expression import simulate_expression
from scripts.simulation.genes import simulate_genes
from scripts.simulation.genome import Size, place_islands
from scripts.simulation.known import Roles, known_answers
from scripts.simulation.plink import write_panel
from scripts.simulation.roles import Cast
from scripts.simulation.study import simulate, write_traits
from scripts.step import run
from scripts.table.frames import write_tsv
from scripts.table.trait import Trait


def simulate_causes(
    panel_files: list[Path],
    chain: list[Path],
    genes: list[Path],
    expression: list[Path],
    published: list[Path],
    traits: list[dict[str, Any]],
    causes: list[dict[str, Any]],
    roles: dict[str, Any],
    data_dir: str,
    seed: int,
    size: dict[str, Any],
) -> None:
    """Write the panel (.bed, .bim, .fam), each trait's files under `data_dir`, and what the study names.

    That is a chain file, genes, their `expression` (which differs more often at the loci of the first trait)
    and, in place of `published` results, the true effects by the study's `roles` (those of known.Roles).
    """
    read = tuple(Trait.from_dict(fields) for fields in traits)
    names = [trait.id for trait in read]
    known = causes_of(causes, names)
    cast = Cast((), (), read, (), {})
    islands = place_islands(Size(**size), seed)
    simulation = simulate(cast, Size(**size), seed, partial(draw_caused, causes=known))
    bed, bim, fam = panel_files
    write_panel(simulation.panel, bed, bim, fam, seed)
    for path in chain:
        write_chain(simulation.build_map, path)
    write_traits(simulation, Path(data_dir), seed)
    table = simulate_genes(islands, seed)
    for path in genes:
        write_tsv(table.assign(SIMULATED="yes"), path)
    for path in expression:
        effect, n = simulation.effects.matrix[:, 0], effective_n(read[0])
        found = simulate_expression(table, simulation.panel, effect, n, seed)
        write_tsv(found.assign(SIMULATED="yes"), path)
    for path in published:
        write_tsv(known_answers(total_effects(known, names), Roles(**roles)), path)
        logging.info("The truth is in %s", path)


if __name__ == "__main__":
    run(simulate_causes)
