"""Which of many whole numbers are in a set, asked millions of times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import BoolArray, IntArray

MIX = np.int64(0x9E3779B1)
SMALLEST, LARGEST = 2**16, 2**24  # bytes


@dataclass(frozen=True, slots=True)
class Sieve:
    """A set of whole numbers. Most that are not in it fall through a table of marks, without a search.

    The mark of a place is near those of its neighbours, so that a sorted file asks memory that is at hand.
    """

    marks: BoolArray
    ascending: npt.NDArray[Any]

    @classmethod
    def of(cls, values: npt.NDArray[Any]) -> Self:
        """The set of these values; an ascending array is held as it is, not copied."""
        size = min(max(2 ** int(8 * len(values)).bit_length(), SMALLEST), LARGEST)
        marks = np.zeros(size, dtype=bool)
        marks[_mark(values, size)] = True
        return cls(marks, values if (values[1:] >= values[:-1]).all() else np.sort(values))

    def has(self, values: npt.NDArray[Any]) -> BoolArray:
        """For each value, whether it is in the set."""
        found = self.marks[_mark(values, len(self.marks))]
        may = np.flatnonzero(found)
        if len(may):
            at = np.minimum(np.searchsorted(self.ascending, values[may]), len(self.ascending) - 1)
            found[may] = self.ascending[at] == values[may]
        return found


def _mark(values: npt.NDArray[Any], size: int) -> IntArray:
    bits = values.view(np.int64)
    return np.asarray((bits + (bits >> np.int64(32)) * MIX) & np.int64(size - 1), dtype=np.int64)
