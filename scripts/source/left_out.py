"""Variants of rows that were left out, of which a kept row may be a copy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, IntArray
from scripts.source.alleles import HashArray
from scripts.table.sieve import Sieve
from scripts.table.sumstats import CHROMOSOMES


def _no_positions() -> IntArray:
    return np.zeros(CHROMOSOMES.stop, dtype=np.int64)


@dataclass(slots=True)
class LeftOut:
    """Hashes of the variants of rows that were left out, for as long as a kept row may be a copy of one.

    A file sorted by place brings no copy of what lies behind it. Only variants that were kept too are
    remembered from there, so that memory does not grow with the file. Where a row comes back to such a place
    all the same, `lost` is true: what is remembered is not all.
    """

    lost: bool = False
    repeated: list[HashArray] = field(default_factory=lambda: [np.empty(0, dtype=np.uint64)])
    left: list[HashArray] = field(default_factory=list)
    kept: list[HashArray] = field(default_factory=list)
    furthest: IntArray = field(default_factory=_no_positions)
    forgotten: IntArray = field(default_factory=_no_positions)

    def add(self, rows: pd.DataFrame, variants: HashArray, chosen: BoolArray) -> None:
        """Take the next rows of the file, of which the chosen ones are kept."""
        chromosome, position = rows["chromosome"].to_numpy(), rows["position"].to_numpy(dtype=np.int64)
        least = np.full(CHROMOSOMES.stop, np.iinfo(np.int64).max)
        np.minimum.at(least, chromosome, position)
        self.lost |= bool((least <= self.forgotten).any())
        if (least > self.furthest).all():
            self._forget()
        self.left.append(variants[~chosen])
        self.kept.append(variants[chosen])
        np.maximum.at(self.furthest, chromosome, position)

    def variants(self) -> list[HashArray]:
        """Variants that were left out and kept, unless `lost`."""
        self._forget()
        return self.repeated

    def _forget(self) -> None:
        """Compare what was left out since the last time with what was kept, and let go of it."""
        if self.left:
            kept = Sieve.of(np.concatenate(self.kept))
            self.repeated += [part[kept.has(part)] for part in self.left]
        self.left, self.kept, self.forgotten = [], [], self.furthest.copy()
