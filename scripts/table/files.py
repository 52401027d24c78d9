"""Files that exist are whole: everything is written beside its name, flushed to disk and renamed."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP_SIZE = 32_768  # rows; small enough that a look-up of a few positions reads little

PART = re.compile(r"\.\d+\..")  # how `atomic` names what is not whole yet: by process and final name

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


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a hidden path beside `path`; when the block ends well, flush it to disk and rename it to `path`.

    The hidden name ends like the final one, since some writers choose the format by it. A block that raises
    leaves nothing behind and an older `path` untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield part
        _flush(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _flush(path.parent)


def remove_parts(folder: Path) -> None:
    """Remove what killed runs left half written below a folder that nobody else writes to."""
    for path in folder.rglob(".*"):
        if PART.match(path.name):
            path.unlink(missing_ok=True)


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


def write_json(value: Any, path: Path) -> None:
    """Write plain JSON, indented, keys in the order given; NaN and infinity raise ValueError."""
    write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", path)


def read_json(path: Path) -> Any:
    """What `write_json` wrote."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_note(path: Path) -> dict[str, Any]:
    """The keys of a JSON file that can be done without: none where it is gone or damaged."""
    try:
        content = read_json(path)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def digest_of(path: Path, algorithm: str = "sha256") -> str:
    """The digest of a file's content by sha256 or md5, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 text."""
    with atomic(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _spell_booleans(df: pd.DataFrame) -> pd.DataFrame:
    """Booleans as the words true and false, also in columns where some are missing."""
    may_hold = [str(name) for name, kind in df.dtypes.items() if kind.kind == "b" or kind is np.dtype(object)]
    return df.assign(**{name: df[name].astype(object).map(_spelled) for name in may_hold})


def _spelled(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool | np.bool_) else value
