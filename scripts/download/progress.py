"""Progress of a transfer: a bar for people at a terminal, and a plain line now and then in the log."""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

from scripts.download.words import size

WIDTH = 30  # characters of the bar
SHARE, SECONDS = 0.10, 30.0  # between two lines of the log
REDRAW = 0.2  # seconds


@dataclass(slots=True)
class Meter:
    """Counts the bytes of one file as they come; `total` may be unknown."""

    name: str
    total: int | None = None
    terminal: TextIO | None = field(default_factory=lambda: sys.stderr if sys.stderr.isatty() else None)
    done: int = 0
    logged: int = 0
    logged_at: float = field(default_factory=time.monotonic)
    drawn_at: float = 0.0

    def start(self, done: int, total: int | None) -> None:
        """A transfer begins, or goes on, after `done` bytes."""
        self.done, self.logged, self.total = done, done, total
        logging.info("%s: %s", self.name, f"{'goes on' if done else 'begins'}, {self._amount()}")

    def add(self, n_bytes: int) -> None:
        """So many bytes more."""
        self.done += n_bytes
        now = time.monotonic()
        if self.terminal and now - self.drawn_at >= REDRAW:
            self._draw(now)
        enough = self.total is not None and self.done - self.logged >= SHARE * self.total
        if enough or now - self.logged_at >= SECONDS:
            self.logged, self.logged_at = self.done, now
            logging.info("%s: %s", self.name, self._amount())

    def close(self) -> None:
        """The transfer is over: the bar goes, the log has the last line."""
        if self.terminal and self.drawn_at:
            self.terminal.write("\r\x1b[K")
            self.terminal.flush()
        logging.info("%s: %s, transfer over", self.name, self._amount())

    def _amount(self) -> str:
        if not self.total:
            return size(self.done)
        return f"{size(self.done)} of {size(self.total)} ({100 * self.done / self.total:.0f}%)"

    def _draw(self, now: float) -> None:
        assert self.terminal is not None
        filled = round(WIDTH * min(self.done / self.total, 1.0)) if self.total else 0
        bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] " if self.total else ""
        self.terminal.write(f"\r\x1b[K{bar}{self._amount()} {self.name}"[:120])
        self.terminal.flush()
        self.drawn_at = now
