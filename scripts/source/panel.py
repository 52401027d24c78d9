"""How well a trait's alleles and frequencies agree with a reference panel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.source import alleles
from scripts.source.alleles import HashArray
from scripts.table.sumstats import is_among, place

# What the comparison takes of a panel index: numbers alone, since text is slow to read by the million.
COMPARED = ["chromosome", "position", "allele_1_hash", "allele_2_hash", "frequency"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Rows at a place of the panel, rows whose alleles the panel has there, and frequencies of those rows.

    `eaf` and `panel_eaf` have one element for each row with alleles of the panel, a known frequency and a
    strand that the alleles tell (neither A/T nor C/G).
    """

    at_place: int
    matching: int
    eaf: FloatArray
    panel_eaf: FloatArray


def with_hashes(index: pd.DataFrame) -> pd.DataFrame:
    """The index with a 64-bit number for each allele, so that a comparison reads no text."""
    return index.assign(
        **{
            f"{name}_hash": alleles.hashes(alleles.upper_case(index[name]))
            for name in ("allele_1", "allele_2")
        }
    )


def read_compared(index: Path) -> pd.DataFrame:
    """The columns COMPARED of a panel index: 29 bytes a variant."""
    table = pq.read_table(index, columns=COMPARED)
    compared: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    return compared


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel's variants by place; several may share one. `frequency` is that of the `counted` allele."""

    places: IntArray
    counted: HashArray
    other: HashArray
    frequency: FloatArray

    @classmethod
    def of(cls, index: pd.DataFrame) -> Panel:
        """From the columns COMPARED, sorted by chromosome and position."""
        return cls(
            place(index["chromosome"], index["position"]),
            index["allele_1_hash"].to_numpy(dtype=np.uint64),
            index["allele_2_hash"].to_numpy(dtype=np.uint64),
            index["frequency"].to_numpy(dtype=np.float64),
        )

    def agreement(self, rows: pd.DataFrame) -> Agreement:
        """Compare clean rows, whose alleles of one base may be on either strand."""
        places = place(rows["chromosome"], rows["position"])
        here = is_among(places, self.places)
        rows, places = rows[here], places[here]
        effect, other = rows["effect_allele"], rows["other_allele"]
        every = np.ones(len(rows), dtype=bool)
        turned, turned_other = (alleles.complement(column, every) for column in (effect, other))
        matched, panel_eaf = self._frequency(places, alleles.hashes(effect), alleles.hashes(other))
        also, turned_eaf = self._frequency(places, alleles.hashes(turned), alleles.hashes(turned_other))
        also &= ~(alleles.longer_than_one(effect) | alleles.longer_than_one(other))
        panel_eaf = np.where(matched, panel_eaf, turned_eaf)
        # A palindrome matches on both strands, with either frequency.
        told = (matched ^ also) & rows["eaf"].notna().to_numpy() & ~np.isnan(panel_eaf)
        return Agreement(
            at_place=len(rows),
            matching=int((matched | also).sum()),
            eaf=rows["eaf"].to_numpy()[told],
            panel_eaf=panel_eaf[told],
        )

    def _frequency(
        self, places: IntArray, effect: HashArray, other: HashArray
    ) -> tuple[BoolArray, FloatArray]:
        """Whether the panel has the variant, and the panel's frequency of the effect allele, else NaN.

        `places` are places of the panel; the variants at each are tried in turn, and the first match counts.
        """
        matched, frequency = np.zeros(len(places), dtype=bool), np.full(len(places), np.nan)
        rows, at = np.arange(len(places)), np.searchsorted(self.places, places)
        while len(rows):
            first, second, found = self.counted[at], self.other[at], self.frequency[at]
            same = (first == effect[rows]) & (second == other[rows])
            swapped = (first == other[rows]) & (second == effect[rows])
            hit = same | swapped
            matched[rows[hit]] = True
            frequency[rows[hit]] = np.where(same, found, 1.0 - found)[hit]
            rows, at = rows[~hit], at[~hit] + 1
            inside = at < len(self.places)
            rows, at = rows[inside], at[inside]
            shared = self.places[at] == places[rows]
            rows, at = rows[shared], at[shared]
        return matched, frequency
