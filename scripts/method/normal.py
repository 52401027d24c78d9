"""Two-sided tail probabilities as -log10(P), for statistics of any size.

P underflows a double near |z| = 38, which large GWAS pass easily: every P here lives on the log scale.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from scripts.method.arrays import FloatArray

LN10 = math.log(10.0)
# Below this, scipy's linear-scale tails lose digits to denormal numbers; continued fractions take over.
SMALLEST_TAIL = 1e-250
FRACTION_TERMS = 400
TINY = 1e-300
CONVERGED = 4e-16


def neglog10_p_from_z(z: npt.ArrayLike) -> FloatArray:
    """-log10 of the two-sided normal P of `z` (any shape; the result has the same shape)."""
    log_tail = special.log_ndtr(-np.abs(np.asarray(z, dtype=np.float64)))
    return _to_neglog10(log_tail + math.log(2.0))


def abs_z_from_neglog10_p(neglog10_p: npt.ArrayLike) -> FloatArray:
    """|z| whose two-sided normal P is 10**-neglog10_p, for files with only P (same shape)."""
    log_tail = -np.asarray(neglog10_p, dtype=np.float64) * LN10 - math.log(2.0)
    return np.maximum(-np.asarray(special.ndtri_exp(log_tail), dtype=np.float64), 0.0)


def neglog10_p_from_t(t: npt.ArrayLike, df: npt.ArrayLike) -> FloatArray:
    """-log10 of the two-sided Student t P; `t` and `df` broadcast, and df = inf is the normal.

    The tail is the regularised incomplete beta function I_x(df/2, 1/2) with x = df/(df + t^2)
    (Abramowitz & Stegun 26.7.1, 26.5.27).
    """
    t_abs, freedom = _broadcast(np.abs(np.asarray(t, dtype=np.float64)), df)
    result = neglog10_p_from_z(t_abs)
    finite = ~np.isposinf(freedom)
    result[finite] = _to_neglog10(_log_t_tail(t_abs[finite], freedom[finite]))
    return result.reshape(np.broadcast_shapes(np.shape(t), np.shape(df)))


def neglog10_p_from_chi2(q: npt.ArrayLike, df: npt.ArrayLike) -> FloatArray:
    """-log10 of the upper-tail chi-squared P of `q` with `df` degrees of freedom (they broadcast)."""
    statistic, freedom = _broadcast(q, df)
    a, x = freedom / 2.0, statistic / 2.0
    tail = np.asarray(special.gammaincc(a, x), dtype=np.float64)
    log_tail = np.log(np.maximum(tail, SMALLEST_TAIL))
    deep = tail < SMALLEST_TAIL
    log_tail[deep] = _log_upper_gamma(a[deep], x[deep])
    return _to_neglog10(log_tail).reshape(np.broadcast_shapes(np.shape(q), np.shape(df)))


def _broadcast(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both arguments as arrays of one shape with at least one dimension, so that masks can be assigned."""
    one, two = np.broadcast_arrays(
        np.atleast_1d(np.asarray(first, dtype=np.float64)),
        np.atleast_1d(np.asarray(second, dtype=np.float64)),
    )
    return one, two


def _to_neglog10(log_p: npt.ArrayLike) -> FloatArray:
    """Natural log of P to -log10(P); rounding may put log P a hair above 0, which is P = 1."""
    return np.asarray(np.maximum(-np.asarray(log_p, dtype=np.float64), 0.0) / LN10, dtype=np.float64)


def _log_t_tail(t: FloatArray, df: FloatArray) -> FloatArray:
    # hypot keeps t^2 from overflowing; the side of the beta function is chosen so that its argument is exact.
    root = np.hypot(np.sqrt(df), t)
    x, complement = df / root / root, (t / root) ** 2
    half = np.full_like(df, 0.5)
    far = special.betainc(df / 2.0, half, x)
    near = special.betaincc(half, df / 2.0, complement)
    tail = np.asarray(np.where(x < 0.5, far, near), dtype=np.float64)
    log_tail = np.log(np.maximum(tail, SMALLEST_TAIL))
    deep = tail < SMALLEST_TAIL
    log_tail[deep] = _log_beta_tail(t[deep], df[deep])
    return log_tail


def _log_beta_tail(t: FloatArray, df: FloatArray) -> FloatArray:
    """log I_x(df/2, 1/2) far in the tail: prefactor and continued fraction (A&S 26.5.8)."""
    a, b = df / 2.0, 0.5
    root = np.hypot(np.sqrt(df), t)
    log_x = 2.0 * np.log(np.sqrt(df) / root)
    # With t below sqrt(df), x is near 1 and log1p keeps its digits.
    small = t < np.sqrt(df)
    log_x[small] = -np.log1p((t[small] / np.sqrt(df[small])) ** 2)
    log_complement = 2.0 * np.log(t / root)
    prefactor = a * log_x + b * log_complement - np.log(a) - special.betaln(a, b)
    return np.asarray(prefactor + np.log(_beta_fraction(a, b, np.exp(log_x))), dtype=np.float64)


def _beta_fraction(a: FloatArray, b: float, x: FloatArray) -> FloatArray:
    """1/(1 + d1/(1 + d2/(1 + ...))), by the modified Lentz method; x is far below (a + 1)/(a + b + 2)."""
    c, d = np.ones_like(a), 1.0 / _away_from_zero(1.0 + _beta_term(1, a, b, x))
    value = d
    for term in range(2, FRACTION_TERMS):
        numerator = _beta_term(term, a, b, x)
        d = 1.0 / _away_from_zero(1.0 + numerator * d)
        c = _away_from_zero(1.0 + numerator / c)
        value = value * c * d
        if np.all(np.abs(c * d - 1.0) < CONVERGED):
            break
    return value


def _beta_term(term: int, a: FloatArray, b: float, x: FloatArray) -> FloatArray:
    m = term // 2
    if term % 2:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def _log_upper_gamma(a: FloatArray, x: FloatArray) -> FloatArray:
    """log Q(a, x), the regularised upper incomplete gamma, for x well above a (fraction, A&S 6.5.31)."""
    b = x + 1.0 - a
    c, d = np.full_like(x, 1.0 / TINY), 1.0 / b
    value = d
    for term in range(1, FRACTION_TERMS):
        numerator = -term * (term - a)
        b = b + 2.0
        d = 1.0 / _away_from_zero(numerator * d + b)
        c = _away_from_zero(b + numerator / c)
        value = value * c * d
        if np.all(np.abs(c * d - 1.0) < CONVERGED):
            break
    return np.asarray(a * np.log(x) - x - special.gammaln(a) + np.log(value), dtype=np.float64)


def _away_from_zero(value: FloatArray) -> FloatArray:
    return np.where(np.abs(value) < TINY, TINY, value)
