"""PoPS: polygenic priority scores of genes, learned from gene-level association and gene features.

Weeks et al. 2023 (doi:10.1038/s41588-023-01443-6), with the defaults of the program pops.py (2022). MAGMA's
z of each gene is freed of gene size, density and allele count by generalised least squares; features
associated with it one by one, and control features, enter a ridge regression; the prediction is the score.
Errors of genes are correlated within a chromosome, and everything is whitened by the Cholesky factor of that
correlation, a chromosome at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from scripts.method.arrays import BoolArray, FloatArray, IntArray

PENALTIES = np.logspace(-2, 10, num=25)
LEAST_RIDGE = 0.05  # added to the variances of genes, beside what makes their correlation positive
EXCESS_SHARE = 0.9  # of the variance of z above 1
NEAR_ZERO = 1e-8  # sum of squares of a whitened feature that does not vary

Whiten = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Genes:
    """Genes (g,) with MAGMA's z, chromosome, covariates (g, c) or none, and correlation of errors or none.

    `correlation` gives each chromosome the symmetric matrix of its genes, in their order.
    """

    z: FloatArray
    chromosome: IntArray
    covariates: FloatArray | None
    correlation: dict[int, FloatArray] | None


@dataclass(frozen=True, slots=True)
class Marginal:
    """Each feature alone (f,): effect, standard error and two-sided P; NaN where it does not vary."""

    beta: FloatArray
    se: FloatArray
    p: FloatArray


@dataclass(frozen=True, slots=True)
class Model:
    """Coefficients of the chosen features; penalty and cross-validated score (none: least squares)."""

    coefficients: FloatArray
    penalty: float | None
    score: float | None


def covariates_of(n_variants: FloatArray, n_parameters: FloatArray, allele_count: FloatArray) -> FloatArray:
    """PoPS' six columns of MAGMA's .genes.raw: gene size, density, 1 / allele count, and their logs."""
    basic = np.stack([n_parameters, n_parameters / n_variants, 1.0 / allele_count], axis=1)
    return np.concatenate([basic, np.log(basic)], axis=1)


def regularised(genes: Genes) -> Genes:
    """The genes with a correlation that is positive definite, and as wide as z varies beyond 1."""
    if genes.correlation is None:
        return genes
    smallest = min(float(np.linalg.eigvalsh(block)[0]) for block in genes.correlation.values())
    ridge = abs(min(smallest, 0.0)) + LEAST_RIDGE + EXCESS_SHARE * max(0.0, float(np.var(genes.z)) - 1.0)
    wider = {name: block + ridge * np.eye(len(block)) for name, block in genes.correlation.items()}
    return Genes(genes.z, genes.chromosome, genes.covariates, wider)


def without_covariates(genes: Genes, used: BoolArray) -> FloatArray:
    """z (g,) less what the covariates and an intercept, fitted on the genes in `used`, predict of it."""
    if genes.covariates is None:
        return genes.z
    whiten, design = whitener(genes, used), _with_intercept(genes.covariates)
    effects = _least_squares(whiten(design[used]), whiten(genes.z[used]))
    return np.asarray(genes.z - design @ effects)


def marginal_associations(
    genes: Genes, target: FloatArray, used: BoolArray, features: Iterable[FloatArray]
) -> Marginal:
    """Association of each feature with `target` (g,) and an intercept, over the genes in `used`.

    `features` are pieces (g, some features) of a matrix that may be too large for memory.
    """
    whiten = whitener(genes, used)
    basis = _intercept_basis(whiten, used)
    y = _projected(whiten(target[used]), basis)
    parts = [_one_by_one(y, _projected(whiten(piece[used]), basis)) for piece in features]
    return Marginal(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def fit_model(
    genes: Genes, target: FloatArray, used: BoolArray, features: FloatArray, ridge: bool = True
) -> Model:
    """Regression of `target` (g,) on `features` (g, f) and an intercept over the genes in `used`."""
    whiten = whitener(genes, used)
    basis = _intercept_basis(whiten, used)
    x, y = _projected(whiten(features[used]), basis), _projected(whiten(target[used]), basis)
    if not ridge:
        return Model(_least_squares(x, y), None, None)
    return _ridge(x, y)


def whitener(genes: Genes, used: BoolArray) -> Whiten:
    """The function that whitens rows of the genes in `used`: L^-1 v, with L L' their correlation."""
    if genes.correlation is None:
        return lambda values: np.asarray(values, dtype=np.float64)
    chromosome = genes.chromosome[used]
    factors = []
    for name, block in genes.correlation.items():
        inside = used[genes.chromosome == name]
        rows = np.flatnonzero(chromosome == name)
        if len(rows):
            factors.append((rows, linalg.cholesky(block[np.ix_(inside, inside)], lower=True)))

    def whiten(values: FloatArray) -> FloatArray:
        result = np.empty(values.shape)
        for rows, factor in factors:
            result[rows] = linalg.solve_triangular(factor, values[rows], lower=True)
        return result

    return whiten


def _ridge(x: FloatArray, y: FloatArray) -> Model:
    """Ridge regression with the penalty whose leave-one-out squared error is least (Golub et al. 1979)."""
    left, sizes, right = np.linalg.svd(x, full_matrices=False)
    seen = left.T @ y
    scores = []
    for penalty in PENALTIES:
        shrink = sizes**2 / (sizes**2 + penalty)
        fitted, leverage = left @ (shrink * seen), (left**2) @ shrink
        scores.append(-float(np.mean(((y - fitted) / (1.0 - leverage)) ** 2)))
    best = int(np.argmax(scores))
    coefficients = right.T @ (sizes / (sizes**2 + PENALTIES[best]) * seen)
    return Model(np.asarray(coefficients), float(PENALTIES[best]), scores[best])


def _one_by_one(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    squares = (x**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = np.where(squares > NEAR_ZERO, y @ x / squares, np.nan)
        # The mean squared residual of each regression, without a matrix of residuals.
        residual = np.maximum(y @ y - beta**2 * squares, 0.0) / len(y)
        se = np.sqrt(residual / squares)
        p = special.chdtrc(1, (beta / se) ** 2)
    return beta, se, p


def _with_intercept(covariates: FloatArray) -> FloatArray:
    if np.isclose(covariates.var(axis=0), 0.0).any():
        return covariates
    return np.column_stack([covariates, np.ones(len(covariates))])


def _intercept_basis(whiten: Whiten, used: BoolArray) -> FloatArray:
    """The whitened intercept at length 1, as a column."""
    ones = whiten(np.ones((int(used.sum()), 1)))
    return np.asarray(ones / np.linalg.norm(ones))


def _projected(values: FloatArray, basis: FloatArray) -> FloatArray:
    """What is left of the values (n, ...) beside an orthonormal basis (n, k)."""
    return np.asarray(values - basis @ (basis.T @ values))


def _least_squares(x: FloatArray, y: FloatArray) -> FloatArray:
    return np.asarray(linalg.lstsq(x, y)[0])
