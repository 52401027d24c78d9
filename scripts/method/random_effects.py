"""Random-effects meta-analysis: experiments whose true effects differ, and the mean of those effects.

Effects y and their sampling variances v are arrays of length k. DerSimonian & Laird 1986, doi
10.1016/0197-2456(86)90046-2, with the test of Knapp & Hartung 2003, doi 10.1002/sim.1482; numbers as metafor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import confidence_quantile
from scripts.method.heterogeneity import Heterogeneity
from scripts.method.normal import neglog10_p_from_t
from scripts.method.tau2 import Tau2Method, tau2_of

LEAST = 2
PooledTest = Literal["normal", "knapp_hartung"]


class TooFewExperiments(Exception):
    """Fewer experiments than can be pooled; callers turn it into a status."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """The mean `beta` of the true effects of `k` experiments, in the unit of the effects.

    `df` is inf where beta/se is taken as normal, k - 1 with Knapp and Hartung's test. `q` is Cochran's, with
    fixed-effect weights.
    """

    k: int
    beta: float
    se: float
    df: float
    tau2: float
    q: float

    @property
    def statistic(self) -> float:
        """z, or t with `df` degrees of freedom."""
        return self.beta / self.se

    @property
    def neglog10_p(self) -> float:
        """-log10 of the two-sided P."""
        return float(neglog10_p_from_t(self.statistic, self.df))

    @property
    def interval(self) -> tuple[float, float]:
        """95% confidence interval of the mean effect."""
        half = confidence_quantile(self.df) * self.se
        return self.beta - half, self.beta + half

    @property
    def prediction(self) -> tuple[float, float]:
        """95% interval of the true effect of a further experiment, by t with k - 2 df; NaN below k = 3.

        Higgins, Thompson & Spiegelhalter 2009, eq. 12, doi 10.1111/j.1467-985X.2008.00552.x.
        """
        if self.k < 3:
            return math.nan, math.nan
        half = confidence_quantile(self.k - 2.0) * math.sqrt(self.tau2 + self.se**2)
        return self.beta - half, self.beta + half

    @property
    def heterogeneity(self) -> Heterogeneity:
        """Q with its P, and I2 as a share."""
        return Heterogeneity(self.q, self.k - 1)

    @property
    def i2_interval(self) -> tuple[float, float]:
        """95% interval of I2 as a share (Higgins & Thompson 2002, doi 10.1002/sim.1186); NaN where undefined.

        H = sqrt(Q/(k - 1)) with the standard error of ln H; I2 = 1 - 1/H^2, at least 0.
        """
        if self.q <= 0.0 or (self.q <= self.k and self.k < 3):
            return math.nan, math.nan
        half = confidence_quantile(math.inf) * self._se_log_h
        log_h = 0.5 * math.log(self.q / (self.k - 1))
        low, high = (1.0 - math.exp(-2.0 * end) for end in (log_h - half, log_h + half))
        return max(0.0, low), max(0.0, high)

    @property
    def _se_log_h(self) -> float:
        k = self.k
        if self.q > k:
            return 0.5 * math.log(self.q / (k - 1)) / (math.sqrt(2.0 * self.q) - math.sqrt(2.0 * k - 3.0))
        return math.sqrt((1.0 - 1.0 / (3.0 * (k - 2) ** 2)) / (2.0 * (k - 2)))


def pool(
    y: FloatArray,
    v: FloatArray,
    method: Tau2Method = "dersimonian_laird",
    test: PooledTest = "normal",
) -> Pooled:
    """The mean effect, weights 1/(v + tau^2). Raises TooFewExperiments below 2 experiments.

    ValueError where a variance is not a finite number above zero. Knapp and Hartung's standard error takes
    the spread that was observed in place of the one expected; it may be the smaller one.
    """
    if len(y) < LEAST:
        raise TooFewExperiments(f"{LEAST} experiments are needed, {len(y)} found")
    if not (np.all(v > 0.0) and np.all(np.isfinite(v)) and np.all(np.isfinite(y))):
        raise ValueError("pool: an effect is not finite, or its variance is not a finite number above zero")
    tau2 = tau2_of(y, v, method)
    beta, se = weighted_mean(y, v + tau2)
    fixed, _ = weighted_mean(y, v)
    q = float(np.sum((y - fixed) ** 2 / v))
    if test == "normal":
        return Pooled(len(y), beta, se, math.inf, tau2, q)
    spread = float(np.sum((y - beta) ** 2 / (v + tau2))) / (len(y) - 1)
    return Pooled(len(y), beta, se * math.sqrt(spread), len(y) - 1.0, tau2, q)


def weighted_mean(y: FloatArray, v: FloatArray) -> tuple[float, float]:
    """Inverse-variance weighted mean and its standard error."""
    weight = 1.0 / v
    total = float(np.sum(weight))
    return float(weight @ y) / total, 1.0 / math.sqrt(total)


def weights(v: FloatArray, tau2: float) -> FloatArray:
    """Each experiment's share of the pooled effect; they add up to 1."""
    weight = 1.0 / (v + tau2)
    return np.asarray(weight / np.sum(weight))
