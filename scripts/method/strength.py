"""How strong instruments are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import FloatArray
from scripts.method.estimate import check_instruments

I2_GX_MINIMUM = 2


def f_statistics(beta_x: FloatArray, se_x: FloatArray) -> FloatArray:
    """F statistic of each variant, (beta_x/se_x)^2; weak below 10 (Staiger & Stock, doi 10.2307/2171753)."""
    return (beta_x / se_x) ** 2


def variance_explained(beta_x: FloatArray, se_x: FloatArray, n: npt.ArrayLike) -> FloatArray:
    """Share of the exposure's variance that each variant explains, R2 = F/(F + n - 2), with n people.

    `n` is one number or one a variant.
    """
    f_statistic = f_statistics(beta_x, se_x)
    return f_statistic / (f_statistic + np.asarray(n, dtype=np.float64) - 2.0)


def i2_gx(beta_x: FloatArray, se_x: FloatArray, se_y: FloatArray) -> float:
    """I2_GX of n >= 2 instruments: 1 minus the dilution of the MR-Egger slope by weak instruments.

    I2 of |beta_x|/se_y with standard errors se_x/se_y, the form that matches a regression weighted by
    1/se_y^2 (Bowden et al. 2016, doi 10.1093/ije/dyw220); ones for `se_y` give the unweighted form. Below
    0.9 the slope is biased towards 0 by more than a tenth. Raises TooFewInstruments below 2.
    """
    check_instruments(I2_GX_MINIMUM, len(beta_x))
    effect, weight = np.abs(beta_x) / se_y, (se_y / se_x) ** 2
    q = float(np.sum(weight * (effect - np.average(effect, weights=weight)) ** 2))
    return max(0.0, (q - (len(beta_x) - 1)) / q) if q > 0.0 else 0.0
