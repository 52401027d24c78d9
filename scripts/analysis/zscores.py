"""The z scores of a standard table at the places of LD scores, by ldsc's rules for which to trust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.genetic_correlation import Gwas
from scripts.table.status import LdscDrop
from scripts.table.sumstats import place, shares_place

BASES = {"A": 0, "C": 1, "G": 2, "T": 3}  # complements add up to 3
LONGER = -9  # in place of a base: no sum of two with it looks like one
ALLELES = ["effect_allele", "other_allele"]
NUMBERS = ["eaf", "beta", "se", "n"]
ROWS = 2**18  # at a time
N_QUANTILE, N_SHARE = 0.9, 1.5  # a variant needs this quantile of N, divided by the share


@dataclass(frozen=True, slots=True)
class ZScores:
    """One trait at each of m places (all arrays have length m); z and n are NaN where it has no variant.

    z is that of the allele A or T, whichever the variant has: non-palindromic SNPs have just one of them on
    either strand. `transition` says which such SNP it is: A/G (T/C on the other strand), else A/C (T/G).
    `dropped` counts the rows of the table that are not used, by reason.
    """

    z: FloatArray
    n: FloatArray
    transition: BoolArray
    dropped: dict[str, int]

    @property
    def used(self) -> BoolArray:
        """Which places have a z score."""
        return ~np.isnan(self.z)

    def at(self, rows: BoolArray) -> Gwas:
        """The z scores and numbers of people at some places."""
        return Gwas(self.z[rows], self.n[rows])


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a trait, in genome order: place, alleles as `bases`, frequency, z and number of people."""

    place: IntArray
    effect: IntArray
    other: IntArray
    eaf: FloatArray
    z: FloatArray
    n: FloatArray


def read_zscores(table: Path, places: IntArray, maf_min: float) -> ZScores:
    """The trait of a standard table at the ascending `places` (m), minor alleles above `maf_min`."""
    with pq.ParquetFile(table, read_dictionary=ALLELES) as file:
        columns = ["chromosome", "position", *ALLELES, *NUMBERS]
        batches = file.iter_batches(ROWS, columns=columns, use_threads=False)
        return gather_zscores(map(_rows, batches), places, maf_min)


def gather_zscores(blocks: Iterable[Rows], places: IntArray, maf_min: float) -> ZScores:
    """The trait at the ascending `places` (m), from its rows in genome order.

    ldsc's munge_sumstats.py writes z and n with three decimals; here they are exact.
    """
    counts: Counter[str] = Counter({reason.value: 0 for reason in LdscDrop})
    nothing = (np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0, dtype=bool))
    parts = [nothing, *(_part(rows, places, maf_min, counts) for rows in blocks)]
    row, z, n, transition = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    alone = ~shares_place(row)
    counts[LdscDrop.SEVERAL_AT_PLACE] += int(np.sum(~alone))
    many = alone & (n >= _least_n(n[alone]))
    counts[LdscDrop.LOW_N] += int(np.sum(alone & ~many))
    return ZScores(
        z=_spread(row, z, many, places, np.nan),
        n=_spread(row, n, many, places, np.nan),
        transition=_spread(row, transition, many, places, False),
        dropped=dict(counts),
    )


def bases(spellings: Sequence[str], codes: IntArray) -> IntArray:
    """The number of each allele's base, LONGER for several; alleles are `spellings[codes]`."""
    known = [BASES.get(spelling, LONGER) for spelling in spellings]
    return np.array([*known, LONGER], dtype=np.int64)[codes]


def same_snp(first: ZScores, second: ZScores) -> tuple[BoolArray, int]:
    """Places where both traits have the same SNP, and the number where they have different ones."""
    both = first.used & second.used
    same = both & (first.transition == second.transition)
    return same, int(both.sum() - same.sum())


def _rows(batch: pa.RecordBatch) -> Rows:
    eaf, beta, se, n = (batch[name].to_numpy(zero_copy_only=False) for name in NUMBERS)
    effect, other = (
        bases(batch[name].dictionary.to_pylist(), batch[name].indices.to_numpy()) for name in ALLELES
    )
    at = place(batch["chromosome"].to_numpy(), batch["position"].to_numpy())
    return Rows(at, effect, other, eaf, beta / se, n)


def _part(rows: Rows, places: IntArray, maf_min: float, counts: Counter[str]) -> Any:
    """Index among the places, z, n and kind of SNP of the rows that pass."""
    row = np.searchsorted(places, rows.place)
    row[row == len(places)] = 0
    pair, eaf = rows.effect + rows.other, rows.eaf
    with np.errstate(invalid="ignore"):
        rare = np.minimum(eaf, 1.0 - eaf) <= maf_min
    faults = {
        LdscDrop.NO_LD_SCORE: places[row] != rows.place if len(places) else np.ones(len(row), dtype=bool),
        LdscDrop.NOT_A_SNP: pair < 0,
        LdscDrop.PALINDROMIC: pair == BASES["A"] + BASES["T"],
        LdscDrop.LOW_FREQUENCY: rare,
    }
    good = np.ones(len(row), dtype=bool)
    for reason, fault in faults.items():
        counts[reason] += int(np.sum(good & fault))
        good &= ~fault
    of_a_or_t = (rows.effect == BASES["A"]) | (rows.effect == BASES["T"])
    z = np.where(of_a_or_t, rows.z, -rows.z)
    return row[good], z[good], rows.n[good], (pair % 2 == 0)[good]


def _least_n(n: FloatArray) -> float:
    return float(np.quantile(n, N_QUANTILE)) / N_SHARE if len(n) else 0.0


def _spread(row: IntArray, values: Any, chosen: BoolArray, places: IntArray, absent: Any) -> Any:
    spread = np.full(len(places), absent, dtype=np.asarray(values).dtype)
    spread[row[chosen]] = values[chosen]
    return spread
