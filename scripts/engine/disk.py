"""Whether the disk will do: what a run is going to write, and when it must stop before the disk is full."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.table.files import read_note

VARIABLE = "MRSCAPE_DISK"  # the space to leave free in bytes, set for every job of a run
RESULT_SHARE = 0.1  # of a compressed file of summary statistics: what is kept of it in results/ (measured)


class DiskFull(Exception):
    """There is less free space than the study wants to be left; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a run is going to write, in bytes: downloads if they are kept, the most at a time if not, results."""

    files: int
    kept: int
    at_once: int
    results: int

    def text(self, keep: bool, free: int) -> str:
        """One line for people."""
        kept, passing = size(self.kept + self.results), size(self.at_once + self.results)
        choice = "downloads are kept" if keep else "downloads go once they were read"
        return (
            f"To fetch: {self.files:,} files. Disk needed: about {kept} where downloads are kept, {passing} where "
            f"they are not (fetch.keep_raw); here {choice}, and {size(free)} are free."
        )

    def total(self, keep: bool) -> int:
        """Bytes, with or without keeping what was downloaded."""
        return self.results + (self.kept if keep else self.at_once)


def need_of(
    remote: Mapping[str, int], receipts: Path, typical: int, side_by_side: int, exposures: Iterable[str]
) -> Need:
    """What is left to fetch of traits with so many remote files each.

    The size of a file is the mean of those that came (by their `receipts`), or `typical` bytes before.
    `side_by_side`: downloads that may be here at a time; files of other traits than exposures are kept.
    """
    sizes = [file["bytes"] for trait in remote for file in _files(receipts / f"{trait}.json")]
    left = {trait: files for trait, files in remote.items() if not (receipts / f"{trait}.json").exists()}
    mean = round(sum(sizes) / len(sizes)) if sizes else typical
    count, passing = sum(left.values()), set(exposures)
    stay = sum(files for trait, files in left.items() if trait not in passing)
    at_once = mean * (stay + min(count - stay, side_by_side))
    return Need(count, mean * count, at_once, round(RESULT_SHARE * mean * count))


def _files(receipt: Path) -> list[dict[str, Any]]:
    files = read_note(receipt).get("files", [])
    return files if isinstance(files, list) else []


def leave_free(reserve: int) -> None:
    """Tell every process that this one starts how many bytes to leave free."""
    os.environ[VARIABLE] = json.dumps(reserve)


def check_space(folder: Path, more: int = 0) -> None:
    """Raise DiskFull where `more` bytes below `folder` would leave less free space than is wanted."""
    reserve = int(os.environ.get(VARIABLE, 0))
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free - more < reserve:
        wanted = f"{size(more)} more are needed and " if more else ""
        raise DiskFull(
            f"the disk of {there.resolve()} is nearly full: {size(free)} are free, {wanted}{size(reserve)} are to be "
            "left (disk.reserve_gb). What is finished stays: make room (or set `fetch.keep_raw: false`, or name "
            "another `fetch.folder`), then run the same command again"
        )


def size(n_bytes: float) -> str:
    """Bytes in the words of people, e.g. 1.4 GB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if n_bytes < 1000 or unit == "GB" and n_bytes < 1e6:
            break
        n_bytes /= 1000
    return f"{n_bytes:,.0f} {unit}" if unit == "bytes" or n_bytes >= 100 else f"{n_bytes:.1f} {unit}"
