"""Variants that a file lists more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray
from scripts.source.alleles import HashArray
from scripts.table.sieve import Sieve
from scripts.table.status import DropReason
from scripts.table.sumstats import place, shares_place

# Effects that differ by less than this share of a standard error (standard errors: of themselves;
# frequencies: by this much) are one number in two roundings, such as an odds ratio and its reciprocal.
TOLERANCE = 1e-3


def resolve(rows: pd.DataFrame, elsewhere: Sequence[HashArray]) -> tuple[pd.DataFrame, Counter[DropReason]]:
    """One row a variant, and the numbers of rows dropped.

    `rows` is sorted by place, its index is the order of reading, and its column `variant` comes from
    alleles.variant_hashes. Rows of one variant with the same numbers, up to a swap of the alleles, leave the
    first that was read; with different numbers they leave none. `elsewhere` holds the variants of rows that
    were left out as not significant: a copy there has another P, so it conflicts.
    """
    places = place(rows["chromosome"], rows["position"])
    variants = rows["variant"].to_numpy()
    several, conflict = np.zeros(len(rows), dtype=bool), Sieve.of(np.concatenate(elsewhere)).has(variants)
    tied = shares_place(places)
    if tied.any():
        several[tied], conflict[tied] = _judge(rows[tied], conflict[tied])
    counts = {
        DropReason.DUPLICATE: int((several & ~conflict).sum()),
        DropReason.CONFLICTING_DUPLICATE: int(conflict.sum()),
    }
    dropped = several | conflict
    return rows[~dropped] if dropped.any() else rows, Counter(counts)


def _judge(rows: pd.DataFrame, conflict: BoolArray) -> tuple[BoolArray, BoolArray]:
    """For each row: is it not the first of its variant, and do the rows of its variant conflict."""
    pair = np.sort(rows[["effect_allele", "other_allele"]].to_numpy(dtype=object), axis=1)
    swapped = pair[:, 0] != rows["effect_allele"].to_numpy(dtype=object)
    beta, eaf = rows["beta"].to_numpy(), rows["eaf"].to_numpy()
    oriented = pd.DataFrame(
        {
            "chromosome": rows["chromosome"].to_numpy(),
            "position": rows["position"].to_numpy(),
            "first": pair[:, 0],
            "second": pair[:, 1],
            "beta": np.where(swapped, -beta, beta),
            "eaf": np.where(swapped, 1.0 - eaf, eaf),
            "se": rows["se"].to_numpy(),
            "conflict": conflict,
            "order": rows.index.to_numpy(),
        }
    ).sort_values("order")
    groups = oriented.groupby(["chromosome", "position", "first", "second"], sort=False)
    first = groups[["beta", "eaf", "se"]].transform("first")
    differs = (
        ((oriented["beta"] - first["beta"]).abs() > TOLERANCE * first["se"])
        | ((oriented["se"] - first["se"]).abs() > TOLERANCE * first["se"])
        | ((oriented["eaf"] - first["eaf"]).abs() > TOLERANCE)
    )
    judged = oriented.assign(conflict=oriented["conflict"] | differs)
    conflicting = judged.groupby(["chromosome", "position", "first", "second"], sort=False)[
        "conflict"
    ].transform("any")
    later = groups.cumcount() > 0
    return later.sort_index().to_numpy(), conflicting.sort_index().to_numpy()
