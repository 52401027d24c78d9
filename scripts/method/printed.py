"""Whether a published number can be had from published data, when both were rounded in print.

A printed number stands for every number that is printed so. What rounding of the data alone can move a
result by is reckoned to first order; what it cannot explain is an error in print, in the data or in the
result, and changes of a single datum show which would mend it. In the spirit of the granularity tests of
Brown & Heathers 2017, doi 10.1177/1948550616673876, with derivatives in place of enumeration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray

Numbers = Callable[[FloatArray], FloatArray]  # of data of length k, results of length m


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed, and half a unit of its last digit; `below`: it was printed as less than that."""

    text: str
    value: float
    half: float
    below: bool

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest number that are printed so."""
        return (-np.inf if self.below else self.value - self.half), self.value + self.half * (not self.below)

    def missed_by(self, result: float) -> float:
        """How far a result is from everything that is printed so; 0 where it would be printed so."""
        if self.below:
            return max(0.0, result - self.value)
        slack = 1e-9 * max(1.0, abs(self.value))  # halves such as 0.125 are rounded either way
        return max(0.0, abs(result - self.value) - self.half - slack)


def as_printed(text: str) -> Printed:
    """A number as it was printed: 0.110, -.37, 1.3E-07 or <0.001. Raises ValueError where it is none."""
    below = text.startswith("<")
    digits = text.removeprefix("<").strip().replace("\N{MINUS SIGN}", "-")
    if not np.isfinite(float(digits)):
        raise ValueError(f"{text} is not a number")
    mantissa, _, exponent = digits.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return Printed(text, float(digits), 0.5 * 10.0**-decimals, below)


def missed_by(printed: Sequence[Printed], results: FloatArray) -> FloatArray:
    """By how much each result misses what was printed; NaN where there is no result."""
    pairs = zip(printed, results, strict=True)
    return np.array([one.missed_by(result) if np.isfinite(result) else np.nan for one, result in pairs])


def rounding_reach(numbers: Numbers, data: FloatArray, half: FloatArray) -> FloatArray:
    """The most that data which are off by up to `half` (k) can move each result (m), to first order."""
    steps = np.diag(half)[half > 0.0]
    if not len(steps):
        return np.zeros(len(numbers(data)))
    moves = [np.abs(numbers(data + step) - numbers(data - step)) / 2.0 for step in steps]
    return np.asarray(np.sum(moves, axis=0))


def restoring_values(
    numbers: Numbers,
    data: FloatArray,
    index: int,
    candidates: FloatArray,
    printed: Sequence[Printed],
    reach: FloatArray,
) -> FloatArray:
    """The candidates for data[index] with which every result is as printed, within the data's rounding."""
    return candidates[[_restores(numbers, data, index, value, printed, reach) for value in candidates]]


def candidate_values(value: float, decimals: int, most: float) -> FloatArray:
    """What a datum may have been before it was misprinted: all numbers of as many decimals up to `most` away.

    With a wrong sign, or a point one place to the left or right, besides. The nearest first.
    """
    unit = 10.0**-decimals
    steps = np.arange(1, round(most / unit) + 1)
    near = value + unit * np.column_stack([-steps, steps]).ravel()
    slips = np.array([-value, 10.0 * value, value / 10.0])
    return np.round(np.concatenate([near, slips[np.abs(slips - value) > most]]), decimals)


def _restores(
    numbers: Numbers,
    data: FloatArray,
    index: int,
    value: float,
    printed: Sequence[Printed],
    reach: FloatArray,
) -> bool:
    changed = data.copy()
    changed[index] = value
    return bool(
        np.all(missed_by(printed, numbers(changed)) <= reach)
    )  # a result that is NaN restores nothing


def broken_ties(values: FloatArray, most: int = 24) -> list[FloatArray]:
    """The values, and copies in which printed numbers that are tied are told apart in every order.

    Rounding ties what was not tied. At most `most` copies: nothing is broken where there would be more.
    """
    groups, copies = _ties(values), [values]
    if not groups or prod(factorial(int(np.sum(tied))) for tied in groups) > most:
        return copies
    for tied in groups:
        copies = [broken for copy in copies for broken in _orders(copy, tied)]
    return [values, *copies]


def _ties(values: FloatArray) -> list[BoolArray]:
    found, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    return [values == value for value in found[counts > 1]]


def _orders(values: FloatArray, tied: BoolArray) -> list[FloatArray]:
    """One copy for each order of the tied values, moved by less than what separates any two others."""
    places = np.flatnonzero(tied)
    gaps = np.diff(np.unique(values[np.isfinite(values)]))
    unit = float(np.min(gaps, initial=1.0)) / (2.0 * len(places))
    copies = []
    for order in permutations(range(len(places))):
        copy = values.copy()
        copy[places] += unit * (np.array(order) - (len(places) - 1) / 2.0)
        copies.append(copy)
    return copies
