"""What a run is going to write, reckoned before its first job."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.table.files import read_note
from scripts.table.space import GB

# What results/ keep of a compressed file of summary statistics: 1.2 million HapMap 3 rows of 25 bytes beside
# some 500 MB, and room to spare.
RESULT_SHARE = 0.1
SHORT = (
    "THIS WILL NOT DO: the run will stop before the disk is full. Make room, let `fetch.folder` be on a "
    "larger disk, or set `fetch.keep_raw` to false where it is true."
)


@dataclass(frozen=True, slots=True)
class Need:
    """Downloads to come, and bytes: with all of them kept, with exposures' removed once read, of results.

    `passing` is `kept` where the run reads no exposure, so that nothing is removed.
    """

    downloads: int
    kept: int
    passing: int
    results: int

    def text(self, keep: bool, free: int, free_for_results: int | None = None) -> str:
        """One line for people; `free_for_results` is None where results are on the disk of the downloads."""
        here = self.kept if keep else self.passing
        if free_for_results is None:
            enough, there = here + self.results <= free, ""
        else:
            enough = here <= free and self.results <= free_for_results
            there = f" for downloads, {free_for_results / GB:,.1f} GB for results"
        line = (
            f"Downloads to come: {self.downloads:,}, {self.kept / GB:,.1f} GB where all are kept, at most "
            f"{self.passing / GB:,.1f} GB at a time where this run removes those of exposures once they are "
            f"read (`fetch.keep_raw`: {str(keep).lower()}). Results to come: {self.results / GB:,.1f} GB. "
            f"Free: {free / GB:,.1f} GB{there}."
        )
        return line if enough else f"{line} {SHORT}"


def need_of(
    fetched: Collection[str],
    read: Collection[str],
    exposures: Collection[str],
    files: Mapping[str, Sequence[str]],
    receipts: Path,
    typical: float,
    side_by_side: int,
) -> Need:
    """What a run is going to write that fetches the traits `fetched` and reads the exposures `read`.

    `files` has those of each remote trait, `exposures` among them; traits of the same files share a download.
    One to come is as large as the mean of its kind (exposures, others) that came, by their `receipts`, or
    `typical` bytes before the first. `side_by_side`: exposures that may be under way at a time.
    """
    of_exposures = {trait: tuple(paths) for trait, paths in files.items() if trait in exposures}
    of_others = {trait: tuple(paths) for trait, paths in files.items() if trait not in exposures}
    exposure_bytes, other_bytes = (
        _mean_size(part, receipts) or typical for part in (of_exposures, of_others)
    )
    n_exposures, n_others = (
        len({part[trait] for trait in fetched if trait in part}) for part in (of_exposures, of_others)
    )
    under_way = min(n_exposures, side_by_side) if read else n_exposures
    kept, passing = (n * exposure_bytes + n_others * other_bytes for n in (n_exposures, under_way))
    results = RESULT_SHARE * len(read) * exposure_bytes
    return Need(n_exposures + n_others, round(kept), round(passing), round(results))


def _mean_size(traits: Mapping[str, tuple[str, ...]], receipts: Path) -> float | None:
    """Mean bytes of the downloads that came; None before the first."""
    sizes = {files: _bytes(receipts / f"{trait}.json") for trait, files in traits.items()}
    came = [size for size in sizes.values() if size]
    return sum(came) / len(came) if came else None


def _bytes(receipt: Path) -> int:
    """Size of a trait's download; 0 where it has none yet."""
    files: list[Mapping[str, int]] = read_note(receipt).get("files", [])
    return sum(file["bytes"] for file in files)
