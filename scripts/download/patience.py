"""How long a server is waited for, how the waits grow, and what is tried again."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from scripts.source.error import SourceError

PASSING = (408, 425, 429, 500, 502, 503, 504)  # of HTTP: a later try may succeed
T = TypeVar("T")


class Broken(Exception):
    """A failure that a later try may mend; `wait` is what the server asked for (seconds)."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        """Keep the reason, in words for people."""
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of one download; times in seconds.

    `tries` are failures in a row before giving up; one after which at least `progress_bytes` came is the
    first of a new row. A transfer slower than `progress_bytes` in `stall` is broken off and counts as a
    failure. `longest_wait` is the longest Retry-After that is obeyed: a server that asks for more is left
    alone.
    """

    tries: int = 6
    first_wait: float = 1.0
    largest_wait: float = 60.0
    longest_wait: float = 900.0
    connect: float = 30.0
    read: float = 60.0
    stall: float = 120.0
    progress_bytes: int = 1 << 16
    redirects: int = 8
    sleep: Callable[[float], None] = field(default=time.sleep, compare=False)
    jitter: Callable[[], float] = field(default=random.random, compare=False)

    def backoff(self, failures: int) -> float:
        """Seconds before the next try after so many failures: doubled each time, half of it by chance."""
        longest = min(self.first_wait * 2.0 ** (failures - 1), self.largest_wait)
        return longest * (0.5 + 0.5 * self.jitter())


def persist(attempt: Callable[[], T], came: Callable[[], int], patience: Patience) -> T:
    """What `attempt` returns, tried again as long as patience lasts; `came` counts the bytes here so far."""
    failures = 0
    while True:
        before = came()
        try:
            return attempt()
        except Broken as broken:
            failures = 1 if came() - before >= patience.progress_bytes else failures + 1
            if broken.wait > patience.longest_wait:
                raise SourceError(
                    f"{broken} and asks to be left alone for {broken.wait:.0f} s: run the same command later"
                ) from None
            if failures >= patience.tries:
                raise SourceError(f"{broken}; given up after {failures} tries in a row") from None
            wait = max(patience.backoff(failures), broken.wait)
            logging.warning("%s; next try in %.1f s", broken, wait)
            patience.sleep(wait)
