"""SuSiE at one locus: the panel's LD of the variants, whether it fits the z scores, and the credible sets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.panel import NOT_FOUND
from scripts.analysis.selection import PanelFile
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.coloc import Priors
from scripts.method.coloc_sets import SetPair, colocalise_sets
from scripts.method.ld_mismatch import kriging, mismatch_share
from scripts.method.panel_ld import PanelLd
from scripts.method.susie import SusieFit, SusieSettings, shrunken_z, susie
from scripts.table.coloc import SusieStatus

OUTLIER = 5.0  # standardised difference of a z from what the other variants foretell


@dataclass(frozen=True, slots=True)
class RegionLd:
    """The panel's LD of those of a region's rows (k,) that it has (`present`), for the effect alleles."""

    ld: PanelLd
    present: BoolArray

    def r2_with(self, row: int) -> FloatArray:
        """Squared correlation (k,) of every row with one of them; NaN where the panel lacks either."""
        r2 = np.full(len(self.present), np.nan)
        if self.present[row]:
            r2[self.present] = self.ld.correlation_with(int(self.present[:row].sum())) ** 2
        return r2


def read_ld(rows: pd.DataFrame, panel: PanelFile) -> RegionLd | None:
    """The LD of aligned rows (columns of `coloc_rows.VARIANT` and eaf_1); None where the panel has none."""
    matched = panel.match(rows.rename(columns={"eaf_1": "eaf"}))
    index, sign = matched["index"].to_numpy(np.int64), matched["sign"].to_numpy(float)
    present = index != NOT_FOUND
    if not present.any():
        return None
    genotypes = panel.genotypes(index[present])
    counts = np.where(genotypes >= 0, genotypes, 0)
    called = (genotypes >= 0).sum(axis=0)
    varies = (counts.sum(axis=0) > 0) & (counts.sum(axis=0) < 2 * called)
    # All heterozygous: both alleles occur and yet no one differs.
    varies &= ~(((genotypes == 1) | (genotypes < 0)).all(axis=0))
    if not varies.any():
        return None
    present[np.flatnonzero(present)[~varies]] = False
    return RegionLd(PanelLd.of(genotypes[:, varies], sign[present]), present)


@dataclass(frozen=True, slots=True)
class Match:
    """How well the panel's LD fits one trait's z scores: `share` is what it does not explain (s)."""

    share: float
    outliers: int
    flipped: BoolArray


@dataclass(frozen=True, slots=True)
class SusieResult:
    """What SuSiE made of a region. `used` (k,) are the rows that it had; arrays of the fits are of those."""

    status: SusieStatus
    used: BoolArray
    matches: tuple[Match, ...] = ()
    fits: tuple[SusieFit, ...] = ()
    pairs: tuple[SetPair, ...] = ()

    def spread(self, values: FloatArray) -> FloatArray:
        """Values of the used rows as values of all rows; NaN for the others."""
        spread = np.full(len(self.used), np.nan)
        spread[self.used] = values
        return spread

    def shared(self) -> FloatArray:
        """Probability of each row to be the shared variant of the first pair; NaN where it was not used."""
        return self.spread(self.pairs[0].colocalisation.variant_h4)


def run_susie(
    z: tuple[FloatArray, FloatArray],
    n: tuple[float, float],
    region: RegionLd | None,
    priors: Priors,
    settings: Mapping[str, Any],
) -> SusieResult:
    """Fit both traits' z scores (k,) and compare their sets; the status says why where this is not done.

    `settings` is `coloc.susie` of the config. The panel's LD is shrunken by the larger of the two shares that
    it does not explain; variants whose alleles seem swapped are left out.
    """
    k = len(z[0])
    unable = _unable(region, k, settings)
    if unable is not None or region is None:
        return SusieResult(unable or SusieStatus.NO_PANEL, np.zeros(k, dtype=bool))
    shrunken = [shrunken_z(one[region.present], people) for one, people in zip(z, n, strict=True)]
    spectrum = region.ld.spectrum()
    matches = tuple(_match(one, spectrum) for one in shrunken)
    flipped = matches[0].flipped | matches[1].flipped
    used = region.present.copy()
    used[np.flatnonzero(used)[flipped]] = False
    share = max(match.share for match in matches)
    if not share <= settings["max_mismatch"] or not used.any():
        return SusieResult(SusieStatus.LD_MISMATCH, used, matches)
    ld = region.ld.only(~flipped).shrunken(share)
    control = SusieSettings(
        effects=settings["effects"], coverage=settings["coverage"], purity=settings["purity"]
    )
    fits = tuple(susie(one[used], ld, people, control) for one, people in zip(z, n, strict=True))
    status = _status(fits)
    pairs = colocalise_sets(fits[0], fits[1], priors) if status == SusieStatus.FITTED else ()
    return SusieResult(status, used, matches, fits, pairs)


def _unable(region: RegionLd | None, k: int, settings: Mapping[str, Any]) -> SusieStatus | None:
    """Why SuSiE cannot be run, or None."""
    if not settings["run"]:
        return SusieStatus.SWITCHED_OFF
    if region is None:
        return SusieStatus.NO_PANEL
    present = int(region.present.sum())
    if present < settings["min_panel_share"] * k:
        return SusieStatus.TOO_FEW_IN_PANEL
    return SusieStatus.TOO_MANY_VARIANTS if present > settings["max_variants"] else None


def _match(z: FloatArray, spectrum: Any) -> Match:
    share = mismatch_share(z, spectrum)
    found = kriging(z, spectrum, share)
    return Match(share, int((np.abs(found.error) > OUTLIER).sum()), found.flipped)


def _status(fits: tuple[SusieFit, ...]) -> SusieStatus:
    if not all(fit.converged and math.isfinite(fit.elbo) for fit in fits):
        return SusieStatus.NOT_CONVERGED
    if not fits[0].sets:
        return SusieStatus.NO_SET_1
    return SusieStatus.FITTED if fits[1].sets else SusieStatus.NO_SET_2
