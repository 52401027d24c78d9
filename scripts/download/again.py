"""Copies that were removed after they were read, downloaded once more when a step needs them."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.download.fetch import with_checksum
from scripts.download.locator import resolve
from scripts.download.receipt import FetchedFile, FetchReceipt
from scripts.download.settings import Settings
from scripts.download.store import Missing, Store
from scripts.source.error import SourceError


def bring_back(receipt: FetchReceipt, gone: Sequence[FetchedFile]) -> None:
    """Download again what is gone; it must be the same, since the study's other steps rest on it."""
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
