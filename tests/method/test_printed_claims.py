"""Printed numbers beside each other: by hand, and by rounding numbers that are known to belong together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scripts.method.multiplicity import benjamini_hochberg
from scripts.method.printed import as_printed
from scripts.method.printed_claims import Span, adjusted_span, p_of, se_of_interval


def span(text: str) -> Span:
    return Span.of(as_printed(text))


def test_a_printed_number_is_all_that_is_printed_so():
    assert (span("0.14").low, span("0.14").high) == pytest.approx((0.135, 0.145))
    assert (span("1.3E-07").low, span("1.3E-07").high) == pytest.approx((1.25e-7, 1.35e-7))
    assert (span("<0.001").low, span("<0.001").high) == (-np.inf, 0.001)
    assert (span("\N{MINUS SIGN}5").low, span("-5").high) == (-5.5, -4.5)
    cut = Span.cut(as_printed("-0.14"))
    assert (cut.low, cut.high) == pytest.approx((-0.15, -0.14))
    with pytest.raises(ValueError, match="ratio"):
        span("-1").log()


def test_by_hand():
    """The odds ratio 0.84 (0.73 to 0.97): P is 0.018, and from 0.012 to 0.031 by rounding of the interval."""
    se = se_of_interval(span("0.73").log(), span("0.97").log())
    assert se.low == pytest.approx((np.log(0.965) - np.log(0.735)) / (2 * stats.norm.ppf(0.975)))
    p = p_of(Span(np.log(0.84), np.log(0.84)), se)
    assert p.low == pytest.approx(2 * stats.norm.sf(-np.log(0.84) / se.low))
    assert p.high == pytest.approx(2 * stats.norm.sf(-np.log(0.84) / se.high))
    assert p_of(Span(-0.1, 0.2), Span(0.0, 0.1)) == Span(0.0, 1.0)


@given(
    beta=st.floats(-2, 2), se=st.floats(0.02, 1), digits=st.integers(1, 4), ratio=st.booleans(),
)  # fmt: skip
def test_what_belongs_together_is_never_said_to_contradict(beta: float, se: float, digits: int, ratio: bool):
    z95 = stats.norm.ppf(0.975)
    numbers = [beta, beta - z95 * se, beta + z95 * se]
    shown = [f"{np.exp(number) if ratio else number:.{digits}f}" for number in numbers]
    if ratio and float(shown[1]) == 0.0:
        return
    estimate, low, high = (span(text).log() if ratio else span(text) for text in shown)
    p = f"{2 * stats.norm.sf(abs(beta / se)):.2g}"
    assert p_of(estimate, se_of_interval(low, high)).meets(span(p))


@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_stays_within_its_span(p: list[float]):
    adjusted = benjamini_hochberg(-np.log10(np.array(p))).p
    for raw, made in zip(p, adjusted, strict=True):
        bounds = adjusted_span(Span(raw, raw), len(p))
        assert bounds.low * (1 - 1e-9) <= made <= bounds.high * (1 + 1e-9)
    assert adjusted_span(Span(0.02, 0.03), None) == Span(0.02, 1.0)
