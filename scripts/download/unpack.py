"""A file of the store under a name of the study."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from isal import igzip

from scripts.source.lines import GZIP
from scripts.table.files import atomic


def link_or_unpack(kept: Path, target: Path) -> None:
    """Make `target` a link to the copy; where that is gzip, its content (names say nothing of packing)."""
    with atomic(target) as part, kept.open("rb") as packed:
        if packed.read(len(GZIP)) != GZIP:
            part.symlink_to(os.path.relpath(kept, target.parent))
            return
        with igzip.open(kept) as content, part.open("wb") as file:  # type: ignore[no-untyped-call]
            shutil.copyfileobj(content, file, 1 << 20)
