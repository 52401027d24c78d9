"""Delimited text of any layout, read through a column map: standard column -> column in the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from scripts.source.delimited import read_columns
from scripts.source.error import SourceError
from scripts.source.layout import layout
from scripts.table.formats import MAPPED, lacking
from scripts.table.trait import Trait


def read(paths: Sequence[Path], trait: Trait) -> Iterator[pd.DataFrame]:
    """Yield blocks of delimited files under standard names; the index is the line number in its file.

    `trait.columns` maps standard columns (MAPPED) to the file's. A ratio becomes its log; its standard error
    must be that of the log, its confidence limits those of the ratio. A file with `chr:position...` or
    `chr_position_...` in one column maps both chromosome and position to it.
    """
    for path in paths:
        _check_map(path, trait, trait.columns)
        yield from read_columns(path, layout(path), _quantities(trait.columns), trait)


def _quantities(columns: Mapping[str, str]) -> dict[str, str]:
    """The map, with a variant id in place of chromosome and position where one column holds both."""
    if "chromosome" not in columns or columns["chromosome"] != columns.get("position"):
        return dict(columns)
    others = {name: column for name, column in columns.items() if name not in ("chromosome", "position")}
    return {**others, "variant_id": columns["position"]}


def _check_map(path: Path, trait: Trait, columns: Mapping[str, str]) -> None:
    """Raise SourceError where the map has an unknown standard name or lacks what no table can do without."""
    for name in columns:
        if name not in MAPPED:
            near = difflib.get_close_matches(name, MAPPED, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise SourceError(
                f"trait {trait.id}: '{name}' in its column map is no standard column{hint} "
                f"(known: {', '.join(MAPPED)})"
            )
    wanted = lacking(columns)
    wanted += [] if columns.keys() & {"position", "rsid"} else ["position or rsid"]
    if wanted:
        raise SourceError(
            f"trait {trait.id}: its column map has no {', '.join(wanted)}, needed to read {path}"
        )
