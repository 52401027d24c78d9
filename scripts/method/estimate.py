"""One causal estimate, and what is raised where there are too few instruments for one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from scripts.method.normal import neglog10_p_from_t

CONFIDENCE_TAIL = 0.975


class TooFewInstruments(Exception):
    """Fewer instruments than a method needs; callers turn it into a status, never into a number."""

    def __init__(self, needed: int, found: int) -> None:
        """Keep both counts for the caller's message."""
        super().__init__(f"{needed} instruments are needed, {found} found")
        self.needed = needed
        self.found = found


class TooWeak(Exception):
    """Instruments so weak that a method that corrects for weakness has nothing left."""


class EqualEffects(Exception):
    """Exposure effects all of one size, where a method needs a line through different ones."""


class OnlyOutliers(Exception):
    """Fewer than two instruments are left without those that a method takes for outliers."""


class OneDominates(Exception):
    """One instrument has all the weight, to rounding, where a method compares each with the others."""


def check_instruments(needed: int, found: int) -> None:
    """Raise TooFewInstruments where `found` is below `needed`."""
    if found < needed:
        raise TooFewInstruments(needed, found)


def confidence_quantile(df: float) -> float:
    """Half-width of a 95% interval in standard errors: Student t with `df`, normal where df is inf."""
    return float(special.ndtri(CONFIDENCE_TAIL) if math.isinf(df) else special.stdtrit(df, CONFIDENCE_TAIL))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Effect of the exposure on the outcome, in outcome units per exposure unit.

    P and confidence interval are computed from (beta, se, df), so they cannot disagree. `df` is inf for a
    normal reference distribution, else the degrees of freedom of Student t.
    """

    beta: float
    se: float
    n_instruments: int
    df: float = math.inf

    @property
    def neglog10_p(self) -> float:
        """-log10 of the two-sided P of beta/se."""
        return float(neglog10_p_from_t(self.beta / self.se, self.df))

    @property
    def p(self) -> float:
        """Two-sided P; 0.0 where it underflows a double, which `neglog10_p` does not."""
        return float(10.0**-self.neglog10_p)

    @property
    def ci_low(self) -> float:
        """Lower end of the 95% confidence interval."""
        return self.beta - confidence_quantile(self.df) * self.se

    @property
    def ci_high(self) -> float:
        """Upper end of the 95% confidence interval."""
        return self.beta + confidence_quantile(self.df) * self.se
