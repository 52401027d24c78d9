"""The weighted regression behind LD score regression, with every block left out once.

A product of z scores (chi-squared, or z1 z2) is regressed on LD scores by weighted least squares, whose
weights depend on the fit and are renewed twice (Bulik-Sullivan et al. 2015, doi 10.1038/ng.3211,
supplementary note). The five sums that such a fit needs are taken block by block, so that the fits without
each block cost no further look at the variants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.block_jackknife import block_edges

REWEIGHTINGS = 2
LEAST_LD = 1.0  # of LD scores in the weights: below it they are noise

Weights = Callable[[float, float, slice], FloatArray]  # of a block, for a slope and an intercept


@dataclass(frozen=True, slots=True)
class Line:
    """Slope and intercept of a fit, and of the fits without each block (shape (blocks))."""

    slope: float
    intercept: float
    slopes: FloatArray
    intercepts: FloatArray


@dataclass(frozen=True, slots=True)
class Start:
    """What the weights of the first fit take for slope and intercept."""

    slope: float
    intercept: float
    weights: Weights

    @classmethod
    def of(cls, x: FloatArray, y: FloatArray, intercept: float, weights: Weights) -> Self:
        """The slope that leads from this intercept through the means. ValueError where that of x is 0."""
        mean = float(np.mean(x))
        if mean == 0.0:
            raise ValueError("the mean of the LD scores is 0")
        return cls((float(np.mean(y)) - intercept) / mean, intercept, weights)


def fit_line(x: FloatArray, y: FloatArray, start: Start, renew: Weights, n_blocks: int) -> Line:
    """y = intercept + slope x by reweighted least squares (x and y have length n)."""
    edges = block_edges(len(x), n_blocks)
    return _line(x, y, _first_sums(x, y, start, edges), renew, edges)


def fit_slope(
    x: FloatArray, y: FloatArray, start: Start, renew: Weights, n_blocks: int, intercept: float
) -> Line:
    """y = intercept + slope x where the intercept is known."""
    edges = block_edges(len(x), n_blocks)
    return _slope(x, y, _first_sums(x, y, start, edges), renew, edges, intercept)


def fit_in_two_steps(
    x: FloatArray,
    y: FloatArray,
    start: Start,
    first: Weights,
    second: Weights,
    n_blocks: int,
    modest: BoolArray,
) -> Line:
    """The intercept from the `modest` variants alone, then the slope from all with that intercept.

    Strong variants say much about the slope and would drag the intercept along. Blocks are of equal numbers
    of modest variants in both steps. How the intercept's error moves the slope is worked out to first order:
    by c = sum(w x)/sum(w x^2) a unit, with the weights of the start.
    Raises ValueError with fewer modest variants than blocks.
    """
    at = np.flatnonzero(modest)
    if len(at) < n_blocks:
        raise ValueError(
            f"{len(at)} variants below the chi-squared of the first of two steps are fewer than the "
            f"jackknife's {n_blocks} blocks"
        )
    edges = np.concatenate([[0], at[block_edges(len(at), n_blocks)[1:-1]], [len(x)]])
    among = modest.astype(np.float64)

    def only(weights: Weights) -> Weights:
        return lambda slope, intercept, part: weights(slope, intercept, part) * among[part]

    sums = _first_sums(x, y, Start(start.slope, start.intercept, only(start.weights)), edges)
    one = _line(x, y, sums, only(first), edges)
    sums = _first_sums(x, y, start, edges)
    two = _slope(x, y, sums, second, edges, one.intercept)
    _, wx, _, wxx, _ = sums.sum(axis=1)
    moved = wx / wxx * (one.intercepts - one.intercept)
    return Line(two.slope, one.intercept, two.slopes - moved, one.intercepts)


def _line(x: FloatArray, y: FloatArray, sums: FloatArray, renew: Weights, edges: IntArray) -> Line:
    for _ in range(REWEIGHTINGS):
        slope, intercept = _solve(sums.sum(axis=1))
        sums = _sums(x, y, renew, (float(slope), float(intercept)), edges)
    whole = sums.sum(axis=1)
    slope, intercept = _solve(whole)
    return Line(float(slope), float(intercept), *_solve(whole[:, None] - sums))


def _slope(
    x: FloatArray, y: FloatArray, sums: FloatArray, renew: Weights, edges: IntArray, intercept: float
) -> Line:
    for _ in range(REWEIGHTINGS):
        sums = _sums(x, y, renew, (float(_solve_slope(sums.sum(axis=1), intercept)), intercept), edges)
    whole = sums.sum(axis=1)
    slopes = _solve_slope(whole[:, None] - sums, intercept)
    return Line(float(_solve_slope(whole, intercept)), intercept, slopes, np.full(len(slopes), intercept))


def _first_sums(x: FloatArray, y: FloatArray, start: Start, edges: IntArray) -> FloatArray:
    return _sums(x, y, start.weights, (start.slope, start.intercept), edges)


def _sums(
    x: FloatArray, y: FloatArray, weights: Weights, fit: tuple[float, float], edges: IntArray
) -> FloatArray:
    """Sums of w, w x, w y, w x^2 and w x y over each block: array of 5 x blocks.

    A block fits the processor's cache, where weights are made and used: much faster than arrays of them all.
    """
    sums = np.empty((5, len(edges) - 1))
    for block, (begin, end) in enumerate(pairwise(edges)):
        part = slice(begin, end)
        w = weights(*fit, part)
        wx = w * x[part]
        sums[:, block] = w.sum(), wx.sum(), w @ y[part], wx @ x[part], wx @ y[part]
    return sums


def _solve(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slopes and intercepts of fits with these sums (5 x fits)."""
    w, wx, wy, wxx, wxy = sums
    slopes = (w * wxy - wx * wy) / (w * wxx - wx * wx)
    return slopes, (wy - slopes * wx) / w


def _solve_slope(sums: FloatArray, intercept: float) -> FloatArray:
    """Slopes of fits with these sums (5 x fits) and this intercept."""
    _, wx, _, wxx, wxy = sums
    return np.asarray((wxy - intercept * wx) / wxx, dtype=np.float64)
