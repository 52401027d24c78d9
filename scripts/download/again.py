"""Copies that were removed after they were read, downloaded once more when a step needs them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripts.download.fetch import with_checksum
from scripts.download.locator import resolve
from scripts.download.receipt import FetchedFile, FetchReceipt
from scripts.download.settings import Settings
from scripts.download.store import Kept, Missing, Store
from scripts.source.error import SourceError


def bring_back(receipt: FetchReceipt) -> FetchReceipt:
    """The receipt with all its files here: what is gone is downloaded again.

    It must be the same, since the study's other steps rest on it. It may lie elsewhere now: the folder of
    downloads or the server can have changed since.
    """
    gone = {file.locator for file in receipt.files if not Path(file.path).exists()}
    store = Store(Settings.from_environment())
    files: list[FetchedFile] = []
    for locator in dict.fromkeys(file.locator for file in receipt.files):
        known = [file for file in receipt.files if file.locator == locator]
        files += _again(known, receipt.catalog, store) if locator in gone else known
    return replace(receipt, files=tuple(files))


def _again(files: list[FetchedFile], catalog: str, store: Store) -> list[FetchedFile]:
    """The files of one locator, where they are now."""
    locator = files[0].locator
    try:
        found = with_checksum(resolve(locator, store, catalog), files[0].sha256)
        return [_same(file, store.get(remote)) for file, remote in zip(files, found.remotes, strict=True)]
    except Missing as error:
        raise SourceError(
            f"{locator} is not here any more and the run is offline: fetch it where there is a network, "
            "with the target fetch_only"
        ) from error


def _same(file: FetchedFile, kept: Kept) -> FetchedFile:
    """The file at its present place; one that the user has (`fetch.local`) is never removed."""
    if file.sha256 != kept.sha256:
        raise SourceError(
            f"{file.locator} is another file by now: delete {file.path} and its receipt to use it"
        )
    return replace(file, path=str(kept.path), temporary=file.temporary and kept.own)
