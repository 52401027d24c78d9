"""What people shared by exposure and outcome do to Mendelian randomization."""

from __future__ import annotations

import math


def overlap_bias_bound(n_shared: float, n_outcome: float, f_mean: float) -> float:
    """Bias of IVW by weak instruments, as a share of the observational slope's own bias (confounding).

    (n_shared/n_outcome)/F, with the mean F of the instruments: all of 1/F where every person of the outcome
    is in the exposure's study too, and 0, a bias towards the null instead, where none is (Burgess, Davies &
    Thompson 2016, doi 10.1002/gepi.21998). With `n_shared` an upper bound of the shared people, so is this.
    """
    return n_shared / n_outcome / f_mean


def error_correlation(n_shared: float, n_x: float, n_y: float, phenotypic: float) -> float:
    """Correlation of a variant's errors on two traits: phenotypic n_shared/sqrt(n_x n_y).

    It is what the intercept of cross-trait LD score regression estimates.
    """
    return phenotypic * n_shared / math.sqrt(n_x * n_y)
