"""Recombination maps: how many centimorgans a megabase, along a chromosome."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from scripts.source.error import SourceError
from scripts.table.genes import CHROMOSOMES

# Names of each column in HapMap's, deCODE's and SHAPEIT's maps, in any case.
NAMES = {
    "chromosome": ("chromosome", "chrom", "chr"),
    "position": ("position(bp)", "position", "pos", "begin"),
    "rate": ("rate(cm/mb)", "combined_rate(cm/mb)", "combined_rate", "cmpermb", "rate"),
}
IN_NAME = re.compile(r"chr(\d+|X)(?![0-9A-Za-z])")


def read_recombination(paths: Sequence[Path]) -> pd.DataFrame:
    """Columns chromosome, position and rate (cM/Mb, from there to the next position), in genome order.

    A file without a column of chromosomes is of the one that its name has as chr22. Raises SourceError where
    a column is missing or holds something else than numbers.
    """
    parts = [_read(path) for path in paths]
    empty = pd.DataFrame({"chromosome": [], "position": [], "rate": []})
    rates = pd.concat(parts, ignore_index=True) if parts else empty
    return rates.sort_values(["chromosome", "position"], kind="stable").reset_index(drop=True)


def _read(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, sep=r"\s+", dtype=str)
    lower = {str(name).lower().lstrip("#"): name for name in table.columns}
    found = {
        ours: next((lower[name] for name in names if name in lower), "") for ours, names in NAMES.items()
    }
    named = IN_NAME.search(path.name)
    missing = [ours for ours, name in found.items() if not name and not (ours == "chromosome" and named)]
    if missing:
        raise SourceError(
            f"{path}: no column of {' and '.join(missing)} among {', '.join(map(str, table.columns))}; "
            "expected a recombination map: chromosome (or chr22 in the file's name), position, rate in cM/Mb"
        )
    on = (
        table[found["chromosome"]]
        if found["chromosome"]
        else pd.Series(named[1] if named else "", table.index)
    )
    rates = pd.DataFrame(
        {
            "chromosome": on.str.removeprefix("chr").str.upper().map(CHROMOSOMES),
            "position": pd.to_numeric(table[found["position"]], errors="coerce"),
            "rate": pd.to_numeric(table[found["rate"]], errors="coerce"),
        }
    )
    wrong = rates["position"].isna() | rates["rate"].isna()
    if wrong.any():
        line = int(wrong.to_numpy().argmax()) + 2
        raise SourceError(f"{path}: line {line} has no position and rate that are numbers")
    return rates[rates["chromosome"].notna()].astype({"chromosome": "int64", "position": "int64"})
