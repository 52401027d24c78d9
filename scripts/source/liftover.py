"""Positions from one genome build to the other, by a UCSC chain file (Hinrichs et al. 2006)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scripts.method.arrays import BoolArray, IntArray
from scripts.source.error import SourceError
from scripts.table.status import DropReason

if TYPE_CHECKING:
    from liftover import ChainFile

NAMES = {**{code: str(code) for code in range(1, 23)}, 23: "X", 24: "Y", 25: "M"}
CODES = {**{name: code for code, name in NAMES.items()}, "MT": 25}
UNMAPPED, AMBIGUOUS, OTHER_CHROMOSOME = 0, -1, -2  # in place of a position


@dataclass(frozen=True, slots=True)
class Lifted:
    """New 1-based positions (k,), 0 where there is none; strand turned (k,); why a place has no position."""

    position: IntArray
    reversed: BoolArray
    dropped: dict[DropReason, BoolArray]


def open_chain(path: Path) -> ChainFile:
    """A chain file (plain or gzip); contigs may be named chr1 or 1."""
    if not Path(path).is_file():
        raise SourceError(f"chain file {path} does not exist")
    from liftover import ChainFile  # here, since it loads an HTTP library, and most traits need no lifting

    try:
        return ChainFile(str(path), one_based=True)
    except Exception as error:
        raise SourceError(f"chain file {path} cannot be read: {error}") from error


def lift(chain: ChainFile, chromosome: IntArray, position: IntArray) -> Lifted:
    """Counterparts of k places, each distinct place looked up once.

    A place counts as lifted when the chain gives exactly one counterpart, on the same chromosome.
    """
    target, turned = np.zeros(len(position), dtype=np.int64), np.zeros(len(position), dtype=bool)
    for code in np.unique(chromosome):
        rows = np.flatnonzero(chromosome == code)
        unique, back = np.unique(position[rows], return_inverse=True)
        found = [_counterpart(hits, int(code)) for hits in _hits(chain, NAMES[int(code)], unique)]
        target[rows] = np.array([place for place, _ in found], dtype=np.int64)[back]
        turned[rows] = np.array([strand for _, strand in found], dtype=bool)[back]
    return Lifted(
        position=np.maximum(target, 0),
        reversed=turned,
        dropped={
            DropReason.LIFTOVER_UNMAPPED: target == UNMAPPED,
            DropReason.LIFTOVER_AMBIGUOUS: target == AMBIGUOUS,
            DropReason.LIFTOVER_OTHER_CHROMOSOME: target == OTHER_CHROMOSOME,
        },
    )


def _hits(chain: ChainFile, name: str, position: IntArray) -> list[list[tuple[str, int, str]]]:
    contig = next((known for known in (f"chr{name}", name, f"{name}T") if known in chain), None)
    return [[] if contig is None else chain.query(contig, place) for place in position.tolist()]


def _counterpart(hits: list[tuple[str, int, str]], chromosome: int) -> tuple[int, bool]:
    """(position, strand turned) of the one counterpart, or one of the three codes."""
    if len(hits) != 1:
        return (AMBIGUOUS if hits else UNMAPPED), False
    contig, position, strand = hits[0]
    if CODES.get(contig.removeprefix("chr")) != chromosome:
        return OTHER_CHROMOSOME, False
    return position, strand == "-"
