"""Rucker's framework against TwoSampleMR: every test and every choice."""

from pathlib import Path

import numpy as np
import pytest

from scripts.method.egger import egger
from scripts.method.ivw import ivw
from scripts.method.rucker import RuckerFit, RuckerModel, fixed_effect, rucker
from tests.method.mr_cases import RELATIVE, TWO_SAMPLE_CASES, Case, case_id, published_bmi

LETTERS = dict(zip("ABCD", RuckerModel, strict=True))


def fit_of(case: Case, alpha: float = 0.05) -> RuckerFit:
    return rucker(*case.first_order, egger(*case.first_order), alpha)


def assert_matches(case: Case) -> None:
    fit, expected = fit_of(case), case.expected["rucker"]
    assert fit.model == LETTERS[expected["res"]]
    tests = (fit.q, fit.q_prime, fit.difference)
    assert [test.df for test in tests] == expected["Q"]["df"]
    assert [test.q for test in tests[:2]] == pytest.approx(expected["Q"]["Q"][:2], rel=RELATIVE)
    # A difference of two sums keeps fewer digits: 1e-8 is what is asked.
    assert fit.difference.q == pytest.approx(expected["Q"]["Q"][2], rel=1e-10)
    p = [10.0**-test.neglog10_p for test in tests]
    assert p == pytest.approx(expected["Q"]["P"], rel=1e-8)
    assert fit.estimate.beta == pytest.approx(expected["selected"]["Estimate"], rel=RELATIVE)
    if fit.q.q >= fit.q.df:
        assert fit.estimate.se == pytest.approx(expected["selected"]["SE"], rel=RELATIVE)
        assert fit.estimate.p == pytest.approx(expected["selected"]["P"], rel=1e-8)


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_two_sample_mr(case: Case) -> None:
    """The peer's interval around a t-distributed MR-Egger is normal; ours belongs to its P."""
    assert_matches(case)


def test_matches_two_sample_mr_on_published_data(shared_reference: Path) -> None:
    assert_matches(published_bmi(shared_reference))


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_the_four_models_are_those_of_the_peer(case: Case) -> None:
    table = case.expected["rucker"]["rucker"]
    line = egger(*case.first_order)
    ours = [ivw(*case.first_order, "fixed"), ivw(*case.first_order), fixed_effect(line), line.slope]
    if line.q < line.df:
        # Where instruments agree better than by chance, the peer's "fixed effects" have an error below that
        # of fixed effects (its own mr_ivw_fe has ours).
        assert table["SE"][0] < 0.99 * ours[0].se
        return
    assert [estimate.beta for estimate in ours] == pytest.approx(table["Estimate"], rel=RELATIVE)
    assert [estimate.se for estimate in ours] == pytest.approx(table["SE"], rel=RELATIVE)
    # The peer's P is 1 minus a lower tail for the fixed effects.
    assert [estimate.p for estimate in ours] == pytest.approx(table["P"], rel=1e-8, abs=1e-15)


def test_every_model_can_be_chosen() -> None:
    rng = np.random.default_rng(61)
    x = np.linspace(0.05, 0.2, 40)
    se = np.full(40, 0.01)
    studies = {
        RuckerModel.IVW_FIXED: rng.normal(0.3 * x, se),
        RuckerModel.IVW_RANDOM: rng.normal(0.3 * x, 4 * se),
        RuckerModel.EGGER_FIXED: rng.normal(0.1 + 0.3 * x, se),
        RuckerModel.EGGER_RANDOM: rng.normal(0.3 + 0.3 * x, 4 * se),
    }
    for model, y in studies.items():
        assert rucker(x, y, se, egger(x, y, se)).model == model


def test_alpha_decides() -> None:
    case = TWO_SAMPLE_CASES[1]
    assert fit_of(case, alpha=1e-9).model == RuckerModel.IVW_FIXED
    assert fit_of(case, alpha=0.5).model == RuckerModel.EGGER_RANDOM
