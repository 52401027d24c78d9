"""What the mediation of a study starts from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.direction import Disease
from scripts.analysis.mediation import Row, Triple, triple_of
from scripts.analysis.mediators import Cis, apart_from
from scripts.analysis.selection import PanelFile
from scripts.method.multiplicity import benjamini_hochberg
from scripts.table import sumstats
from scripts.table.correlations import Correlations

NOT_ASKED = "not_asked"  # of mediation.mediators_act


@dataclass(frozen=True, slots=True)
class Inputs:
    """Instruments of all traits, their rows at each other's instruments, and the study's choices.

    `followed` gives each outcome the exposures that are followed on it. `rows` are standard tables by trait.
    `cis` has the window of each mediator that is a gene. `diseases` (None: no Steiger filter) are the binary
    traits.
    """

    exposures: Mapping[str, pd.DataFrame]
    mediators: Mapping[str, pd.DataFrame]
    outcomes: Mapping[str, pd.DataFrame]
    followed: Mapping[str, Collection[str]]
    rows: Mapping[str, pd.DataFrame]
    cis: Mapping[str, Cis]
    panel: PanelFile | None
    correlations: Correlations
    diseases: Mapping[str, Disease] | None
    settings: Mapping[str, Any]
    clump_window_kb: float
    harmonise: Mapping[str, Any]
    seed: int

    @property
    def mediators_must_act(self) -> bool:
        """Whether only mediators that act on the outcome by themselves are followed."""
        return bool(self.settings["mediators_act"] != NOT_ASKED)

    def diseases_of(self, *traits: str) -> tuple[Disease | None, ...] | None:
        """What is binary among these traits; None without a Steiger filter."""
        return None if self.diseases is None else tuple(self.diseases.get(trait) for trait in traits)

    def triple(self, exposure: str, mediator: str, outcome: str, others: pd.DataFrame) -> Triple:
        """The exposure's instruments, and these of the mediator, with all effects."""
        traits = exposure, mediator, outcome
        rows = [self.rows[trait] for trait in traits]
        return triple_of(self.exposures[exposure], others, rows, self.harmonise, self.diseases_of(*traits))

    def apart(self, variants: pd.DataFrame, *others: pd.DataFrame) -> pd.DataFrame:
        """The variants that are not in linkage disequilibrium with the others."""
        together = pd.concat(others, ignore_index=True)
        limits = self.settings["clump_r2"], self.clump_window_kb
        return variants[apart_from(variants, together, self.panel, *limits)].reset_index(drop=True)

    def outside(self, mediator: str, variants: pd.DataFrame) -> pd.DataFrame:
        """The variants that are not in the mediator's own window, if it is a gene."""
        return variants[~self.cis[mediator].holds(variants)] if mediator in self.cis else variants


def places_of(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Chromosome and position of every row of the tables, each once."""
    named = [table[["chromosome", "position"]] for table in tables]
    return pd.concat(named, ignore_index=True).drop_duplicates() if named else sumstats.empty()


def lookup_all(paths: Mapping[str, Path], places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Each trait's rows at these places."""
    return {
        trait: sumstats.lookup(path, places["chromosome"], places["position"])
        for trait, path in paths.items()
    }


def adjust(rows: Iterable[Row], name: str) -> None:
    """Benjamini-Hochberg of `name` over all rows, or an outcome's; NaN, which was not tested, stays NaN."""
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(str(row.get("outcome", "")), []).append(row)
    for family in families.values():
        adjusted = benjamini_hochberg(
            np.array([row[f"{name}_neglog10_p"] for row in family], dtype=np.float64)
        )
        for row, p in zip(family, adjusted.p, strict=True):
            row[f"{name}_p_adjusted"] = float(p)
            row[f"m_{name}"] = adjusted.m
