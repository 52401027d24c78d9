"""The table of LD scores that a study uses: one row a variant, from files or from the LD panel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.panel import count_people, read_genotypes
from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.harmonise import COMPLEMENT
from scripts.method.ld_score import LdScores, ld_scores, varying, windows
from scripts.table.sumstats import is_among, place, shares_place

COLUMNS = {"chromosome": "int8", "position": "int32", "ld_score": "float64", "weight": "float64"}
AUTOSOMES = range(1, 23)
COMMON_MAF = 0.05  # above it a variant of the panel counts in M


def read_ld_table(table: Path, m: float) -> tuple[IntArray, LdScores]:
    """Places (ascending, each once) and LD scores of a table with COLUMNS."""
    rows = pd.read_parquet(table, columns=list(COLUMNS))
    places = place(rows["chromosome"], rows["position"])
    return places, LdScores(rows["ld_score"].to_numpy(), rows["weight"].to_numpy(), m)


def from_files(scores: pd.DataFrame, weights: pd.DataFrame | None, only: pd.DataFrame | None) -> pd.DataFrame:
    """The table from LD scores in genome order; `weights` are their own where None is given.

    Variants without a weight, that share a place, or that are not among the places `only` are left out.
    """
    table = scores.assign(weight=scores["ld_score"])
    if weights is not None:
        named = weights.rename(columns={"ld_score": "weight"})
        table = scores.merge(named[_alone(named)], on=["chromosome", "position"])
    return _finished(table[_alone(table) & _among(table, only)])


def from_panel(
    panel: pd.DataFrame,
    coordinates: FloatArray,
    width: float,
    bed: Path,
    fam: Path,
    only: pd.DataFrame | None,
    maf_min: float,
) -> tuple[pd.DataFrame, float]:
    """The table, and M, from a panel index and a coordinate of each of its variants.

    Scores sum over all variants of the panel within `width`; weights over those of the table: autosomal SNPs
    whose alleles tell the strand, alone at their place, with a minor allele frequency above `maf_min`.
    """
    frequency = panel["frequency"].to_numpy(dtype=np.float64)
    maf = np.minimum(frequency, 1.0 - frequency)
    usable = _tells_strand(panel) & _alone(panel) & (maf > maf_min) & _among(panel, only)
    parts, m = [], 0
    for chromosome in AUTOSOMES:
        rows = np.flatnonzero(panel["chromosome"] == chromosome)
        genotypes = read_genotypes(bed, count_people(fam), len(panel), panel["index"].to_numpy()[rows])
        varies = varying(genotypes)
        rows, genotypes = rows[varies], genotypes[:, varies]
        order = np.argsort(coordinates[rows], kind="stable")
        rows, genotypes = rows[order], genotypes[:, order]
        of, every = np.flatnonzero(usable[rows]), np.ones(len(rows), dtype=bool)
        window = windows(coordinates[rows], width)
        score = ld_scores(genotypes, *window, of, every)
        weight = ld_scores(genotypes, *window, of, usable[rows])
        places = panel.iloc[rows[of]][["chromosome", "position"]]
        parts.append(places.assign(ld_score=score, weight=weight))
        m += int((maf[rows] > COMMON_MAF).sum())
    return _finished(pd.concat(parts, ignore_index=True)), float(m)


def panel_coordinates(panel: pd.DataFrame, bim: Path, window: Mapping[str, Any]) -> tuple[FloatArray, float]:
    """The coordinate of each variant of the panel (any unit), and the width of the window in it.

    `window` has a size and a unit, cM (of the .bim's third column) or Mb. Raises ValueError where the .bim
    has no genetic map.
    """
    if window["unit"] == "Mb":
        return panel["position"].to_numpy(dtype=np.float64), float(window["size"]) * 1e6
    map_cm = pd.read_csv(bim, sep=r"\s+", header=None, usecols=[2], dtype=np.float64)[2].to_numpy()
    if not np.any(map_cm > 0.0):
        raise ValueError(f"{bim} has no genetic map (its third column is 0): set `ldsc.window.unit` to Mb")
    return map_cm[panel["index"].to_numpy()], float(window["size"])


def _finished(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values(["chromosome", "position"], kind="stable", ignore_index=True)
    return ordered[list(COLUMNS)].astype(COLUMNS)


def _alone(rows: pd.DataFrame) -> BoolArray:
    """Which rows (in genome order) share their place with no other."""
    return ~shares_place(place(rows["chromosome"], rows["position"]))


def _among(rows: pd.DataFrame, only: pd.DataFrame | None) -> BoolArray:
    if only is None:
        return np.ones(len(rows), dtype=bool)
    wanted = np.unique(place(only["chromosome"], only["position"]))
    return is_among(place(rows["chromosome"], rows["position"]), wanted)


def _tells_strand(panel: pd.DataFrame) -> BoolArray:
    """Which variants have two alleles of one base each that are not complements."""
    pairs = panel["allele_1"].str.cat(panel["allele_2"])
    told = {a + b for a in "ACGT" for b in "ACGT" if b not in (a, a.translate(COMPLEMENT))}
    return pairs.isin(told).to_numpy()
