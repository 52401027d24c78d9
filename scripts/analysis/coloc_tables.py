"""Every locus of every pair of traits, tested or with the reason why not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.coloc import Region, Scale, examine, scales_of
from scripts.analysis.coloc_columns import locus_row, prior_rows, set_rows, variant_rows
from scripts.analysis.coloc_loci import records, touches_mhc
from scripts.analysis.coloc_rows import read_pair
from scripts.analysis.coloc_susie import read_ld
from scripts.analysis.selection import PanelFile
from scripts.table.coloc import COUNTS, ColocNote, ColocVerdict, LocusStatus, SusieStatus
from scripts.table.status import VariantStatus
from scripts.table.windows import Windows

LOST = {
    "n_palindromic_ambiguous": VariantStatus.PALINDROMIC_AMBIGUOUS,
    "n_allele_mismatch": VariantStatus.ALLELE_MISMATCH,
}
NOT_TESTED = {
    "susie": SusieStatus.NOT_TESTED.value,
    "verdict": ColocVerdict.NOT_TESTED.value,
    "notes": "",
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """The traits' full tables and scales, the LD panel (None: none) and the config's sections."""

    tables: Mapping[str, Path]
    scales: Mapping[str, Scale]
    panel: PanelFile | None
    settings: Mapping[str, Any]
    harmonise: Mapping[str, Any]
    mhc: str


@dataclass(slots=True)
class Tables:
    """Rows for coloc.tsv, coloc_sets.tsv and coloc_priors.tsv, and the variants of each tested locus."""

    loci: list[dict[str, Any]] = field(default_factory=list)
    sets: list[dict[str, Any]] = field(default_factory=list)
    priors: list[dict[str, Any]] = field(default_factory=list)
    variants: list[pd.DataFrame] = field(default_factory=list)


def colocalise_traits(trait_1: str, trait_2: str, loci: pd.DataFrame, inputs: Inputs, tables: Tables) -> None:
    """Add every locus of a pair of traits to the tables; `loci` has the columns of `coloc_loci.LOCUS`."""
    pair = {"trait_1": trait_1, "trait_2": trait_2}
    if loci.empty:
        tables.loci.append({**pair, "locus": "", "status": LocusStatus.NO_LOCUS.value, **NOT_TESTED})
    for _, here in loci.assign(mhc=touches_mhc(loci)).groupby("chromosome", sort=True):
        windows = Windows.of(here["chromosome"].tolist(), here["start"].tolist(), here["end"].tolist())
        names = (inputs.tables[trait_1], inputs.tables[trait_2])
        rows_1, rows_2, aligned = read_pair(*names, windows, **inputs.harmonise)
        for locus in records(here):
            inside = _inside(aligned, locus)
            counts = {
                "n_1": len(_inside(rows_1, locus)),
                "n_2": len(_inside(rows_2, locus)),
                "n_shared": len(inside),
                **{name: int((inside["status"] == status).sum()) for name, status in LOST.items()},
            }
            place = {name: locus[name] for name in ("locus", "chromosome", "start", "end", "lead")}
            kept = inside[inside["status"] == VariantStatus.KEPT].drop(columns=["status", "row"])
            head = {**pair, **place, **counts}
            _add(head, Region(kept.reset_index(drop=True)), bool(locus["mhc"]), inputs, tables)


def framed(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Rows as a table with these columns, counts as whole numbers."""
    frame = pd.DataFrame(rows, columns=columns)
    counts = [name for name in ("chromosome", "start", "end", *COUNTS) if name in frame]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def _inside(rows: pd.DataFrame, locus: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of one chromosome, sorted, from the start of a locus to its end."""
    position = rows["position"].to_numpy()
    first, last = np.searchsorted(position, [locus["start"], locus["end"] + 1])
    return rows.iloc[first:last]


def _add(head: dict[str, Any], region: Region, mhc: bool, inputs: Inputs, tables: Tables) -> None:
    """Test one locus, if it can be, and add what came out."""
    scales = (inputs.scales[head["trait_1"]], inputs.scales[head["trait_2"]])
    sd = scales_of(region, scales) if len(region.rows) else (math.nan, math.nan)
    status = _status(head, region, sd, mhc, inputs)
    if status != LocusStatus.TESTED:
        tables.loci.append({**head, "status": status.value, **NOT_TESTED})
        return
    ld = None if inputs.panel is None else read_ld(region.rows, inputs.panel)
    result = examine(region, scales, sd, ld, inputs.settings)
    found = locus_row(region, result, inputs.settings)
    if mhc and inputs.mhc == "flag":
        found["notes"] = ";".join(filter(None, [found["notes"], ColocNote.IN_MHC.value]))
    key = {name: head[name] for name in ("trait_1", "trait_2", "locus")}
    tables.loci.append({**head, "status": status.value, **found})
    tables.sets += [{**key, **row} for row in set_rows(region, result)]
    tables.priors += [{**key, **row} for row in prior_rows(result)]
    tables.variants.append(variant_rows(region, result, ld).assign(**key))


def _status(
    head: Mapping[str, Any], region: Region, sd: tuple[float, float], mhc: bool, inputs: Inputs
) -> LocusStatus:
    if mhc and inputs.mhc == "exclude":
        return LocusStatus.IN_MHC
    if not head["n_1"] or not head["n_2"]:
        return LocusStatus.NO_VARIANTS
    if len(region.rows) < inputs.settings["min_variants"]:
        return LocusStatus.TOO_FEW_VARIANTS
    return LocusStatus.TESTED if np.isfinite(sd).all() else LocusStatus.NO_SCALE
