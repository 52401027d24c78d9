"""The registry of external files, resources/datasets.tsv: one row for each file that is not a trait's."""

from __future__ import annotations

import re

from scripts.download.found import near
from scripts.download.remote import Remote
from scripts.download.settings import Settings
from scripts.download.tables import rows_of
from scripts.source.error import SourceError

COLUMNS = ("id", "study", "version", "urls", "bytes", "checksum", "licence", "terms", "origin")
CHECKSUM = re.compile(r"(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})?")


def registry(settings: Settings) -> dict[str, dict[str, str]]:
    """The rows by id."""
    try:
        content = settings.datasets.read_bytes()
    except OSError as error:
        raise SourceError(
            f"the registry of files {settings.datasets} cannot be read: {error.strerror}"
        ) from None
    return {row["id"]: row for row in rows_of(content, str(settings.datasets), COLUMNS)}


def dataset(name: str, member: str, settings: Settings) -> Remote:
    """A file of the registry, or one file of it where it is an archive."""
    rows = registry(settings)
    row = rows.get(name)
    if row is None:
        raise SourceError(f"{settings.datasets} has no dataset {name}{near(name, rows)}")
    urls = tuple(url.strip() for url in row["urls"].split("|") if url.strip())
    if not urls and f"dataset:{name}" not in settings.local:
        raise SourceError(
            f"dataset {name} has no address to download it from ({row['origin']}): name your copy in "
            f"`fetch.local`, as `dataset:{name}: /path/to/it`"
        )
    if not CHECKSUM.fullmatch(row["checksum"]):
        raise SourceError(f"{settings.datasets}: dataset {name} has the checksum '{row['checksum']}'")
    return Remote(
        urls=urls or (f"dataset:/{name}",),
        checksum=row["checksum"],
        n_bytes=int(row["bytes"]) if row["bytes"] else None,
        member=member,
        key=f"dataset:{name}",
        shared=True,
    )
