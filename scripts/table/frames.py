"""Tables as files: tab separated for people, Parquet for steps, the same rows always the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.table.files import atomic

ROW_GROUP_SIZE = 32_768  # rows; small enough that a look-up of a few positions reads little

# Columns whose values hardly repeat: a dictionary of them is dear to make and no smaller.
UNREPEATED = ("position", "rsid", "eaf", "beta", "se", "neglog10_p")

# Names that may look like numbers ("0017"), and so are never parsed as such.
TEXT_COLUMNS = (
    *(
        "id",
        "name",
        "trait",
        "exposure",
        "outcome",
        "validation_outcome",
        "analysis",
        "trait_1",
        "trait_2",
        "cohort",
        "rsid",
        "method",
        "message",
    ),
    *("effect_allele", "other_allele", "allele_1", "allele_2", "pubmed_id", "pubmed_ids"),
    *("agree", "contradict", "pairs"),
    *("trait_1", "trait_2", "locus", "lead", "lead_1", "lead_2", "top_1", "top_2", "top_h4", "notes"),
)


def write_parquet(df: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet: same rows and pyarrow version, same bytes (no index, no pandas metadata)."""
    write_pieces([df], path)


def write_pieces(pieces: Iterable[pd.DataFrame], path: Path) -> None:
    """Write a table that comes in pieces, one at least, each but the last of whole row groups, as Parquet."""
    tables = (
        pa.Table.from_pandas(piece, preserve_index=False).replace_schema_metadata(None) for piece in pieces
    )
    first = next(tables)
    repeated = [name for name in first.column_names if name not in UNREPEATED]
    with (
        atomic(path) as part,
        pq.ParquetWriter(
            part, first.schema, compression="zstd", store_schema=False, use_dictionary=repeated
        ) as writer,
    ):
        for table in chain([first], tables):
            writer.write_table(table, row_group_size=ROW_GROUP_SIZE)


def write_tsv(df: pd.DataFrame, path: Path) -> None:
    """Write a table for people: tab separated, shortest exact floats, '' for missing, true and false."""
    with atomic(path) as part:
        _spell_booleans(df).to_csv(part, sep="\t", index=False, na_rep="", lineterminator="\n")


def read_tsv(path: Path, dtype: dict[str, Any] | None = None) -> pd.DataFrame:
    """Read a table that `write_tsv` wrote; floats come back exactly, names stay text, only '' is missing."""
    types: dict[str, Any] = {**dict.fromkeys(TEXT_COLUMNS, "str"), **(dtype or {})}
    return pd.read_csv(
        path,
        sep="\t",
        dtype=types,
        keep_default_na=False,
        na_values=[""],
        true_values=["true"],
        false_values=["false"],
    )


def _spell_booleans(df: pd.DataFrame) -> pd.DataFrame:
    """Booleans as the words true and false, also in columns where some are missing."""
    may_hold = [str(name) for name, kind in df.dtypes.items() if kind.kind == "b" or kind is np.dtype(object)]
    return df.assign(**{name: df[name].astype(object).map(_spelled) for name in may_hold})


def _spelled(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool | np.bool_) else value
