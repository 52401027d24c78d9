"""What the last pass over an exposure's raw files left, kept by content, so that none is read for nothing.

A raw file may look newer than it is: touched, copied, downloaded again. The outputs of a pass are therefore
kept a second time (as hard links, which take no space) beside a key: a digest of the raw files' contents and
of everything else that the outputs depend on.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.source.error import SourceError
from scripts.table.files import sha256_of, write_text


@dataclass(frozen=True, slots=True)
class RawFile:
    """A raw file by content: where it was, its size in bytes and its SHA-256 digest."""

    path: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path, sha256: str | None = None) -> RawFile:
        """The file as it is now, with its digest where that is known; SourceError where it cannot be read."""
        try:
            return cls(str(path), path.stat().st_size, sha256 or sha256_of(path))
        except FileNotFoundError:
            raise SourceError(f"{path} does not exist") from None
        except IsADirectoryError:
            raise SourceError(f"{path} is a folder, not a file") from None
        except OSError as error:
            raise SourceError(f"{path} cannot be opened: {error.strerror}") from error


def key_of(raw: Iterable[RawFile], made: Iterable[Path], settings: Mapping[str, Any]) -> str:
    """A digest of all that a pass depends on.

    Raw files count by place and content. `made` are tables of the workflow itself, which are written anew
    only when something changed: size and time tell. `settings` are plain values, the code among them.
    """
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in made]
    content = {"raw": [asdict(file) for file in raw], "made": stats, "settings": settings}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def restore(folder: Path, key: str, outputs: Sequence[Path]) -> bool:
    """Put back what a pass of this key left; False where the last one kept in `folder` had another key."""
    kept = [folder / f"{number}" for number in range(len(outputs))]
    known = folder / "key"
    if not (known.is_file() and known.read_text() == key and all(file.is_file() for file in kept)):
        return False
    for file, output in zip(kept, outputs, strict=True):
        _link(file, output)
        os.utime(output)
    return True


def keep(folder: Path, key: str, outputs: Sequence[Path]) -> None:
    """Remember in `folder`, in place of an earlier pass, what this one left."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key").unlink(missing_ok=True)  # first away, last back: a kill in between leaves no wrong claim
    for number, output in enumerate(outputs):
        _link(output, folder / f"{number}")
    write_text(key, folder / "key")


def _link(file: Path, name: Path) -> None:
    name.parent.mkdir(parents=True, exist_ok=True)
    name.unlink(missing_ok=True)
    name.hardlink_to(file)
