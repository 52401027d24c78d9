"""Differential expression of simulated genes: some by chance, and more of those at an exposure's loci."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from scripts.simulation.arrays import FloatArray, IntArray, stream
from scripts.simulation.panel import Panel

LOCUS_CHI2 = 30.0  # n times the squared effect from which on a variant counts as a locus
AT_LOCI = 0.6  # share of the genes at loci whose expression differs
ELSEWHERE = 0.08  # share of all others
FOLD_CHANGE = (0.8, 2.5)  # absolute log2 fold changes of these
NOISE = 0.15  # standard error of a log2 fold change


def simulate_expression(
    genes: pd.DataFrame, panel: Panel, effect: FloatArray, n: float, seed: int
) -> pd.DataFrame:
    """Columns gene, log2_fold_change and p_adjusted (and class: at_locus, elsewhere or unchanged).

    `genes` are those of `simulate_genes`; `effect` (m,) is that on the exposure at the panel's variants, of n
    people.
    """
    rng = stream(seed, "differential expression")
    loci = np.flatnonzero(effect**2 * n > LOCUS_CHI2)
    near = np.zeros(len(genes), dtype=bool)
    near[np.unique([_nearest(genes, panel, int(at)) for at in loci])] = True
    changed = rng.random(len(genes)) < np.where(near, AT_LOCI, ELSEWHERE)
    size = rng.uniform(*FOLD_CHANGE, size=len(genes)) * rng.choice([-1.0, 1.0], size=len(genes))
    observed = np.where(changed, size, 0.0) + rng.normal(0, NOISE, size=len(genes))
    p = np.minimum(2 * ndtr(-np.abs(observed / NOISE)), 1.0)
    kind = np.where(changed, np.where(near, "at_locus", "elsewhere"), "unchanged")
    return pd.DataFrame(
        {
            "gene": genes["NAME"],
            "log2_fold_change": observed.round(4),
            "p_adjusted": _adjusted(p),
            "class": kind,
        }
    )


def _nearest(genes: pd.DataFrame, panel: Panel, at: int) -> int:
    """Row of the gene nearest to a variant."""
    place = panel.position[at]
    start, end = (genes[name].to_numpy(np.int64) for name in ("START", "END"))
    away = np.maximum(0, np.maximum(start - place, place - end)).astype(np.float64)
    away[genes["CHR"].to_numpy(np.int64) != panel.chromosome[at]] = np.inf
    return int(away.argmin())


def _adjusted(p: FloatArray) -> FloatArray:
    """Benjamini-Hochberg, as a program for RNA sequencing would print it."""
    order: IntArray = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(np.minimum(scaled, 1.0))
    return adjusted
