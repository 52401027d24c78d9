"""Which pairs of traits get a genetic correlation, and their rows with each table read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

import pandas as pd

from scripts.analysis.ldsc import Row, Settings, correlation_row
from scripts.analysis.overlap_study import chosen_pairs
from scripts.analysis.zscores import ZScores
from scripts.method.ld_score import LdScores

Pair = tuple[str, str]
HELD = 16  # traits in memory at a time: of 1.2 million variants each, a third of a gigabyte


def pairs_to_correlate(
    screen: pd.DataFrame,
    batch: Sequence[str],
    exposures: Sequence[str],
    asked: Sequence[Pair],
    corrected: str | list[str],
) -> dict[Pair, bool]:
    """The pairs of one batch, each once, and whether it is a hit of the screen (screen.tsv).

    They are the batch's hits with their outcomes, and with each later hit of the study in the order of
    `exposures` (none listed: not between exposures); those `asked` for in any case; and those whose estimates
    are `corrected` for shared people (as `overlap.exposures` says, none of an empty list).
    """
    hits = screen[screen["hit"].astype(bool)]
    found = set(hits["exposure"])
    ordered = [exposure for exposure in exposures if exposure in found]
    between = [pair for pair in combinations(ordered, 2) if pair[0] in batch]
    others = [*between, *asked, *_pairs(_of(batch, chosen_pairs(screen, corrected)))]
    return dict.fromkeys(others, False) | dict.fromkeys(_pairs(_of(batch, hits)), True)


def correlate_pairs(
    pairs: Mapping[Pair, bool], read: Callable[[str], ZScores], ld: LdScores, settings: Settings
) -> Iterator[Row]:
    """The row of each pair; `read` gives a trait's z scores at the places of the LD scores.

    A few first traits at a time are held, and each second one read once for all of these.
    """
    firsts = list(dict.fromkeys(first for first, _ in pairs))
    for start in range(0, len(firsts), HELD):
        held = {trait: read(trait) for trait in firsts[start : start + HELD]}
        for second in dict.fromkeys(second for first, second in pairs if first in held):
            other = held.get(second) or read(second)
            for first in held:
                if (first, second) in pairs:
                    row = correlation_row((first, second), held[first], other, ld, settings)
                    yield row | {"hit": pairs[first, second]}


def _of(batch: Sequence[str], rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["exposure"].isin(batch)]


def _pairs(rows: pd.DataFrame) -> Iterator[Pair]:
    return zip(rows["exposure"], rows["outcome"], strict=True)
