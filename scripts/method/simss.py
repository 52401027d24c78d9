"""MR-SimSS: instruments selected and estimated in simulated halves of the sample, so that neither tells.

Forde, Hemani & Ferguson 2026, doi 10.1371/journal.pgen.1011949 (preprint 2023). From summary statistics
of the whole sample, those of disjoint parts of it can be drawn exactly: one part selects the instruments, one
estimates their effects on the exposure, one those on the outcome. This frees any estimator of winner's curse
and of sample overlap; weak instruments are left to the estimator (IVW then tends to the null, a profile score
does not). Averaging over many splits takes the splitting's own noise out again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from scripts.method.arrays import FloatArray
from scripts.method.egger import orient
from scripts.method.estimate import Estimate, TooFewInstruments, TooWeak
from scripts.method.normal import abs_z_from_neglog10_p

Estimator = Callable[[FloatArray, FloatArray, FloatArray, FloatArray], Estimate]


def simss(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    estimator: Estimator,
    *,
    error_correlation: float,
    p_threshold: float,
    draws: int,
    rng: np.random.Generator,
    selection_share: float = 0.5,
) -> Estimate:
    """Mean of `estimator(beta_x, se_x, beta_y, se_y)` over `draws` splits of the sample; normal P.

    The arrays (length n) have every independent variant, not only the significant ones: a variant is an
    instrument of the splits in which its part's P is below `p_threshold`. `selection_share` of the people
    select, half of the others serve the exposure and half the outcome. `error_correlation` is that of a
    variant's errors (`overlap.error_correlation`, or the cross-trait LDSC intercept). The variance of one
    split's estimate is that between splits of the same data plus that of their mean, which is therefore
    mean(se^2) - var(beta); it takes about 1,000 draws to settle. `n_instruments` is the mean count, rounded.
    Splits that leave the estimator with too few or too weak instruments are left out; its exception is raised
    where they are more than half, and LinAlgError where the splits vary by more than their standard errors
    say, which more draws may mend.
    """
    x, y = orient(beta_x, beta_y)
    order = np.lexsort((se_y, y, se_x, x))
    splitter = _Splitter(
        x[order],
        se_x[order],
        y[order],
        se_y[order],
        noise=linalg.cholesky(split_covariance(selection_share, error_correlation), lower=True),
        threshold=float(abs_z_from_neglog10_p(-math.log10(p_threshold))) / math.sqrt(selection_share),
        widening=math.sqrt(2.0 / (1.0 - selection_share)),
    )
    fits: list[Estimate] = []
    shortage: TooFewInstruments | TooWeak = TooFewInstruments(1, 0)
    for _ in range(draws):
        try:
            fits.append(estimator(*splitter.draw(rng)))
        except (TooFewInstruments, TooWeak) as error:
            shortage = error
    if len(fits) < max(2, draws / 2):
        raise shortage
    return _mean(fits)


@dataclass(frozen=True, slots=True)
class _Splitter:
    """The whole sample's effects (arrays of length n), and what its parts differ by.

    `noise` (3, 3) is the Cholesky factor of `split_covariance`, `threshold` the |z| of the selecting part in
    the whole sample's standard errors, `widening` the ratio of the estimating parts' standard errors to them.
    """

    x: FloatArray
    se_x: FloatArray
    y: FloatArray
    se_y: FloatArray
    noise: FloatArray
    threshold: float
    widening: float

    def draw(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """beta_x, se_x, beta_y, se_y of the variants that one split selects."""
        first = rng.standard_normal(len(self.x))
        chosen = np.flatnonzero(np.abs(self.x / self.se_x + self.noise[0, 0] * first) > self.threshold)
        draws = np.vstack([first[chosen], rng.standard_normal((2, len(chosen)))])
        apart_x, apart_y = self.noise[1:] @ draws
        se_x, se_y = self.se_x[chosen], self.se_y[chosen]
        beta_x, beta_y = self.x[chosen] + se_x * apart_x, self.y[chosen] + se_y * apart_y
        return beta_x, self.widening * se_x, beta_y, self.widening * se_y


def _mean(fits: Sequence[Estimate]) -> Estimate:
    """The splits' mean, with the standard error that it has over data sets."""
    beta, se = np.array([(fit.beta, fit.se) for fit in fits]).T
    variance = float(np.mean(se**2) - np.var(beta, ddof=1))
    if variance <= 0.0:
        raise np.linalg.LinAlgError("MR-SimSS: splits vary by more than their standard errors say")
    count = round(float(np.mean([fit.n_instruments for fit in fits])))
    return Estimate(float(np.mean(beta)), math.sqrt(variance), count)


def split_covariance(selection_share: float, error_correlation: float) -> FloatArray:
    """Covariance (3, 3) of the parts' effects around the whole sample's, in its standard errors.

    The parts: selection (exposure), estimation of the exposure, estimation of the outcome. A part with a
    share f of the people differs from the whole by a variance of 1/f - 1; two parts covary by -1 times the
    correlation of their traits, which makes the parts themselves independent.
    """
    half = (1.0 - selection_share) / 2.0
    traits = np.ones((3, 3))
    traits[2, :2] = traits[:2, 2] = error_correlation
    return np.diag([1.0 / selection_share, 1.0 / half, 1.0 / half]) - traits
