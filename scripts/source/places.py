"""Places of variants from any delimited table that lists them, such as an LD score file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from scripts.source import alleles, text
from scripts.source.error import SourceError
from scripts.source.layout import Layout, layout

CHROMOSOME = ("chromosome", "chr", "chrom", "hm_chrom")
POSITION = ("position", "pos", "bp", "base_pair_location", "hm_pos")


def read_places(path: Path, numbers: Mapping[str, str] = MappingProxyType({})) -> pd.DataFrame:
    """The columns chromosome (1-25) and position (1-based, as the table has it) of a delimited table.

    `numbers` names further columns by what they are called in the file. Raises SourceError where a row has
    no place, since a list of variants has no reason for it.
    """
    found = layout(path)
    chromosome, position = _column(path, found, CHROMOSOME), _column(path, found, POSITION)
    columns = [position, *numbers.values()]
    parts = [
        pd.DataFrame(
            {
                "chromosome": alleles.chromosome_codes(chunk[chromosome]),
                "position": chunk[position].to_numpy(),
                **{name: chunk[column].to_numpy() for name, column in numbers.items()},
            },
            index=chunk.index,
        )
        for chunk in text.read(path, found, labels=(), categories=[chromosome], numbers=columns)
    ]
    places = pd.concat(parts)
    wrong = (places["chromosome"] < 1) | ~places["position"].between(1, np.iinfo(np.int32).max)
    if wrong.any():
        raise SourceError(
            f"{path}, line {wrong.idxmax()}: {chromosome} and {position} give no place, expected a "
            "chromosome (1-22, X, Y, MT) and a position above zero"
        )
    return places.astype({"chromosome": "int8", "position": "int32"})


def _column(path: Path, found: Layout, spellings: tuple[str, ...]) -> str:
    for name in found.columns:
        if name.lstrip("#").lower() in spellings:
            return name
    raise SourceError(
        f"{path}: no column of {spellings[0]}s (known spellings, in any case: {', '.join(spellings)}); "
        f"the file has: {', '.join(found.columns)}"
    )
