"""A file that is elsewhere, as the one who asks for it knows it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from scripts.download.words import host_of, public, split
from scripts.source.error import SourceError


@dataclass(frozen=True, slots=True)
class Remote:
    """Addresses of one file in order of preference, and what is known of it.

    `checksum` is `md5:...` or `sha256:...`, `n_bytes` its size, `least_rows` the fewest lines that are
    plausible; each may be empty. `sign` gives a link that serves the first address for a while, in place of
    the address. `member` is the file wanted of an archive. `place` names the copy below the folder of
    downloads. `shared`: many traits need it.
    """

    urls: tuple[str, ...]
    checksum: str = ""
    n_bytes: int | None = None
    least_rows: int = 0
    sign: Callable[[], str] | None = None
    member: str = ""
    key: str = ""
    shared: bool = False

    @property
    def place(self) -> str:
        """Where the copy lies below the folder of downloads: host and path of the first address."""
        return place_of(self.urls[0])

    @property
    def names(self) -> tuple[str, ...]:
        """What `fetch.local` may call it."""
        return (self.key, *self.urls) if self.key else self.urls


def place_of(url: str) -> str:
    """Host and path of an address as a relative path; a query becomes a few letters of its digest."""
    parts = split(url)
    host = host_of(url).replace(":", "_") or parts.scheme
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if parts.path.endswith("/") or not steps:
        steps.append("index.html")
    if any(step in (".", "..") or "/" in step or "\0" in step for step in (host, *steps)):
        raise SourceError(f"{public(url)} is not an address that names a file")
    if parts.query:
        steps[-1] = f"{hashlib.sha256(parts.query.encode()).hexdigest()[:8]}.{steps[-1]}"
    return "/".join([host, *(re.sub(r"^[.~-]", "_", step) for step in steps)])
