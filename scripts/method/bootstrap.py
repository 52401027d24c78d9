"""Parametric bootstrap of summary effects, drawn once and shared by every estimator that needs it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.egger import orient


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Effects of n instruments, for the allele that raises the exposure and by Wald ratio, and draws of them.

    `beta_x`, `se_x`, `beta_y`, `se_y` have length n; `drawn_x` and `drawn_y` have shape (draws, n).
    """

    beta_x: FloatArray
    se_x: FloatArray
    beta_y: FloatArray
    se_y: FloatArray
    drawn_x: FloatArray
    drawn_y: FloatArray


def parametric_bootstrap(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    draws: int,
    rng: np.random.Generator,
) -> Bootstrap:
    """Normal draws of both effects of n instruments around their estimates (Bowden et al. 2016).

    doi 10.1002/gepi.21965. Variants are oriented and put in order of their ratio before drawing, so that
    neither the choice of effect allele nor the order of the rows changes a result.
    """
    x, y = orient(beta_x, beta_y)
    order = np.lexsort((se_y, se_x, x, y / x))
    x, y, se_x, se_y = x[order], y[order], se_x[order], se_y[order]
    drawn_x = rng.normal(x, se_x, size=(draws, len(x)))
    return Bootstrap(x, se_x, y, se_y, drawn_x, rng.normal(y, se_y, size=(draws, len(y))))
