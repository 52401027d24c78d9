"""What printed numbers say of each other: P of an estimate and its interval, adjusted P beside raw P.

Every printed number stands for all numbers that are printed so, and a claim is taken as possible where any of
them makes it so. In the spirit of statcheck (Nuijten et al. 2016, doi 10.3758/s13428-015-0664-2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from scipy import special

from scripts.method.estimate import confidence_quantile
from scripts.method.printed import Printed

Z95 = confidence_quantile(math.inf)
SLACK = 1e-9  # relative: ends that are printed as one number are one number


@dataclass(frozen=True, slots=True)
class Span:
    """All numbers from low to high."""

    low: float
    high: float

    @classmethod
    def of(cls, printed: Printed) -> Self:
        """What is printed so."""
        return cls(*printed.ends)

    @classmethod
    def cut(cls, printed: Printed) -> Self:
        """What is printed so by one who cuts digits off instead of rounding."""
        unit = 2.0 * printed.half
        ends = (printed.value, printed.value + math.copysign(unit, printed.value))
        return cls(min(ends), max(ends))

    @property
    def middle(self) -> float:
        """Halfway."""
        return 0.5 * (self.low + self.high)

    def log(self) -> Span:
        """The logarithms; raises ValueError where a ratio is not above 0."""
        if not self.high > 0.0:
            raise ValueError("a ratio is not above 0")
        return Span(math.log(self.low) if self.low > 0.0 else -math.inf, math.log(self.high))

    def meets(self, other: Span) -> bool:
        """Whether some number is in both."""
        slack = SLACK * max(abs(self.low), abs(other.high), abs(self.high), abs(other.low))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def with_all_of(self, other: Span) -> Span:
        """From the least to the greatest of both."""
        return Span(min(self.low, other.low), max(self.high, other.high))


def se_of_interval(low: Span, high: Span) -> Span:
    """The standard errors that a 95% interval with these ends can have."""
    return Span(max(0.0, high.low - low.high) / (2.0 * Z95), (high.high - low.low) / (2.0 * Z95))


def p_of(estimate: Span, se: Span) -> Span:
    """The two-sided P that an estimate with such a standard error can have, by the normal distribution."""
    least = 0.0 if estimate.low <= 0.0 <= estimate.high else min(abs(estimate.low), abs(estimate.high))
    most = max(abs(estimate.low), abs(estimate.high))
    return Span(
        _two_sided(most / se.low if se.low > 0.0 else math.inf),
        _two_sided(least / se.high if se.high > 0.0 else math.inf),
    )


def _two_sided(z: float) -> float:
    return float(2.0 * special.ndtr(-z))


def adjusted_span(p: Span, n_tests: int | None) -> Span:
    """What Benjamini-Hochberg can make of P as one of n tests: from P itself to n times P, at most 1.

    Bonferroni's is the upper end. Without the number of tests there is none below 1.
    """
    most = 1.0 if n_tests is None else min(1.0, p.high * n_tests)
    return Span(p.low, max(p.low, most))
