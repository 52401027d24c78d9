"""At most so many connections to one host, over all processes that share a folder of downloads."""

from __future__ import annotations

import fcntl
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLL = 0.05  # seconds; with chance, so that waiting processes do not ask in step


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; the kernel frees it when the process dies, however it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def connection(folder: Path, host: str, limit: int) -> Iterator[None]:
    """Hold one of the `limit` places of a host; waits until one is free."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [(folder / f"{host.replace(':', '_')}.{place}").open("w") for place in range(limit)]
    try:
        while not any(_taken(file.fileno()) for file in files):
            time.sleep(POLL * (0.5 + random.random()))
        yield
    finally:
        for file in files:
            file.close()


def _taken(descriptor: int) -> bool:
    """Whether the lock could be had, without waiting; closing the file gives it back."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
