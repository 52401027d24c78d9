"""Progress of a transfer: a bar for people at a terminal, and a plain line now and then in the log."""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import dataclass, field
from typing import Any, TextIO

from tqdm import tqdm

from scripts.download.words import size

SHARE, SECONDS = 0.10, 30.0  # between two lines of the log
BYTES: dict[str, Any] = {"unit": "B", "unit_scale": True}


@dataclass(slots=True)
class Meter:
    """Counts the bytes of one file as they come; `total` may be unknown. No bar without a `terminal`."""

    name: str
    total: int | None = None
    terminal: TextIO | None = field(default_factory=lambda: sys.stderr if sys.stderr.isatty() else None)
    done: int = 0
    logged: int = 0
    logged_at: float = field(default_factory=time.monotonic)
    bar: tqdm[Any] | None = None

    def start(self, done: int, total: int | None) -> None:
        """A transfer begins, or goes on, after `done` bytes."""
        self.done, self.logged, self.total = done, done, total
        if self.terminal:
            self.bar = tqdm(None, self.name, total, leave=False, file=self.terminal, initial=done, **BYTES)
        logging.info("%s: %s, %s", self.name, "goes on" if done else "begins", self._amount())

    def add(self, n_bytes: int) -> None:
        """So many bytes more."""
        self.done += n_bytes
        if self.bar is not None:
            self.bar.update(n_bytes)
        now = time.monotonic()
        enough = self.total is not None and self.done - self.logged >= SHARE * self.total
        if enough or now - self.logged_at >= SECONDS:
            self.logged, self.logged_at = self.done, now
            logging.info("%s: %s", self.name, self._amount())

    def close(self) -> None:
        """The transfer is over: the bar goes, the log has the last line."""
        if self.bar is not None:
            self.bar.close()
        logging.info("%s: %s, transfer over", self.name, self._amount())

    def _amount(self) -> str:
        if not self.total:
            return size(self.done)
        return f"{size(self.done)} of {size(self.total)} ({100 * self.done / self.total:.0f}%)"
