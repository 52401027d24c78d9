"""A sample of a file's clean rows, the same however the file is read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

LIMIT = 250_000  # rows; a median of so many has a relative standard error of 0.3 %


@dataclass(slots=True)
class Sample:
    """Every `stride`-th clean row; the stride is the smallest power of two that leaves at most LIMIT rows."""

    stride: int = 1
    seen: int = 0
    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(self, rows: pd.DataFrame) -> None:
        """Take from the next clean rows those whose turn it is."""
        first = -self.seen % self.stride
        taken = rows.iloc[first :: self.stride].copy()  # a view would keep all rows of the block
        self.parts.append(taken.assign(number=self._numbers(len(rows), first)))
        self.seen += len(rows)
        while sum(map(len, self.parts)) > LIMIT:
            self.stride *= 2
            self.parts = [part[part["number"] % self.stride == 0] for part in self.parts]

    def _numbers(self, n_rows: int, first: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.arange(self.seen + first, self.seen + n_rows, self.stride, dtype=np.int64)

    def rows(self) -> pd.DataFrame:
        """The sample, with alleles as categories."""
        whole = pd.concat(self.parts, ignore_index=True).drop(columns="number")
        return whole.astype(dict.fromkeys(("effect_allele", "other_allele"), "category"))
