"""Multivariable median estimate."""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.least_absolute import least_absolute


def mvmr_median(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Estimate, ...]:
    """Median regression of n > k independent instruments: one estimate an exposure, normal P.

    `beta_x` and `se_x` are (n, k), the others have length n. The effects minimise sum |beta_y - beta_x
    theta|/se_y^2, which a minority of invalid instruments hardly moves (Grant & Burgess 2021, doi
    10.1002/sim.9156). The standard errors are the standard deviations over `draws` parametric draws of all
    effects, with the weights held, as mr_mvmedian of MendelianRandomization. Variants are oriented and put in
    order before drawing, so that neither effect alleles nor the order of rows matter. Raises
    TooFewInstruments below k + 1, LinAlgError where exposures are collinear.
    """
    n, k = beta_x.shape
    check_instruments(k + 1, n)
    first = np.argmax(beta_x != 0.0, axis=1)
    sign = np.where(beta_x[np.arange(n), first] < 0.0, -1.0, 1.0)
    x, y = sign[:, None] * beta_x, sign * beta_y
    order = np.lexsort((*x.T, y, se_y))
    x, se_x, y, se_y = x[order], se_x[order], y[order], se_y[order]
    weight = (np.min(se_y) / se_y) ** 2
    theta, basis = least_absolute(x[None], y[None], weight)
    drawn_x = rng.normal(x, se_x, size=(draws, n, k))
    drawn_y = rng.normal(y, se_y, size=(draws, n))
    drawn, _ = least_absolute(drawn_x, drawn_y, weight, basis[0])
    se = np.std(drawn, axis=0, ddof=1)
    return tuple(Estimate(float(b), float(s), n) for b, s in zip(theta[0], se, strict=True))
