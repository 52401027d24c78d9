"""What a locator leads to: the files, and what their source says about them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from scripts.download.remote import Remote
from scripts.source.sidecar import Metadata


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a locator in the order in which a reader takes them, and what the source says of them."""

    remotes: tuple[Remote, ...]
    metadata: Metadata = field(default_factory=Metadata)


def near(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that a server does not have."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"; nearest: {', '.join(close)}" if close else ""
