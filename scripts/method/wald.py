"""Wald ratios: the estimate that one variant gives alone."""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments


def wald_ratios(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ratio beta_y/beta_x of every variant, and its standard error: two arrays of the inputs' shape.

    The standard error is first order, se_y/|beta_x|: the exposure effect counts as known, as in TwoSampleMR's
    mr_wald_ratio (Lawlor et al. 2008, doi 10.1002/sim.3034).
    """
    return beta_y / beta_x, se_y / np.abs(beta_x)


def wald_ratio(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> Estimate:
    """Wald ratio of a single instrument, given as arrays of length one.

    Raises TooFewInstruments on none, ValueError on more than one: a ratio does not combine instruments.
    """
    check_instruments(1, len(beta_x))
    if len(beta_x) > 1:
        raise ValueError(f"a Wald ratio takes one instrument, {len(beta_x)} given")
    ratio, se = wald_ratios(beta_x, beta_y, se_y)
    return Estimate(beta=float(ratio[0]), se=float(se[0]), n_instruments=1)
