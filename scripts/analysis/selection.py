"""From an exposure's significant variants to its instruments and their linkage disequilibrium (LD)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.analysis.panel import MATCHED, NOT_FOUND, Genotypes, count_people, match_panel, read_genotypes
from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.clump import clump
from scripts.method.instruments import Rung, select_instruments
from scripts.method.ld import allele_count_r
from scripts.method.strength import f_statistics
from scripts.table import sumstats
from scripts.table.status import ExposureStatus

MHC = (6, 25_000_000, 34_000_000)  # chromosome, first and last base; the same bounds hold on both builds
COLUMNS = [*sumstats.COLUMNS, "f_statistic", "in_mhc", "row", "r"]
KEY = ["chromosome", "position", "effect_allele", "other_allele", "eaf"]  # what matching takes of a variant
TOGETHER = 200_000  # variants whose genotypes are held at a time: 100 MB for 500 people


@dataclass(frozen=True, slots=True)
class Selected:
    """An exposure's instruments and how they were chosen.

    `instruments` is a standard table with `f_statistic`, `in_mhc`, `row` (its number) and `r`: its row of the
    LD matrix, oriented to the effect alleles, empty where no LD is known. `confounded`: variants in their
    place that are known for a confounder. `ladder` has the counts at each threshold, with `n_in_mhc` further
    significant variants that the policy left out; it is empty and `p_threshold` None where the file could not
    be read.
    """

    instruments: pd.DataFrame
    confounded: pd.DataFrame
    status: ExposureStatus
    ladder: list[dict[str, Any]]
    p_threshold: float | None
    relaxed_threshold: bool | None


@dataclass(frozen=True, slots=True)
class PanelFile:
    """The panel's index (Parquet) and genotypes: `bed` holds `people` people and `variants` variants.

    Neither is read as a whole: a panel has millions of variants, of which an exposure needs hundreds.
    """

    index: Path
    bed: Path
    people: int
    variants: int

    def match(self, variants: pd.DataFrame) -> pd.DataFrame:
        """Panel row and sign of each variant, as `match_panel` gives them."""
        here = sumstats.rows_at(self.index, variants["chromosome"], variants["position"], MATCHED)
        return match_panel(variants, here)

    def genotypes(self, rows: IntArray) -> Genotypes:
        """Counts of allele 1 for these rows of the .bim."""
        return read_genotypes(self.bed, self.people, self.variants, rows)


def open_panel(index: Path, bed: Path, fam: Path) -> PanelFile:
    """The panel whose index is this Parquet file and whose genotypes and people are in these PLINK files."""
    return PanelFile(index, bed, count_people(fam), pq.read_metadata(index).num_rows)


def mhc_note(instruments: pd.DataFrame) -> str:
    """What readers must know of instruments in the MHC; empty where there is none."""
    inside = int(instruments["in_mhc"].sum())
    return f"{inside} of {len(instruments)} instruments lie in the MHC (6:25-34 Mb)." if inside else ""


def in_mhc(variants: pd.DataFrame) -> BoolArray:
    """Variants in the major histocompatibility complex, whose LD is longer than any clumping window."""
    chromosome, first, last = MHC
    inside = (variants["chromosome"] == chromosome) & variants["position"].between(first, last)
    return inside.to_numpy(bool)


@dataclass(frozen=True, slots=True)
class Placed:
    """A trait's variants (a standard table of n rows) and what the panel knows of them.

    `index` (n): the variant's row of the panel, NOT_FOUND where it has none; `sign` (n) as `match_panel`
    gives it. `genotypes` gives those of rows of the panel; None: no panel, all variants are independent.
    """

    variants: pd.DataFrame
    index: IntArray
    sign: FloatArray
    genotypes: Callable[[IntArray], Genotypes] | None


def place(tables: Sequence[pd.DataFrame], panel: PanelFile | None) -> list[Placed]:
    """The variants of several traits in the panel, which is searched once and read once for all of them."""
    if panel is None or not tables:
        return [Placed(one, np.zeros(len(one), dtype=np.int64), np.ones(len(one)), None) for one in tables]
    matched = panel.match(pd.concat([table[KEY] for table in tables], ignore_index=True))
    index, sign = matched["index"].to_numpy(np.int64), matched["sign"].to_numpy(float)
    genotypes = _shared(panel, np.unique(index[index != NOT_FOUND]))
    ends = np.cumsum([len(table) for table in tables])
    parts = (slice(end - len(table), end) for table, end in zip(tables, ends, strict=True))
    return [
        Placed(table, index[part], sign[part], genotypes) for table, part in zip(tables, parts, strict=True)
    ]


def _shared(panel: PanelFile, rows: IntArray) -> Callable[[IntArray], Genotypes]:
    """Genotypes of these rows (ascending), held in memory unless they are too many."""
    if len(rows) > TOGETHER:
        return panel.genotypes
    held = panel.genotypes(rows)
    return lambda wanted: held[:, np.searchsorted(rows, wanted)]


def select(
    candidates: pd.DataFrame, panel: PanelFile | None, settings: Mapping[str, Any], mhc: str
) -> Selected:
    """Instruments among the variants below the loosest threshold (a standard table)."""
    return select_placed(place([candidates], panel)[0], settings, mhc)


def select_placed(
    candidates: Placed, settings: Mapping[str, Any], mhc: str, confounded: Collection[str] = ()
) -> Selected:
    """Instruments among the variants below the loosest threshold; `confounded`: rsids that may not be any.

    Without a panel the variants are taken as independent, and all below the chosen threshold are instruments.
    """
    variants, genotypes = candidates.variants, candidates.genotypes
    left_out = in_mhc(variants) & (mhc == "exclude")
    neglog10_p = variants["neglog10_p"].to_numpy(float)
    chromosome, position = (variants[name].to_numpy(np.int64) for name in ("chromosome", "position"))

    def clump_candidates(rows: IntArray) -> IntArray:
        if genotypes is None:
            return np.arange(len(rows))
        return clump(
            neglog10_p[rows],
            chromosome[rows],
            position[rows],
            lambda wanted: genotypes(candidates.index[rows[wanted]]),
            r2_max=settings["clump_r2"],
            window_kb=settings["clump_window_kb"],
            ld=settings["clump_ld"],
        )

    within = np.flatnonzero(~left_out)
    selection = select_instruments(
        neglog10_p[within],
        candidates.index[within] != NOT_FOUND,
        lambda rows: clump_candidates(within[rows]),
        settings["p_thresholds"],
        settings["min_count"],
        variants["rsid"].iloc[within].isin(confounded).to_numpy(bool),
    )
    taken = within[selection.instruments]
    ladder = _ladder(selection.rungs, neglog10_p[left_out])
    ld = None if genotypes is None else _ld(genotypes, candidates.index[taken], candidates.sign[taken])
    return Selected(
        _as_instruments(variants.iloc[taken], ld),
        variants.iloc[within[selection.barred]],
        _status(ladder[-1]),
        ladder,
        selection.rung.p_threshold,
        selection.relaxed_threshold,
    )


def nothing(status: ExposureStatus) -> Selected:
    """No instruments, for the reason given."""
    return Selected(_as_instruments(sumstats.empty(), None), sumstats.empty(), status, [], None, None)


def _ladder(rungs: Sequence[Rung], left_out: FloatArray) -> list[dict[str, Any]]:
    """The counts at each threshold; `left_out`: -log10 P of the variants that the MHC policy left out."""
    return [
        {**asdict(rung), "n_in_mhc": int((left_out > -np.log10(rung.p_threshold)).sum())} for rung in rungs
    ]


def _status(loosest: Mapping[str, Any]) -> ExposureStatus:
    if loosest["n_significant"] == 0:
        return ExposureStatus.ALL_IN_MHC if loosest["n_in_mhc"] else ExposureStatus.NO_INSTRUMENTS
    if not loosest["n_in_panel"]:
        return ExposureStatus.NONE_IN_PANEL
    return ExposureStatus.REDUCED if loosest["n_instruments"] else ExposureStatus.ALL_CONFOUNDED


def _as_instruments(variants: pd.DataFrame, ld: np.ndarray[Any, Any] | None) -> pd.DataFrame:
    """A standard table of instruments with their strength and, where it is known, LD."""
    strength = f_statistics(variants["beta"].to_numpy(float), variants["se"].to_numpy(float))
    correlations: list[Any] = [[] for _ in range(len(variants))] if ld is None else list(ld)
    return variants.reset_index(drop=True).assign(
        f_statistic=strength,
        in_mhc=in_mhc(variants),
        row=np.arange(len(variants), dtype=np.int64),
        r=pd.Series(correlations, dtype=object),
    )


def _ld(genotypes: Callable[[IntArray], Genotypes], index: IntArray, sign: FloatArray) -> FloatArray:
    """Correlations of allele counts for the effect alleles (n x n); NaN for a variant that does not vary.

    Two variants that vary, but not among the people whose genotypes are known at both, get 0: nothing is
    known against their independence, which is how clumping takes them too.
    """
    if len(index) == 0:
        return np.empty((0, 0))
    r = allele_count_r(genotypes(index))
    varies = np.isfinite(np.diag(r))
    r[np.isnan(r) & np.outer(varies, varies)] = 0.0
    return r * np.outer(sign, sign)
