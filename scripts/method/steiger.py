"""Steiger's test of direction: what acts through the exposure explains more of it than of the outcome.

Hemani, Tilling & Davey Smith 2017, doi 10.1371/journal.pgen.1007081. Everything rests on z scores and numbers
of people (`strength.variance_explained` gives R2 = F/(F + N - 2)), so no trait's unit matters. For traits in
SD units TwoSampleMR's steiger_filtering takes 2 beta^2 eaf (1 - eaf) instead, and for log odds a logistic R2
that `logistic_r2` corrects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.normal import neglog10_p_from_z

LOGISTIC_VARIANCE = math.pi**2 / 3.0


@dataclass(frozen=True, slots=True)
class Steiger:
    """The test for each variant, or for all together (arrays of one shape, () for one test).

    `r2_x` and `r2_y` are the shares of variance explained; `z` is positive where the exposure's is larger.
    """

    r2_x: FloatArray
    r2_y: FloatArray
    z: FloatArray

    @property
    def forward(self) -> BoolArray:
        """Whether the variants explain more of the exposure, as they should."""
        return np.asarray(self.z > 0.0)

    @property
    def neglog10_p(self) -> FloatArray:
        """-log10 of the two-sided P that both traits are explained equally well."""
        return neglog10_p_from_z(self.z)


def steiger(r2_x: npt.ArrayLike, n_x: npt.ArrayLike, r2_y: npt.ArrayLike, n_y: npt.ArrayLike) -> Steiger:
    """Compare what variants explain of exposure and outcome, one by one: arguments broadcast.

    z = (atanh r_x - atanh r_y)/sqrt(1/(n_x - 3) + 1/(n_y - 3)), the Fisher transformation for two samples.
    Raises ValueError where n is 3 or less, or R2 is not within [0, 1).
    """
    x, people_x, y, people_y = (
        np.asarray(value, dtype=np.float64) for value in np.broadcast_arrays(r2_x, n_x, r2_y, n_y)
    )
    if not (np.all(people_x > 3.0) and np.all(people_y > 3.0)):
        raise ValueError("Steiger's test needs more than 3 people in both samples")
    if not all(np.all((r2 >= 0.0) & (r2 < 1.0)) for r2 in (x, y)):
        raise ValueError("a share of variance explained is not within [0, 1)")
    distance = np.arctanh(np.sqrt(x)) - np.arctanh(np.sqrt(y))
    z = distance / np.sqrt(1.0 / (people_x - 3.0) + 1.0 / (people_y - 3.0))
    return Steiger(x, y, np.asarray(z, dtype=np.float64))


def steiger_overall(r2_x: FloatArray, n_x: FloatArray, r2_y: FloatArray, n_y: FloatArray) -> Steiger:
    """One test of all independent variants (arrays of length n): their R2 add up, N is the mean.

    As TwoSampleMR's directionality_test. Raises ValueError as `steiger` does.
    """
    return steiger(np.sum(r2_x), np.mean(n_x), np.sum(r2_y), np.mean(n_y))


def liability(
    r2: npt.ArrayLike, n: npt.ArrayLike, case_fraction: float, prevalence: float
) -> tuple[FloatArray, FloatArray]:
    """R2 of a binary trait, and the number of people it counts for, on the scale of liability.

    `r2` is on the observed scale, F/(F + n - 2) with all n cases and controls. With K = `prevalence`, t the
    liability above which people are cases, P = `case_fraction` and C = K^2 (1 - K)^2/(phi(t)^2 P (1 - P)):
    R2 C/(1 + R2 theta C), theta = m (P - K)/(1 - K) (m (P - K)/(1 - K) - t), m = phi(t)/K (Lee et al. 2012,
    doi 10.1002/gepi.21614). The effective number is n/C, since a correlation C^(1/2) times as large
    has as much larger an error. TwoSampleMR counts 2/(1/n_case + 1/n_control), about half. Raises ValueError
    where a share is not within (0, 1).
    """
    if not (0.0 < case_fraction < 1.0 and 0.0 < prevalence < 1.0):
        raise ValueError("the share of cases and the prevalence must be within (0, 1)")
    threshold = -float(special.ndtri(prevalence))
    density = math.exp(-(threshold**2) / 2.0) / math.sqrt(2.0 * math.pi)
    variance = case_fraction * (1.0 - case_fraction)
    scale = (prevalence * (1.0 - prevalence) / density) ** 2 / variance
    shift = density / prevalence * (case_fraction - prevalence) / (1.0 - prevalence)
    observed = np.asarray(r2, dtype=np.float64)
    share = observed * scale / (1.0 + observed * shift * (shift - threshold) * scale)
    return share, np.asarray(n, dtype=np.float64) / scale


def logistic_r2(
    log_odds_ratio: npt.ArrayLike, eaf: npt.ArrayLike, case_fraction: float, prevalence: float
) -> FloatArray:
    """Share of a logistic liability's variance: V/(V + pi^2/3), V = 2 f (1 - f) log_odds_ratio^2.

    `eaf` is the frequency among cases and controls together; f, the population's, follows from it.
    TwoSampleMR's get_r_from_lor leaves out the 2 of an additive model, which makes its R2 about half.
    Arguments broadcast.
    """
    log_odds, frequency = np.broadcast_arrays(
        np.asarray(log_odds_ratio, dtype=np.float64), np.asarray(eaf, dtype=np.float64)
    )
    population = population_frequency(log_odds, frequency, case_fraction, prevalence)
    explained = 2.0 * population * (1.0 - population) * log_odds**2
    return np.asarray(explained / (explained + LOGISTIC_VARIANCE), dtype=np.float64)


def population_frequency(
    log_odds_ratio: FloatArray, eaf: FloatArray, case_fraction: float, prevalence: float
) -> FloatArray:
    """Frequency of an allele in the population, from that in a sample with another share of cases.

    With x the share of all alleles that are effect alleles of cases, the odds ratio is
    x (1 - eaf - P + x)/((eaf - x) (P - x)), a quadratic in x.
    """
    ratio = np.exp(log_odds_ratio)
    linear = 1.0 - (1.0 - ratio) * (eaf + case_fraction)
    discriminant = linear**2 + 4.0 * (1.0 - ratio) * ratio * eaf * case_fraction
    # This form of the root loses no digits where the odds ratio is near 1.
    in_cases = 2.0 * ratio * eaf * case_fraction / (linear + np.sqrt(discriminant))
    cases, controls = in_cases / case_fraction, (eaf - in_cases) / (1.0 - case_fraction)
    return np.asarray(prevalence * cases + (1.0 - prevalence) * controls, dtype=np.float64)
