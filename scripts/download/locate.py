"""Where a trait's files are on this machine, whether they were always here or downloaded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scripts.download.fetch import with_checksum
from scripts.download.locator import resolve
from scripts.download.receipt import FetchedFile, FetchReceipt
from scripts.download.settings import Settings
from scripts.download.store import Missing, Store
from scripts.source.error import SourceError
from scripts.source.passes import RawFile
from scripts.table.files import digest_of
from scripts.table.trait import Trait, is_remote


def located(trait: Trait, paths: Sequence[str], receipts: Sequence[Path]) -> list[Path]:
    """Local paths of a trait's files, checked against the trait's checksums, in the order of the trait table.

    `receipts` holds the receipt of the trait's download where some of `paths` are remote: a copy that is gone
    is downloaded again. Raises SourceError, also with the message of a download that failed.
    """
    fetched = [FetchReceipt.read(receipt) for receipt in receipts]
    for receipt in fetched:
        _bring_back(receipt)
    copies = _copies(fetched)
    checksums = trait.sha256 or [None] * len(paths)
    pairs = zip(paths, checksums, strict=True)
    return [
        copy
        for path, checksum in pairs
        for copy in (
            [Path(file.path) for file in copies[path]]
            if is_remote(path)
            else [_checked(Path(path), checksum)]
        )
    ]


def by_content(paths: Sequence[str], receipts: Sequence[Path]) -> list[RawFile]:
    """A trait's files as they are, or as they were when they were fetched: nothing is downloaded again."""
    copies = _copies([FetchReceipt.read(receipt) for receipt in receipts])
    return [
        raw
        for path in paths
        for raw in ([_raw(file) for file in copies[path]] if is_remote(path) else [RawFile.of(Path(path))])
    ]


def described(trait: Trait, receipts: Sequence[Path]) -> Trait:
    """The trait with the people and cases that its source gives, where the trait table gives none."""
    if not receipts:
        return trait
    said = FetchReceipt.read(receipts[0]).metadata
    n = said.n if trait.n is None else trait.n
    n_case = said.n_case if trait.n_case is None else trait.n_case
    if n is not None and n_case is not None and n_case >= n:
        raise SourceError(
            f"trait {trait.id}: {n_case:g} cases among {n:g} people; give both in the trait table"
        )
    return replace(trait, n=n, n_case=n_case)


def discard(receipts: Sequence[Path]) -> None:
    """Remove the copies that were this trait's alone; `located` downloads them again when they are needed."""
    for receipt in receipts:
        for file in FetchReceipt.read(receipt).files:
            if file.temporary and Path(file.path).exists():
                Path(file.path).unlink()
                logging.info("%s was read and is removed", file.path)


def _copies(receipts: Sequence[FetchReceipt]) -> dict[str, list[FetchedFile]]:
    """The fetched files of each locator, in order."""
    copies: dict[str, list[FetchedFile]] = {}
    for receipt in receipts:
        for file in receipt.files:
            copies.setdefault(file.locator, []).append(file)
    return copies


def _raw(file: FetchedFile) -> RawFile:
    path = Path(file.path)
    return RawFile.of(path) if path.exists() else RawFile(file.path, file.bytes, file.sha256)


def _bring_back(receipt: FetchReceipt) -> None:
    """Download again what is gone; it must be the same, since the study's other steps rest on it."""
    gone = [file for file in receipt.files if not Path(file.path).exists()]
    store = Store(Settings.from_environment())
    for locator in dict.fromkeys(file.locator for file in gone):
        files = [file for file in receipt.files if file.locator == locator]
        try:
            found = with_checksum(resolve(locator, store, receipt.catalog), files[0].sha256)
            for file, remote in zip(files, found.remotes, strict=True):
                _same(file, store.get(remote).sha256)
        except Missing as error:
            raise SourceError(
                f"{locator} is not here any more and the run is offline: fetch it where there is a network, "
                "with the target fetch_only"
            ) from error


def _same(file: FetchedFile, sha256: str) -> None:
    if file.sha256 != sha256:
        raise SourceError(
            f"{file.locator} is another file by now: delete {file.path} and its receipt to use it"
        )


def _checked(path: Path, checksum: str | None) -> Path:
    """A local file; where the trait table has its checksum, the two must agree."""
    if checksum and not path.is_file():
        raise SourceError(f"{path} does not exist")
    if checksum and (digest := digest_of(path)) != checksum.lower():
        raise SourceError(
            f"{path}: its SHA-256 is {digest}, expected {checksum.lower()}; the file is not the one that the "
            "trait table means, or it is damaged"
        )
    return path
