"""Delimited text of any layout, read through a column map: standard column -> column in the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.source import text
from scripts.source.error import SourceError
from scripts.source.layout import layout
from scripts.table.trait import Trait

LABELS = ("rsid",)
CATEGORIES = ("chromosome", "effect_allele", "other_allele")
NUMBERS = ("position", "eaf", "beta", "odds_ratio", "se", "p", "neglog10_p", "n")
VARIANT_ID = r"^(?:chr)?(?P<chromosome>\w+?)[:_](?P<position>\d+)(?:[:_]|$)"


def read(path: Path, trait: Trait) -> Iterator[pd.DataFrame]:
    """Yield blocks of a delimited file under standard names; the index is the line number.

    `trait.columns` maps standard columns (CATEGORIES, LABELS and NUMBERS) to the file's. An odds ratio
    becomes a log odds ratio; its standard error must be that of the log. A file with `chr:position...` or
    `chr_position_...` in one column maps both chromosome and position to it.
    """
    columns = dict(trait.columns)
    _check_map(path, trait, columns)
    joined = columns.get("chromosome") is not None and columns["chromosome"] == columns.get("position")
    if joined:
        del columns["position"]
    found = layout(path)
    chunks = text.read(
        path,
        found,
        labels=[columns[name] for name in LABELS if name in columns],
        categories=[columns[name] for name in CATEGORIES if name in columns],
        numbers=[columns[name] for name in NUMBERS if name in columns],
        row_filter=trait.filter,
    )
    for chunk in chunks:
        renamed = pd.DataFrame({name: chunk[column] for name, column in columns.items()})
        yield log_of_ratio(_split_variant_id(renamed) if joined else renamed, "odds_ratio")


def log_of_ratio(chunk: pd.DataFrame, ratio: str) -> pd.DataFrame:
    """The chunk with log(ratio) as beta where it has no beta; a ratio of 0 gives -inf, below 0 inf."""
    if ratio not in chunk:
        return chunk
    value = chunk[ratio].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = pd.Series(np.where(value < 0, np.inf, np.log(value)), index=chunk.index)
    beta = chunk["beta"].fillna(logs) if "beta" in chunk else logs
    return chunk.drop(columns=ratio).assign(beta=beta)


def _split_variant_id(chunk: pd.DataFrame) -> pd.DataFrame:
    parts = chunk["chromosome"].astype("str").str.extract(VARIANT_ID)
    return chunk.assign(chromosome=parts["chromosome"], position=parts["position"].astype("float64"))


def _check_map(path: Path, trait: Trait, columns: Mapping[str, str]) -> None:
    """Raise SourceError where the map has an unknown standard name or lacks what no table can do without."""
    known = (*CATEGORIES, *LABELS, *NUMBERS)
    for name in columns:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise SourceError(
                f"trait {trait.id}: '{name}' in its column map is no standard column{hint} "
                f"(known: {', '.join(known)})"
            )
    for choice in (
        ("effect_allele",),
        ("other_allele",),
        ("beta", "odds_ratio"),
        ("se", "p", "neglog10_p"),
        ("position", "rsid"),
    ):
        if not any(name in columns for name in choice):
            raise SourceError(
                f"trait {trait.id}: its column map has no {' or '.join(choice)}, needed to read {path}"
            )
