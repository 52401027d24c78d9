"""Proxies: outcome variants in strong linkage disequilibrium with instruments that the outcome lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.analysis.panel import NOT_FOUND
from scripts.analysis.selection import PanelFile
from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.harmonise import COMPLEMENT
from scripts.method.ld import allele_count_r, allele_count_r2_of, genotype_tables, pack
from scripts.table import sumstats

BASES_PER_KB = 1000
COLUMNS = [*sumstats.COLUMNS, "proxy_rsid", "proxy_position", "proxy_r"]


@dataclass(frozen=True, slots=True)
class Proxies:
    """Where proxies are looked for: the panel, each outcome's standard table, and the config's limits."""

    panel: PanelFile
    outcomes: Mapping[str, Path]
    r2_min: float
    window_kb: float

    def rows(self, outcome: str, missing: pd.DataFrame) -> pd.DataFrame:
        """What stands for the instruments that an outcome lacks, as `proxy_rows` gives it."""
        reach = int(self.window_kb * BASES_PER_KB)
        near = sumstats.lookup_near(self.outcomes[outcome], missing["chromosome"], missing["position"], reach)
        return proxy_rows(missing, near, self.panel, self.r2_min, self.window_kb)


def proxy_rows(
    missing: pd.DataFrame,
    outcome: pd.DataFrame,
    panel: PanelFile,
    r2_min: float = 0.8,
    window_kb: float = 500.0,
) -> pd.DataFrame:
    """Rows for an outcome's table that stand for `missing` instruments; those without a proxy have none.

    Both are standard tables: instruments that are not in the outcome, and the outcome's rows around them. The
    proxy of an instrument is the variant within `window_kb` whose r2 (of allele counts in the panel) with it
    is largest and above `r2_min`; in a tie the nearer one, then the one before. Palindromes are no proxies,
    since letters do not tell which allele goes with the instrument's. Its row has the instrument's place and
    alleles, and the proxy's association as if told for the allele that goes with the instrument's effect
    allele: beta times the sign of r, not its size. `proxy_r` is r of the two effect alleles. The index is
    that of the instruments.
    """
    near = _around(missing, outcome[~_palindromic(outcome)], window_kb * BASES_PER_KB)
    known, candidates = panel.match(missing), panel.match(near)
    found = candidates["index"].to_numpy(np.int64) != NOT_FOUND
    near, candidates = near[found].reset_index(drop=True), candidates[found].reset_index(drop=True)
    rows = {}
    for (label, instrument), (index, sign) in zip(
        missing.iterrows(), known.itertuples(index=False, name=None), strict=True
    ):
        reach = _around(missing.loc[[instrument.name]], near, window_kb * BASES_PER_KB).index.to_numpy()
        if index == NOT_FOUND or not len(reach):
            continue
        columns = np.concatenate(([index], candidates["index"].to_numpy(np.int64)[reach]))
        distance = np.abs(near["position"].to_numpy(np.int64)[reach] - instrument["position"])
        best, r = _best(panel.genotypes(columns), distance, r2_min)
        if best is not None:
            proxy = near.loc[reach[best]]
            rows[label] = _stand_in(instrument, proxy, r * sign * candidates.loc[reach[best], "sign"])
    table = pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), dtype="int64"), columns=COLUMNS)
    return table.astype({**sumstats.COLUMNS, "proxy_rsid": "str"})


def _best(genotypes: np.ndarray, distance: IntArray, r2_min: float) -> tuple[int | None, float]:
    """Which of the columns 1.. of `genotypes` (people x variants) is the best proxy of column 0, and r.

    r is of the counted alleles. `distance` (one a candidate) decides between equal r2.
    """
    others = np.arange(1, genotypes.shape[1])
    r2: FloatArray = allele_count_r2_of(genotype_tables(pack(genotypes), 0, others))
    good = np.flatnonzero(r2 > r2_min)  # a variant that does not vary has no r2
    if not len(good):
        return None, 0.0
    best = int(good[np.lexsort((good, distance[good], -r2[good]))[0]])
    return best, float(allele_count_r(genotypes[:, [0, best + 1]])[0, 1])


def _stand_in(instrument: pd.Series, proxy: pd.Series, r: float) -> dict[str, object]:
    """The proxy's association in the instrument's place."""
    place = ["chromosome", "position", "rsid", "effect_allele", "other_allele"]
    along = r > 0.0
    return {
        **instrument[place],
        "eaf": proxy["eaf"] if along else 1.0 - proxy["eaf"],
        "beta": proxy["beta"] if along else -proxy["beta"],
        **proxy[["se", "neglog10_p", "n"]],
        "proxy_rsid": proxy["rsid"],
        "proxy_position": proxy["position"],
        "proxy_r": r,
    }


def _around(variants: pd.DataFrame, rows: pd.DataFrame, reach: float) -> pd.DataFrame:
    """The rows (sorted by place) within `reach` bases of any of the variants, inclusive."""
    places = sumstats.place(rows["chromosome"], rows["position"])
    chosen = np.zeros(len(rows), dtype=bool)
    for chromosome, position in zip(variants["chromosome"], variants["position"], strict=True):
        first = sumstats.place(chromosome, max(0, int(position - reach)))
        last = sumstats.place(chromosome, int(position + reach))
        chosen[np.searchsorted(places, first) : np.searchsorted(places, last, side="right")] = True
    return rows[chosen]


def _palindromic(rows: pd.DataFrame) -> BoolArray:
    """A/T and C/G variants."""
    effect, other = rows["effect_allele"], rows["other_allele"]
    return ((effect.str.len() == 1) & (effect.str.translate(COMPLEMENT) == other)).to_numpy(bool)
