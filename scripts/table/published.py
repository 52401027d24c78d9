"""Printed results of a meta-analysis, as text with all their digits: a table for people to fill in."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from scripts.method.printed import as_printed
from scripts.table.experiments import TableError, text_rows
from scripts.table.pooling import PooledSet

COLUMNS = ("measure", "set", "moderator", "quantity", "printed")


def read_published(
    path: Path,
    measures: Collection[str],
    moderators: Collection[str],
    quantities: dict[bool, tuple[str, ...]],
) -> pd.DataFrame:
    """COLUMNS as text; `moderator` is empty for results of pooling.

    `quantities` that may be printed: of correlations (True) and of pooled effects (False). Raises TableError
    for the first fault.
    """
    rows = []
    for where, row in text_rows(path, COLUMNS, extra=False, optional=()):
        known = {
            "measure": measures,
            "set": [chosen.value for chosen in PooledSet],
            "moderator": ["", *moderators],
            "quantity": quantities[bool(row["moderator"])],
        }
        for column, options in known.items():
            if row[column] not in options:
                choices = ", ".join(filter(None, options))
                raise TableError(f"{where}: `{column}` is '{row[column]}', expected one of {choices}")
        try:
            as_printed(row["printed"])
        except ValueError:
            raise TableError(
                f"{where}: `printed` is '{row['printed']}', expected a number, or < and a number"
            ) from None
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
