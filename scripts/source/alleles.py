"""Alleles and chromosomes as categories: each distinct spelling is judged once, not once a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scripts.method.arrays import BoolArray, IntArray
from scripts.method.harmonise import COMPLEMENT

HashArray = npt.NDArray[np.uint64]

CHROMOSOMES = {**{str(code): code for code in range(1, 26)}, "X": 23, "Y": 24, "M": 25, "MT": 25}
MISSING, UNKNOWN = -1, 0  # in place of a chromosome


def chromosome_codes(spelled: pd.Series[Any]) -> IntArray:
    """1-22, 23 X, 24 Y, 25 MT from spellings such as 1, chr1, 01, 1.0, X, 0X, 23 and MT."""
    spelled = spelled.astype("category")
    known = [_chromosome_code(str(name)) for name in spelled.cat.categories]
    return np.array([*known, MISSING], dtype=np.int64)[spelled.cat.codes.to_numpy()]


def _chromosome_code(spelled: str) -> int:
    name = spelled.strip().upper().removeprefix("CHR").removesuffix(".0").lstrip("0")
    return CHROMOSOMES.get(name, UNKNOWN)


def upper_case(alleles: pd.Series[Any]) -> pd.Series[Any]:
    """The alleles as categories in upper case, without spaces around them."""
    alleles = alleles.astype("category")
    spelled, codes = alleles.cat.categories.tolist(), alleles.cat.codes.to_numpy()
    upper = [str(allele).strip().upper() for allele in spelled]
    if upper != spelled:
        merged, unique = pd.factorize(np.array(upper, dtype=object))
        codes, upper = np.append(merged, -1)[codes], unique.tolist()
    # As objects, since arrow's strings are slow to take out one by one.
    spellings = pd.Index(upper, dtype=object)
    return pd.Series(pd.Categorical.from_codes(codes, categories=spellings), index=alleles.index)


def invalid(alleles: pd.Series[Any]) -> BoolArray:
    """Whether an allele is there but is not a string of A, C, G and T."""
    bad = [not allele or bool(allele.strip("ACGT")) for allele in alleles.cat.categories]
    return np.array([*bad, False])[alleles.cat.codes.to_numpy()]


def longer_than_one(alleles: pd.Series[Any]) -> BoolArray:
    """Whether an allele has several bases."""
    long = [len(allele) > 1 for allele in alleles.cat.categories]
    return np.array([*long, False])[alleles.cat.codes.to_numpy()]


def complement(alleles: pd.Series[Any], rows: BoolArray) -> pd.Series[Any]:
    """The alleles, read on the other strand in these rows (reversed too, which matters for several bases)."""
    other = [allele.translate(COMPLEMENT)[::-1] for allele in alleles.cat.categories]
    both = pd.Index(alleles.cat.categories).union(pd.Index(other, dtype=object), sort=False)
    codes = alleles.cat.codes.to_numpy().astype(np.int64)
    turned = np.append(both.get_indexer(pd.Index(other, dtype=object)), -1)[codes]
    return pd.Series(
        pd.Categorical.from_codes(np.where(rows, turned, codes), categories=both), index=alleles.index
    )


def same(first: pd.Series[Any], second: pd.Series[Any]) -> BoolArray:
    """Row by row, whether two columns of alleles hold the same one."""
    at = pd.Index(first.cat.categories).get_indexer(pd.Index(second.cat.categories))
    there = np.append(at, -2)[second.cat.codes.to_numpy()]
    return np.asarray(first.cat.codes.to_numpy() == there, dtype=bool)


def hashes(alleles: pd.Series[Any]) -> HashArray:
    """A 64-bit number for each allele, the same in every file and run; 0 for a missing one."""
    values = pd.util.hash_array(alleles.cat.categories.to_numpy(dtype=object))
    return np.append(values, np.uint64(0))[alleles.cat.codes.to_numpy()]


def variant_hashes(places: IntArray, first: HashArray, second: HashArray) -> HashArray:
    """A 64-bit number for each (place, {first, second}): the order of the alleles does not matter."""
    pair = first + second
    mixed = (pair ^ (pair >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (places.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ mixed
