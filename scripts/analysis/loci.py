"""Risk loci of a table of P values, with linkage disequilibrium (LD) from the panel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.analysis.panel import MATCHED, NOT_FOUND, match_panel
from scripts.analysis.selection import MHC, PanelFile, in_mhc
from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.ld import LD_R2, PairR2, genotype_tables, pack
from scripts.method.loci import Loci, Locus, Rules, find_loci
from scripts.table.pleiotropy import LOCUS, LOCUS_VARIANT, LocusRole

BASES_PER_KB = 1000
BOTH_TRAITS_P = 1e-4  # single-trait P below which a trait counts as affected
TYPES = {"locus": "Int64", "chromosome": "Int64", "position": "Int64", "r2": "float64"}
RULES = ("p_lead", "p_candidate", "r2_independent", "r2_lead", "merge_kb")


@dataclass(frozen=True, slots=True)
class Found:
    """Loci (columns LOCUS) and their variants (LOCUS_VARIANT)."""

    loci: pd.DataFrame
    variants: pd.DataFrame


def risk_loci(
    tables: Iterable[pd.DataFrame], panel: PanelFile, settings: Mapping[str, Any], mhc: str
) -> Found:
    """Loci of tested variants (columns TESTED, a chromosome a table), numbered over the genome.

    `settings` is the config's section loci. In the MHC, where LD is long, `mhc` leaves variants out (exclude)
    or makes one locus of all (flag); keep treats it like any other place. Significant variants that the
    panel lacks are listed without a locus.
    """
    loci: list[dict[str, Any]] = []
    variants = [pd.DataFrame(columns=LOCUS_VARIANT)]
    for table in tables:
        rows = table[table["neglog10_p"].notna() & ~(in_mhc(table) & (mhc == "exclude"))]
        if (rows["neglog10_p"] > -np.log10(settings["p_lead"])).any():
            known, absent, found = _on_chromosome(rows, panel, settings, mhc == "flag")
            numbers = range(len(loci) + 1, len(loci) + 1 + len(found.loci))
            variants += [_variants(known, found, numbers), _absent(absent)]
            loci += [_locus(known, locus, n) for n, locus in zip(numbers, found.loci, strict=True)]
    return Found(pd.DataFrame(loci, columns=LOCUS), pd.concat(variants, ignore_index=True).astype(TYPES))


def _on_chromosome(
    rows: pd.DataFrame, panel: PanelFile, settings: Mapping[str, Any], one_mhc: bool
) -> tuple[pd.DataFrame, pd.DataFrame, Loci]:
    """Variants of the panel with what is known of them, significant ones that it lacks, and the loci."""
    significant = rows["neglog10_p"] > -np.log10(settings["p_lead"])
    chromosome = int(rows["chromosome"].iloc[0])
    reach = settings["ld_window_kb"] * BASES_PER_KB
    centres = rows.loc[significant, "position"].to_numpy(np.int64)
    near = rows[_within(rows, centres, reach)]
    in_panel = _panel_rows(panel, chromosome, centres, reach)
    matched = near.assign(index=match_panel(near, in_panel)["index"].to_numpy())
    lacking = matched["index"] == NOT_FOUND
    known = _joined(in_panel, matched[~lacking])
    found = find_loci(
        known["position"].to_numpy(np.int64),
        known["neglog10_p"].to_numpy(float),
        _neighbours(known, panel, LD_R2[settings["ld"]], reach),
        Rules(**{name: float(settings[name]) for name in RULES}),
        MHC[1:] if one_mhc and chromosome == MHC[0] else None,
    )
    return known, matched[lacking & significant.loc[near.index]], found


def _within(rows: pd.DataFrame, centres: IntArray, reach: float) -> BoolArray:
    """Rows within `reach` bases of one of the ascending centres, inclusive."""
    position = rows["position"].to_numpy(np.int64)
    after = np.searchsorted(centres, position)
    left = position - centres[np.maximum(after - 1, 0)]
    right = centres[np.minimum(after, len(centres) - 1)] - position
    return np.asarray((np.abs(left) <= reach) | (np.abs(right) <= reach), dtype=bool)


def _panel_rows(panel: PanelFile, chromosome: int, centres: IntArray, reach: float) -> pd.DataFrame:
    limits = [("position", ">=", int(centres[0] - reach)), ("position", "<=", int(centres[-1] + reach))]
    filters = [("chromosome", "=", chromosome), *limits]
    rows: pd.DataFrame = pq.read_table(panel.index, columns=[*MATCHED, "rsid"], filters=filters).to_pandas()
    near: pd.DataFrame = rows[_within(rows, centres, reach)]
    return near.reset_index(drop=True)


def _joined(in_panel: pd.DataFrame, matched: pd.DataFrame) -> pd.DataFrame:
    """Every variant of the panel, with its P where it was tested; the most significant of several rows."""
    best = matched.sort_values("neglog10_p", ascending=False, kind="stable").drop_duplicates("index")
    tested = best.set_index("index").reindex(in_panel["index"]).reset_index(drop=True)
    names = {"rsid": "rsid", "effect_allele": "allele_1", "other_allele": "allele_2"}
    own = {name: tested[name].where(tested[name].notna(), in_panel[other]) for name, other in names.items()}
    places = in_panel[["chromosome", "position", "index"]]
    return tested.assign(**own, **{str(name): places[name] for name in places}).reset_index(drop=True)


def _neighbours(
    known: pd.DataFrame, panel: PanelFile, pair_r2: PairR2, reach: float
) -> Callable[[int], tuple[IntArray, FloatArray]]:
    """The function that gives a variant's neighbours within `reach` bases and their r2 in the panel."""
    position, index = known["position"].to_numpy(np.int64), known["index"].to_numpy(np.int64)

    def neighbours(row: int) -> tuple[IntArray, FloatArray]:
        first, last = np.searchsorted(position, [position[row] - reach, position[row] + reach + 1])
        others = np.arange(first, last)
        packed = pack(panel.genotypes(index[others]))
        r2 = pair_r2(genotype_tables(packed, row - int(first), np.arange(len(others))))
        linked = (others != row) & (r2 > 0)  # NaN where one does not vary
        return others[linked], r2[linked]

    return neighbours


