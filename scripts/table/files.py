"""Files that exist are whole: everything is written beside its name, flushed to disk and renamed."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PART = re.compile(r"\.\d+\..")  # how `atomic` names what is not whole yet: by process and final name


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a hidden path beside `path`; when the block ends well, flush it to disk and rename it to `path`.

    The hidden name ends like the final one, since some writers choose the format by it. A block that raises
    leaves nothing behind and an older `path` untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield part
        _flush(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _flush(path.parent)


def remove_parts(folder: Path) -> None:
    """Remove what killed runs left half written below a folder that nobody else writes to."""
    for path in folder.rglob(".*"):
        if PART.match(path.name):
            path.unlink(missing_ok=True)


def write_json(value: Any, path: Path) -> None:
    """Write plain JSON, indented, keys in the order given; NaN and infinity raise ValueError."""
    write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", path)


def read_json(path: Path) -> Any:
    """What `write_json` wrote."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_note(path: Path) -> dict[str, Any]:
    """The keys of a JSON file that can be done without: none where it is gone or damaged."""
    try:
        content = read_json(path)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def digest_of(path: Path, algorithm: str = "sha256") -> str:
    """The digest of a file's content by sha256 or md5, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 text."""
    with atomic(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
