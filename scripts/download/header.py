"""Whether downloaded files can be read as the trait table says, from their headers alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.source import READERS
from scripts.source.error import SourceError
from scripts.table.trait import Trait


def check_header(paths: Sequence[Path], trait: Trait) -> None:
    """Read the first block of each file; raises SourceError where a needed column is missing."""
    for path in paths:
        if trait.format in READERS and next(READERS[trait.format](path, trait), None) is None:
            raise SourceError(f"{path} has no rows")
