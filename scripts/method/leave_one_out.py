"""Leave-one-out IVW in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import check_instruments, confidence_quantile
from scripts.method.ivw import ivw, weighted_slope
from scripts.method.normal import neglog10_p_from_z

LEAVE_ONE_OUT_MINIMUM = 3


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """IVW estimates without each variant in turn, in the order given, then that of all variants ('All').

    Both arrays have n + 1 entries; P is normal.
    """

    beta: FloatArray
    se: FloatArray

    @property
    def neglog10_p(self) -> FloatArray:
        """-log10 of the two-sided P of each estimate."""
        return neglog10_p_from_z(self.beta / self.se)

    @property
    def ci_low(self) -> FloatArray:
        """Lower ends of the 95% confidence intervals."""
        return self.beta - confidence_quantile(math.inf) * self.se

    @property
    def ci_high(self) -> FloatArray:
        """Upper ends of the 95% confidence intervals."""
        return self.beta + confidence_quantile(math.inf) * self.se


def leave_one_out(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> LeaveOneOut:
    """Multiplicative IVW of n >= 3 instruments without each of them (arrays of length n), in O(n).

    Each standard error has its own floor, max(1, sigma) with n - 2 df, as TwoSampleMR's mr_leaveoneout.
    Raises TooFewInstruments below 3.
    """
    n = len(beta_x)
    check_instruments(LEAVE_ONE_OUT_MINIMUM, n)
    every = ivw(beta_x, beta_y, se_y)
    slope, _, _ = weighted_slope(beta_x, beta_y, se_y)
    weight = 1.0 / se_y**2
    residual = beta_y - slope * beta_x
    information = sum_of_others(weight * beta_x**2)
    # Without variant i the normal equations of the full fit are short of its term, which shifts the slope;
    # refitting the other residuals takes shift^2 x information off their weighted sum of squares.
    shift = -weight * beta_x * residual / information
    q = np.maximum(sum_of_others(weight * residual**2) - shift**2 * information, 0.0)
    se = np.maximum(1.0, np.sqrt(q / (n - 2))) / np.sqrt(information)
    return LeaveOneOut(beta=np.append(slope + shift, every.beta), se=np.append(se, every.se))


def sum_of_others(term: FloatArray) -> FloatArray:
    """For each entry the sum of all others: added up, not subtracted, so a dominant entry costs no digits."""
    before = np.concatenate(([0.0], np.cumsum(term)[:-1]))
    after = np.concatenate((np.cumsum(term[::-1])[::-1][1:], [0.0]))
    return before + after
