"""Colocalisation of two traits at one locus: ABF, SuSiE where the LD is known, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.coloc_susie import RegionLd, SusieResult, run_susie
from scripts.method.abf import EFFECT_SD_CASE_CONTROL, EFFECT_SD_QUANTITATIVE, log_abf, trait_sd
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.coloc import H0, H1, H2, H3, H4, Colocalisation, Priors, colocalise, credible_set
from scripts.table.coloc import ColocNote, ColocVerdict

WEAK_NEGLOG10_P = 3.0
EDGE_SHARE = 0.02  # of the stretch that the variants cover
SENSITIVE = 10.0  # a conclusion that a p12 so many times smaller would change is noted
VERDICTS = {
    H0: ColocVerdict.NEITHER,
    H1: ColocVerdict.TRAIT_1_ONLY,
    H2: ColocVerdict.TRAIT_2_ONLY,
    H3: ColocVerdict.DISTINCT,
    H4: ColocVerdict.SHARED,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """What is known of a trait's scale: case-control (log odds), or in units of its SD, or neither."""

    binary: bool
    in_sd: bool

    def trait_sd(self, se: FloatArray, eaf: FloatArray, n: FloatArray) -> float:
        """SD of the trait in the unit of its effects: 1 if declared, else estimated; NaN if not to be had.

        Of a case-control trait 1: its effects' prior is on the log odds.
        """
        return 1.0 if self.binary or self.in_sd else trait_sd(se, eaf, n)

    def effect_sd(self, sd: float) -> float:
        """SD of the effects' prior."""
        return EFFECT_SD_CASE_CONTROL if self.binary else EFFECT_SD_QUANTITATIVE * sd


@dataclass(frozen=True, slots=True)
class Region:
    """Variants (k,) of a locus with both traits' effects for one allele, n and eaf; NaN where unknown."""

    rows: pd.DataFrame

    def of(self, trait: int, name: str) -> FloatArray:
        """A number of trait 1 or 2: beta, se, eaf, n, neglog10_p."""
        return self.rows[f"{name}_{trait}"].to_numpy(dtype=np.float64)

    def z(self, trait: int) -> FloatArray:
        """z scores of trait 1 or 2."""
        return self.of(trait, "beta") / self.of(trait, "se")


@dataclass(frozen=True, slots=True)
class LocusResult:
    """What a region says: SDs of the traits, log Bayes factors of variants (k,), and what follows.

    `shared` (k,) is each variant's probability of being the shared one, if there is one: of the pair of
    credible sets that is most probably of one variant, else ABF's; `credible` is the set of those.
    """

    sd: tuple[float, float]
    log_bf: tuple[FloatArray, FloatArray]
    abf: Colocalisation
    susie: SusieResult
    shared: FloatArray
    credible: BoolArray
    verdict: ColocVerdict
    notes: tuple[ColocNote, ...]


def priors_of(settings: Mapping[str, Any], p12: str = "p12") -> Priors:
    """The priors of the config's section coloc."""
    return Priors(settings["p1"], settings["p2"], settings[p12])


def scales_of(region: Region, scales: tuple[Scale, Scale]) -> tuple[float, float]:
    """SD of each trait, from the region's own variants where it is not declared."""
    found = [
        scale.trait_sd(region.of(k, "se"), region.of(k, "eaf"), region.of(k, "n"))
        for k, scale in enumerate(scales, 1)
    ]
    return found[0], found[1]


def examine(
    region: Region,
    scales: tuple[Scale, Scale],
    sd: tuple[float, float],
    ld: RegionLd | None,
    settings: Mapping[str, Any],
) -> LocusResult:
    """Colocalise two traits by a region's variants; `sd` are finite, `settings` is the config's coloc."""
    log_bf = [
        log_abf(region.of(k, "beta"), region.of(k, "se"), scales[k - 1].effect_sd(sd[k - 1])) for k in (1, 2)
    ]
    abf = colocalise(log_bf[0], log_bf[1], priors_of(settings))
    susie = run_susie(
        (region.z(1), region.z(2)),
        (float(np.median(region.of(1, "n"))), float(np.median(region.of(2, "n")))),
        ld,
        priors_of(settings, "p12_susie"),
        settings["susie"] | {"coverage": settings["coverage"]},
    )
    shared = np.nan_to_num(susie.shared()) if susie.pairs else abf.variant_h4
    credible = np.zeros(len(shared), dtype=bool)
    credible[credible_set(shared, settings["coverage"])] = True
    by_abf = conclude(abf.posterior, settings["min_posterior"])
    verdict = _by_sets(susie, settings["min_posterior"]) if susie.pairs else by_abf
    notes = tuple(_notes(region, abf, susie, by_abf, verdict, settings))
    return LocusResult(sd, (log_bf[0], log_bf[1]), abf, susie, shared, credible, verdict, notes)


def conclude(posterior: FloatArray, least: float) -> ColocVerdict:
    """The hypothesis whose posterior is at least `least`."""
    best = int(np.argmax(posterior))
    return VERDICTS[best] if posterior[best] >= least else ColocVerdict.UNDECIDED


def _by_sets(susie: SusieResult, least: float) -> ColocVerdict:
    """Shared where one pair of credible sets is, distinct where all pairs are."""
    verdicts = [conclude(pair.colocalisation.posterior, least) for pair in susie.pairs]
    if ColocVerdict.SHARED in verdicts:
        return ColocVerdict.SHARED
    apart = all(verdict == ColocVerdict.DISTINCT for verdict in verdicts)
    return ColocVerdict.DISTINCT if apart else ColocVerdict.UNDECIDED


def _notes(
    region: Region,
    abf: Colocalisation,
    susie: SusieResult,
    by_abf: ColocVerdict,
    verdict: ColocVerdict,
    settings: Mapping[str, Any],
) -> Iterator[ColocNote]:
    for k, note in ((1, ColocNote.WEAK_1), (2, ColocNote.WEAK_2)):
        if region.of(k, "neglog10_p").max() < WEAK_NEGLOG10_P:
            yield note
    if any(_at_edge(region, k) for k in (1, 2)):
        yield ColocNote.EDGE
    if abf.priors != priors_of(settings):
        yield ColocNote.PRIORS_LOWERED
    if by_abf == ColocVerdict.SHARED and p12_needed(abf, settings) > abf.priors.p12 / SENSITIVE:
        yield ColocNote.PRIOR_SENSITIVE
    if any(match.flipped.any() for match in susie.matches):
        yield ColocNote.SWAPPED_ALLELES
    if {by_abf, verdict} == {ColocVerdict.SHARED, ColocVerdict.DISTINCT}:
        yield ColocNote.METHODS_DIFFER


def p12_needed(abf: Colocalisation, settings: Mapping[str, Any]) -> float:
    """The p12 from which on the posterior of H4 is high enough for a conclusion."""
    return abf.evidence.p12_at(abf.priors, settings["min_posterior"])


def _at_edge(region: Region, trait: int) -> bool:
    """Whether a trait's strongest variant lies in the outermost stretch of the variants."""
    position = region.rows["position"].to_numpy(dtype=np.float64)
    if region.of(trait, "neglog10_p").max() < WEAK_NEGLOG10_P:
        return False
    peak = position[int(np.argmax(np.abs(region.z(trait))))]
    margin = EDGE_SHARE * (position[-1] - position[0])
    return bool(peak <= position[0] + margin or peak >= position[-1] - margin)
