"""What a tested locus puts into the tables of a colocalisation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.coloc import LocusResult, Region, p12_needed
from scripts.analysis.coloc_susie import RegionLd, SusieResult
from scripts.method.coloc import H3, H4

P12_GRID = 10.0 ** (np.arange(-28, -15) / 4)  # 1e-7 to 1e-4


def names_of(rows: pd.DataFrame) -> list[str]:
    """What to call each variant: its rsid, else chromosome:position."""
    places = rows["chromosome"].astype(str) + ":" + rows["position"].astype(str)
    named = rows["rsid"].notna() & (rows["rsid"] != "")
    return list(rows["rsid"].where(named, places))


def locus_row(region: Region, result: LocusResult, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a tested locus for tables/coloc.tsv."""
    names, abf, susie = names_of(region.rows), result.abf, result.susie
    top = int(np.argmax(result.shared))
    peaks = [int(np.argmax(np.abs(region.z(k)))) for k in (1, 2)]
    return {
        **{f"top_{k}": names[peaks[k - 1]] for k in (1, 2)},
        **{f"neglog10_p_{k}": float(region.of(k, "neglog10_p")[peaks[k - 1]]) for k in (1, 2)},
        **{f"sd_{k}": result.sd[k - 1] for k in (1, 2)},
        **{name: getattr(abf.priors, name) for name in ("p1", "p2", "p12")},
        **{f"pp_h{k}": float(abf.posterior[k]) for k in range(5)},
        "top_h4": names[top],
        "top_h4_pp": float(result.shared[top]),
        "n_credible": int(result.credible.sum()),
        "p12_needed": p12_needed(abf, settings),
        **_susie_columns(susie),
        "verdict": result.verdict.value,
        "notes": ";".join(note.value for note in result.notes),
    }


def _susie_columns(susie: SusieResult) -> dict[str, Any]:
    """What SuSiE tells of a locus: numbers are missing where it was not run so far."""
    shares = [match.share for match in susie.matches] or [math.nan, math.nan]
    swapped = np.any([match.flipped for match in susie.matches], axis=0).sum() if susie.matches else math.nan
    best = susie.pairs[0].colocalisation.posterior if susie.pairs else np.full(5, np.nan)
    sets = [float(len(fit.sets)) for fit in susie.fits] or [math.nan, math.nan]
    return {
        "susie": susie.status.value,
        "n_in_panel": int(susie.used.sum()),
        **{f"mismatch_{k}": shares[k - 1] for k in (1, 2)},
        "n_outliers": sum(match.outliers for match in susie.matches) if susie.matches else math.nan,
        "n_swapped": swapped,
        **{f"n_sets_{k}": sets[k - 1] for k in (1, 2)},
        "susie_pp_h3": float(best[H3]),
        "susie_pp_h4": float(best[H4]),
    }


def variant_rows(region: Region, result: LocusResult, ld: RegionLd | None) -> pd.DataFrame:
    """Every variant of the region with what it contributes; `r2` is with the most probably shared one.

    `pp_h4` is each one's probability under H4 by ABF, `susie_pp_h4` by the pair of credible sets that is most
    probably of one variant, `pip` to have any effect on the trait by SuSiE; missing where SuSiE was not run.
    """
    top = int(np.argmax(result.shared))
    nothing = np.full(len(region.rows), np.nan)
    pips = [result.susie.spread(fit.pip) for fit in result.susie.fits] or [nothing, nothing]
    return region.rows.assign(
        r2=nothing if ld is None else ld.r2_with(top),
        log_bf_1=result.log_bf[0],
        log_bf_2=result.log_bf[1],
        pp_h4=result.abf.variant_h4,
        susie_pp_h4=result.susie.shared() if result.susie.pairs else nothing,
        in_credible_set=result.credible,
        pip_1=pips[0],
        pip_2=pips[1],
    )


def set_rows(region: Region, result: LocusResult) -> list[dict[str, Any]]:
    """Every pair of credible sets of a locus for tables/coloc_sets.tsv."""
    names = np.array(names_of(region.rows), dtype=object)[result.susie.used]
    return [
        {
            **{f"set_{k}": one.effect + 1 for k, one in both},
            **{f"lead_{k}": names[one.variants[0]] for k, one in both},
            **{f"size_{k}": len(one.variants) for k, one in both},
            **{f"purity_{k}": one.purity for k, one in both},
            **{f"pp_h{h}": float(pair.colocalisation.posterior[h]) for h in range(5)},
            "top_h4": names[int(np.argmax(pair.colocalisation.variant_h4))],
            **{f"variants_{k}": ";".join(names[one.variants]) for k, one in both},
        }
        for pair in result.susie.pairs
        for both in [((1, pair.set_1), (2, pair.set_2))]
    ]


def prior_rows(result: LocusResult) -> list[dict[str, float]]:
    """Posteriors of the five hypotheses for p12 from 1e-7 to 1e-4, for tables/coloc_priors.tsv."""
    swept = result.abf.evidence.posterior_by_p12(result.abf.priors, P12_GRID)
    return [
        {"p12": float(p12), **{f"pp_h{h}": float(row[h]) for h in range(5)}}
        for p12, row in zip(P12_GRID, swept, strict=True)
    ]
