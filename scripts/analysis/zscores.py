"""The z scores of a standard table at the places of LD scores, by ldsc's rules for which to trust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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


def read_zscores(table: Path, places: IntArray, maf_min: float) -> ZScores:
    """The trait of a standard table at the ascending `places` (m), where minor alleles are above `maf_min`.

    ldsc's munge_sumstats.py writes z and n with three decimals; here they are exact.
    """
    counts: Counter[str] = Counter({reason.value: 0 for reason in LdscDrop})
    nothing = (np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0, dtype=bool))
    parts = [nothing, *(_part(batch, places, maf_min, counts) for batch in _batches(table))]
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


def same_snp(first: ZScores, second: ZScores) -> tuple[BoolArray, int]:
    """Places where both traits have the same SNP, and the number where they have different ones."""
    both = first.used & second.used
    same = both & (first.transition == second.transition)
    return same, int(both.sum() - same.sum())


def _batches(table: Path) -> Iterator[pa.RecordBatch]:
    """The columns needed, alleles as dictionaries, so that each spelling is looked at once a batch."""
    with pq.ParquetFile(table, read_dictionary=ALLELES) as file:
        columns = ["chromosome", "position", *ALLELES, *NUMBERS]
        empty = (
            file.schema_arrow.empty_table().select(columns).to_batches() if not file.metadata.num_rows else []
        )
        yield from empty
        yield from file.iter_batches(ROWS, columns=columns, use_threads=False)


def _part(batch: pa.RecordBatch, places: IntArray, maf_min: float, counts: Counter[str]) -> Any:
    """Index among the places, z, n and kind of SNP of the rows that pass."""
    at = place(batch["chromosome"].to_numpy(), batch["position"].to_numpy())
    row = np.searchsorted(places, at)
    row[row == len(places)] = 0
    effect, other = (_bases(batch[name]) for name in ALLELES)
    eaf, beta, se, n = (batch[name].to_numpy(zero_copy_only=False) for name in NUMBERS)
    with np.errstate(invalid="ignore"):
        rare = np.minimum(eaf, 1.0 - eaf) <= maf_min
    faults = {
        LdscDrop.NO_LD_SCORE: (places[row] != at) if len(places) else np.ones(len(at), dtype=bool),
        LdscDrop.NOT_A_SNP: effect + other < 0,
        LdscDrop.PALINDROMIC: effect + other == BASES["A"] + BASES["T"],
        LdscDrop.LOW_FREQUENCY: rare,
    }
    good = np.ones(len(at), dtype=bool)
    for reason, fault in faults.items():
        counts[reason] += int(np.sum(good & fault))
        good &= ~fault
    of_a_or_t = (effect[good] == BASES["A"]) | (effect[good] == BASES["T"])
    z = np.where(of_a_or_t, 1.0, -1.0) * beta[good] / se[good]
    return row[good], z, n[good], (effect[good] + other[good]) % 2 == 0


def _bases(alleles: pa.DictionaryArray) -> IntArray:
    known = [BASES.get(allele, LONGER) for allele in alleles.dictionary.to_pylist()]
    codes = np.array([*known, LONGER], dtype=np.int64)
    return codes[np.asarray(alleles.indices.to_numpy(), dtype=np.int64)]


def _least_n(n: FloatArray) -> float:
    return float(np.quantile(n, N_QUANTILE)) / N_SHARE if len(n) else 0.0


def _spread(row: IntArray, values: Any, chosen: BoolArray, places: IntArray, absent: Any) -> Any:
    spread = np.full(len(places), absent, dtype=np.asarray(values).dtype)
    spread[row[chosen]] = values[chosen]
    return spread
