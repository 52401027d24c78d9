"""Genes near a variant: the nearest one, and the one with the highest score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scripts.method.arrays import IntArray

BASES_PER_KB = 1000


@dataclass(frozen=True, slots=True)
class NamedGene:
    """A gene's symbol (its id where it has none) and its distance in base pairs, 0 inside its body."""

    name: str
    distance: int
    score: float = float("nan")


def distances(genes: pd.DataFrame, position: int) -> IntArray:
    """Base pairs from a position to the body of each gene (columns start and end), 0 inside."""
    before = genes["start"].to_numpy(np.int64) - position
    after = position - genes["end"].to_numpy(np.int64)
    return np.asarray(np.maximum(0, np.maximum(before, after)), dtype=np.int64)


def nearest_gene(genes: pd.DataFrame, chromosome: int, position: int) -> NamedGene | None:
    """The gene whose body is nearest, of several around the position the shortest; None without genes."""
    here = genes[genes["chromosome"] == chromosome]
    if here.empty:
        return None
    distance = distances(here, position)
    length = (here["end"] - here["start"]).to_numpy(np.int64)
    best = int(np.lexsort((length, distance))[0])
    return NamedGene(_name(here.iloc[best]), int(distance[best]))


def best_scored_gene(
    genes: pd.DataFrame, scores: pd.DataFrame, chromosome: int, position: int, window_kb: float
) -> NamedGene | None:
    """The gene with the highest score (columns gene and score) within the window; None where none has one."""
    here = genes[genes["chromosome"] == chromosome]
    here = here.assign(distance=distances(here, position))
    scored = (
        here[here["distance"] <= window_kb * BASES_PER_KB].merge(scores, on="gene").dropna(subset=["score"])
    )
    if scored.empty:
        return None
    best = scored.sort_values(["score", "distance"], ascending=[False, True], kind="stable").iloc[0]
    return NamedGene(_name(best), int(best["distance"]), float(best["score"]))


def _name(gene: pd.Series) -> str:
    symbol = gene["symbol"]
    return str(gene["gene"] if pd.isna(symbol) or not symbol else symbol)
