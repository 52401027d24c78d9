"""LD scores as ldsc writes them: NAME.l2.ldscore.gz and NAME.l2.M_5_50, of the genome or a chromosome."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.source.error import SourceError
from scripts.source.layout import layout
from scripts.source.liftover import lift, open_chain
from scripts.source.places import read_places

SCORE = "L2"  # how the name of a column of LD scores ends


def read_ld_scores(paths: Iterable[Path]) -> pd.DataFrame:
    """Columns chromosome, position and ld_score of the files, in genome order, without missing scores.

    The build is the files' own. Raises SourceError where a file has not exactly one column of LD scores.
    """
    read = pd.concat([read_places(path, {"ld_score": _score(path)}) for path in paths], ignore_index=True)
    return read.dropna().sort_values(["chromosome", "position"], kind="stable", ignore_index=True)


def read_m(paths: Iterable[Path]) -> float:
    """The number of common variants (frequency 5-50%) behind the scores: the sum of the files' numbers."""
    return sum(map(_m, paths))


def lifted(rows: pd.DataFrame, chain: Path) -> pd.DataFrame:
    """The rows whose place has one counterpart in the other build, there, in genome order."""
    places = lift(open_chain(chain), *(rows[name].to_numpy(np.int64) for name in ("chromosome", "position")))
    there = rows.assign(position=places.position.astype(np.int32))[places.position > 0]
    return there.sort_values(["chromosome", "position"], kind="stable", ignore_index=True)


def _score(path: Path) -> str:
    found = [name for name in layout(path).columns if name.upper().endswith(SCORE)]
    if len(found) != 1:
        raise SourceError(
            f"{path}: {len(found)} columns of LD scores (names that end with {SCORE}), expected one; the "
            f"file has: {', '.join(layout(path).columns)}"
        )
    return found[0]


def _m(path: Path) -> float:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not number > 0.0:
        raise SourceError(f"{path}: '{text}', expected one number, that of the panel's common variants")
    return number
