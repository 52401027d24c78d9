"""Tails against 60-digit decimal arithmetic and known values."""

import math
from decimal import MAX_EMAX, MIN_EMIN, Decimal, getcontext

import numpy as np
import pytest
from scipy import stats

from scripts.method.normal import (
    abs_z_from_neglog10_p,
    neglog10_p_from_chi2,
    neglog10_p_from_t,
    neglog10_p_from_z,
)

getcontext().prec, getcontext().Emin, getcontext().Emax = 80, MIN_EMIN, MAX_EMAX
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803")
# Double-precision special functions of scipy keep about 13 digits; -log10(P) is compared relatively.
RELATIVE = 1e-12


def gamma_half(twice: int) -> Decimal:
    """Gamma(twice/2) exactly."""
    value, start = (Decimal(1), 2) if twice % 2 == 0 else (PI.sqrt(), 1)
    for k in range(start, twice, 2):
        value *= Decimal(k) / 2
    return value


def slow_neglog10_q(a_twice: int, x: Decimal) -> float:
    """-log10 of Q(a, x) by the finite recurrence Q(a+1, x) = Q(a, x) + x^a e^-x / Gamma(a+1)."""
    a = a_twice % 2 or 2
    q = slow_erfc(x.sqrt()) if a == 1 else (-x).exp()
    while a < a_twice:
        q += (Decimal(a) / 2 * x.ln() - x).exp() / gamma_half(a + 2)
        a += 2
    return float(-q.log10())


def slow_erfc(x: Decimal) -> Decimal:
    """Complementary error function: Taylor series of erf below 3, continued fraction above."""
    if x < 3:
        term, total, k = x, x, 0
        while abs(term) > Decimal("1e-75"):
            k += 1
            term = -term * x * x / k
            total += term / (2 * k + 1)
        return 1 - 2 / PI.sqrt() * total
    fraction = x
    for k in range(2000, 0, -1):
        fraction = x + Decimal(k) / 2 / fraction
    return (-x * x).exp() / PI.sqrt() / fraction


def slow_neglog10_t(t: Decimal, df: int) -> float:
    """-log10 of I_x(df/2, 1/2) by its hypergeometric series (Abramowitz & Stegun 26.5.4)."""
    x, a = df / (df + t * t), Decimal(df) / 2
    term, total, k = Decimal(1), Decimal(1), 0
    while term > total * Decimal("1e-40"):
        term *= x * (a + Decimal("0.5") + k) / (a + 1 + k)
        total += term
        k += 1
    beta = gamma_half(df) * PI.sqrt() / gamma_half(df + 1)
    return float(-((a * x.ln()).exp() * (1 - x).sqrt() / (a * beta) * total).log10())


@pytest.mark.parametrize("z", [1e-6, 0.3, 1.0, 1.96, 5.45, 12.0, 37.0, 40.0, 200.0, 5000.0])
def test_normal_tail_matches_decimal_arithmetic(z: float) -> None:
    slow = float(-slow_erfc(Decimal(z) / Decimal(2).sqrt()).log10())
    assert neglog10_p_from_z(z) == pytest.approx(slow, rel=RELATIVE)
    assert neglog10_p_from_z(-z) == neglog10_p_from_z(z)


def test_normal_tail_of_zero_and_missing() -> None:
    np.testing.assert_array_equal(neglog10_p_from_z([0.0, np.nan, np.inf]), [0.0, np.nan, np.inf])


def test_genome_wide_threshold() -> None:
    # The z of P = 5e-8 is 5.451310438 in every textbook table.
    assert abs_z_from_neglog10_p(-math.log10(5e-8)) == pytest.approx(5.451310443, abs=1e-8)


@pytest.mark.parametrize("z", [0.0, 1e-3, 0.5, 1.0, 5.0, 38.0, 100.0, 1e4])
def test_z_round_trip(z: float) -> None:
    # Near P = 1 the rounding of P itself limits z to 1e-12.
    assert abs_z_from_neglog10_p(neglog10_p_from_z(z)) == pytest.approx(z, rel=1e-12, abs=1e-12)


