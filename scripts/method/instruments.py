"""Instruments of an exposure: a ladder of P thresholds, climbed only as far as needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Rung:
    """Counts of variants at one threshold: P below it, of these in the panel, of these index variants.

    `n_barred` of the index variants may not be instruments; `n_instruments` are the others.
    """

    p_threshold: float
    n_significant: int
    n_in_panel: int
    n_barred: int
    n_instruments: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen rung and its instruments.

    `instruments` holds row numbers of the input in ascending order, `barred` those of the index variants that
    may not be instruments. `claimed_by` has, for every input row,
    the row of the index variant of its clump at the loosest threshold (its own for an index variant), or -1
    for rows that were no candidates.
    """

    rungs: tuple[Rung, ...]
    chosen: int
    instruments: IntArray
    barred: IntArray
    claimed_by: IntArray

    @property
    def rung(self) -> Rung:
        """The rung that the instruments come from."""
        return self.rungs[self.chosen]

    @property
    def relaxed_threshold(self) -> bool:
        """Whether the strictest threshold left too few instruments."""
        return self.chosen > 0


def choose_rung(n_instruments: Sequence[int], min_count: int) -> int:
    """The first rung (strictest first) with at least `min_count` instruments, else the last one."""
    enough = (rung for rung, count in enumerate(n_instruments) if count >= min_count)
    return next(enough, len(n_instruments) - 1)


def select_instruments(
    neglog10_p: FloatArray,
    in_panel: BoolArray,
    clump_candidates: Callable[[IntArray], IntArray],
    p_thresholds: Sequence[float],
    min_count: int,
    barred: BoolArray | None = None,
) -> Selection:
    """Instruments among variants (rows) at the first of `p_thresholds` that leaves `min_count` of them.

    `clump_candidates(rows)` gives, for the rows it is handed, which of them (0-based, within `rows`)
    claimed each, as `clump.clump` does. It is called once, at the loosest threshold: a greedy clump visits
    variants by P, so what a stricter threshold would select is exactly the index variants below it. P must
    be strictly below the threshold. Rows that are `barred` take part in clumping, but are no instruments:
    what is in linkage disequilibrium with them goes with them. Raises ValueError unless thresholds run from
    strict to loose.
    """
    if not p_thresholds or list(p_thresholds) != sorted(set(p_thresholds)):
        raise ValueError(f"p_thresholds must ascend from strict to loose, found {list(p_thresholds)}")
    rows = np.flatnonzero(_below(neglog10_p, p_thresholds[-1]) & in_panel)
    claimed_by = np.full(len(neglog10_p), -1, dtype=np.int64)
    if len(rows):
        claimed_by[rows] = rows[clump_candidates(rows)]
    index_variant = claimed_by == np.arange(len(neglog10_p))
    may_not = np.zeros_like(index_variant) if barred is None else barred
    kept, gone = index_variant & ~may_not, index_variant & may_not
    rungs = tuple(_rung(threshold, neglog10_p, in_panel, gone, kept) for threshold in p_thresholds)
    chosen = choose_rung([rung.n_instruments for rung in rungs], min_count)
    below = _below(neglog10_p, p_thresholds[chosen])
    return Selection(rungs, chosen, np.flatnonzero(kept & below), np.flatnonzero(gone & below), claimed_by)


def _rung(p_threshold: float, neglog10_p: FloatArray, *which: BoolArray) -> Rung:
    """The counts of those below the threshold, in all and among each of the sets."""
    below = _below(neglog10_p, p_threshold)
    return Rung(p_threshold, int(below.sum()), *(int(np.sum(below & one)) for one in which))


def _below(neglog10_p: FloatArray, p_threshold: float) -> BoolArray:
    """P strictly below the threshold; a missing P is not."""
    return np.asarray(neglog10_p > -np.log10(p_threshold), dtype=np.bool_)
