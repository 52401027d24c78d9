"""Published tables, read as they were printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.source.error import SourceError
from scripts.source.liftover import lift, open_chain
from scripts.table.genes import CHROMOSOMES

NEEDED = {  # a table must have all columns of at least one group
    "an effect": {"exposure", "outcome"},
    "a locus": {"chromosome", "position", "nearest_gene"},
    "a count": {"n_tested", "n_passed"},
    "a sample": {"n", "ancestry"},
    "a proportion": {"proportion", "proportion_low", "proportion_high"},
}


def read_published(path: Path, lifted: bool = False, chain: Sequence[Path] = ()) -> pd.DataFrame:
    """All columns as text, the `line` of each row, and where the chain puts it (`placed`, as 6:151906293).

    `lifted`: the table is on the other build, so that without a chain nothing has a place. A place is empty,
    too, where there is no position, or none on the other build. Raises
    SourceError where the table has nothing that can be audited.
    """
    try:
        table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: {error}; expected a tab-separated table with a header") from error
    table.columns = table.columns.str.strip()
    for column in table.columns:
        table[column] = table[column].str.strip()
    if not any(columns <= set(table.columns) for columns in NEEDED.values()):
        groups = "; ".join(f"{what}: {', '.join(sorted(columns))}" for what, columns in NEEDED.items())
        raise SourceError(
            f"{path}: nothing to audit in the columns {', '.join(table.columns)}; expected those of {groups}"
        )
    lines = [str(line) for line in range(2, len(table) + 2)]
    return table.assign(line=lines, placed=_places(path, table, lifted, chain))


def _places(path: Path, table: pd.DataFrame, lifted: bool, chain: Sequence[Path]) -> pd.Series[str]:
    if not {"chromosome", "position"} <= set(table.columns) or (lifted and not chain):
        return pd.Series("", table.index, dtype="str")
    given = table["position"] != ""
    chromosome = table.loc[given, "chromosome"].str.removeprefix("chr").str.upper().map(CHROMOSOMES)
    position = pd.to_numeric(table.loc[given, "position"].str.replace(",", ""), errors="coerce")
    bad = chromosome.isna() | position.isna() | (position < 1)
    if bad.any():
        row = int(bad.index[bad][0])
        where = f"{table['chromosome'][row]}:{table['position'][row]}"
        raise SourceError(
            f"{path}, line {row + 2}: {where} is no place; expected a chromosome (1 to 22, X, Y, MT) and a "
            "whole number above 0"
        )
    codes, at = np.asarray(chromosome, dtype=np.int64), np.asarray(position, dtype=np.int64)
    if lifted:
        at = lift(open_chain(chain[0]), codes, at).position
    places = [f"{code}:{place}" if place > 0 else "" for code, place in zip(codes, at, strict=True)]
    return pd.Series(places, table.index[given], dtype="str").reindex(table.index, fill_value="")
