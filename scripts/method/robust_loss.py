"""Losses for robust estimation: squares, Huber's and Tukey's, with their scores and moments.

Huber 1964, doi 10.1214/aoms/1177703732; Beaton & Tukey 1974, doi 10.1080/00401706.1974.10489171.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from scripts.method.arrays import FloatArray

Loss = Literal["l2", "huber", "tukey"]
Function = Callable[[FloatArray], FloatArray]
HUBER_K, TUKEY_K = 1.345, 4.685  # 95% efficiency with normal errors
NODES = 64  # of Gauss-Legendre quadrature on each side of the kink: exact to rounding


@dataclass(frozen=True, slots=True)
class Score:
    """A loss rho, psi = rho' and its derivative, with moments at a standard normal t.

    delta = E[t psi], c1 = E[psi^2], c2 = Var(t psi), c3 = E[t^2 psi'].
    """

    rho: Function
    psi: Function
    psi_slope: Function
    delta: float
    c1: float
    c2: float
    c3: float


@cache
def score_of(loss: Loss) -> Score:
    """The score of a loss, with its moments by quadrature on both sides of its kink."""
    rho, psi, psi_slope, kink = LOSSES[loss]
    node, weight = np.polynomial.legendre.leggauss(NODES)
    t = np.concatenate((kink * (node + 1.0) / 2.0, kink + 6.0 * (node + 1.0)))
    density = (
        np.concatenate((kink * weight, 12.0 * weight)) * np.exp(-(t**2) / 2.0) / math.sqrt(2.0 * math.pi)
    )
    delta, c1 = density @ (t * psi(t)), density @ psi(t) ** 2
    c2, c3 = density @ (t * psi(t)) ** 2 - delta**2, density @ (t**2 * psi_slope(t))
    return Score(rho, psi, psi_slope, float(delta), float(c1), float(c2), float(c3))


def _l2_rho(t: FloatArray) -> FloatArray:
    return t**2 / 2.0


def _l2_psi(t: FloatArray) -> FloatArray:
    return t


def _l2_slope(t: FloatArray) -> FloatArray:
    return np.ones_like(t)


def _huber_rho(t: FloatArray) -> FloatArray:
    inside = np.minimum(np.abs(t), HUBER_K)
    return np.asarray(inside * (np.abs(t) - inside / 2.0), dtype=np.float64)


def _huber_psi(t: FloatArray) -> FloatArray:
    return np.clip(t, -HUBER_K, HUBER_K)


def _huber_slope(t: FloatArray) -> FloatArray:
    return np.where(np.abs(t) <= HUBER_K, 1.0, 0.0)


def _tukey_rho(t: FloatArray) -> FloatArray:
    return TUKEY_K**2 / 6.0 * (1.0 - np.maximum(1.0 - (t / TUKEY_K) ** 2, 0.0) ** 3)


def _tukey_psi(t: FloatArray) -> FloatArray:
    return np.asarray(t * np.maximum(1.0 - (t / TUKEY_K) ** 2, 0.0) ** 2, dtype=np.float64)


def _tukey_slope(t: FloatArray) -> FloatArray:
    share = (t / TUKEY_K) ** 2
    return np.where(share < 1.0, (1.0 - share) * (1.0 - 5.0 * share), 0.0)


# rho, psi, its derivative, and where they are not smooth.
LOSSES: dict[Loss, tuple[Function, Function, Function, float]] = {
    "l2": (_l2_rho, _l2_psi, _l2_slope, 1.0),
    "huber": (_huber_rho, _huber_psi, _huber_slope, HUBER_K),
    "tukey": (_tukey_rho, _tukey_psi, _tukey_slope, TUKEY_K),
}
