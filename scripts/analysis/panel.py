"""The linkage disequilibrium (LD) panel: a PLINK file whose variants are found by position and alleles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from bed_reader import open_bed

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.harmonise import COMPLEMENT

Genotypes = npt.NDArray[np.int8]

BIM_COLUMNS = ["chromosome", "rsid", "morgans", "position", "allele_1", "allele_2"]
PLINK_CHROMOSOMES = {
    **{"X": 23, "XY": 23, "25": 23, "PAR1": 23, "PAR2": 23, "Y": 24, "MT": 25, "M": 25, "26": 25},
    **{str(number): number for number in range(1, 25)},
}
UNPLACED = 0  # PLINK's own code; no trait has variants there
# What matching a variant takes; the index has more.
MATCHED = ["chromosome", "position", "allele_1", "allele_2", "index", "frequency"]
BLOCK = 2_000  # variants read at a time: 1 MB for 500 people
MISSING = -127
NOT_FOUND = -1
CLEAR_MAF = 0.42  # minor allele frequencies up to this one tell which allele of a palindrome is which


def index_panel(bed: Path, bim: Path, fam: Path) -> pd.DataFrame:
    """The panel's variants sorted by position, with their row in the .bim, frequency and missing share."""
    variants = pd.read_csv(
        bim, sep=r"\s+", names=BIM_COLUMNS, dtype={"chromosome": "str", "allele_1": "str", "allele_2": "str"}
    )
    frequency, missing = _frequencies(bed, count_people(fam), len(variants))
    chromosome = variants["chromosome"].str.upper().str.removeprefix("CHR").map(PLINK_CHROMOSOMES)
    return (
        pd.DataFrame(
            {
                "chromosome": chromosome.fillna(UNPLACED).astype("int8"),
                "position": variants["position"].astype("int32"),
                "rsid": variants["rsid"].astype("str"),
                "allele_1": variants["allele_1"].str.upper(),
                "allele_2": variants["allele_2"].str.upper(),
                "index": np.arange(len(variants), dtype=np.int64),
                "frequency": frequency,
                "missing": missing,
            }
        )
        .sort_values(["chromosome", "position", "allele_1", "allele_2"], kind="stable")
        .reset_index(drop=True)
    )


def count_people(fam: Path) -> int:
    """People in a PLINK .fam file."""
    return sum(1 for line in fam.read_text().splitlines() if line.strip())


def _frequencies(bed: Path, people: int, variants: int) -> tuple[Any, Any]:
    """Frequency of allele 1 and share of missing genotypes of each variant."""
    frequency, missing = np.full(variants, np.nan), np.empty(variants)
    for start in range(0, variants, BLOCK):
        block = slice(start, min(start + BLOCK, variants))
        genotypes = read_genotypes(bed, people, variants, np.arange(block.start, block.stop))
        present = genotypes != MISSING
        called = present.sum(axis=0)
        counts = np.where(present, genotypes, 0).sum(axis=0, dtype=np.int64)
        frequency[block] = np.divide(counts, 2 * called, out=np.full(len(called), np.nan), where=called > 0)
        missing[block] = 1 - called / people
    return frequency, missing


def read_genotypes(bed: Path, people: int, variants: int, rows: IntArray) -> Genotypes:
    """Counts of allele 1 (people x rows; -127 is missing) for these rows of the .bim."""
    with open_bed(bed, iid_count=people, sid_count=variants, num_threads=1) as file:
        return np.asarray(file.read(index=np.s_[:, rows], dtype="int8"), dtype=np.int8)


def match_panel(variants: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Panel row (`index`, -1 where absent) and `sign` of each variant; `panel` has the columns MATCHED.

    Variants match on position and alleles; letters as they stand come first, then, for alleles of one base,
    the other strand. `sign` is 1 where the panel counts the effect allele and -1 where it counts the other
    one. For a palindrome (A/T, C/G) the frequencies say which, where both are clear, and else the letters.
    """
    wanted = variants[["chromosome", "position", "effect_allele", "other_allele", "eaf"]]
    wanted = wanted.reset_index(drop=True).rename_axis("order").reset_index()
    pairs = wanted.merge(panel, on=["chromosome", "position"], how="inner")
    pairs["rank"], palindromic = _rank(pairs)
    swapped = pairs["rank"].isin([1, 3])
    by_panel = np.where(swapped, 1 - pairs["frequency"], pairs["frequency"])
    turned = palindromic & _clearly_opposite(pairs["eaf"].to_numpy(float), by_panel)
    pairs["sign"] = np.where(swapped ^ turned, -1.0, 1.0)
    best = pairs[pairs["rank"] < 4].sort_values(["order", "rank"], kind="stable").drop_duplicates("order")
    best = best.set_index("order").reindex(wanted["order"])
    return pd.DataFrame(
        {
            "index": best["index"].fillna(NOT_FOUND).astype("int64").to_numpy(),
            "sign": best["sign"].fillna(1.0).to_numpy(),
        }
    )


def _rank(pairs: pd.DataFrame) -> tuple[IntArray, BoolArray]:
    """How each variant matches the panel's (0, 2 same order; 1, 3 swapped; 2, 3 other strand; 4 not at all).

    With it: whether the variant is a palindrome. An indel has no other strand here: its complement is read
    backwards and anchored at its other end, hence at another position.
    """
    effect, other = pairs["effect_allele"], pairs["other_allele"]
    flipped_effect, flipped_other = effect.str.translate(COMPLEMENT), other.str.translate(COMPLEMENT)
    first, second = pairs["allele_1"], pairs["allele_2"]
    one_base = (effect.str.len() == 1) & (other.str.len() == 1)
    kinds = [
        (effect == first) & (other == second),
        (effect == second) & (other == first),
        one_base & (flipped_effect == first) & (flipped_other == second),
        one_base & (flipped_effect == second) & (flipped_other == first),
    ]
    return np.select(kinds, range(4), 4), (one_base & (flipped_effect == other)).to_numpy(bool)


def _clearly_opposite(eaf: FloatArray, other_eaf: FloatArray) -> BoolArray:
    """Frequencies clear of one half and on opposite sides of it; a missing one is not."""
    clear = np.maximum(np.minimum(eaf, 1 - eaf), np.minimum(other_eaf, 1 - other_eaf)) <= CLEAR_MAF
    return np.asarray(clear & ((eaf > 0.5) != (other_eaf > 0.5)), dtype=bool)
