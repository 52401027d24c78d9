"""Which variants of a mediator may be its instruments: cis-eQTLs of a gene, or variants of a whole genome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.coloc_loci import loci_of_genes
from scripts.analysis.panel import NOT_FOUND
from scripts.analysis.selection import MHC, PanelFile, select
from scripts.method.arrays import BoolArray
from scripts.method.conditional import conditionally_significant
from scripts.method.ld import allele_count_r
from scripts.method.multiplicity import benjamini_hochberg
from scripts.table import sumstats

ENSEMBL = "ENSG"
ALL_P = 1.0  # what is significant in a gene's window is a candidate, whatever its P


@dataclass(frozen=True, slots=True)
class Cis:
    """The stretch of the genome (first and last base) around a gene; its symbol."""

    symbol: str
    chromosome: int
    start: int
    end: int

    @property
    def in_mhc(self) -> bool:
        """Whether the gene, which is in the middle of its window, lies in the MHC."""
        chromosome, first, last = MHC
        return self.chromosome == chromosome and first <= (self.start + self.end) / 2 <= last

    def holds(self, rows: pd.DataFrame) -> BoolArray:
        """Rows (with chromosome and position) in the window."""
        inside = (rows["chromosome"] == self.chromosome) & rows["position"].between(self.start, self.end)
        return inside.to_numpy(bool)


def windows_of(genes: pd.DataFrame, names: Mapping[str, str], window_kb: float) -> dict[str, Cis]:
    """The window of each mediator that is a gene; `names` gives each mediator's name.

    A mediator is a gene whose id (before a point, so that ENSG00000100001.5 and SIMM1.blood are genes) or
    symbol is the mediator's id or name.
    """
    if genes.empty:
        return {}
    return {
        str(row["trait"]): Cis(str(row["lead"]), int(row["chromosome"]), int(row["start"]), int(row["end"]))
        for row in loci_of_genes(genes, names, window_kb).to_dict("records")
    }


def check_genes(names: Iterable[str], cis: Mapping[str, Cis]) -> None:
    """Raise ValueError where a mediator's id is that of a gene whose place is not known.

    Its variants anywhere in the genome would be taken for instruments, and nothing be colocalised.
    """
    unknown = [name for name in names if name.startswith(ENSEMBL) and name not in cis]
    if unknown:
        raise ValueError(
            f"mediator {unknown[0]} has the id of a gene that genes.table does not list ({len(unknown)} "
            "mediators): give the trait the gene's symbol as its name, or set genes.table to a table with "
            "Ensembl ids; the id of what is no gene's expression does not start with ENSG"
        )


def cis_eqtls(rows: pd.DataFrame, fdr: float) -> pd.DataFrame:
    """The rows of a gene's window (a standard table) that are significant at this false discovery rate.

    Benjamini-Hochberg over the variants of the window. A file of significant pairs alone stays as it is.
    """
    adjusted = benjamini_hochberg(rows["neglog10_p"].to_numpy(float))
    significant: pd.DataFrame = rows[adjusted.neglog10_p >= -np.log10(fdr)]
    return significant


def instruments_of(
    candidates: pd.DataFrame,
    is_gene: bool,
    panel: PanelFile | None,
    selection: Mapping[str, Any],
    settings: Mapping[str, Any],
    mhc: str,
) -> pd.DataFrame:
    """Independent instruments among a mediator's candidates, with the columns of `selection.COLUMNS`.

    A gene's are clumped at `clump_r2` of the section mediation, and further ones are kept only where they are
    significant (`secondary_p`) beyond what remains of their LD with stronger ones: of a very strong cis-eQTL
    even an r2 of 0.005 is significant. All others are clumped as the study's exposures are.
    """
    if not is_gene:
        return select(candidates, panel, selection, mhc).instruments
    own = {**selection, "p_thresholds": [ALL_P], "min_count": 1, "clump_r2": settings["clump_r2"]}
    chosen = select(candidates, panel, own, mhc).instruments
    if panel is None or len(chosen) < 2:
        return chosen
    z = (chosen["beta"] / chosen["se"]).to_numpy(float)
    apart = conditionally_significant(z, np.array(chosen["r"].tolist()), -np.log10(settings["secondary_p"]))
    return chosen[apart].reset_index(drop=True)


def apart_from(
    variants: pd.DataFrame, others: pd.DataFrame, panel: PanelFile | None, r2_max: float, window_kb: float
) -> BoolArray:
    """Which variants are at none of the others' places, nor in LD above `r2_max` with one in the window.

    Without a panel every other variant within the window counts as linked; a variant that the panel lacks
    does so too.
    """
    here, there = (sumstats.place(part["chromosome"], part["position"]) for part in (variants, others))
    near = np.abs(here[:, None] - there[None, :]) <= 1000 * window_kb  # chromosomes are farther apart
    if panel is None or not near.any():
        return np.asarray(~near.any(axis=1), dtype=np.bool_)
    both = pd.concat([variants, others], ignore_index=True)
    index = panel.match(both)["index"].to_numpy(np.int64)
    known = index != NOT_FOUND
    r2 = np.ones((len(both), len(both)))
    r2[np.ix_(known, known)] = allele_count_r(panel.genotypes(index[known])) ** 2
    linked = np.nan_to_num(r2[: len(variants), len(variants) :]) > r2_max
    same = here[:, None] == there[None, :]
    return np.asarray(~((linked & near) | same).any(axis=1), dtype=np.bool_)
