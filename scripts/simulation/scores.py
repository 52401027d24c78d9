"""z scores with the panel's LD: z = sqrt(N) R b + R^(1/2) e, island by island."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scripts.simulation.arrays import FloatArray, stream
from scripts.simulation.effects import effective_n
from scripts.simulation.panel import Panel
from scripts.simulation.roles import Cast
from scripts.table.trait import Trait

# Loading of a trait on the one factor that makes traits of the same people correlate.
QUANTITATIVE_LOADING, DISEASE_LOADING = 0.55, 0.2


def z_scores(
    panel: Panel, effects: FloatArray, n: FloatArray, noise: FloatArray, seed: int, name: str = "noise"
) -> FloatArray:
    """z (m, t) of t traits from their effects (m, t), sample sizes n (t,) and noise correlation (t, t).

    `name` is that of the noise's random stream.

    R is the correlation of the panel's complete genotypes within an island and 0 between islands, which no
    haplotype spans: what correlation 500 people show there is chance. With X the standardised genotypes of k
    people, R = X'X/k, so X'(X b)/k is R b and X'e/sqrt(k) has covariance R: no m by m matrix is needed.
    """
    z = np.empty_like(effects)
    root = square_root(noise)
    for island in range(int(panel.island.max()) + 1):
        at = panel.island == island
        x = panel.standardised(at)
        people = x.shape[0]
        signal = x.T @ (x @ effects[at]) / people * np.sqrt(n)
        draws = stream(seed, name, island).standard_normal((people, n.size)) @ root.T
        z[at] = signal + x.T @ draws / np.sqrt(people)
    return z


def square_root(correlation: FloatArray) -> FloatArray:
    """Lower triangular L with L L' = correlation, which is drawn towards 0 as far as pairwise overlaps that
    cannot hold together ask for."""
    lack = max(0.0, 1e-9 - float(np.linalg.eigvalsh(correlation)[0]))
    feasible = (correlation + lack * np.eye(len(correlation))) / (1 + lack)
    return np.asarray(np.linalg.cholesky(feasible))


def noise_correlation(cast: Cast) -> FloatArray:
    """Correlation of the traits' noise, (t, t): N_shared / sqrt(N1 N2) times the phenotypes' correlation.

    Traits that name a cohort in common share as many people as the smaller of them has.
    """
    traits = cast.all_traits
    people = np.array([trait.n for trait in traits], dtype=np.float64)
    overlap = np.minimum.outer(people, people) / np.sqrt(np.outer(people, people))
    loadings = np.array([_loading(trait, cast) for trait in traits])
    correlation = _share_cohort(traits) * overlap * np.outer(loadings, loadings)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation)


def sample_sizes(traits: Sequence[Trait]) -> FloatArray:
    """Effective sample size of each trait; (t,)."""
    return np.array([effective_n(trait) for trait in traits])


def _share_cohort(traits: Sequence[Trait]) -> FloatArray:
    cohorts = [set(trait.cohorts) for trait in traits]
    return np.array([[float(bool(a & b)) for b in cohorts] for a in cohorts])


def _loading(trait: Trait, cast: Cast) -> float:
    """Validation traits go the way that their sign says."""
    loading = DISEASE_LOADING if trait.is_binary else QUANTITATIVE_LOADING
    return loading * cast.signs.get(trait.id, 1)
