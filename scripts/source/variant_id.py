"""Chromosome, position and alleles out of one column, such as chr1_126108_G_A_b38 or 1:126108."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

PLACE = r"^(?:chr)?(?P<chromosome>\w+?)[:_](?P<position>\d{1,15})(?:[:_]|$)"
ALLELES = r"^\w+?[:_]\d+[:_](?P<other_allele>[^:_]+)[:_](?P<effect_allele>[^:_]+)(?:_b(?P<build>\d+))?$"


def place(ids: pd.Series[Any]) -> pd.DataFrame:
    """Chromosome (category) and position of each id; missing where it is of another form, as an rsid is."""
    parts = pc.extract_regex(_arrow(ids), PLACE)
    position = pc.cast(pc.struct_field(parts, "position"), pa.float64())
    return pd.DataFrame(
        {"chromosome": _category(parts, "chromosome"), "position": position.to_numpy(zero_copy_only=False)},
        index=ids.index,
    )


def alleles(ids: pd.Series[Any]) -> pd.DataFrame:
    """effect_allele (the second), other_allele and build (such as 38, missing where not said) of each id."""
    parts = pc.extract_regex(_arrow(ids), ALLELES)
    columns = {name: _category(parts, name) for name in ("effect_allele", "other_allele", "build")}
    return pd.DataFrame(columns, index=ids.index)


def first_label(labels: pd.Series[Any]) -> pd.Series[Any]:
    """Of labels joined by commas or semicolons, the first."""
    values = _arrow(labels)
    characters = values.buffers()[2].to_pybytes() if len(values) else b""
    if b"," not in characters and b";" not in characters:
        return labels
    first = pc.replace_substring_regex(values, "[,;].*", "").to_numpy(zero_copy_only=False)
    return pd.Series(first, index=labels.index, dtype="str")


def _arrow(values: pd.Series[Any]) -> pa.Array:
    array = pa.array(values, type=pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _category(parts: pa.StructArray, name: str) -> pd.Categorical:
    """A field as a category; an optional part that is not there is missing."""
    values = pc.struct_field(parts, name)
    encoded = pc.dictionary_encode(pc.if_else(pc.equal(values, ""), None, values))
    categories = pd.Index(encoded.dictionary.to_pylist(), dtype="str")
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, categories=categories)
