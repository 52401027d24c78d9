"""The descent by which the R programs MRcML and mr_cML fit cML's models, to reproduce their answers.

Xue et al. 2021, doi 10.1016/j.ajhg.2021.05.014, algorithm 1, from one start.
"""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray

ROUNDS = 100
STILL = 1e-7  # change of the slope below which the program stops


def descend_from_zero(
    x: FloatArray, se_x: FloatArray, y: FloatArray, se_y: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Slope, standard error and deviance (models), and the invalid variants (models, n), k = 0..n - 2 of n.

    Direct effects, exposure effects and slope are updated in turn from 0, until the slope moves by less than
    1e-7 in whatever unit it has, or 100 times. It may stop before the minimum, or at one that is not the
    deepest. The standard error is from the information at the effects where it stopped, NaN where that is
    not positive.
    """
    models = np.arange(len(x) - 1)
    slope, effect = np.zeros(len(models)), np.zeros((len(models), len(x)))
    invalid = np.zeros(effect.shape, dtype=np.bool_)
    moving = models
    for _ in range(ROUNDS):
        theta = slope[moving, np.newaxis]
        residual = y - theta * effect[moving]
        rank = np.argsort(np.argsort(-((residual / se_y) ** 2), axis=1, kind="stable"), axis=1)
        invalid[moving] = rank < moving[:, np.newaxis]
        explained = np.where(invalid[moving], y - residual, y)
        effect[moving] = (x / se_x**2 + theta * explained / se_y**2) / (1 / se_x**2 + theta**2 / se_y**2)
        fitted = effect[moving] / se_y
        slope[moving] = np.sum(explained / se_y * fitted, axis=1) / np.sum(fitted**2, axis=1)
        moving = moving[np.abs(slope[moving] - theta[:, 0]) > STILL]
    theta = slope[:, np.newaxis]
    misfit = (x - effect) ** 2 / se_x**2 + (y - theta * effect) ** 2 / se_y**2
    shared = (2.0 * theta * effect - y) ** 2 / se_y**4 / (1 / se_x**2 + theta**2 / se_y**2)
    information = np.sum(np.where(invalid, 0.0, effect**2 / se_y**2 - shared), axis=1)
    se = np.where(information > 0.0, np.abs(information), np.nan) ** -0.5
    return slope, se, np.sum(np.where(invalid, 0.0, misfit), axis=1), invalid
