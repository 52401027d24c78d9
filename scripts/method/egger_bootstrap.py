"""MR-Egger with a bootstrap standard error."""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.bootstrap import Bootstrap
from scripts.method.egger import EggerFit
from scripts.method.estimate import Estimate


def egger_bootstrap(line: EggerFit, sample: Bootstrap) -> Estimate:
    """The slope of an MR-Egger fit `line`, its standard error from draws of both effects, with a normal P.

    So the error of beta_x counts, which MR-Egger takes as known (Bowden et al. 2015, doi
    10.1093/ije/dyv080). Each draw is oriented anew and fitted with weights 1/se_y^2.

    TwoSampleMR's mr_egger_regression_bootstrap differs. It regresses w beta_y on w beta_x, w = 1/se_y^2,
    instead of weighting by w; it reports the mean of the slopes, in which the errors of beta_x dilute twice,
    once in the data and once in the draws; and a one-sided P, 0 where no draw has the other sign.
    """
    drawn = slopes(np.abs(sample.drawn_x), sample.drawn_y * np.sign(sample.drawn_x), sample.se_y**-2.0)
    return Estimate(line.slope.beta, float(np.std(drawn, ddof=1)), line.slope.n_instruments)


def slopes(x: FloatArray, y: FloatArray, weight: FloatArray) -> FloatArray:
    """Slopes (draws) of weighted regressions with intercept of rows of `y` on rows of `x` (draws, n)."""
    share = weight / np.sum(weight)
    centred = x - (x @ share)[:, np.newaxis]
    return np.asarray(np.einsum("ij,ij,j->i", centred, y, share) / (centred**2 @ share), dtype=np.float64)
