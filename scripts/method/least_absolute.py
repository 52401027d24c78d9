"""Weighted least absolute deviations (median regression), exactly, for many data sets at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import linalg

from scripts.method.arrays import FloatArray

Rows = npt.NDArray[np.intp]

MAX_EXCHANGES = 1000
RELATIVE_GAIN = 1e-13  # of the directional derivatives' size: what rounding can make of zero


def least_absolute(
    design: FloatArray, response: FloatArray, weight: FloatArray, start: Rows | None = None
) -> tuple[FloatArray, Rows]:
    """Coefficients (draws, k) that minimise sum_i weight_i |response_i - design_i b|, and each one's basis.

    `design` is (draws, n, k), `response` (draws, n), `weight` (n). An optimum fits k rows exactly: its basis
    (draws, k). From a basis, the one of its edges along which the sum falls fastest is followed to the sum's
    minimum on it, a weighted median of the points where residuals change sign, and the row found there enters
    (Barrodale & Roberts 1973, doi 10.1137/0710069). `start` (k) are the rows of the first basis; without it,
    rows that are far from collinear are taken. Raises LinAlgError where rows of a basis are collinear.
    """
    draws, _, k = design.shape
    rows = _spread_rows(design[0] * weight[:, None]) if start is None else start
    basis = np.tile(rows, (draws, 1))
    beta = np.empty((draws, k))
    moving = np.arange(draws)
    for _ in range(MAX_EXCHANGES):
        beta[moving], improved, basis[moving] = _exchange(
            design[moving], response[moving], weight, basis[moving]
        )
        moving = moving[improved]
        if not len(moving):
            return beta, basis
    raise np.linalg.LinAlgError("median regression does not settle")


def _exchange(
    design: FloatArray, response: FloatArray, weight: FloatArray, basis: Rows
) -> tuple[FloatArray, npt.NDArray[np.bool_], Rows]:
    """The fit of each basis, whether a neighbour is better, and that neighbour (else the same basis)."""
    draw = np.arange(len(basis))
    edges = np.linalg.inv(np.take_along_axis(design, basis[..., None], axis=1))
    beta = np.einsum("dkj,dj->dk", edges, np.take_along_axis(response, basis, axis=1))
    residual = response - np.einsum("dnk,dk->dn", design, beta)
    np.put_along_axis(residual, basis, 0.0, axis=1)
    along = np.einsum("dnk,dkj->dnj", design, edges)  # change of each fit per step along each edge
    np.put_along_axis(along, basis[..., None], 0.0, axis=1)
    pull = np.einsum("dn,dnj->dj", weight * np.sign(residual), along)
    own = weight[basis]
    gain = np.abs(pull) - own
    leaving = np.argmax(gain, axis=1)
    best = gain[draw, leaving]
    improved = best > RELATIVE_GAIN * np.einsum("n,dnj->dj", weight, np.abs(along))[draw, leaving]
    direction = along[draw, :, leaving] * np.sign(pull[draw, leaving])[:, None]
    entering = _first_beyond(residual, direction, weight, best)
    neighbour = basis.copy()
    neighbour[draw[improved], leaving[improved]] = entering[improved]
    return beta, np.asarray(improved), neighbour


def _first_beyond(residual: FloatArray, direction: FloatArray, weight: FloatArray, gain: FloatArray) -> Rows:
    """For each draw the row at which the sum stops falling along `direction` (draws, n).

    It falls at the rate `gain`, and 2 weight |direction| less after each residual that changes sign.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = residual / direction
    crossing[~(crossing > 0.0)] = np.inf
    order = np.argsort(crossing, axis=1, kind="stable")
    slower = 2.0 * weight[order] * np.abs(np.take_along_axis(direction, order, axis=1))
    past = np.cumsum(slower, axis=1) >= gain[:, None]
    return np.asarray(np.take_along_axis(order, np.argmax(past, axis=1)[:, None], axis=1)[:, 0])


def _spread_rows(design: FloatArray) -> Rows:
    """k rows of (n, k), each the farthest from the span of those before it, in units of the columns."""
    unit = design / np.linalg.norm(design, axis=0)
    _, pivots = linalg.qr(unit.T, mode="r", pivoting=True)
    return np.asarray(pivots[: design.shape[1]], dtype=np.intp)
