"""Genes on the other genome build, by a chain file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scripts.source.liftover import lift

if TYPE_CHECKING:
    from liftover import ChainFile

LENGTH_CHANGE = 2.0  # times as long, or as short, as before: the ends went to different places


def lift_genes(genes: pd.DataFrame, chain: ChainFile) -> pd.DataFrame:
    """The genes (columns chromosome, start, end and others) whose ends have one counterpart each."""
    chromosome = genes["chromosome"].to_numpy(np.int64)
    start, end = (
        lift(chain, chromosome, genes[name].to_numpy(np.int64)).position for name in ("start", "end")
    )
    first, last = np.minimum(start, end), np.maximum(start, end)
    before = (genes["end"] - genes["start"]).to_numpy(np.int64) + 1
    length = (last - first + 1) / before
    kept = (first > 0) & (length <= LENGTH_CHANGE) & (length >= 1 / LENGTH_CHANGE)
    moved: pd.DataFrame = genes.assign(start=first, end=last)[kept]
    return moved.sort_values(["chromosome", "start", "end"], kind="stable").reset_index(drop=True)
