"""What a run is going to write, reckoned before its first job."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.table.files import read_note
from scripts.table.space import GB

# What results/ keep of a compressed file of summary statistics: 1.2 million HapMap 3 rows of 25 bytes beside
# some 500 MB, and room to spare.
RESULT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Need:
    """Files to fetch, and bytes: with downloads kept, with exposures' removed once read, of results."""

    files: int
    kept: int
    passing: int
    results: int

    def text(self, keep: bool, free: int) -> str:
        """One line for people."""
        with_raw, without = ((part + self.results) / GB for part in (self.kept, self.passing))
        chosen = with_raw if keep else without
        line = (
            f"{self.files:,} traits are to be fetched. The run needs about {with_raw:,.1f} GB of disk where "
            f"downloads are kept and {without:,.1f} GB where those of exposures are not (`fetch.keep_raw`: "
            f"{str(keep).lower()}); {free / GB:,.1f} GB are free."
        )
        short = " THIS WILL NOT DO: the run stops before the disk is full." if chosen > free / GB else ""
        return line + short


def need_of(
    remote: Collection[str], exposures: Collection[str], receipts: Path, typical: float, side_by_side: int
) -> Need:
    """What is left to fetch of the remote traits, exposures among them.

    A trait's download is as large as the mean of those that came (by their `receipts`), or `typical` bytes
    before the first. `side_by_side`: exposures that may be under way at a time.
    """
    came = {trait: _bytes(receipts / f"{trait}.json") for trait in remote}
    sizes = [n_bytes for n_bytes in came.values() if n_bytes]
    mean = sum(sizes) / len(sizes) if sizes else typical
    left = [trait for trait, n_bytes in came.items() if n_bytes is None]
    passing = sum(trait in exposures for trait in left)
    at_once = len(left) - passing + min(passing, side_by_side)
    return Need(
        len(left), round(mean * len(left)), round(mean * at_once), round(RESULT_SHARE * mean * len(left))
    )


def _bytes(receipt: Path) -> int | None:
    """Size of a trait's download; None where it has none yet."""
    files: list[Mapping[str, int]] = read_note(receipt).get("files", [])
    return sum(file["bytes"] for file in files) if files else None
