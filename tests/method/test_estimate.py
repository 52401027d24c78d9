"""P and interval of an estimate come from one (beta, se, df)."""

import math

import pytest

from scripts.method.estimate import Estimate, TooFewInstruments, check_instruments


def test_normal_estimate() -> None:
    # The published IVW of body mass index on coronary heart disease (TwoSampleMR 0.7.9): P = 4.03202e-14.
    estimate = Estimate(0.44590909695339853, 0.05898301876292564, 79)
    assert estimate.p == pytest.approx(4.0320203273486104e-14, rel=1e-10)
    assert estimate.ci_low == pytest.approx(
        0.44590909695339853 - 1.959963984540054 * 0.05898301876292564, rel=1e-14
    )
    assert estimate.ci_high == pytest.approx(
        0.44590909695339853 + 1.959963984540054 * 0.05898301876292564, rel=1e-14
    )


def test_student_estimate() -> None:
    # Its MR-Egger slope: Student t with 77 df gives P = 0.00080125899.
    estimate = Estimate(0.5024935097297286, 0.14396056172338315, 79, 77)
    assert estimate.p == pytest.approx(0.0008012589918497782, rel=1e-10)
    # Student t quantile of 0.975 with 77 df, from tables.
    assert (estimate.ci_high - estimate.beta) / estimate.se == pytest.approx(1.99125440, abs=1e-7)


@pytest.mark.parametrize("df", [1.0, 2.0, 9.0, math.inf])
def test_an_interval_that_touches_zero_has_p_of_one_in_twenty(df: float) -> None:
    half_width = Estimate(0.0, 1.0, 3, df).ci_high
    touching = Estimate(half_width, 1.0, 3, df)
    # scipy's Student quantile is good to about 1e-10.
    assert touching.p == pytest.approx(0.05, rel=1e-9)
    assert touching.ci_low == pytest.approx(0.0, abs=1e-9)


def test_p_that_underflows_keeps_its_logarithm() -> None:
    estimate = Estimate(1.0, 0.01, 5)
    assert estimate.p == 0.0
    # Mills' ratio: P = 2 phi(z)/z (1 - 1/z^2 + 3/z^4 - ...), at z = 100.
    log_p = -5000.0 - math.log(100.0) - 0.5 * math.log(2 * math.pi) + math.log(2.0) + math.log1p(-1e-4 + 3e-8)
    assert estimate.neglog10_p == pytest.approx(-log_p / math.log(10.0), rel=1e-14)


def test_too_few_instruments_says_how_many() -> None:
    check_instruments(3, 3)
    with pytest.raises(TooFewInstruments, match="3 instruments are needed, 2 found") as raised:
        check_instruments(3, 2)
    assert (raised.value.needed, raised.value.found) == (3, 2)
