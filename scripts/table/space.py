"""Free space on a disk, which a run stops to leave rather than fill."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

VARIABLE = "MRSCAPE_LEAVE_FREE"  # bytes, for every job of a run; it is no param of a rule
GB = 1e9
FULL = (errno.ENOSPC, errno.EDQUOT)
WHAT_TO_DO = (
    "What is finished stays: make room (`fetch.keep_raw: false` needs less, `fetch.folder` may be on another "
    "disk), then run the same command again"
)


class DiskFull(Exception):
    """Less free space than is to be left; the message says what to do."""


def leave_free(gigabytes: float) -> None:
    """Tell this process, and all that it starts, how much to leave free."""
    os.environ[VARIABLE] = str(round(gigabytes * GB))


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a folder, or of the nearest one above that exists."""
    return shutil.disk_usage(_there(folder)).free


def same_disk(first: Path, second: Path) -> bool:
    """Whether two folders, or the nearest ones above that exist, are on one disk."""
    return _there(first).stat().st_dev == _there(second).stat().st_dev


def _there(folder: Path) -> Path:
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())


def check_space(folder: Path, more: int = 0) -> None:
    """Raise DiskFull where writing `more` bytes below `folder` would leave less than is to be left free."""
    free, reserve = free_bytes(folder), int(os.environ.get(VARIABLE, "0"))
    if free - more < reserve:
        wanted = f"{more / GB:.2f} GB are to come and " if more else ""
        raise DiskFull(
            f"the disk of {folder.absolute()} is nearly full: {free / GB:.2f} GB are free, {wanted}"
            f"{reserve / GB:.2f} GB are to be left (`disk.reserve_gb`). {WHAT_TO_DO}"
        )


def told(error: Exception) -> str:
    """What an error says; one of a full or read-only disk with what to do."""
    number = error.errno if isinstance(error, OSError) else None
    if number in FULL:
        return f"the disk is full ({error}). {WHAT_TO_DO}"
    if number == errno.EROFS:
        return f"nothing can be written there ({error}). Make it writable, then run the same command again"
    return str(error)
