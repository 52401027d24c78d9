"""Wald ratios against TwoSampleMR's single-variant lines."""

import numpy as np
import pytest

from scripts.method.estimate import TooFewInstruments
from scripts.method.wald import wald_ratio, wald_ratios
from tests.method.mr_cases import RELATIVE, TWO_SAMPLE_CASES, Case, case_id


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_ratios_match_the_peer(case: Case) -> None:
    single = case.expected["singlesnp"]
    ratio, se = wald_ratios(*case.first_order)
    np.testing.assert_allclose(ratio, single["b"][:-2], rtol=RELATIVE)
    np.testing.assert_allclose(se, single["se"][:-2], rtol=RELATIVE)


def test_one_instrument_matches_the_peer() -> None:
    case = TWO_SAMPLE_CASES[0]
    estimate = wald_ratio(case.beta_x[:1], case.beta_y[:1], case.se_y[:1])
    single = case.expected["singlesnp"]
    assert (estimate.beta, estimate.se) == pytest.approx((single["b"][0], single["se"][0]), rel=RELATIVE)
    assert estimate.p == pytest.approx(single["p"][0], rel=1e-10)
    assert estimate.n_instruments == 1


def test_effect_allele_does_not_matter() -> None:
    one, other = (
        wald_ratio(np.array([sign * 0.2]), np.array([sign * 0.05]), np.array([0.01])) for sign in (1, -1)
    )
    assert one == other


def test_no_instrument_and_several() -> None:
    empty, two = np.array([]), np.array([0.1, 0.2])
    with pytest.raises(TooFewInstruments):
        wald_ratio(empty, empty, empty)
    with pytest.raises(ValueError, match="one instrument, 2 given"):
        wald_ratio(two, two, two)