def _locus(known: pd.DataFrame, locus: Locus, number: int) -> dict[str, Any]:
    lead = known.iloc[locus.leads[0].row]
    inside = known.iloc[list(locus.candidates)]
    single = [lead["neglog10_p_exposure"], lead["neglog10_p_outcome"]]
    return {
        "locus": number,
        "chromosome": lead["chromosome"],
        "start": locus.start,
        "end": locus.end,
        "lead_rsid": lead["rsid"],
        "lead_position": lead["position"],
        **{name: lead[name] for name in ("effect_allele", "other_allele", "neglog10_p")},
        "p": 10 ** -lead["neglog10_p"],
        **{name: lead[name] for name in ("z_exposure", "z_outcome")},
        "neglog10_p_exposure": single[0],
        "neglog10_p_outcome": single[1],
        "p_exposure": 10 ** -single[0],
        "p_outcome": 10 ** -single[1],
        "both_traits": bool(min(single) > -np.log10(BOTH_TRAITS_P)),
        "in_mhc": bool(in_mhc(inside).any()),
        "n_lead": len(locus.leads),
        "n_independent": len(locus.independent),
        "n_candidates": len(inside),
        "n_panel_only": int(inside["neglog10_p"].isna().sum()),
        "lead_rsids": ";".join(known["rsid"].iloc[[row.row for row in locus.leads]]),
        "independent_rsids": ";".join(known["rsid"].iloc[list(locus.independent)]),
    }


def _variants(known: pd.DataFrame, found: Loci, numbers: Sequence[int]) -> pd.DataFrame:
    """The candidates of each locus with their roles."""
    parts = []
    for number, locus in zip(numbers, found.loci, strict=True):
        rows = known.iloc[list(locus.candidates)]
        tags = [found.tags[row] for row in locus.candidates]
        roles = np.where(rows["neglog10_p"].isna(), LocusRole.PANEL_ONLY.value, LocusRole.CANDIDATE.value)
        roles = np.where(rows.index.isin(locus.independent), LocusRole.INDEPENDENT.value, roles)
        roles = np.where(rows.index.isin([lead.row for lead in locus.leads]), LocusRole.LEAD.value, roles)
        names = known["rsid"].iloc[[row for row, _ in tags]].to_numpy()
        parts.append(rows.assign(locus=number, role=roles, r2=[r2 for _, r2 in tags], independent_rsid=names))
    return pd.concat([pd.DataFrame(columns=LOCUS_VARIANT), *parts])[LOCUS_VARIANT]


def _absent(rows: pd.DataFrame) -> pd.DataFrame:
    described = rows.assign(locus=None, role=LocusRole.NOT_IN_PANEL.value, r2=np.nan, independent_rsid="")
    return described[LOCUS_VARIANT]
