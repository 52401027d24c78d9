"""Where a trait's files are on this machine, whether they were always here or downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.source.error import SourceError
from scripts.source.fetch import fetch
from scripts.table.files import read_json
from scripts.table.trait import Trait, is_url


def located(trait: Trait, paths: Sequence[str], receipts: Sequence[Path]) -> list[Path]:
    """Local paths of a trait's files, checked against the trait's checksums, in the order of the trait table.

    `receipts` holds the receipt of the trait's download where some of `paths` are URLs: it maps each URL to
    its local copy, or carries the message why a file could not be had, which is raised as SourceError.
    """
    copies = {path: copy for receipt in receipts for path, copy in _copies(receipt).items()}
    checksums = trait.sha256 or [None] * len(paths)
    pairs = zip(paths, checksums, strict=True)
    return [Path(copies[path]) if is_url(path) else _checked(path, checksum) for path, checksum in pairs]


def _copies(receipt: Path) -> dict[str, str]:
    content = read_json(receipt)
    if content["message"]:
        raise SourceError(content["message"])
    for path, copy in content["copies"].items():
        if not Path(copy).exists():
            raise SourceError(f"the copy of {path}, {copy}, is gone: delete {receipt} to download it again")
    return dict(content["copies"])


def _checked(path: str, checksum: str | None) -> Path:
    return fetch(path, Path(), checksum).path if checksum else Path(path)
