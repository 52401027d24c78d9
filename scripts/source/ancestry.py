"""How far a trait's allele frequencies are from those of named ancestries."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray
from scripts.method.fst import fst, fst_parts
from scripts.source import alleles
from scripts.source.error import SourceError
from scripts.source.panel import Panel, with_hashes
from scripts.table.sumstats import place

KEYS = ("chromosome", "position", "effect_allele", "other_allele")


@dataclass(frozen=True, slots=True)
class Ancestries:
    """Variants with the frequency of their effect allele in each ancestry, (variants, names)."""

    names: tuple[str, ...]
    panel: Panel
    frequency: FloatArray


def read_ancestries(path: Path) -> Ancestries:
    """A table (TSV, plain or gzip, or Parquet) with the columns KEYS and one for each ancestry.

    Positions are in the study's build. Raises SourceError for a missing column and a number that is no
    frequency.
    """
    try:
        text = dict.fromkeys(("chromosome", "effect_allele", "other_allele"), "str")
        table = (
            pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, sep="\t", dtype=text)
        )
    except (OSError, ValueError) as error:
        raise SourceError(f"quality.ancestry_frequencies: {path} cannot be read: {error}") from error
    names = tuple(str(name) for name in table.columns if name not in KEYS)
    lacking = [name for name in KEYS if name not in table]
    if lacking or not names:
        what = f"no column {', '.join(lacking)}" if lacking else "no column of an ancestry (EUR, EAS, ...)"
        raise SourceError(
            f"quality.ancestry_frequencies: {path} has {what}; it has: {', '.join(table.columns)}"
        )
    return _ancestries(path, table, names)


def _ancestries(path: Path, table: pd.DataFrame, names: tuple[str, ...]) -> Ancestries:
    for name in names:
        values = pd.to_numeric(table[name], errors="coerce")
        wrong = table[name].notna() & ~values.between(0, 1)
        if wrong.any():
            first = int(np.argmax(wrong.to_numpy()))
            raise SourceError(
                f"quality.ancestry_frequencies: {path}, line {first + 2}, column {name}: found "
                f"'{table[name].iloc[first]}', expected a frequency from 0 to 1"
            )
    table = table.assign(chromosome=alleles.chromosome_codes(table["chromosome"].astype("str")))
    table = table.iloc[np.argsort(place(table["chromosome"], table["position"]), kind="stable")]
    renamed = table.rename(columns={"effect_allele": "allele_1", "other_allele": "allele_2"})
    index = with_hashes(renamed.assign(frequency=np.nan))
    return Ancestries(names, Panel.of(index), table[list(names)].to_numpy(dtype=np.float64))


@dataclass(slots=True)
class Distances:
    """Collects rows; `metrics` has F_ST from each ancestry, on the variants that the rows share with it."""

    ancestries: Ancestries
    compared: int = 0
    parts: list[FloatArray] = field(default_factory=list)

    def add(self, rows: pd.DataFrame) -> None:
        """Take clean rows with the file's own frequencies."""
        match = self.ancestries.panel.match(rows)
        theirs, own = match.of(self.ancestries.frequency), rows["eaf"].to_numpy()
        both = match.told & ~np.isnan(own)
        self.compared += int(both.sum())
        self.parts.append(fst_parts(own[both, None], theirs[both]))

    def metrics(self) -> dict[str, float | None]:
        """ancestry_variants: rows compared; fst_<ancestry>: F_ST, None without a comparison."""
        distances = (
            fst(np.sum(self.parts, axis=0)) if self.compared else np.full(len(self.ancestries.names), np.nan)
        )
        named = zip(self.ancestries.names, distances.tolist(), strict=True)
        known = {f"fst_{name}": None if np.isnan(value) else value for name, value in named}
        return {"ancestry_variants": float(self.compared), **known}
