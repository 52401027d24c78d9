"""Which exposure stands for the screen where one alone is followed further."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from scripts.table.status import ExposureStatus


def strongest_hit(screen: pd.DataFrame, outcome: str, candidates: Collection[str]) -> str | None:
    """The candidate with the smallest P among the hits on the outcome, if there is one."""
    hits = screen[screen["hit"].astype(bool) & (screen["outcome"] == outcome)]
    hits = hits[hits["exposure"].isin(candidates)].sort_values("neglog10_p", ascending=False, kind="stable")
    return None if hits.empty else str(hits["exposure"].iloc[0])


def followed_exposures(
    asked: str | Sequence[str],
    screen: pd.DataFrame,
    outcomes: Sequence[str],
    exposures: Sequence[str],
    mediators: Collection[str] = (),
) -> list[str]:
    """The exposures of a follow-up, in the study's order: `hits`, `strongest`, `all`, or named ones.

    `hits` are those on any of the outcomes, `strongest` the strongest hit on each. `mediators` are among them
    only where they are named.
    """
    candidates = [exposure for exposure in exposures if exposure not in mediators]
    if asked == "all":
        return candidates
    if asked == "strongest":
        chosen = {strongest_hit(screen, outcome, candidates) for outcome in outcomes}
    elif asked == "hits":
        hits = screen[screen["hit"].astype(bool) & screen["outcome"].isin(list(outcomes))]
        chosen = set(hits["exposure"]) & set(candidates)
    else:
        chosen = set(asked)
    return [exposure for exposure in exposures if exposure in chosen]


def nominal_pairs(screen: pd.DataFrame, exposures: Collection[str], nominal_p: float) -> set[tuple[str, str]]:
    """The pairs of these exposures and an outcome that are nominal by the primary method of the screen."""
    tested = screen[(screen["status"] == ExposureStatus.ESTIMATED) & screen["exposure"].isin(list(exposures))]
    found = tested[tested["neglog10_p"] > -np.log10(nominal_p)]
    return set(zip(found["exposure"], found["outcome"], strict=True))
