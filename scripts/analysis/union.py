"""Instruments of several exposures together, for multivariable Mendelian randomization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from scripts.analysis.selection import PanelFile, Selected, select
from scripts.method.harmonise import COMPLEMENT
from scripts.table import sumstats

EVERY_P = 1.0  # what an exposure chose as an instrument is a candidate of the union, whatever its P


def union_instruments(
    exposures: Sequence[pd.DataFrame], panel: PanelFile | None, settings: Mapping[str, Any]
) -> Selected:
    """The union of the exposures' instruments (tables with a standard table's columns), clumped again.

    A variant has its best P over the exposures; clumping by it, with the `instruments` section of the
    config, leaves the strongest of each locus whichever exposure it belongs to. beta, se and F of the
    result are those of that exposure. Effects on every exposure are to be looked up at these variants.
    """
    whole = {**settings, "p_thresholds": [EVERY_P], "min_count": 1}
    return select(best_of_each_variant(exposures), panel, whole, mhc="keep")


def best_of_each_variant(exposures: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Every variant of the tables once, with the row of its smallest P (the first table's in a tie).

    A variant is a position and two alleles, in either order and on either strand.
    """
    rows = pd.concat([table[list(sumstats.COLUMNS)] for table in exposures], ignore_index=True)
    key = rows[["chromosome", "position"]].assign(alleles=_names(rows))
    best = rows.loc[rows.sort_values("neglog10_p", ascending=False, kind="stable").index]
    once = best[~key.loc[best.index].duplicated()]
    return sumstats.sort_rows(once).reset_index(drop=True)


def _names(rows: pd.DataFrame) -> list[str]:
    """One name for a variant's alleles, however they are told; indels have one strand."""
    names = []
    for effect, other in zip(rows["effect_allele"], rows["other_allele"], strict=True):
        told = "/".join(sorted((effect, other)))
        if len(effect) == len(other) == 1:
            told = min(told, "/".join(sorted((effect.translate(COMPLEMENT), other.translate(COMPLEMENT)))))
        names.append(told)
    return names
