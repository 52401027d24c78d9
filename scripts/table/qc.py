"""Quality control of one trait: rows read, rows dropped and why, and what the rest look like."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class QcReport:
    """Counts and metrics of one trait.

    `counts` maps every DropReason key to a number of rows; rows_read minus their sum were kept. `metrics`
    maps a name to a number, or None where it cannot be computed (for instance without frequencies).
    """

    trait: str
    rows_read: int
    counts: dict[str, int]
    metrics: dict[str, float | None]

    @property
    def rows_kept(self) -> int:
        """Rows of the standard table."""
        return self.rows_read - sum(self.counts.values())

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The report that `to_json` wrote."""
        return cls(**json.loads(text))
