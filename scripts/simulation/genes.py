"""Genes of the simulated genome, and scores that favour those at strong loci of the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

import numpy as np
import pandas as pd

from scripts.simulation.arrays import FloatArray, stream
from scripts.simulation.genome import Island
from scripts.simulation.panel import Panel

GENES_PER_ISLAND = 5
LENGTH_BP = (8_000, 60_000)
MARGIN_BP = 80_000  # genes also lie this far beyond an island's ends
BOOST = 1.5  # SD of the scores, for the gene nearest to the strongest effect of an island


def simulate_genes(islands: Sequence[Island], seed: int) -> pd.DataFrame:
    """Genes in the layout of PoPS' annotation (ENSGID NAME CHR START END TSS), GRCh37; some overlap."""
    rng = stream(seed, "genes")
    rows = []
    for number, island in enumerate(islands):
        length = rng.integers(*LENGTH_BP, size=GENES_PER_ISLAND)
        span = island.end - island.start + 2 * MARGIN_BP
        start = np.sort(rng.integers(0, span, size=GENES_PER_ISLAND)) + island.start - MARGIN_BP
        forward = rng.random(GENES_PER_ISLAND) < 0.5
        for k in range(GENES_PER_ISLAND):
            first, last = max(1, int(start[k])), int(start[k] + length[k])
            tss = first if forward[k] else last
            identifier = f"SIMG{number * GENES_PER_ISLAND + k + 1:05d}"
            name = f"SIM{number + 1}{ascii_uppercase[k]}"
            rows.append((identifier, name, island.chromosome, first, last, tss))
    return pd.DataFrame(rows, columns=["ENSGID", "NAME", "CHR", "START", "END", "TSS"])


def simulate_scores(genes: pd.DataFrame, panel: Panel, effect: FloatArray, seed: int) -> pd.DataFrame:
    """Scores in the layout of PoPS' .preds: noise, and more for the gene at an island's strongest effect.

    `effect` (m,) is the outcome's, in the order of the panel's variants.
    """
    score = stream(seed, "gene scores").normal(0, 1, size=len(genes))
    chromosome, start, end = (genes[name].to_numpy(np.int64) for name in ("CHR", "START", "END"))
    for island in range(int(panel.island.max()) + 1):
        inside = np.flatnonzero(panel.island == island)
        strongest = inside[np.abs(effect[inside]).argmax()]
        place = panel.position[strongest]
        away = np.maximum(0, np.maximum(start - place, place - end)).astype(np.float64)
        away[chromosome != panel.chromosome[strongest]] = np.inf
        score[away.argmin()] += BOOST
    return pd.DataFrame({"ENSGID": genes["ENSGID"], "PoPS_Score": score.round(6)})
