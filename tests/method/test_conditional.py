"""Forward selection of variants against regressions of simulated people."""

import numpy as np

from scripts.method.conditional import conditionally_significant
from scripts.method.normal import neglog10_p_from_z

LIMIT = 5.0


def people(rng: np.random.Generator, n: int = 4000, m: int = 6) -> np.ndarray:
    shared = rng.standard_normal((n, 1))
    x = 0.6 * shared + rng.standard_normal((n, m))
    return (x - x.mean(axis=0)) / x.std(axis=0)


def marginal(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """z scores of variants of effects so small that the residual variance is 1."""
    return np.asarray(x.T @ y / np.sqrt(len(y)))


def test_shadows_of_one_strong_variant_go() -> None:
    rng = np.random.default_rng(1)
    x = people(rng)
    y = 0.5 * x[:, 2] + rng.standard_normal(len(x))
    z, r = marginal(x, y), np.corrcoef(x.T)
    assert (neglog10_p_from_z(z) > LIMIT).sum() > 1
    assert np.flatnonzero(conditionally_significant(z, r, LIMIT)).tolist() == [2]


def test_a_second_signal_stays_even_where_a_shadow_is_stronger() -> None:
    rng = np.random.default_rng(2)
    x = people(rng, n=40_000)
    y = 0.20 * x[:, 0] - 0.08 * x[:, 4] + rng.standard_normal(len(x))
    kept = conditionally_significant(marginal(x, y), np.corrcoef(x.T), LIMIT)
    assert np.flatnonzero(kept).tolist() == [0, 4]


def test_the_score_is_that_of_the_joint_regression() -> None:
    """With the people's own correlations: z of a variant in the regression on itself and the kept one."""
    rng = np.random.default_rng(3)
    x = people(rng, m=2)
    y = 0.05 * x[:, 0] + 0.05 * x[:, 1] + rng.standard_normal(len(x))
    z, r = marginal(x, y), np.corrcoef(x.T)
    first, second = np.argsort(-np.abs(z))
    inverse = np.linalg.inv(x.T @ x)
    joint = (inverse @ x.T @ y)[second] / np.sqrt(inverse[second, second])
    level = float(neglog10_p_from_z(joint))
    assert conditionally_significant(z, r, level * 0.999)[second]
    assert not conditionally_significant(z, r, level * 1.001)[second]
    assert conditionally_significant(z, r, 1e9)[first]


def test_unknown_and_complete_correlation() -> None:
    z, r = np.array([9.0, 8.0, 8.5]), np.eye(3)
    r[0, 1] = r[1, 0] = np.nan
    r[0, 2] = r[2, 0] = 1.0
    assert conditionally_significant(z, r, LIMIT).tolist() == [True, True, False]
    assert conditionally_significant(np.empty(0), np.empty((0, 0)), LIMIT).tolist() == []
