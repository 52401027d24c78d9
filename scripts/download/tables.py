"""Tab-separated documents of servers, with the columns that are needed checked."""

from __future__ import annotations

import csv
import io

from scripts.download.words import page_words
from scripts.source.error import SourceError


def rows_of(document: bytes, what: str, needed: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The rows of a table with a header, whose names may begin with #. Raises SourceError if it is none."""
    text = document.decode("utf-8-sig", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    reader.fieldnames = [name.strip().lstrip("#") for name in reader.fieldnames or []]
    lacking = [name for name in needed if name not in reader.fieldnames]
    if lacking:
        raise SourceError(
            f"{what} has no column {' and no column '.join(lacking)}; it begins: {page_words(document[:400])}"
        )
    return [{name: value or "" for name, value in row.items() if name} for row in reader]


def number(text: str | None) -> float | None:
    """A positive number, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None
