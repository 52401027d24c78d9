"""The tables of a meta-analysis of published experiments, and what readers call their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from scripts.table.pooling import PooledSet


@dataclass(frozen=True, slots=True)
class PooledTables:
    """The tables of the step pool_experiments; the last two None where nothing was published to compare."""

    pooled: pd.DataFrame
    influence: pd.DataFrame
    small_studies: pd.DataFrame
    correlations: pd.DataFrame
    comparisons: pd.DataFrame
    checks: pd.DataFrame | None
    restorations: pd.DataFrame | None


@dataclass(frozen=True, slots=True)
class Names:
    """Words for ids: measures and moderators."""

    measures: Mapping[str, str]
    moderators: Mapping[str, str]

    def measure(self, key: str) -> str:
        """What readers call a measure."""
        return self.measures.get(key, key)

    def moderator(self, key: str) -> str:
        """What readers call a moderator."""
        return self.moderators.get(key, key)


def set_words(chosen: str) -> str:
    """Which experiments, in two words."""
    return "all" if chosen == PooledSet.ALL else "without outliers"
