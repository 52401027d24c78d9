"""Rows as files: a published layout, or a plain table through the trait's column map; gzip by the suffix."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scripts.simulation.traps import MISSING
from scripts.table.files import atomic
from scripts.table.formats import FORMATS, OWN_COLUMNS
from scripts.table.trait import Trait

GWAS_SSF = {
    "chromosome": "chromosome",
    "position": "base_pair_location",
    "effect_allele": "effect_allele",
    "other_allele": "other_allele",
    "beta": "beta",
    "se": "standard_error",
    "eaf": "effect_allele_frequency",
    "p": "p_value",
    "rsid": "rsid",
    "n": "n",
}
# Of other layouts: the quantities that their files have, and cells that are in every row.
LAYOUTS = {
    "imsgc": ("chromosome", "position", "rsid", "effect_allele", "other_allele", "odds_ratio", "p"),
    "big40": (
        *("chromosome", "rsid", "position", "other_allele", "effect_allele", "beta", "se"),
        "neglog10_p",
    ),
    "finngen": (
        *("chromosome", "position", "other_allele", "effect_allele", "rsid", "p", "neglog10_p", "beta", "se"),
        "eaf",
    ),
}
CONSTANT = {"imsgc": {"N": "15"}}  # which is a number of cohorts, not of people
GZIP_LEVEL = 3


def columns_of(trait: Trait) -> Mapping[str, str]:
    """Standard columns and their names in the trait's file, in the order of the file."""
    if trait.format == "gwas_ssf":
        return GWAS_SSF
    if trait.format in LAYOUTS:
        names = FORMATS[trait.format].columns
        return {quantity: names[quantity][0] for quantity in LAYOUTS[trait.format]}
    if trait.format in OWN_COLUMNS[:1]:
        return trait.columns
    known = ", ".join(("gwas_ssf", *LAYOUTS, OWN_COLUMNS[0]))
    raise ValueError(f"trait {trait.id}: cannot simulate format '{trait.format}'; use one of {known}")


def write_rows(trait: Trait, rows: pd.DataFrame, paths: list[Path]) -> None:
    """Write the rows, in equal parts where the trait has several files; a column says SIMULATED."""
    columns = columns_of(trait)
    unknown = sorted(set(columns) - set(rows.columns))
    if unknown:
        raise ValueError(f"trait {trait.id}: no simulated column {', '.join(unknown)} for its column map")
    constant = CONSTANT.get(trait.format, {})
    header = "\t".join([*columns.values(), *constant, "SIMULATED"]) + "\n"
    cells = [_cells(rows, name, trait) for name in columns]
    lines = pc.binary_join_element_wise(*cells, *constant.values(), "yes\n", "\t").to_pylist()
    parts = np.array_split(np.arange(len(lines)), len(paths))
    for path, part in zip(paths, parts, strict=True):
        _write(header + "".join(lines[i] for i in part), path)


def _cells(rows: pd.DataFrame, name: str, trait: Trait) -> pa.Array:
    """A column as text."""
    column = rows[name]
    if name == "chromosome" and trait.build == "GRCh38" and trait.format not in LAYOUTS:
        column = "chr" + column
    array = pa.array(column.to_numpy(), from_pandas=True)
    if name == "n":
        array = pc.cast(array, pa.int64())
    return pc.fill_null(pc.cast(array, pa.string()), MISSING)


def _write(text: str, path: Path) -> None:
    data = text.encode()
    if path.suffix == ".gz":
        data = gzip.compress(data, compresslevel=GZIP_LEVEL, mtime=0)
    with atomic(path) as part:
        part.write_bytes(data)
