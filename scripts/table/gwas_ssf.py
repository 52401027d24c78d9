"""A table of P values as GWAS-SSF, the exchange format of the GWAS Catalog, with its metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import yaml
from isal import igzip

from scripts.table.files import atomic, digest_of, write_text

PLAIN = pa_csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
LEVEL = 2  # of compression: a tenth larger than the usual, several times as fast
# The order of the first eight columns is the format's.
COLUMNS = {
    "chromosome": "chromosome",
    "position": "base_pair_location",
    "effect_allele": "effect_allele",
    "other_allele": "other_allele",
    "beta": "beta",
    "se": "standard_error",
    "eaf": "effect_allele_frequency",
    "neglog10_p": "neg_log_10_p_value",
    "rsid": "rsid",
}


def write_ssf(pieces: Iterable[pd.DataFrame], path: Path) -> None:
    """Write tables, one after the other, as one gzipped GWAS-SSF file; the same tables give the same bytes.

    Columns of COLUMNS are named as the format wants, a missing beta or se is #NA, others follow as they are.
    """
    with atomic(path) as part, part.open("wb") as raw, _compressed(raw) as file:
        for number, piece in enumerate(pieces):
            table = _arranged(piece)
            if number == 0:
                file.write("\t".join(table.column_names).encode() + b"\n")
            pa_csv.write_csv(table, file, PLAIN)


def write_metadata(facts: Mapping[str, Any], data: Path, path: Path) -> None:
    """Write the metadata (YAML) of a data file beside it: `facts` and the file's name and checksum."""
    named = {**facts, "data_file_name": data.name, "data_file_md5sum": digest_of(data, "md5")}
    named |= {"file_type": "GWAS-SSF v1.0", "coordinate_system": "1-based", "is_sorted": True}
    write_text(yaml.safe_dump(named, sort_keys=False, allow_unicode=True, width=100), path)


def _compressed(raw: BinaryIO) -> BinaryIO:
    """A gzip stream without name and time, which would make equal tables differ."""
    return cast(BinaryIO, igzip.IGzipFile("", "wb", LEVEL, raw, mtime=0))  # type: ignore[no-untyped-call]


def _arranged(piece: pd.DataFrame) -> pa.Table:
    known = {ssf: piece.get(ours) for ours, ssf in COLUMNS.items()}
    others = {str(name): piece[name] for name in piece if name not in COLUMNS}
    columns = {name: _written(column, len(piece)) for name, column in {**known, **others}.items()}
    return pa.table(columns)


def _written(column: pd.Series | None, rows: int) -> pa.Array:
    """The column as it is printed: #NA where nothing is known."""
    if column is None:
        return pa.array(["#NA"] * rows, pa.string())
    if not column.isna().any():
        return pa.array(column)
    return pa.array(column.astype(object).where(column.notna(), "#NA").map(str), pa.string())