# The slow series takes some 90 (1 + df/t^2) terms: t below sqrt(df)/8 would cost seconds.
T_CASES = [
    (t, df)
    for df in (1, 2, 3, 5, 17, 77, 400)
    for t in (0.2, 0.5, 1.7, 3.4, 12.0, 60.0, 1e3, 1e8)
    if t > df**0.5 / 8
]


@pytest.mark.parametrize(("t", "df"), T_CASES)
def test_t_tail_matches_decimal_arithmetic(t: float, df: int) -> None:
    assert neglog10_p_from_t(t, df) == pytest.approx(slow_neglog10_t(Decimal(t), df), rel=RELATIVE, abs=1e-15)


@pytest.mark.parametrize("df", [1, 2, 8, 50, 1000, 10**6])
def test_t_tail_is_continuous_where_the_fraction_takes_over(df: int) -> None:
    """Neighbouring t on both sides of the switch to the continued fraction lie on one smooth line."""
    low, high = 1.0, 1e300
    for _ in range(2000):
        middle = math.sqrt(low) * math.sqrt(high)
        low, high = (middle, high) if neglog10_p_from_t(middle, df) < 250.0 else (low, middle)
        if high / low < 1 + 1e-14:
            break
    left, right = neglog10_p_from_t(low * (1 - 1e-9), df), neglog10_p_from_t(high * (1 + 1e-9), df)
    # d log P / d log t = -df/(1 + df/t^2), but for terms of relative size 1/t^2.
    slope = 2e-9 * df / (1.0 + df / low / low) / math.log(10)
    assert right - left == pytest.approx(slope, abs=250 * 1e-13, rel=1e-2)


def test_t_tail_agrees_with_scipy_and_tends_to_the_normal() -> None:
    t = np.array([0.1, 1.0, 2.5, 8.0, 30.0])
    np.testing.assert_allclose(
        neglog10_p_from_t(t, 12.0), -np.log10(2.0) - stats.t.logsf(t, 12.0) / math.log(10.0), rtol=1e-11
    )
    np.testing.assert_array_equal(neglog10_p_from_t(t, np.inf), neglog10_p_from_z(t))
    # A million degrees of freedom differ from the normal by z^4/(4 df) in log P.
    np.testing.assert_allclose(neglog10_p_from_t(t[:3], 1e9), neglog10_p_from_z(t[:3]), rtol=1e-7)


def test_t_tail_broadcasts_and_survives_extremes() -> None:
    got = neglog10_p_from_t(np.array([[0.0], [1e200]]), np.array([3.0, 70.0, np.inf]))
    assert got.shape == (2, 3)
    np.testing.assert_array_equal(got[0], 0.0)
    # t^-df dominates: -log10 P = df log10 t plus a constant; the normal overflows to certainty.
    assert got[1, 0] == pytest.approx(600.0, rel=1e-3)
    assert got[1, 1] == pytest.approx(70 * 200.0 - 60.0, rel=1e-2)
    assert math.isnan(neglog10_p_from_t(np.nan, 3.0))


@pytest.mark.parametrize("df", [1, 2, 3, 10, 39, 149, 600])
@pytest.mark.parametrize("q", [0.5, 3.0, 143.65, 900.0, 1500.0, 5000.0, 1e5])
def test_chi2_tail_matches_decimal_arithmetic(q: float, df: int) -> None:
    slow = slow_neglog10_q(df, Decimal(q) / 2)
    # Where P is 1 to many digits, 1 - P is all that -log10(P) shows: compare absolutely.
    assert neglog10_p_from_chi2(q, df) == pytest.approx(slow, rel=RELATIVE, abs=1e-13)


def test_chi2_tail_of_zero_missing_and_one_df() -> None:
    assert neglog10_p_from_chi2(0.0, 5) == 0.0
    assert math.isnan(neglog10_p_from_chi2(np.nan, 5))
    z = np.array([0.2, 3.0, 45.0, 300.0])
    np.testing.assert_allclose(neglog10_p_from_chi2(z**2, 1), neglog10_p_from_z(z), rtol=RELATIVE)
