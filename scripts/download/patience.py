"""How long a server is waited for, and how the waits grow."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field


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
