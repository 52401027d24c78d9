"""Heterogeneity between instruments: Cochran's Q around IVW, Rucker's Q' around MR-Egger."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.method.arrays import FloatArray
from scripts.method.egger import EggerFit
from scripts.method.estimate import check_instruments
from scripts.method.ivw import IVW_MINIMUM, weighted_slope
from scripts.method.normal import neglog10_p_from_chi2


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """A weighted residual sum of squares `q`, chi-squared with `df` where every instrument is valid."""

    q: float
    df: int

    @property
    def neglog10_p(self) -> float:
        """-log10 of the upper-tail chi-squared P."""
        return float(neglog10_p_from_chi2(self.q, self.df))

    @property
    def i2(self) -> float:
        """Share of the variation beyond chance, (q - df)/q, at least 0 (Higgins & Thompson 2002)."""
        return max(0.0, (self.q - self.df) / self.q) if self.q > 0.0 else 0.0


def q_contributions(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> FloatArray:
    """Each instrument's part of Cochran's Q (n >= 2, shape n): about chi-squared with 1 df if it is valid.

    First-order weights. Raises TooFewInstruments below 2.
    """
    check_instruments(IVW_MINIMUM, len(beta_x))
    slope, _, _ = weighted_slope(beta_x, beta_y, se_y)
    return ((beta_y - slope * beta_x) / se_y) ** 2


def cochran_q(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> Heterogeneity:
    """Cochran's Q of n >= 2 instruments around the IVW estimate, n - 1 df (arrays of length n).

    First-order weights, as TwoSampleMR's mr_heterogeneity. Raises TooFewInstruments below 2.
    """
    check_instruments(IVW_MINIMUM, len(beta_x))
    _, _, q = weighted_slope(beta_x, beta_y, se_y)
    return Heterogeneity(q, len(beta_x) - 1)


def rucker_q(fit: EggerFit) -> Heterogeneity:
    """Rucker's Q' around an MR-Egger fit, n - 2 df (Rucker et al. 2011, doi 10.1093/biostatistics/kxq046)."""
    return Heterogeneity(fit.q, fit.df)
