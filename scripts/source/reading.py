"""What one pass over a trait's files leaves: the rows that are kept, and numbers for all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, IntArray
from scripts.method.effect_scale import log_odds_per_linear
from scripts.source import alleles, memory
from scripts.source.alleles import HashArray
from scripts.source.build import BuildEvidence
from scripts.source.clean import Target, clean
from scripts.source.left_out import LeftOut
from scripts.source.panel import Panel, fill_frequencies
from scripts.source.sample import Sample
from scripts.table import sumstats
from scripts.table.status import DropReason
from scripts.table.trait import Trait

# What `clean` gives and the standard table needs; rsid is added to it.
KEPT = ["row", *(name for name in sumstats.COLUMNS if name != "rsid")]
Keep = Callable[[pd.DataFrame], BoolArray]


def _no_rows() -> Counter[DropReason]:
    return Counter(dict.fromkeys(DropReason, 0))


@dataclass(slots=True)
class Reading:
    """Takes the raw rows of a trait block by block, in the order of its files.

    `filled_from` is the panel that missing frequencies of kept rows come from. `rows` counts the raw rows,
    `counts` those dropped by reason, `on_chromosome` the clean ones by chromosome code.
    """

    trait: Trait
    target: Target
    keep: Keep | None
    filled_from: Panel | None
    evidence: BuildEvidence
    sample: Sample = field(default_factory=Sample)
    left: LeftOut = field(default_factory=LeftOut)
    rows: int = 0
    counts: Counter[DropReason] = field(default_factory=_no_rows)
    on_chromosome: IntArray = field(
        default_factory=lambda: np.zeros(sumstats.CHROMOSOMES.stop, dtype=np.int64)
    )
    turned: int = 0
    filled: int = 0
    kept: list[pd.DataFrame] = field(default_factory=list)

    def add(self, chunk: pd.DataFrame) -> None:
        """Take the next rows of a reader."""
        self.evidence.add(chunk)
        rows, dropped = clean(chunk, self.target)
        self.rows += len(chunk)
        self.counts.update(dropped)
        self.sample.add(rows)
        self.turned += int(rows["turned"].sum())
        self.on_chromosome += np.bincount(rows["chromosome"], minlength=len(self.on_chromosome))
        chosen, variants = chosen_of(rows, self.keep), variants_of(rows)
        self.counts[DropReason.NOT_SIGNIFICANT] += int((~chosen).sum())
        self.left.add(rows, variants, chosen)
        self.kept.append(self._standard(rows[KEPT][chosen], chunk).assign(variant=variants[chosen]))

    @property
    def clean_rows(self) -> int:
        """How many rows were clean, whether they are kept or not."""
        return int(self.on_chromosome.sum())

    def table(self) -> pd.DataFrame:
        """All kept rows, numbered in the order of reading, and no longer held here: memory is short."""
        if len(self.kept) == 1:
            return self.kept.pop().reset_index(drop=True)
        columns = {}
        for name in self.kept[0].columns.tolist():
            columns[name] = pd.concat([part.pop(name) for part in self.kept], ignore_index=True)
            memory.hand_back()
        self.kept.clear()
        return pd.DataFrame(columns, copy=False)

    def changes(self) -> dict[str, float | None]:
        """Metrics of what was done to the rows."""
        return {"strand_turned": float(self.turned), "eaf_filled": float(self.filled)}

    def _standard(self, rows: pd.DataFrame, chunk: pd.DataFrame) -> pd.DataFrame:
        """Clean rows of a chunk with the columns and types of the standard table."""
        if self.filled_from is not None:
            rows, number = fill_frequencies(rows, self.filled_from)
            self.filled += number
        rsid = chunk["rsid"].iloc[rows["row"].to_numpy()] if "rsid" in chunk else pd.Series(dtype="str")
        scaled = _scaled(rows, self.trait).assign(rsid=rsid)
        return scaled[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)


def chosen_of(rows: pd.DataFrame, keep: Keep | None) -> BoolArray:
    """For each clean row, whether to keep it."""
    return np.ones(len(rows), dtype=bool) if keep is None else np.asarray(keep(rows), dtype=bool)


def variants_of(rows: pd.DataFrame) -> HashArray:
    """Hashes of the variants of clean rows."""
    places = sumstats.place(rows["chromosome"], rows["position"])
    effect, other = alleles.hashes(rows["effect_allele"]), alleles.hashes(rows["other_allele"])
    return alleles.variant_hashes(places, effect, other)


def _scaled(rows: pd.DataFrame, trait: Trait) -> pd.DataFrame:
    """Effects of a linear model of a trait of 0 and 1 as log odds; all others as they are."""
    if not trait.is_linear_model:
        return rows
    factor = log_odds_per_linear(trait.case_share)
    return rows.assign(beta=rows["beta"] * factor, se=rows["se"] * factor)
