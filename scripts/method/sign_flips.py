"""Mendelian randomization under sign flips of the outcome: what chance alone finds, correlations kept.

All effects of one block of linkage disequilibrium on the outcome change sign together, with probability 1/2
(whole-block flips of Winkler et al. 2015, doi:10.1016/j.neuroimage.2015.05.092). What is left is the size of
every effect, the correlation of exposures that share variants and, with the same flips for all outcomes, that
of the outcomes; what is gone is a consistent direction, which is what an effect of the exposure would give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from scripts.method.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Flippable:
    """t tests as sums over B blocks, so that a flip of blocks needs no new regression.

    `parts` (t, B) add up to the score, whose variance is `information` (t,) where instruments agree.
    `squares` (t,) is the weighted sum of squared outcome effects, which no flip changes, and `df` (t,) the
    instruments less one where heterogeneity widens the standard error, 0 where nothing does.
    """

    parts: sparse.csr_array
    information: FloatArray
    squares: FloatArray
    df: FloatArray


def flippable_ivw(
    test: IntArray,
    block: IntArray,
    beta_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    shape: tuple[int, int],
) -> Flippable:
    """IVW with multiplicative random effects (the Wald ratio for one instrument), as `ivw.ivw`.

    One entry an instrument of a test; `test` below shape[0] and `block` below shape[1] number both.
    """
    weight = 1.0 / se_y**2
    return Flippable(
        parts=_parts(weight * beta_x * beta_y, test, block, shape),
        information=_summed(weight * beta_x**2, test, shape[0]),
        squares=_summed(weight * beta_y**2, test, shape[0]),
        df=np.maximum(_summed(np.ones(len(test)), test, shape[0]) - 1.0, 0.0),
    )


def flippable_gsmr(
    test: IntArray,
    block: IntArray,
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    shape: tuple[int, int],
    ridge: float,
) -> Flippable:
    """GSMR of independent instruments without removing outliers (Zhu et al. 2018), entries as above."""
    ratio = beta_y / beta_x
    weight = 1.0 / ((se_y / beta_x) ** 2 + (ratio * se_x / beta_x) ** 2 + ridge)
    none = np.zeros(shape[0])
    return Flippable(_parts(weight * ratio, test, block, shape), _summed(weight, test, shape[0]), none, none)


def draw_signs(blocks: int, draws: int, rng: np.random.Generator) -> FloatArray:
    """Signs of the blocks (blocks, draws), each 1 or -1 with probability 1/2."""
    return np.asarray(rng.integers(0, 2, size=(blocks, draws)) * 2.0 - 1.0)


def z_under(tests: Flippable, signs: FloatArray) -> FloatArray:
    """z (t, draws) of every test under each draw of the signs (B, draws); NaN for tests without instruments.

    beta = score/information and Q = squares - score^2/information, so that the standard error is
    information^(-1/2) times max(1, (Q/df)^(1/2)).
    """
    score = np.asarray(tests.parts @ signs)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = score / np.sqrt(tests.information)[:, None]
        q = tests.squares[:, None] - z**2
        inflation = np.where(tests.df[:, None] > 0, q / tests.df[:, None], 1.0)
    return np.asarray(z / np.sqrt(np.maximum(inflation, 1.0)))


def _summed(terms: FloatArray, test: IntArray, tests: int) -> FloatArray:
    return np.bincount(test, terms, tests).astype(np.float64)


def _parts(terms: FloatArray, test: IntArray, block: IntArray, shape: tuple[int, int]) -> sparse.csr_array:
    """The terms summed by test and block."""
    return sparse.csr_array(sparse.coo_array((terms, (test, block)), shape=shape))
