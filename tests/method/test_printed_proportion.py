"""What a printed proportion's interval can hold, by hand and against simulated errors."""

import math

import numpy as np
import pytest

from scripts.method.printed_proportion import Printed, check_printed_proportion

PROPORTION = Printed(41.8, 19.9, 63.7, 1)
TOTAL = Printed(0.87, 0.76, 0.99, 2)


def test_published_numbers_cannot_hold_the_totals_own_error() -> None:
    check = check_printed_proportion(PROPORTION, TOTAL, ratio=True)
    z = -math.log(0.87) / ((math.log(0.99) - math.log(0.76)) / 2 / 1.959963984540054)
    assert check.total_z == pytest.approx(z) == pytest.approx(2.0648, abs=1e-4)
    assert check.se_printed == pytest.approx(11.173, abs=1e-3)  # (63.7 - 19.9)/3.92
    assert check.se_least == pytest.approx(20.244, abs=1e-3)  # 41.8/2.0648
    assert not check.possible and not check.total_is_strong
    assert check.correlation_needed == pytest.approx(0.834, abs=1e-3)
    assert "cannot contain the total's own error" in check.sentence
    assert "2.06 standard errors" in check.sentence and "20.2" in check.sentence
    # The same as fractions.
    fraction = check_printed_proportion(Printed(0.418, 0.199, 0.637, 3), TOTAL, ratio=True)
    assert fraction.se_least == pytest.approx(check.se_least / 100)
    assert fraction.correlation_needed == pytest.approx(check.correlation_needed)


def test_an_honest_interval_passes() -> None:
    # se_i/i = 0.2 and s_c/c = 0.1: the proportion 0.4 has a standard error of 0.4 hypot(0.2, 0.1).
    half = 1.96 * 0.4 * math.hypot(0.2, 0.1)
    check = check_printed_proportion(
        Printed(0.4, round(0.4 - half, 2), round(0.4 + half, 2), 2),
        Printed(0.5, 0.402, 0.598, 3),
        ratio=False,
    )
    assert check.possible and check.total_is_strong and check.correlation_needed == 0.0
    assert "can contain" in check.sentence


def test_rounding_is_granted() -> None:
    total = Printed(0.5, 0.3, 0.7, 1)  # 0.20 (0.35 to 0.65) would round to it
    exact = Printed(0.5, 0.300, 0.700, 3)
    share = Printed(0.40, 0.28, 0.52, 2)
    assert check_printed_proportion(share, total, ratio=False).possible
    assert not check_printed_proportion(share, exact, ratio=False).possible


def test_the_correlation_that_would_be_needed() -> None:
    """At that correlation the least error, over all errors of the numerator, is what was printed."""
    check = check_printed_proportion(PROPORTION, TOTAL, ratio=True)
    relative = 1.0 / check.total_z
    numerator = np.linspace(0.0, 1.0, 100_001)
    variance = numerator**2 + relative**2 - 2 * check.correlation_needed * relative * numerator
    assert 41.8 * math.sqrt(variance.min()) == pytest.approx(check.se_printed, rel=1e-6)


@pytest.mark.parametrize(
    ("proportion", "total", "ratio", "message"),
    [
        (Printed(0.5, 0.6, 0.7, 1), TOTAL, True, "not within its interval"),
        (PROPORTION, Printed(0.1, -0.1, 0.3, 1), True, "not above 0"),
    ],
)
def test_impossible_numbers_are_refused(
    proportion: Printed, total: Printed, ratio: bool, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        check_printed_proportion(proportion, total, ratio=ratio)
