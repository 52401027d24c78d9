"""Oxford Brain Imaging Genetics (BIG40): statistics in one file, frequencies of the same variants in another.

Smith et al. 2021, doi 10.1038/s41593-021-00826-4. All 3,935 statistics files share one file of variants,
whose rows have the same order. Only the order joins them, so every row is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.source import alleles, delimited, text
from scripts.source.error import SourceError
from scripts.source.layout import layout
from scripts.table.formats import FORMATS
from scripts.table.trait import Trait

FORMAT = FORMATS["big40"]
KEYS = {"chromosome": "chr", "position": "pos", "other_allele": "a1", "effect_allele": "a2"}


def read(paths: Sequence[Path], trait: Trait) -> Iterator[pd.DataFrame]:
    """Yield blocks of a statistics file under standard names, with the frequencies of the variants file.

    `paths` is the statistics file and, for frequencies, the variants file. Raises SourceError at the first
    line where the two are not about the same variant.
    """
    if len(paths) > 2 or trait.filter is not None:
        raise SourceError(
            f"trait {trait.id}: format big40 takes one statistics file, `;` and the variants file, without "
            f"`filter`; found {', '.join(map(str, paths))}" + (", with a filter" if trait.filter else "")
        )
    statistics = delimited.read(FORMAT, paths[:1], trait)
    if len(paths) == 1:
        yield from statistics
        return
    for rows, variants in _in_step(statistics, _variants(paths[1]), paths):
        _compare(rows, variants, paths)
        yield rows.assign(eaf=variants["eaf"].to_numpy())


def _variants(path: Path) -> Iterator[pd.DataFrame]:
    names = {**KEYS, "eaf": "af"}
    chunks = text.read(path, layout(path), labels=[], categories=["chr", "a1", "a2"], numbers=["pos", "af"])
    for chunk in chunks:
        yield pd.DataFrame({name: chunk[column] for name, column in names.items()})


def _in_step(
    first: Iterator[pd.DataFrame], second: Iterator[pd.DataFrame], paths: Sequence[Path]
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield pairs of blocks with the same number of rows; SourceError where one file has more."""
    left, right = next(first, None), next(second, None)
    while left is not None and right is not None:
        n = min(len(left), len(right))
        yield left.iloc[:n], right.iloc[:n]
        left = left.iloc[n:] if n < len(left) else next(first, None)
        right = right.iloc[n:] if n < len(right) else next(second, None)
    for longer, shorter, rest in ((paths[0], paths[1], left), (paths[1], paths[0], right)):
        if rest is not None:
            raise SourceError(
                f"{longer}, line {rest.index[0]}: {shorter} has no more rows; the two are not of one "
                "release, or that file was cut short"
            )


def _compare(rows: pd.DataFrame, variants: pd.DataFrame, paths: Sequence[Path]) -> None:
    """Raise SourceError at the first row where chromosome, position or an allele differ."""
    same = np.equal(rows["position"].to_numpy(), variants["position"].to_numpy())
    for name in ("chromosome", "effect_allele", "other_allele"):
        same &= alleles.same(rows[name], variants[name])
    if not same.all():
        at = int(np.argmin(same))
        first, second = (_shown(frame.iloc[at]) for frame in (rows, variants))
        raise SourceError(
            f"{paths[0]}, line {rows.index[at]} is {first}, but {paths[1]}, line {variants.index[at]} is "
            f"{second}: the two files must have the same variants in the same order"
        )


def _shown(row: pd.Series[str]) -> str:
    return ", ".join(f"{column} {row[name]}" for name, column in KEYS.items())
