"""MR-cML: constrained maximum likelihood (Xue et al. 2021, doi 10.1016/j.ajhg.2021.05.014)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.bootstrap import Bootstrap
from scripts.method.cml_descent import descend_from_zero
from scripts.method.estimate import Estimate, TooWeak, check_instruments
from scripts.method.profile import profile, residuals

CML_MINIMUM = 3
# Models whose weight is below exp(-NEGLIGIBLE/2) of the best model's are not fitted.
NEGLIGIBLE = 80.0
ITERATIONS = 60
BLOCK = 1 << 14  # numbers of an array
CONVERGED = 1e-13

Search = Literal["deepest", "from_zero"]


@dataclass(frozen=True, slots=True)
class CmlFit:
    """`average`: of the models (cML-MA-BIC); `best`: the one of least BIC; `invalid` (n): left out by it."""

    average: Estimate
    best: Estimate
    invalid: BoolArray


@dataclass(frozen=True, slots=True)
class Models:
    """Fits with k = 0, 1, ... invalid variants to each of several studies: arrays (studies, models).

    `deviance` is -2 log likelihood up to a constant. `se` is NaN where no minimum was found: with weak
    instruments the slope may run off to infinity, a line through points without an effect on the exposure.
    """

    slope: FloatArray
    se: FloatArray
    deviance: FloatArray

    def found_deviance(self) -> FloatArray:
        """The deviance, infinite where no minimum was found."""
        return np.where(np.isnan(self.se), np.inf, self.deviance)


def cml(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    n_people: float,
    search: Search = "deepest",
) -> CmlFit:
    """cML-MA-BIC and cML-BIC of n >= 3 independent instruments (arrays of length n), with normal P.

    `n_people`: the smaller of the two GWAS, for the penalty log(n_people) k of k = 0..n - 2 invalid variants.
    Robust to correlated and uncorrelated pleiotropy while the valid variants are the largest group that
    agrees. Maximising over the invalid variants' direct effects, the deviance at a slope is the sum of the
    n - k least squared residuals, so all k are solved together in one dimension, for the `deepest` minimum.
    The R programs MRcML and mr_cML descend `from_zero` alone, and in some studies stop at another minimum or
    before one: that is offered to reproduce them. Raises TooFewInstruments below 3, TooWeak where no model
    has a minimum.
    """
    n = len(beta_x)
    check_instruments(CML_MINIMUM, n)
    penalty = math.log(n_people)
    if search == "deepest":
        data = beta_x[np.newaxis], se_x**2, beta_y[np.newaxis], se_y**2
        models = fit_models(*data, penalty, candidates=4 * n + 1, starts=5)
        slope, se, deviance = models.slope[0], models.se[0], models.found_deviance()[0]
        if not np.any(np.isfinite(deviance)):
            raise TooWeak("cML: no slope fits better than its neighbours")
        residual = residuals(slope[:, np.newaxis], beta_x, se_x**2, beta_y, se_y**2)
        invalid = ~least_residuals(residual, n - np.arange(len(slope)))
    else:
        slope, se, deviance, invalid = descend_from_zero(beta_x, se_x, beta_y, se_y)
    weight = bic_weights(deviance, penalty)
    best = int(np.argmax(weight))
    return CmlFit(
        average=averaged(slope, se, weight, n),
        best=Estimate(float(slope[best]), float(se[best]), n),
        invalid=invalid[best],
    )


def cml_perturbed(sample: Bootstrap, n_people: float, perturbations: int) -> Estimate:
    """cML-MA-BIC with data perturbation: over the first `perturbations` draws of the parametric bootstrap.

    Slope, standard error and deviance of each k are the mean, standard deviation and mean deviance over the
    draws, so that the choice of the invalid variants is part of the standard error; then averaged over
    models. Draws without a minimum are left out of their model; where those are half or more, raises TooWeak.
    """
    n = len(sample.beta_x)
    check_instruments(CML_MINIMUM, n)
    penalty = math.log(n_people)
    x, y = sample.drawn_x[:perturbations], sample.drawn_y[:perturbations]
    models = fit_models(x, sample.se_x**2, y, sample.se_y**2, penalty, candidates=40, starts=1)
    found = np.isfinite(models.se)
    if np.any(np.mean(found, axis=0) <= 0.5):
        raise TooWeak("cML: in half of the draws no slope fits better than its neighbours")
    weight = bic_weights(np.mean(models.deviance, axis=0, where=found), penalty)
    slope = np.mean(models.slope, axis=0, where=found)
    return averaged(slope, np.std(models.slope, axis=0, ddof=1, where=found), weight, n)


def bic_weights(deviance: FloatArray, penalty: float) -> FloatArray:
    """Share of each model, proportional to exp(-BIC/2), BIC = deviance + penalty k."""
    bic = deviance + penalty * np.arange(len(deviance))
    weight = np.exp(-(bic - np.min(bic)) / 2.0)
    return np.asarray(weight / np.sum(weight), dtype=np.float64)


def averaged(slope: FloatArray, se: FloatArray, weight: FloatArray, n: int) -> Estimate:
    """Weighted mean over models, its standard error with the spread between them (Buckland et al. 1997).

    A model without a standard error, which only `from_zero` leaves, counts as in mr_cML: in the mean alone.
    """
    mean = float(weight @ slope)
    return Estimate(mean, float(np.nansum(weight * np.hypot(se, slope - mean))), n)


def fit_models(
    x: FloatArray,
    var_x: FloatArray,
    y: FloatArray,
    var_y: FloatArray,
    penalty: float,
    *,
    candidates: int,
    starts: int,
) -> Models:
    """Every model that may matter, k = 0.., of each study: `x`, `y` (studies, n), variances (n).

    Each k's deviance is computed at `candidates` quantiles of the Wald ratios; from its `starts` deepest dips
    Newton steps lead to the bottom, and the deepest counts. As no deviance is below 0, BIC_k >= penalty k
    bounds k.
    """
    n = x.shape[1]
    slopes = np.quantile(y / x, np.linspace(0.0, 1.0, candidates), axis=-1).T
    residual = residuals(slopes[..., np.newaxis], x[:, np.newaxis], var_x, y[:, np.newaxis], var_y)
    squares = np.sort(residual**2, axis=-1)
    deviance = np.cumsum(squares, axis=-1)[..., :0:-1]  # (studies, candidates, k): the n - k least squares
    least = np.min(deviance, axis=1)
    bound = np.max(np.min(least + penalty * np.arange(n - 1), axis=1)) + NEGLIGIBLE
    deviance = deviance[..., : int(bound / penalty) + 1]
    start = np.take_along_axis(slopes[..., np.newaxis], deepest_dips(deviance, starts), axis=1)
    study, model = (index.ravel() for index in np.indices(start.shape)[[0, 2]])
    rows = descend_in_blocks(start.ravel(), n - model, study, x, var_x, y, var_y)
    best = np.argmin(rows.found_deviance().reshape(start.shape), axis=1)[:, np.newaxis]
    return Models(
        *(
            np.take_along_axis(part.reshape(start.shape), best, axis=1)[:, 0]
            for part in (rows.slope, rows.se, rows.deviance)
        )
    )


def deepest_dips(deviance: FloatArray, starts: int) -> IntArray:
    """Indices (studies, starts, k) of the lowest local minima over candidates (studies, candidates, k)."""
    padded = np.pad(deviance, ((0, 0), (1, 1), (0, 0)), constant_values=np.inf)
    dip = (deviance <= padded[:, :-2]) & (deviance <= padded[:, 2:])
    depth = np.where(dip, deviance, np.inf)
    return np.argmin(depth, axis=1)[:, np.newaxis] if starts == 1 else np.argsort(depth, axis=1)[:, :starts]


def descend_in_blocks(
    slope: FloatArray,
    kept: IntArray,
    study: IntArray,
    x: FloatArray,
    var_x: FloatArray,
    y: FloatArray,
    var_y: FloatArray,
) -> Models:
    """`descend` of every slope on its `study` of `x` and `y` (studies, n), what a cache holds at once."""
    blocks = np.array_split(np.arange(len(slope)), -(-slope.size * x.shape[1] // BLOCK))
    parts = [descend(slope[b], kept[b], x[study[b]], var_x, y[study[b]], var_y) for b in blocks]
    return Models(*(np.concatenate([getattr(part, name) for part in parts]) for name in Models.__slots__))


def descend(
    slope: FloatArray, kept: IntArray, x: FloatArray, var_x: FloatArray, y: FloatArray, var_y: FloatArray
) -> Models:
    """Newton steps of every slope (rows) on its `kept` (rows) least residuals, halved until they help.

    `x`, `y` (rows, n); variances (n). Gauss-Newton replaces Newton where the curve is concave. A slope beyond
    twice every Wald ratio has run off.
    """
    far = 2.0 * np.max(np.abs(y / x), axis=1)
    slope, step = slope.copy(), np.zeros_like(slope)
    lowest, information = np.full_like(slope, np.inf), np.zeros_like(slope)
    moving = np.arange(len(slope))
    for _ in range(ITERATIONS):
        at = profile((slope[moving] + step[moving])[:, np.newaxis], x[moving], var_x, y[moving], var_y)
        valid = least_residuals(at.residual, kept[moving])
        t, g = np.where(valid, at.residual, 0.0), np.where(valid, at.weight, 0.0)
        deviance, squares = np.sum(t**2, axis=1), np.sum(g**2, axis=1)
        curvature = squares - np.sum(at.weight_slope * t, axis=1)
        newton = np.sum(g * t, axis=1) / np.where(curvature > 0.0, curvature, squares)
        lower = deviance <= lowest[moving] * (1.0 + CONVERGED)
        better = moving[lower]
        slope[better] += step[better]
        lowest[better], information[better] = deviance[lower], curvature[lower]
        step[moving] = np.where(lower, newton, step[moving] / 2.0)
        size = np.abs(slope[moving])
        moving = moving[(np.abs(step[moving]) > CONVERGED * size) & (size <= far[moving])]
        if len(moving) == 0:
            break
    found = (information > 0.0) & (np.abs(slope) <= far)
    return Models(slope, np.where(found, np.abs(information), np.nan) ** -0.5, lowest)


def least_residuals(residual: FloatArray, kept: IntArray) -> BoolArray:
    """The `kept` (rows) residuals of least size of every row (rows, n)."""
    size = np.abs(residual)
    limit = np.take_along_axis(np.sort(size, axis=1), kept[:, np.newaxis] - 1, axis=1)
    return np.asarray(size <= limit, dtype=np.bool_)
