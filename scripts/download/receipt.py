"""What is written down about the fetched files of a trait; equal files give equal receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata
from scripts.table.files import read_json, write_json


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file: the locator that it came by, its copy, size in bytes, SHA-256, and who else needs it.

    `temporary`: the copy is this trait's alone and may be removed once it was read.
    """

    locator: str
    path: str
    bytes: int
    sha256: str
    temporary: bool


@dataclass(frozen=True, slots=True)
class FetchReceipt:
    """The files of a trait's remote locators in order, or the message why they could not be had."""

    message: str
    catalog: str
    files: tuple[FetchedFile, ...]
    metadata: Metadata

    def write(self, path: Path) -> None:
        """Write as JSON."""
        files = [asdict(file) for file in self.files]
        content = {"message": self.message, "catalog": self.catalog, "files": files}
        write_json(content | {"metadata": asdict(self.metadata)}, path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote; a download that failed is raised as SourceError."""
        content: dict[str, Any] = read_json(path)
        if content["message"]:
            raise SourceError(content["message"])
        files = tuple(FetchedFile(**file) for file in content["files"])
        return cls("", content["catalog"], files, Metadata(**content["metadata"]))


def merged(parts: Sequence[Metadata]) -> Metadata:
    """What several locators of one trait say together: where they differ (parts of a whole), nothing."""
    names = [field.name for field in fields(Metadata)]
    said = {name: {getattr(part, name) for part in parts} - {None} for name in names}
    return Metadata(**{name: values.pop() for name, values in said.items() if len(values) == 1})
