"""All files of a trait brought here, checked, and written down in a receipt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scripts.download.found import Found
from scripts.download.locator import resolve
from scripts.download.receipt import FetchedFile, FetchReceipt, merged
from scripts.download.remote import Remote
from scripts.download.settings import Settings
from scripts.download.store import Kept, Missing, Store
from scripts.source.detect import looks_like_table
from scripts.source.error import SourceError
from scripts.source.readers import check_header
from scripts.source.sidecar import Metadata
from scripts.table.trait import Trait, is_remote


def fetch_trait(trait: Trait, paths: Sequence[str], catalog: str, settings: Settings) -> FetchReceipt:
    """Fetch the remote ones of a trait's paths; raises SourceError where one cannot be had or read.

    A checksum of the trait table is that of the first file of its path.
    """
    store = Store(settings)
    checksums = trait.sha256 or ("",) * len(paths)
    files: list[FetchedFile] = []
    said: list[Metadata] = []
    for path, checksum in zip(paths, checksums, strict=True):
        if is_remote(path):
            found, kept = _had(path, checksum, store, catalog)
            files += [_fetched(path, *one) for one in zip(found.remotes, kept, strict=True)]
            said.append(found.metadata)
    metadata = merged(said)
    _compare(trait, metadata)
    _readable(trait, paths, files)
    return FetchReceipt("", catalog, tuple(files), metadata)


def _had(path: str, checksum: str | None, store: Store, catalog: str) -> tuple[Found, list[Kept]]:
    try:
        found = with_checksum(resolve(path, store, catalog), checksum)
        return found, [store.get(remote) for remote in found.remotes]
    except Missing:
        raise SourceError(
            f"{path} is not here and the run is offline: fetch it where there is a network, with the target "
            "fetch_only"
        ) from None


def with_checksum(found: Found, sha256: str | None) -> Found:
    """The same files, the first of which must have this SHA-256 digest."""
    if not sha256:
        return found
    first, *others = found.remotes
    known = replace(first, checksum=f"sha256:{sha256}", n_bytes=None)
    return Found((known, *others), found.metadata)


def _fetched(locator: str, remote: Remote, kept: Kept) -> FetchedFile:
    temporary = kept.own and not remote.shared
    return FetchedFile(locator, str(kept.path), kept.n_bytes, kept.sha256, temporary)


def _compare(trait: Trait, metadata: Metadata) -> None:
    """Say where the source and the trait table disagree; which is right, quality control shows."""
    for name in ("n", "n_case", "build"):
        own, said = getattr(trait, name), getattr(metadata, name)
        if own is not None and said is not None and own != said:
            logging.warning("trait %s: `%s` is %s, but its source says %s", trait.id, name, own, said)


def _readable(trait: Trait, paths: Sequence[str], files: Sequence[FetchedFile]) -> None:
    """Check the headers. What is no table is not kept; a table stays: the row of the trait may be wrong."""
    by_locator: dict[str, list[Path]] = {}
    for file in files:
        by_locator.setdefault(file.locator, []).append(Path(file.path))
    whole = [copy for path in paths for copy in by_locator.get(path, [Path(path)])]
    try:
        check_header(whole, trait)
    except SourceError:
        for file in files:
            if file.temporary and not looks_like_table(Path(file.path)):
                Path(file.path).unlink(missing_ok=True)
        raise
