"""A multivariable analysis of a study, from its members' whole tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.estimates import generator
from scripts.analysis.multivariable import (
    Row,
    direct_effects,
    joint,
    joint_diagnostics,
    member_effects,
    total_effect,
)
from scripts.analysis.selection import PanelFile, select
from scripts.analysis.union import union_instruments
from scripts.table import sumstats
from scripts.table.correlations import Correlations


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis of a study: `members` (name, exposures, outcomes), their tables, the study's choices."""

    members: dict[str, Any]
    tables: Mapping[str, Path]
    panel: PanelFile | None
    correlations: Correlations
    selection: dict[str, Any]
    mhc: str
    harmonise: dict[str, Any]
    draws: int
    seed: int

    def run(self) -> tuple[list[Row], list[Row], pd.DataFrame]:
        """Rows of estimates, rows of diagnostics, and the members' effects."""
        name, exposures, outcomes = (self.members[key] for key in ("name", "exposures", "outcomes"))
        own = {exposure: self._instruments(exposure) for exposure in exposures}
        union = union_instruments(list(own.values()), self.panel, self.selection).instruments
        places = pd.concat([table[["chromosome", "position"]] for table in own.values()])
        rows = {
            trait: sumstats.lookup(self.tables[trait], places["chromosome"], places["position"])
            for trait in (*exposures, *outcomes)
        }
        effects = member_effects(union, rows, self.harmonise)
        logging.info("%s: %d variants of %d exposures", name, len(union), len(exposures))
        parts = list(self._outcomes(effects, own, rows))
        return (
            [row for estimates, _ in parts for row in estimates],
            [row for _, diagnostics in parts for row in diagnostics],
            effects.assign(
                analysis=name, role=np.where(effects["trait"].isin(outcomes), "outcome", "exposure")
            ),
        )

    def _instruments(self, exposure: str) -> pd.DataFrame:
        rows = sumstats.read_significant(self.tables[exposure], max(self.selection["p_thresholds"]))
        return select(rows, self.panel, self.selection, self.mhc).instruments

    def _outcomes(
        self, effects: pd.DataFrame, own: dict[str, pd.DataFrame], rows: dict[str, pd.DataFrame]
    ) -> Iterator[tuple[list[Row], list[Row]]]:
        name, exposures = self.members["name"], self.members["exposures"]
        known = self.correlations.known(exposures)
        correlation = self.correlations.matrix(exposures) if known else None
        for outcome in self.members["outcomes"]:
            data = joint(effects, exposures, outcome, correlation)
            estimates, diagnostics = [], []
            for column, exposure in enumerate(exposures):
                key = {"analysis": name, "outcome": outcome, "exposure": exposure}
                total = total_effect(own[exposure], rows[outcome], self.harmonise)
                stream = generator(self.seed, name, outcome)
                direct = direct_effects(data, column, self.draws, stream)
                estimates += [key | row for row in (total, *direct)]
                own_count = {"n_own_instruments": len(own[exposure])}
                diagnostics.append(key | own_count | joint_diagnostics(data, column))
            yield estimates, diagnostics
