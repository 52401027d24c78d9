"""Can a printed interval of a proportion mediated hold the error of the total effect beside it?

Arithmetic on published numbers: the delta method of `scripts.method.mediation` gives the least standard error
that a proportion can have, given the total's own (MacKinnon et al. 2007, doi
10.1146/annurev.psych.58.110405.085542). No data are needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from scripts.method.estimate import confidence_quantile
from scripts.method.mediation import STRONG_TOTAL


@dataclass(frozen=True, slots=True)
class Printed:
    """An estimate and its 95% interval as printed, to `decimals` digits after the point."""

    value: float
    low: float
    high: float
    decimals: int

    def corners(self) -> list[tuple[float, float, float]]:
        """Value, low and high at both ends of what rounds to the printed digits."""
        half = 0.5 * 10.0**-self.decimals
        return [
            (self.value + v * half, self.low + lo * half, self.high + hi * half)
            for v, lo, hi in product((-1, 1), repeat=3)
        ]


@dataclass(frozen=True, slots=True)
class ProportionCheck:
    """A printed proportion beside what its total effect allows; standard errors in the proportion's unit.

    `se_printed`: half the printed interval over 1.96. `se_least`: the proportion times the total's relative
    error, what remains if the indirect effect were known exactly. `possible`: whether some numbers that round
    to the printed ones have se_printed >= se_least. `correlation_needed`: least correlation of the errors of
    indirect and total effect with which the interval could be right all the same; 0 where it is possible.
    """

    total_z: float
    se_printed: float
    se_least: float
    possible: bool
    correlation_needed: float

    @property
    def total_is_strong(self) -> bool:
        """Whether a proportion of this total would be printed here."""
        return self.total_z >= STRONG_TOTAL

    @property
    def sentence(self) -> str:
        """The arithmetic and what follows, for readers."""
        least = (
            f"The total effect is {self.total_z:.2f} standard errors from 0, so the proportion has one of at "
            f"least {self.se_least:.3g} even if the indirect effect were known exactly; the "
            f"printed interval has {self.se_printed:.3g}."
        )
        verdict = (
            "The interval can contain the total's own error."
            if self.possible
            else "The interval cannot contain the total's own error"
            f" (unless both effects' errors correlate by {self.correlation_needed:.2f} or more)."
        )
        weak = "" if self.total_is_strong else " No proportion of so weak a total means much."
        return f"{least} {verdict}{weak}"


def check_printed_proportion(proportion: Printed, total: Printed, *, ratio: bool) -> ProportionCheck:
    """Compare a printed proportion (0.418 or 41.8, with its interval) with the total effect beside it.

    `ratio`: the total and its interval are odds or hazard ratios, taken on the log scale. Errors of indirect
    and total effect are taken as uncorrelated, as the two-step method's nearly are. `possible` grants all
    that rounding can. Raises ValueError where an interval does not hold its estimate, or a ratio is not
    above 0.
    """
    for printed in (proportion, total):
        if not printed.low <= printed.value <= printed.high:
            raise ValueError(f"{printed.value} is not within its interval {printed.low} to {printed.high}")
    se_printed = _se(proportion.low, proportion.high)
    relative = _relative_error(total.value, total.low, total.high, ratio)
    se_least = abs(proportion.value) * relative
    kindest = min(_relative_error(*corner, ratio) for corner in total.corners())
    possible = any(_se(low, high) >= abs(value) * kindest for value, low, high in proportion.corners())
    needed = 0.0 if possible else math.sqrt(1.0 - (se_printed / se_least) ** 2)
    return ProportionCheck(1.0 / relative, se_printed, se_least, possible, needed)


def _se(low: float, high: float) -> float:
    """Standard error behind a 95% interval."""
    return (high - low) / (2.0 * confidence_quantile(math.inf))


def _relative_error(value: float, low: float, high: float, ratio: bool) -> float:
    if ratio:
        if min(value, low, high) <= 0.0:
            raise ValueError(f"a ratio is not above 0: {value} ({low} to {high})")
        value, low, high = (math.log(number) for number in (value, low, high))
    return _se(low, high) / abs(value) if value else math.inf
