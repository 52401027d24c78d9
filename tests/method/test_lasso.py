"""MR-Lasso against MendelianRandomization, a general optimiser, invariances, error rate."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from scripts.method.estimate import TooFewInstruments
from scripts.method.ivw import ivw
from scripts.method.lasso import column_deviations, huber_slopes, lasso
from tests.method.invariance import Study, few, permuted, rescaled, studies, swapped
from tests.method.mr_cases import CASES, RELATIVE, Case, case_id, lipids_on_coronary_disease, null_study

# glmnet stops its descent early: the penalised slope is exact here and near there; what counts is the set.
GLMNET = 1e-3


def check(data: tuple[np.ndarray, ...], expected: dict[str, Any], penalty: float | None = None) -> None:
    fit = lasso(*data, penalty=penalty)
    assert fit.penalty == pytest.approx(expected["Lambda"], rel=RELATIVE)
    assert fit.valid.tolist() == (np.array(expected["RegIntercept"]) == 0.0).tolist()
    assert fit.penalised == pytest.approx(expected["RegEstimate"], rel=GLMNET)
    assert fit.estimate.beta == pytest.approx(expected["Estimate"], rel=RELATIVE)
    assert fit.estimate.se == pytest.approx(expected["StdError"], rel=RELATIVE)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_the_peer(case: Case) -> None:
    check(case.first_order, case.expected["MendelianRandomization"]["lasso"])


@pytest.mark.parametrize("lipid", ["ldl", "hdl", "tg"])
def test_matches_the_peer_on_published_lipids(lipid: str, shared_reference: Path) -> None:
    published = lipids_on_coronary_disease(shared_reference)[lipid]
    x, _, y, se_y = published.data
    check((x, y, se_y), published.expected["lasso"])
    check((x, y, se_y), published.expected["lasso_lambda0.2"], penalty=0.2)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9, 1.0])
def test_slope_minimises_the_penalised_sum(share: float) -> None:
    """Slow twin: a general optimiser over the slope, each direct effect at its own minimum."""
    x, y, se_y = CASES[2].first_order
    u, v = np.abs(x) / se_y, np.sign(x) * y / se_y
    scale = len(x) * column_deviations(u)
    penalty = share * np.max(np.abs(v - u * (u @ v) / (u @ u)) / scale)

    def total(slope: float) -> float:
        residual = v - slope * u
        direct = np.sign(residual) * np.maximum(np.abs(residual) - penalty * scale, 0.0)
        return float(np.sum((residual - direct) ** 2) / 2 + np.sum(penalty * scale * np.abs(direct)))

    twin = optimize.minimize_scalar(total, bounds=(-2.0, 2.0), method="bounded", options={"xatol": 1e-12})
    slope = float(huber_slopes(u, v, (penalty * scale)[np.newaxis])[0])
    assert total(slope) <= twin.fun * (1 + 1e-14)
    assert slope == pytest.approx(twin.x, abs=1e-6)


def test_columns_are_scaled_as_glmnet_scales_them() -> None:
    u = np.random.default_rng(70).uniform(1.0, 5.0, 7)
    columns = np.eye(7) - np.outer(u, u) / (u @ u)
    np.testing.assert_allclose(column_deviations(u), np.std(columns, axis=0), rtol=1e-12)


def test_outliers_put_in_are_left_out() -> None:
    """Case s05 was simulated with two gross outliers, its first two variants."""
    x, y, se_y = next(case for case in CASES if case.name == "s05").first_order
    fit = lasso(x, y, se_y)
    assert np.flatnonzero(~fit.valid).tolist() == [0, 1]
    assert fit.estimate.beta == pytest.approx(ivw(x[2:], y[2:], se_y[2:]).beta, rel=RELATIVE)


@few
@given(studies(4), st.integers(0, 99))
def test_invariances(study: Study, seed: int) -> None:
    def answer(data: Study, unit: float = 1.0) -> list[float]:
        fit = lasso(data[0], data[2], data[3])
        return [unit * fit.estimate.beta, unit * fit.estimate.se, float(np.sum(fit.valid))]

    base = answer(study)
    order = np.random.default_rng(seed).permutation(len(study[0]))
    assert answer(swapped(study, seed)) == pytest.approx(base, rel=1e-9)
    assert answer(permuted(study, order)) == pytest.approx(base, rel=1e-9)
    assert answer(rescaled(study, 1000.0), 1000.0) == pytest.approx(base, rel=1e-9)


def test_too_few() -> None:
    two = np.array([0.1, 0.2])
    with pytest.raises(TooFewInstruments):
        lasso(two, two, two)


def test_a_perfect_fit_has_no_invalid_variant() -> None:
    x, se_y = np.array([0.1, 0.2, 0.3]), np.full(3, 0.01)
    fit = lasso(x, np.zeros(3), se_y)
    assert fit.valid.all()
    assert fit.estimate == ivw(x, np.zeros(3), se_y)


def test_error_rate_under_the_null() -> None:
    rng = np.random.default_rng(71)
    hits = 0
    for _ in range(300):
        x, _, y, se_y = null_study(rng, 30)
        hits += lasso(x, y, se_y).estimate.p < 0.05
    # Nominal 15 of 300, SD 3.8; leaving out the far ratios narrows the rest a little.
    assert 4 <= hits <= 36
