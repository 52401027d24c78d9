"""Rucker's framework: which of four models the heterogeneity of the instruments calls for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.egger import EggerFit
from scripts.method.estimate import Estimate
from scripts.method.heterogeneity import Heterogeneity, cochran_q, rucker_q
from scripts.method.ivw import inflation, ivw


class RuckerModel(StrEnum):
    """The four models, from the simplest on."""

    IVW_FIXED = "ivw_fixed"
    IVW_RANDOM = "ivw_random"
    EGGER_FIXED = "egger_fixed"
    EGGER_RANDOM = "egger_random"


@dataclass(frozen=True, slots=True)
class RuckerFit:
    """The chosen model with its estimate, Cochran's Q, Rucker's Q' and their difference (1 df)."""

    model: RuckerModel
    estimate: Estimate
    q: Heterogeneity
    q_prime: Heterogeneity
    difference: Heterogeneity


def rucker(
    beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray, line: EggerFit, alpha: float = 0.05
) -> RuckerFit:
    """Rucker's choice for n >= 3 independent instruments (arrays of length n) and their MR-Egger fit `line`.

    IVW with fixed effects unless Q has P < `alpha`; then IVW with (multiplicative) random effects unless
    Q - Q' has; then MR-Egger with fixed effects unless Q' has; else with random effects (Rucker et al. 2011,
    doi 10.1093/biostatistics/kxq046; Bowden et al. 2017, doi 10.1002/sim.7221). Random-effects errors have
    the floor of 1. P is normal for IVW and from Student t for MR-Egger, as in TwoSampleMR, whose intervals
    around MR-Egger are normal all the same.
    """
    q, q_prime = cochran_q(beta_x, beta_y, se_y), rucker_q(line)
    difference = Heterogeneity(max(q.q - q_prime.q, 0.0), 1)
    significant = [test.neglog10_p > -np.log10(alpha) for test in (q, difference, q_prime)]
    if not significant[0]:
        model, estimate = RuckerModel.IVW_FIXED, ivw(beta_x, beta_y, se_y, "fixed")
    elif not significant[1]:
        model, estimate = RuckerModel.IVW_RANDOM, ivw(beta_x, beta_y, se_y)
    elif not significant[2]:
        model, estimate = RuckerModel.EGGER_FIXED, fixed_effect(line)
    else:
        model, estimate = RuckerModel.EGGER_RANDOM, line.slope
    return RuckerFit(model, estimate, q, q_prime, difference)


def fixed_effect(line: EggerFit) -> Estimate:
    """The slope of MR-Egger with its fixed-effect standard error."""
    return replace(line.slope, se=line.slope.se / inflation(line.q, line.df, "multiplicative"))
