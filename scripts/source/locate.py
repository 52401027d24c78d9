"""Where a trait's files are on this machine, whether they were always here or downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.source.error import SourceError
from scripts.table.files import read_json


def located(paths: Sequence[str], receipts: Sequence[Path]) -> list[Path]:
    """Local paths of a trait's files, in the order of the trait table.

    `receipts` holds the receipt of the trait's download where some of `paths` are URLs: it maps each URL to
    its local copy, or carries the message why a file could not be had, which is raised as SourceError.
    """
    copies: dict[str, str] = {}
    for receipt in map(read_json, receipts):
        if receipt["message"]:
            raise SourceError(receipt["message"])
        copies |= receipt["copies"]
    return [Path(copies.get(path, path)) for path in paths]
