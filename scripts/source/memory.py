"""Memory that is free but still the process's own."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def hand_back() -> None:
    """Give freed memory back to the system where its C library has a call for that, as glibc has.

    Blocks of rows come and go between what is kept of them, and leave holes that nothing large fits into.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
