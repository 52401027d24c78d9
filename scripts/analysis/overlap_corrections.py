"""Overlap of samples and winner's curse: how much they can bias a pair, and what remains when corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align
from scripts.analysis.diagnostics import attempt
from scripts.analysis.fingerprint import Biobank, Declared, shared_people
from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate
from scripts.method.ivw import ivw
from scripts.method.mrlap import MrlapFit, Uncertain, mrlap
from scripts.method.normal import abs_z_from_neglog10_p
from scripts.method.overlap import error_correlation, overlap_bias_bound
from scripts.method.raps import raps
from scripts.method.simss import Estimator, simss
from scripts.method.strength import f_statistics
from scripts.table.correlations import Correlations
from scripts.table.status import EstimateScale, MethodStatus, VariantStatus

PAIR = ("exposure", "outcome")
NUMBERS = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the study asks for: method keys, splits or draws of each, and the P of its instruments."""

    methods: Sequence[str]
    draws: int
    p_threshold: float


@dataclass(frozen=True, slots=True)
class PairEffects:
    """Aligned effects on exposure and outcome (arrays of length n) and numbers of people."""

    beta_x: FloatArray
    se_x: FloatArray
    beta_y: FloatArray
    se_y: FloatArray
    n_x: float
    n_y: float

    @property
    def arrays(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """(beta_x, se_x, beta_y, se_y)."""
        return self.beta_x, self.se_x, self.beta_y, self.se_y


NOTHING = np.empty(0)
NOBODY = PairEffects(NOTHING, NOTHING, NOTHING, NOTHING, np.nan, np.nan)


def effects_of(aligned: pd.DataFrame) -> PairEffects:
    """The kept variants of one pair, from `alignment.align` or instruments.parquet; N is the median."""
    kept = aligned[aligned["status"] == VariantStatus.KEPT]
    names = ("beta_exposure", "se_exposure", "beta_outcome", "se_outcome")
    beta_x, se_x, beta_y, se_y = (kept[name].to_numpy(float) for name in names)
    people = (float(kept[f"n_{side}"].median()) for side in ("exposure", "outcome"))
    return PairEffects(beta_x, se_x, beta_y, se_y, *people)


def bounds_table(
    screen: pd.DataFrame,
    effects: Mapping[Any, PairEffects],
    exposures: Mapping[str, Declared],
    cohorts: Mapping[str, Sequence[Declared]],
    biobanks: Sequence[Biobank],
    correlations: Correlations,
) -> pd.DataFrame:
    """A row for each pair of the screen, whatever its status; `effects` lacks pairs without instruments."""
    rows = []
    for exposure, outcome, status in zip(*(screen[name] for name in (*PAIR, "status")), strict=True):
        data, error = effects.get((exposure, outcome), NOBODY), correlations.error(exposure, outcome)
        bias = bias_row(exposures[exposure], cohorts[outcome], biobanks, data, error)
        rows.append({"exposure": exposure, "outcome": outcome, "status": status, **bias})
    return pd.DataFrame(rows)


def bias_row(
    exposure: Declared,
    people: Sequence[Declared],
    biobanks: Sequence[Biobank],
    data: PairEffects,
    error: Uncertain | None,
) -> Row:
    """How many people exposure and outcome can share at most, and the bias that this can give.

    `people` are the outcome's cohorts, or the outcome itself. One that shares people by its declarations, or
    declares no cohort, counts with all of its people, or the exposure's where these are fewer; one of other
    declared cohorts counts as none.
    """
    shared, why = 0.0, []
    for part in people:
        reasons = [f"are {found.why}" for found in shared_people(part, [exposure], biobanks)]
        if not (reasons or (part.cohorts and exposure.cohorts)):
            reasons = ["may share people, as the trait table does not say which cohorts they are"]
        shared += min(data.n_x, part.n or data.n_y) * len(reasons)
        why += [f"{part.name} and the exposure {reason}" for reason in reasons]
    known = len(data.beta_x) > 0
    shared = min(shared, data.n_x) if known else np.nan
    strength = float(np.mean(f_statistics(data.beta_x, data.se_x))) if known else np.nan
    return {
        "n_exposure": data.n_x,
        "n_outcome": data.n_y,
        "n_shared_at_most": shared,
        "why": "; ".join(why),
        "f_mean": strength,
        "bias_bound": overlap_bias_bound(shared, data.n_y, strength),
        "error_correlation_at_most": error_correlation(shared, data.n_x, data.n_y, 1.0),
        "error_correlation": error.value if error else np.nan,
        "error_correlation_se": error.se if error else np.nan,
    }


def corrected_rows(
    used: PairEffects,
    every: PairEffects | None,
    error: Uncertain | None,
    heritability: Uncertain | None,
    settings: Settings,
    streams: Callable[[str], np.random.Generator],
) -> list[Row]:
    """IVW as it is, then each correction with its status.

    `used` has the pair's instruments, `every` all independent variants, significant or not (None: unknown).
    """
    rows = [_row("ivw", EstimateScale.UNITS, *attempt(lambda: ivw(used.beta_x, used.beta_y, used.se_y)))]
    for method in settings.methods:
        if error is None:
            rows.append(_row(method, _scale(method), None, MethodStatus.NO_CORRELATION))
        elif method == "mrlap":
            rows += _mrlap(used, error, heritability, settings, streams(method))
        elif every is None:
            rows.append(_row(method, _scale(method), None, MethodStatus.SELECTED_ONLY))
        else:
            rows.append(_simss(method, every, error, settings, streams(method)))
    return rows


def every_variant(
    independent: pd.DataFrame, outcome: pd.DataFrame, harmonise: Mapping[str, Any]
) -> PairEffects:
    """The effects of independent variants on exposure and outcome, from standard tables."""
    return effects_of(align(independent, outcome, **harmonise))


SPLIT_ESTIMATORS: dict[str, Estimator] = {
    "simss_ivw": lambda beta_x, se_x, beta_y, se_y: ivw(beta_x, beta_y, se_y),
    "simss_raps": lambda *effects: raps(*effects, loss="l2", overdispersion=True).estimate,
}


def _simss(
    method: str, every: PairEffects, error: Uncertain, settings: Settings, rng: np.random.Generator
) -> Row:
    def run() -> Estimate:
        return simss(
            *every.arrays,
            SPLIT_ESTIMATORS[method],
            error_correlation=error.value,
            p_threshold=settings.p_threshold,
            draws=settings.draws,
            rng=rng,
        )

    return _row(method, EstimateScale.UNITS, *attempt(run))


def _mrlap(
    used: PairEffects,
    error: Uncertain,
    heritability: Uncertain | None,
    settings: Settings,
    rng: np.random.Generator,
) -> list[Row]:
    """Observed and corrected, both in standard deviations; `difference_neglog10_p` tests that they agree."""
    if heritability is None or heritability.value <= 0.0:
        return [_row("mrlap", EstimateScale.STANDARD_DEVIATIONS, None, MethodStatus.NO_HERITABILITY)]
    z_x, z_y = used.beta_x / used.se_x, used.beta_y / used.se_y
    beyond = np.abs(z_x) > abs_z_from_neglog10_p(-np.log10(settings.p_threshold))

    def run() -> MrlapFit:
        return mrlap(
            z_x[beyond],
            z_y[beyond],
            used.n_x,
            used.n_y,
            heritability,
            error,
            settings.p_threshold,
            settings.draws,
            rng,
        )

    fit, status = attempt(run)
    scale = EstimateScale.STANDARD_DEVIATIONS
    return [
        _row("mrlap_observed", scale, fit.observed if fit else None, status),
        _row("mrlap", scale, fit.corrected if fit else None, status)
        | {"difference_neglog10_p": fit.difference_neglog10_p if fit else np.nan},
    ]


def _scale(method: str) -> EstimateScale:
    return EstimateScale.STANDARD_DEVIATIONS if method == "mrlap" else EstimateScale.UNITS


def _row(method: str, scale: EstimateScale, estimate: Estimate | None, status: MethodStatus) -> Row:
    numbers = {name: getattr(estimate, name) if estimate else np.nan for name in NUMBERS}
    count = estimate.n_instruments if estimate else 0
    about = {"method": method, "scale": scale.value, "status": status.value, "n_instruments": count}
    return {**about, **numbers, "difference_neglog10_p": np.nan}
