"""Egger's test, outliers and leave-one-out against metafor and slow twins."""

import numpy as np
import pytest
import statsmodels.api as sm

from scripts.method.influence import beyond_fences, egger_test, leave_one_out
from scripts.method.random_effects import TooFewExperiments, pool
from tests.method.pooled_cases import CASES, TABLE, Region, drawn

PRINTED = [0.72, 0.50, 0.33, 0.30, 0.36]  # pooled effects without outliers


def case_id(case: Region) -> str:
    return case.name


@pytest.mark.parametrize("weights", ["fe", "re"])
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_egger_as_in_r(case: Region, weights: str) -> None:
    tau2 = pool(case.y, case.v).tau2 if weights == "re" else 0.0
    test, expected = egger_test(case.y, case.v, tau2), case.egger[f"egger_classic_{weights}"]
    assert test.intercept == pytest.approx(expected["intercept"], rel=1e-8)
    assert test.se == pytest.approx(expected["se"], rel=1e-8)
    assert 10**-test.neglog10_p == pytest.approx(expected["p_t_km2"], rel=1e-8)


def test_random_effects_weights_give_the_published_p() -> None:
    """0.110, 0.157, 0.112 and twice below 0.001; fixed-effect weights do not."""
    found = [10 ** -egger_test(case.y, case.v, pool(case.y, case.v).tau2).neglog10_p for case in CASES]
    assert [round(p, 3) for p in found[:3]] == [0.110, 0.157, 0.112]
    assert max(found[3:]) < 0.001
    fixed = [10 ** -egger_test(case.y, case.v).neglog10_p for case in CASES]
    assert [round(p, 3) for p in fixed[:3]] == [0.129, 0.146, 0.239]


def test_egger_is_a_regression_by_least_squares() -> None:
    """Slow twin: statsmodels, of y/s on 1/s."""
    y, v = drawn(7)
    fit = sm.OLS(y / np.sqrt(v), sm.add_constant(1 / np.sqrt(v))).fit()
    test = egger_test(y, v)
    assert test.intercept == pytest.approx(fit.params[0], rel=1e-10)
    assert test.se == pytest.approx(fit.bse[0], rel=1e-10)
    assert 10**-test.neglog10_p == pytest.approx(fit.pvalues[0], rel=1e-9)


def test_egger_needs_three() -> None:
    with pytest.raises(TooFewExperiments, match="3 experiments, 2 found"):
        egger_test(*drawn(1, k=2))


def test_egger_needs_experiments_of_different_precision() -> None:
    with pytest.raises(ValueError, match="equally precise"):
        egger_test(np.array([0.1, 0.2, 0.5]), np.full(3, 0.04))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_outliers_as_quartiles_of_type_7_have_them(case: Region) -> None:
    rows = TABLE[TABLE[case.name].notna()][beyond_fences(case.y)]
    assert [f"{row['study']}({row[case.name]:g})" for _, row in rows.iterrows()] == case.outliers


@pytest.mark.parametrize(("case", "printed"), list(zip(CASES, PRINTED, strict=True)))
def test_pooled_without_outliers_as_metafor_and_as_published(case: Region, printed: float) -> None:
    kept = ~beyond_fences(case.y)
    fit = pool(case.y[kept], case.v[kept])
    assert fit.k == case.without_outliers["k"]
    assert fit.beta == pytest.approx(case.without_outliers["est"], rel=1e-8)
    assert 100 * fit.heterogeneity.i2 == pytest.approx(case.without_outliers["I2"], rel=1e-8)
    assert round(fit.beta, 2) == printed


def test_leave_one_out_is_pooling_without_each() -> None:
    y, v = drawn(5)
    for i, fit in enumerate(leave_one_out(y, v, "reml", "knapp_hartung")):
        assert fit == pool(np.delete(y, i), np.delete(v, i), "reml", "knapp_hartung")


def test_no_effect_is_an_outlier_of_equals() -> None:
    assert not beyond_fences(np.full(5, 0.3)).any()
    assert beyond_fences(np.array([0.1, 0.2, 0.2, 0.3, 9.0])).tolist() == [False] * 4 + [True]
