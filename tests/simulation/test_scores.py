"""z scores: covariance R within an island, shared noise where people are shared, the signal sqrt(N) R b."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from scripts.simulation.panel import Panel
from scripts.simulation.scores import noise_correlation, square_root, z_scores
from scripts.simulation.study import Simulation

DRAWS = 2000


@pytest.fixture(scope="session")
def two_islands(simulation: Simulation) -> Panel:
    panel = simulation.panel
    at = panel.island < 2
    columns = [getattr(panel, field.name) for field in fields(panel)]
    return Panel(*(column[:, at] if column.ndim == 2 else column[at] for column in columns))


@pytest.fixture(scope="session")
def null_scores(two_islands: Panel) -> np.ndarray:
    """z of independent traits without effects, (variants, traits)."""
    nothing = np.zeros((two_islands.position.size, DRAWS))
    return z_scores(two_islands, nothing, np.ones(DRAWS), np.eye(DRAWS), 5)


def test_a_null_traits_scores_have_the_panels_ld_as_covariance(
    two_islands: Panel, null_scores: np.ndarray
) -> None:
    at = two_islands.island == 1
    r = np.corrcoef(two_islands.genotypes[:, at].T)
    covariance = null_scores[at] @ null_scores[at].T / DRAWS
    # The standard error of a covariance of two standard normals is at most sqrt(2 / draws); 5.5 of them for
    # the largest of some 3,000 pairs.
    assert np.abs(covariance - r).max() < 5.5 * np.sqrt(2 / DRAWS)


def test_scores_of_two_islands_are_independent(two_islands: Panel, null_scores: np.ndarray) -> None:
    first, second = (null_scores[two_islands.island == island] for island in (0, 1))
    assert np.abs(first @ second.T / DRAWS).max() < 5.5 / np.sqrt(DRAWS)


def test_without_noise_the_scores_are_sqrt_n_r_b(simulation: Simulation) -> None:
    """Slow twin: the correlation matrix in full, chunk by chunk of one island."""
    panel, rng = simulation.panel, np.random.default_rng(1)
    effects = rng.normal(0, 0.05, size=(panel.position.size, 2))
    n = np.array([20_000.0, 300_000.0])
    nothing = np.zeros_like(effects)
    noise = np.eye(2)
    signal = z_scores(panel, effects, n, noise, 8) - z_scores(panel, nothing, n, noise, 8)
    for island in (0, 7):
        at = panel.island == island
        r = np.corrcoef(panel.genotypes[:, at].T)
        np.testing.assert_allclose(signal[at], np.sqrt(n) * (r @ effects[at]), rtol=1e-9, atol=1e-9)


def test_noise_is_correlated_where_people_are_shared(simulation: Simulation) -> None:
    cast = simulation.cast
    expected = noise_correlation(cast)
    m, t = simulation.panel.position.size, len(cast.all_traits)
    z = z_scores(simulation.panel, np.zeros((m, t)), np.ones(t), expected, 21)
    spaced = np.concatenate([np.flatnonzero(simulation.panel.island == i)[::8] for i in range(40)])
    observed = np.corrcoef(z[spaced].T)
    # Some 400 variants in LD with one another: a standard error of about 0.07 for each of 136 pairs.
    assert np.abs(observed - expected).max() < 0.25
    assert np.corrcoef(observed.ravel(), expected.ravel())[0, 1] > 0.9


def test_correlation_of_noise_is_overlap_times_phenotype(simulation: Simulation) -> None:
    cast = simulation.cast
    by_id = {trait.id: i for i, trait in enumerate(cast.all_traits)}
    r = noise_correlation(cast)
    first, last = by_id["exposure_00"], by_id["exposure_11"]
    assert r[first, last] == pytest.approx(0.55**2 * np.sqrt(22_000 / 23_650))  # 22,000 shared people
    assert r[first, by_id["disease_a"]] == pytest.approx(0.55 * 0.2 * np.sqrt(22_000 / 300_000))
    assert r[first, by_id["density"]] == pytest.approx(-(0.55**2) * np.sqrt(22_000 / 400_000))
    assert r[first, by_id["disease_b"]] == 0
    assert r[first, by_id["unrelated"]] == 0


def test_impossible_correlations_are_drawn_towards_zero() -> None:
    asked = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    root = square_root(asked)
    given = root @ root.T
    np.testing.assert_allclose(np.diag(given), 1.0, atol=1e-9)
    assert (np.sign(given) == np.sign(asked)).all()
    possible = np.array([[1.0, 0.3], [0.3, 1.0]])
    np.testing.assert_allclose(square_root(possible) @ square_root(possible).T, possible, atol=1e-12)
