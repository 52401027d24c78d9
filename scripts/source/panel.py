"""How well a trait's alleles and frequencies agree with a reference panel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.source import alleles
from scripts.source.alleles import HashArray
from scripts.table.sumstats import is_among, place

# What the comparison takes of a panel index: numbers alone, since text is slow to read by the million.
COMPARED = ["chromosome", "position", "allele_1_hash", "allele_2_hash", "frequency"]
ABSENT = -1  # in place of a row of the panel


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
class Match:
    """Rows (k,) in a panel: are they at one of its places, its row with their alleles, does that row count
    the other allele, and do the alleles tell the strand."""

    at_place: BoolArray
    row: IntArray
    swapped: BoolArray
    told: BoolArray

    def of(self, frequency: FloatArray) -> FloatArray:
        """Frequency of each effect allele, (k, ...), from those of the panel's rows; NaN where absent."""
        here = self.row != ABSENT
        found = np.full((len(self.row), *frequency.shape[1:]), np.nan)
        found[here] = frequency[self.row[here]]
        found[self.swapped] = 1.0 - found[self.swapped]
        return found


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

    def match(self, rows: pd.DataFrame) -> Match:
        """Find rows of the standard table, whose alleles of one base may be on either strand."""
        places = place(rows["chromosome"], rows["position"])
        here = is_among(places, self.places)
        rows, places = rows[here], places[here]
        effect, other = rows["effect_allele"], rows["other_allele"]
        every = np.ones(len(rows), dtype=bool)
        turned, turned_other = (alleles.complement(column, every) for column in (effect, other))
        at, swapped = self._find(places, alleles.hashes(effect), alleles.hashes(other))
        also, also_swapped = self._find(places, alleles.hashes(turned), alleles.hashes(turned_other))
        also[alleles.longer_than_one(effect) | alleles.longer_than_one(other)] = ABSENT
        found = at != ABSENT
        return Match(
            at_place=here,
            row=_spread(here, np.where(found, at, also), ABSENT),
            swapped=_spread(here, np.where(found, swapped, also_swapped), False),
            # A palindrome matches on both strands, with either frequency.
            told=_spread(here, found ^ (also != ABSENT), False),
        )

    def agreement(self, rows: pd.DataFrame) -> Agreement:
        """Compare rows of the standard table with the panel."""
        match = self.match(rows)
        eaf, panel_eaf = rows["eaf"].to_numpy(), match.of(self.frequency)
        both = match.told & ~np.isnan(eaf) & ~np.isnan(panel_eaf)
        return Agreement(
            at_place=int(match.at_place.sum()),
            matching=int((match.row != ABSENT).sum()),
            eaf=eaf[both],
            panel_eaf=panel_eaf[both],
        )

    def frequencies(self, rows: pd.DataFrame) -> FloatArray:
        """The panel's frequency of each row's effect allele; NaN where it is absent or a palindrome."""
        match = self.match(rows)
        return np.where(match.told, match.of(self.frequency), np.nan)

    def _find(self, places: IntArray, effect: HashArray, other: HashArray) -> tuple[IntArray, BoolArray]:
        """The panel's row with these alleles (ABSENT: none), and whether it counts the other one.

        `places` are places of the panel; the variants at each are tried in turn, and the first match counts.
        """
        found, turned = np.full(len(places), ABSENT, dtype=np.int64), np.zeros(len(places), dtype=bool)
        rows, at = np.arange(len(places)), np.searchsorted(self.places, places)
        while len(rows):
            first, second = self.counted[at], self.other[at]
            swapped = (first == other[rows]) & (second == effect[rows])
            hit = swapped | ((first == effect[rows]) & (second == other[rows]))
            found[rows[hit]], turned[rows[hit]] = at[hit], swapped[hit]
            rows, at = rows[~hit], at[~hit] + 1
            inside = at < len(self.places)
            rows, at = rows[inside], at[inside]
            shared = self.places[at] == places[rows]
            rows, at = rows[shared], at[shared]
        return found, turned


def fill_frequencies(rows: pd.DataFrame, panel: Panel) -> tuple[pd.DataFrame, int]:
    """The rows with the panel's frequency where they have none and alleles tell the strand; how many."""
    lacking = rows["eaf"].isna().to_numpy()
    if not lacking.any():
        return rows, 0
    eaf = rows["eaf"].to_numpy(copy=True)
    eaf[lacking] = panel.frequencies(rows[lacking])
    return rows.assign(eaf=eaf), int((lacking & ~np.isnan(eaf)).sum())


def _spread(chosen: BoolArray, values: Any, absent: Any) -> Any:
    """An array as long as `chosen` with the values where it is true, `absent` elsewhere."""
    spread = np.full(len(chosen), absent, dtype=values.dtype)
    spread[chosen] = values
    return spread
