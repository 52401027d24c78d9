"""How many independent tests correlated ones are worth, from the correlation of z scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import FloatArray

NULL_Z = 3.890591886413  # |z| of P = 1e-4; a larger one is not taken for null, as in PLACO
ROUNDING = 1e-9  # an eigenvalue this far below a whole number is that number


def li_ji(eigenvalues: FloatArray) -> float:
    """Effective number of independent tests: sum of I(x >= 1) + (x - floor(x)) over the eigenvalues x.

    Of their correlation matrix (Li & Ji 2005, doi:10.1038/sj.hdy.6800717): m for independent tests, 1 for
    copies of one test.
    """
    x = np.abs(eigenvalues) + ROUNDING
    return float(np.sum(x >= 1.0) + np.sum(np.maximum(x - np.floor(x) - ROUNDING, 0.0)))


def null_correlation(z: npt.ArrayLike) -> tuple[FloatArray, float]:
    """Correlation of traits' z scores (variants, traits) over null variants, and their mean number a pair.

    Under no effect the z of two studies correlate by the people they share: N_shared/sqrt(N1 N2) times the
    phenotypes' correlation. A variant counts for a pair where neither |z| is above `NULL_Z`, nor missing
    (NaN). Means are taken as 0, as they are under no effect. NaN for a pair without such a variant.
    """
    scores = np.asarray(z, dtype=np.float64)
    null = np.abs(scores) <= NULL_Z
    kept = np.where(null, scores, 0.0)
    counts = null.astype(np.float64)
    squares = (kept**2).T @ counts
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = kept.T @ kept / np.sqrt(squares * squares.T)
    np.fill_diagonal(correlation, 1.0)
    pairs = counts.T @ counts
    traits = len(pairs)
    n = (pairs.sum() - np.trace(pairs)) / (traits * (traits - 1)) if traits > 1 else float(pairs.sum())
    return np.clip(correlation, -1.0, 1.0), float(n)


def shrunken(correlation: FloatArray, n: float) -> tuple[FloatArray, float]:
    """A correlation matrix from n observations drawn towards independence, and by how much (0 to 1).

    By sum var(r)/sum r^2 over the pairs, var(r) = (1 - r^2)^2/(n - 1), which minimises the expected squared
    error (Schaefer & Strimmer 2005, doi:10.2202/1544-6115.1175). Without it the eigenvalues of few
    observations are spread, and the effective number of tests comes out too small.
    """
    off = correlation[np.triu_indices(len(correlation), 1)] ** 2
    signal = float(off.sum())
    noise = float(((1.0 - off) ** 2).sum()) / (n - 1)
    share = min(1.0, noise / signal) if signal > 0.0 else 1.0
    drawn = correlation * (1.0 - share)
    np.fill_diagonal(drawn, 1.0)
    return drawn, share


def effective_number(correlation: FloatArray, n: float) -> float:
    """Li-Ji's number for a correlation matrix that was estimated from n variants, shrunken as they ask."""
    if len(correlation) < 2:
        return float(len(correlation))
    drawn, _ = shrunken(correlation, n)
    return li_ji(np.asarray(np.linalg.eigvalsh(drawn), dtype=np.float64))
