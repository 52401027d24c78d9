"""Where a trait's files are on this machine, whether they were always here or downloaded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scripts.download.receipt import FetchedFile, FetchReceipt
from scripts.source.error import SourceError
from scripts.source.passes import RawFile
from scripts.table.files import digest_of
from scripts.table.trait import Trait, is_remote


def received(receipts: Sequence[Path]) -> list[FetchReceipt]:
    """What was fetched for a trait: nothing where all its files were always here.

    Raises SourceError with the message of a download that failed.
    """
    return [FetchReceipt.read(receipt) for receipt in receipts]


def at_hand(fetched: Sequence[FetchReceipt]) -> list[FetchReceipt]:
    """The same with every file here: a copy that is gone is downloaded again. Raises SourceError."""
    return [_with_all(receipt) for receipt in fetched]


def located(trait: Trait, paths: Sequence[str], fetched: Sequence[FetchReceipt]) -> list[Path]:
    """Local paths of a trait's files, checked against the trait's checksums, in the order of the trait table.

    `fetched` has what is `at_hand` of the remote ones of `paths`.
    """
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


def by_content(paths: Sequence[str], fetched: Sequence[FetchReceipt]) -> list[RawFile]:
    """A trait's files as they are, remote ones as they were when they came: nothing is downloaded again."""
    copies = _copies(fetched)
    return [
        raw
        for path in paths
        for raw in (
            [RawFile(file.path, file.bytes, file.sha256) for file in copies[path]]
            if is_remote(path)
            else [RawFile.of(Path(path))]
        )
    ]


def described(trait: Trait, fetched: Sequence[FetchReceipt]) -> Trait:
    """The trait with the people and cases that its source gives, where the trait table gives none."""
    if not fetched:
        return trait
    said = fetched[0].metadata
    n = said.n if trait.n is None else trait.n
    n_case = said.n_case if trait.n_case is None else trait.n_case
    if n is not None and n_case is not None and n_case >= n:
        raise SourceError(
            f"trait {trait.id}: {n_case:g} cases among {n:g} people; give both in the trait table"
        )
    return replace(trait, n=n, n_case=n_case)


def discard(fetched: Sequence[FetchReceipt]) -> None:
    """Remove the copies that were this trait's alone; `at_hand` downloads them again when they are needed."""
    for receipt in fetched:
        for file in receipt.files:
            if file.temporary and Path(file.path).exists():
                Path(file.path).unlink()
                logging.info("%s was read and is removed", file.path)


def _copies(fetched: Sequence[FetchReceipt]) -> dict[str, list[FetchedFile]]:
    """The fetched files of each locator, in order."""
    copies: dict[str, list[FetchedFile]] = {}
    for receipt in fetched:
        for file in receipt.files:
            copies.setdefault(file.locator, []).append(file)
    return copies


def _with_all(receipt: FetchReceipt) -> FetchReceipt:
    if all(Path(file.path).exists() for file in receipt.files):
        return receipt
    from scripts.download.again import bring_back  # an HTTP library takes long to load, and few need it

    return bring_back(receipt)


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
