"""From an exposure's significant variants to its instruments and their linkage disequilibrium (LD)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.panel import NOT_FOUND, Genotypes, count_people, match_panel, read_genotypes
from scripts.method.arrays import BoolArray, IntArray
from scripts.method.clump import clump
from scripts.method.instruments import Rung, select_instruments
from scripts.method.ld import allele_count_r
from scripts.method.strength import f_statistics
from scripts.table import sumstats
from scripts.table.status import ExposureStatus

MHC = (6, 25_000_000, 34_000_000)  # chromosome, first and last base; the same bounds hold on both builds
COLUMNS = [*sumstats.COLUMNS, "f_statistic", "in_mhc", "row", "r"]


@dataclass(frozen=True, slots=True)
class Selected:
    """An exposure's instruments and how they were chosen.

    `instruments` is a standard table with `f_statistic`, `in_mhc`, `row` (its number) and `r`: its row of the
    LD matrix, oriented to the effect alleles, empty where no LD is known. `ladder` has the counts at each
    threshold; it is empty and `p_threshold` None where the file could not be read.
    """

    instruments: pd.DataFrame
    status: ExposureStatus
    ladder: list[dict[str, Any]]
    p_threshold: float | None
    relaxed_threshold: bool | None


@dataclass(frozen=True, slots=True)
class PanelFile:
    """The panel's index and genotypes: `bed` holds `people` people and `variants` variants."""

    index: pd.DataFrame
    bed: Path
    people: int
    variants: int

    def genotypes(self, rows: IntArray) -> Genotypes:
        """Counts of allele 1 for these rows of the .bim."""
        return read_genotypes(self.bed, self.people, self.variants, rows)


def open_panel(index: Path, bed: Path) -> PanelFile:
    """The panel whose index is this Parquet file and whose genotypes are in this PLINK .bed."""
    variants = pd.read_parquet(index)
    return PanelFile(variants, bed, count_people(bed.with_suffix(".fam")), len(variants))


def in_mhc(variants: pd.DataFrame) -> BoolArray:
    """Variants in the major histocompatibility complex, whose LD is longer than any clumping window."""
    chromosome, first, last = MHC
    inside = (variants["chromosome"] == chromosome) & variants["position"].between(first, last)
    return inside.to_numpy(bool)


def select(
    candidates: pd.DataFrame, panel: PanelFile | None, settings: Mapping[str, Any], mhc: str
) -> Selected:
    """Instruments among the variants below the loosest threshold (a standard table).

    Without a panel the variants are taken as independent, and all below the chosen threshold are instruments.
    """
    variants = _outside_mhc(candidates, mhc)
    matched = match_panel(variants, panel.index) if panel else _no_panel(len(variants))
    index = matched["index"].to_numpy(np.int64)

    def clump_candidates(rows: IntArray) -> IntArray:
        if panel is None:
            return np.arange(len(rows))
        chosen = variants.iloc[rows]
        return clump(
            chosen["neglog10_p"].to_numpy(float),
            chosen["chromosome"].to_numpy(np.int64),
            chosen["position"].to_numpy(np.int64),
            lambda wanted: panel.genotypes(index[rows[wanted]]),
            r2_max=settings["clump_r2"],
            window_kb=settings["clump_window_kb"],
            ld=settings["clump_ld"],
        )

    selection = select_instruments(
        variants["neglog10_p"].to_numpy(float),
        index != NOT_FOUND,
        clump_candidates,
        settings["p_thresholds"],
        settings["min_count"],
    )
    taken = selection.instruments
    ld = _ld(panel, index[taken], matched["sign"].to_numpy(float)[taken]) if panel else None
    return Selected(
        _as_instruments(variants.iloc[taken], ld),
        _status(selection.rungs[-1]),
        [asdict(rung) for rung in selection.rungs],
        selection.rung.p_threshold,
        selection.relaxed_threshold,
    )


def nothing(status: ExposureStatus) -> Selected:
    """No instruments, for the reason given."""
    return Selected(_as_instruments(sumstats.empty(), None), status, [], None, None)


def _status(loosest: Rung) -> ExposureStatus:
    if loosest.n_significant == 0:
        return ExposureStatus.NO_INSTRUMENTS
    return ExposureStatus.REDUCED if loosest.n_in_panel else ExposureStatus.NONE_IN_PANEL


def _outside_mhc(variants: pd.DataFrame, mhc: str) -> pd.DataFrame:
    kept = variants[~in_mhc(variants)] if mhc == "exclude" else variants
    return kept.reset_index(drop=True)


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


def _ld(panel: PanelFile, index: IntArray, sign: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Correlations of allele counts for the effect alleles (n x n); NaN for a variant that does not vary.

    Two variants that vary, but not among the people whose genotypes are known at both, get 0: nothing is
    known against their independence, which is how clumping takes them too.
    """
    if len(index) == 0:
        return np.empty((0, 0))
    r = allele_count_r(panel.genotypes(index))
    varies = np.isfinite(np.diag(r))
    r[np.isnan(r) & np.outer(varies, varies)] = 0.0
    return r * np.outer(sign, sign)


def _no_panel(n: int) -> pd.DataFrame:
    return pd.DataFrame({"index": np.zeros(n, dtype=np.int64), "sign": np.ones(n)})
