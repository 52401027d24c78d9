"""What LD score regression would estimate of the simulated traits, were it without error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from scripts.simulation.arrays import FloatArray
from scripts.simulation.effects import effective_n
from scripts.simulation.panel import Panel
from scripts.simulation.roles import Cast
from scripts.simulation.scores import noise_correlation


def correlations_table(
    cast: Cast, panel: Panel, effects: FloatArray, meta_analyses: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Genetic covariance and intercept of every pair of traits, themselves and meta-analyses included.

    `effects` (m, t) as in `Effects`. A meta-analysis weights its cohorts' z by the square roots of their
    effective sample sizes, so its intercepts are those weights' sums; its effects are the cohorts' mean.
    """
    weights = _weights(cast, meta_analyses)
    mean = weights**2  # of one unit length, as the weights of the z
    intercept = weights @ noise_correlation(cast) @ weights.T
    covariance = mean @ genetic_covariance(panel, effects) @ mean.T
    names = [*(trait.id for trait in cast.all_traits), *meta_analyses]
    first, second = np.triu_indices(len(names))
    return pd.DataFrame(
        {
            "trait_1": np.array(names, dtype=object)[first],
            "trait_2": np.array(names, dtype=object)[second],
            "covariance": covariance[first, second],
            "covariance_se": 0.0,
            "intercept": intercept[first, second],
            "intercept_se": 0.0,
            "SIMULATED": "yes",
        }
    )


def genetic_covariance(panel: Panel, effects: FloatArray) -> FloatArray:
    """B' R B (t, t) of effects B (m, t), with the LD within islands; the diagonal is heritability."""
    covariance = np.zeros((effects.shape[1], effects.shape[1]))
    for island in range(int(panel.island.max()) + 1):
        at = panel.island == island
        scores = panel.standardised(at) @ effects[at]
        covariance += scores.T @ scores / len(scores)
    return covariance


def _weights(cast: Cast, meta_analyses: Mapping[str, Sequence[str]]) -> FloatArray:
    """Of each trait (columns) in each trait and meta-analysis (rows), on z; rows have length 1."""
    ids = [trait.id for trait in cast.all_traits]
    rows = [np.eye(len(ids))]
    for cohorts in meta_analyses.values():
        n = np.array([effective_n(trait) if trait.id in cohorts else 0.0 for trait in cast.all_traits])
        rows.append(np.sqrt(n / n.sum())[None])
    return np.vstack(rows)
