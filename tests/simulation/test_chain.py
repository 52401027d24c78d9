"""The simulated GRCh38 and its chain file, read back by the library that the workflow uses."""

from __future__ import annotations

import numpy as np
from liftover import ChainFile

from scripts.simulation.chain import draw_build_map
from scripts.simulation.genome import Size, place_islands
from scripts.simulation.study import Simulation
from tests.simulation.small_study import SEED, SIZE, Written


def test_every_variant_comes_back_or_is_known_not_to(simulation: Simulation, written: Written) -> None:
    panel = simulation.panel
    lifted, inverted, mapped = simulation.build_map.to_grch38(panel.chromosome, panel.position)
    chain = ChainFile(str(written.chain), one_based=True)
    for i, chromosome in enumerate(panel.chromosome):
        strand = "-" if inverted[i] else "+"
        expected = [(f"chr{chromosome}", int(panel.position[i]), strand)] if mapped[i] else []
        assert chain.query(f"chr{chromosome}", int(lifted[i])) == expected
    assert inverted.sum() > 100
    assert (~mapped).sum() > 5
    assert (lifted != panel.position).all()


def test_places_of_grch38_are_distinct_and_inside_the_chromosome(simulation: Simulation) -> None:
    panel, build_map = simulation.panel, simulation.build_map
    lifted, _, _ = build_map.to_grch38(panel.chromosome, panel.position)
    assert len({*zip(panel.chromosome, lifted, strict=True)}) == len(
        {*zip(panel.chromosome, panel.position, strict=True)}
    )
    lengths = np.array([build_map.lengths_38[chromosome] for chromosome in panel.chromosome])
    assert ((lifted >= 1) & (lifted <= lengths)).all()


def test_segments_cover_each_chromosome_once() -> None:
    build_map = draw_build_map(place_islands(Size(**SIZE), SEED), SEED)
    for first, second in zip(build_map.segments, build_map.segments[1:], strict=False):
        if first.chromosome == second.chromosome:
            assert first.start_37 + first.length == second.start_37
            assert first.start_38 + first.length <= second.start_38
    assert all(segment.length > 0 for segment in build_map.segments)


def test_chain_file_says_simulated_in_its_first_line(written: Written) -> None:
    assert "SIMULATED" in written.chain.read_text().splitlines()[0]
