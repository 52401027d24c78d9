"""A simulated GRCh38: GRCh37 cut into segments, shifted, some inverted, some not in the chain at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scripts.simulation.arrays import BoolArray, IntArray, stream
from scripts.simulation.genome import CHROMOSOME_LENGTHS, Island
from scripts.table.files import write_text

INVERTED_EVERY = 12  # islands; the first is always inverted
UNMAPPED_EVERY = 9
CUT_SHARE = 0.5  # of the islands start a new block of the chain somewhere before them
MAX_INSERTION_BP = 400_000


@dataclass(frozen=True, slots=True)
class Segment:
    """`length` bases at 0-based `start_37` and `start_38` (both on the forward strand of their build)."""

    chromosome: int
    start_37: int
    start_38: int
    length: int
    inverted: bool = False
    mapped: bool = True


@dataclass(frozen=True, slots=True)
class BuildMap:
    """All segments in the order of GRCh37, and the lengths of the chromosomes of the simulated GRCh38."""

    segments: tuple[Segment, ...]
    lengths_38: dict[int, int]

    def to_grch38(self, chromosome: IntArray, position: IntArray) -> tuple[IntArray, BoolArray, BoolArray]:
        """Position in GRCh38, whether the strand is the other one, whether the chain knows it; shapes (m,).

        Positions are 1-based. A position that the chain does not know still has a place in GRCh38.
        """
        lifted = np.zeros(position.size, dtype=np.int64)
        inverted = np.zeros(position.size, dtype=np.bool_)
        mapped = np.zeros(position.size, dtype=np.bool_)
        for segment in self.segments:
            offset = position - 1 - segment.start_37
            inside = (chromosome == segment.chromosome) & (offset >= 0) & (offset < segment.length)
            along = segment.length - 1 - offset[inside] if segment.inverted else offset[inside]
            lifted[inside] = segment.start_38 + along + 1
            inverted[inside] = segment.inverted
            mapped[inside] = segment.mapped
        return lifted, inverted, mapped


def draw_build_map(islands: list[Island], seed: int) -> BuildMap:
    """Segments that cover every chromosome with islands: some islands inverted, parts of some unmapped."""
    rng = stream(seed, "chain")
    segments: list[Segment] = []
    lengths: dict[int, int] = {}
    for chromosome in sorted({island.chromosome for island in islands}):
        numbered = [(i, island) for i, island in enumerate(islands) if island.chromosome == chromosome]
        new, lengths[chromosome] = _chromosome(chromosome, numbered, rng)
        segments += new
    return BuildMap(tuple(segments), lengths)


def _chromosome(
    chromosome: int, islands: list[tuple[int, Island]], rng: np.random.Generator
) -> tuple[list[Segment], int]:
    """Segments of one chromosome, and its length in GRCh38."""
    cuts = [cut for number, island in islands for cut in _cuts(number, island, rng)]
    segments, done, shift = [], 0, int(rng.integers(10_000, MAX_INSERTION_BP))
    length = CHROMOSOME_LENGTHS[chromosome - 1]
    for start, end, kind in [*cuts, (length, length, "insertion")]:
        segments.append(Segment(chromosome, done, done + shift, start - done))
        if kind == "insertion":
            shift += int(rng.integers(1_000, MAX_INSERTION_BP))
        else:
            inverted, mapped = kind == "inverted", kind != "unmapped"
            segments.append(Segment(chromosome, start, start + shift, end - start, inverted, mapped))
        done = end
    return segments, done + shift


def _cuts(number: int, island: Island, rng: np.random.Generator) -> list[tuple[int, int, str]]:
    """What happens at an island, as 0-based half-open ranges of GRCh37 in order: (start, end, kind)."""
    if number % INVERTED_EVERY == 0:
        return [(island.start - 200_000, island.end + 200_000, "inverted")]
    if number % UNMAPPED_EVERY == 1:
        middle = (island.start + island.end) // 2
        return [(middle - 10_000, middle + 10_000, "unmapped")]
    if rng.random() < CUT_SHARE:
        before = island.start - int(rng.integers(100_000, 900_000))
        return [(before, before, "insertion")]
    return []


def chain_text(build_map: BuildMap) -> str:
    """The map from GRCh38 to GRCh37 in UCSC's chain format: one chain per segment."""
    header = "# SIMULATED chain file: a simulated GRCh38 to GRCh37. No real genome maps this way.\n"
    mapped = [segment for segment in build_map.segments if segment.mapped]
    return header + "".join(_chain(s, i, build_map) for i, s in enumerate(mapped, start=1))


def write_chain(build_map: BuildMap, path: Path) -> None:
    """Write the chain file (UCSC format, target GRCh38, query GRCh37)."""
    write_text(chain_text(build_map), path)


def _chain(segment: Segment, number: int, build_map: BuildMap) -> str:
    """One chain of one block; coordinates on the reverse strand count from the chromosome's end."""
    name, size = f"chr{segment.chromosome}", segment.length
    length_37 = CHROMOSOME_LENGTHS[segment.chromosome - 1]
    length_38 = build_map.lengths_38[segment.chromosome]
    start = length_37 - segment.start_37 - size if segment.inverted else segment.start_37
    target = f"{name} {length_38} + {segment.start_38} {segment.start_38 + size}"
    query = f"{name} {length_37} {'-' if segment.inverted else '+'} {start} {start + size}"
    return f"chain {size} {target} {query} {number}\n{size}\n\n"
