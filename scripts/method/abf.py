"""Approximate Bayes factors of association from summary statistics.

Wakefield 2009, doi:10.1002/gepi.20359; the prior widths are those of Giambartolomei et al. 2014,
doi:10.1371/journal.pgen.1004383.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import FloatArray

EFFECT_SD_QUANTITATIVE = 0.15  # standard deviations of the trait per allele
EFFECT_SD_CASE_CONTROL = 0.2  # log odds per allele


def log_abf(beta: FloatArray, se: FloatArray, effect_sd: float) -> FloatArray:
    """Natural log of the Bayes factor of association against none, one for each variant (k,).

    The effect's prior is normal with mean 0 and SD `effect_sd`, in the unit of `beta` and `se`:
    log(1 - r)/2 + r z^2/2 with r = W/(W + V), Wakefield's equation 2 turned over.
    """
    variance = se**2
    shrinkage = effect_sd**2 / (effect_sd**2 + variance)
    return np.asarray(0.5 * (np.log(variance / (effect_sd**2 + variance)) + shrinkage * (beta / se) ** 2))


def trait_sd(se: FloatArray, eaf: FloatArray, n: npt.ArrayLike) -> float:
    """SD of a quantitative trait in the unit of its effects; NaN where no variant (k,) tells it.

    var(beta) is near var(Y)/(2 n f (1 - f)), so that var(Y) is the slope of 2 n f (1 - f) on 1/var(beta),
    through the origin, over the variants with a frequency. `n` is people, of the study or of each variant.
    """
    information = 2.0 * np.asarray(n, dtype=np.float64) * eaf * (1.0 - eaf)
    precision = 1.0 / se**2
    known = np.isfinite(information) & (information > 0)
    if not known.any():
        return float("nan")
    weight = precision[known]
    return float(np.sqrt(weight @ information[known] / (weight @ weight)))
