"""Corrections of chosen pairs of a study, each from the files that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.estimates import generator
from scripts.analysis.overlap_corrections import PairEffects, Settings, corrected_rows, every_variant
from scripts.analysis.selection import PanelFile, select
from scripts.table import sumstats
from scripts.table.correlations import Correlations

ESTIMATES = [
    *("exposure", "outcome", "method", "scale", "status", "n_instruments", "beta", "se", "ci_low", "ci_high"),
    *("neglog10_p", "p", "difference_neglog10_p"),
]


def chosen_pairs(screen: pd.DataFrame, asked: str | list[str]) -> pd.DataFrame:
    """The pairs to correct: those that are nominal in the screen, or those of the exposures asked for."""
    wanted = screen["nominal"].astype(bool) if isinstance(asked, str) else screen["exposure"].isin(asked)
    return screen[wanted & (screen["n_instruments"] > 0)]


@dataclass(frozen=True, slots=True)
class Corrector:
    """Corrects pairs of a study: what it reads, by ids, and the study's choices.

    `variants` are the tables that the pass over the raw files left, of exposures that it read in full;
    `selection` selects every independent variant of them.
    """

    variants: dict[str, Path]
    outcomes: dict[str, Path]
    panel: PanelFile | None
    correlations: Correlations
    overlap: dict[str, Any]
    selection: dict[str, Any]
    mhc: str
    harmonise: dict[str, Any]
    seed: int

    def table(self, pairs: pd.DataFrame, effects: Mapping[Any, PairEffects]) -> pd.DataFrame:
        """ESTIMATES of these rows of the screen; `effects` has each pair's instruments."""
        columns = (pairs[name] for name in ("exposure", "outcome", "p_threshold"))
        rows = [
            {"exposure": exposure, "outcome": outcome} | row
            for exposure, outcome, p_threshold in zip(*columns, strict=True)
            for row in self.rows(exposure, outcome, float(p_threshold), effects[exposure, outcome])
        ]
        return pd.DataFrame(rows, columns=ESTIMATES)

    def rows(
        self, exposure: str, outcome: str, p_threshold: float, used: PairEffects
    ) -> list[dict[str, Any]]:
        """Each method's row for one pair."""

        def stream(method: str) -> np.random.Generator:
            return generator(self.seed, f"{method}:{exposure}", outcome)

        return corrected_rows(
            used,
            self._every(exposure, outcome),
            self.correlations.error(exposure, outcome),
            self.correlations.heritability(exposure),
            Settings(self.overlap["methods"], self.overlap["draws"], p_threshold),
            stream,
        )

    def _every(self, exposure: str, outcome: str) -> PairEffects | None:
        """Every independent variant that the pass kept; none where it could keep selected ones only."""
        if exposure not in self.variants or self.correlations.error(exposure, outcome) is None:
            return None
        rows = sumstats.read(self.variants[exposure], list(sumstats.COLUMNS))
        chosen = select(rows, self.panel, self.selection, self.mhc).instruments
        there = sumstats.lookup(self.outcomes[outcome], chosen["chromosome"], chosen["position"])
        return every_variant(chosen, there, self.harmonise)
