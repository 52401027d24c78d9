"""A multivariable analysis of a study, from its members' whole tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.estimates import generator
from scripts.analysis.multivariable import (
    JointFits,
    Row,
    direct_effects,
    joint,
    joint_diagnostics,
    member_effects,
    total_effect,
)
from scripts.analysis.selection import PanelFile, nothing, select
from scripts.analysis.union import union_instruments
from scripts.table import sumstats
from scripts.table.correlations import Correlations
from scripts.table.status import ExposureStatus, MethodStatus


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis of a study: `members` (name, exposures, outcomes), their tables, the study's choices.

    `unreadable`: ids of exposures whose table is empty since their file could not be read.
    """

    members: dict[str, Any]
    tables: Mapping[str, Path]
    unreadable: Sequence[str]
    panel: PanelFile | None
    correlations: Correlations
    selection: dict[str, Any]
    mhc: str
    harmonise: dict[str, Any]
    draws: int
    seed: int

    def run(self) -> tuple[list[Row], list[Row], pd.DataFrame]:
        """Rows of estimates, rows of diagnostics, and the members' effects: none where one is unreadable."""
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
        if self._lost:
            logging.warning("%s: not estimated, since %s could not be read", name, ", ".join(self._lost))
        parts = list(self._outcomes(effects, own, rows))
        return (
            [row for estimates, _ in parts for row in estimates],
            [row for _, diagnostics in parts for row in diagnostics],
            effects.assign(
                analysis=name, role=np.where(effects["trait"].isin(outcomes), "outcome", "exposure")
            ),
        )

    @property
    def _lost(self) -> list[str]:
        return [trait for trait in self.members["exposures"] if trait in self.unreadable]

    def _instruments(self, exposure: str) -> pd.DataFrame:
        if self._lost:
            return nothing(ExposureStatus.UNREADABLE).instruments
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
            fits = JointFits(data, self.draws, generator(self.seed, name, outcome))
            estimates, diagnostics = [], []
            for column, exposure in enumerate(exposures):
                key = {"analysis": name, "outcome": outcome, "exposure": exposure}
                total = total_effect(own[exposure], rows[outcome], self.harmonise)
                direct = direct_effects(fits, column)
                found = {"status": MethodStatus.UNREADABLE_MEMBER.value} if self._lost else {}
                estimates += [key | row | found for row in (total, *direct)]
                own_count = {"n_own_instruments": len(own[exposure])}
                lost = {"unreadable_members": ", ".join(self._lost)}
                diagnostics.append(key | own_count | joint_diagnostics(fits, column) | lost)
            yield estimates, diagnostics
