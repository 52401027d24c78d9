"""Which exposure stands for the screen where one alone is followed further."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd


def strongest_hit(screen: pd.DataFrame, outcome: str, candidates: Collection[str]) -> str | None:
    """The candidate with the smallest P among the hits on the outcome, if there is one."""
    hits = screen[screen["hit"].astype(bool) & (screen["outcome"] == outcome)]
    hits = hits[hits["exposure"].isin(candidates)].sort_values("neglog10_p", ascending=False, kind="stable")
    return None if hits.empty else str(hits["exposure"].iloc[0])
