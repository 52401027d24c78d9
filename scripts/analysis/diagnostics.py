"""What the estimates of one pair rest on: strength, heterogeneity, single instruments, power."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from scripts.analysis.estimators import ESTIMATORS, Pair
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import EqualEffects, OneDominates, OnlyOutliers, TooFewInstruments, TooWeak
from scripts.method.gsmr import GsmrFit
from scripts.method.heterogeneity import Heterogeneity, cochran_q, q_contributions
from scripts.method.normal import neglog10_p_from_chi2, neglog10_p_from_z
from scripts.method.power import minimum_detectable_effect
from scripts.method.presso import PressoFit
from scripts.method.strength import f_statistics, i2_gx
from scripts.method.wald import wald_ratios
from scripts.table.status import GsmrStatus, MethodStatus, OutlierStatus

WEAK_F = 10.0
REASONS: dict[type[Exception], MethodStatus] = {
    TooFewInstruments: MethodStatus.TOO_FEW_INSTRUMENTS,
    TooWeak: MethodStatus.TOO_WEAK,
    EqualEffects: MethodStatus.EQUAL_EFFECTS,
    OnlyOutliers: MethodStatus.ONLY_OUTLIERS,
    OneDominates: MethodStatus.ONE_DOMINATES,
    np.linalg.LinAlgError: MethodStatus.SINGULAR,
}

Answer = TypeVar("Answer")


def attempt(method: Callable[[], Answer]) -> tuple[Answer | None, MethodStatus]:
    """The method's answer, or the reason why it has none."""
    try:
        return method(), MethodStatus.ESTIMATED
    except tuple(REASONS) as reason:
        return None, REASONS[type(reason)]


def diagnostics_of(pair: Pair, fit: GsmrFit | None, outliers: PressoFit | None) -> dict[str, Any]:
    """One row for the pair; NaN, an empty text or a count of 0 where there are too few instruments."""
    data, alpha = pair.data, pair.settings.alpha
    f = f_statistics(data.beta_x, data.se_x)
    dilution, _ = attempt(lambda: i2_gx(data.beta_x, data.se_x, data.se_y))
    q, _ = attempt(lambda: cochran_q(*pair.first_order))
    choice, _ = attempt(lambda: pair.rucker)
    line, _ = attempt(lambda: pair.egger)
    radial, _ = attempt(lambda: pair.radial)
    primary, _ = attempt(lambda: ESTIMATORS["wald_ratio" if len(f) == 1 else "ivw"](pair))
    return {
        "f_min": f.min() if len(f) else np.nan,
        "f_mean": f.mean() if len(f) else np.nan,
        "f_share_below_10": np.mean(f < WEAK_F) if len(f) else np.nan,
        "i2_gx": np.nan if dilution is None else dilution,
        **_heterogeneity("q", q),
        "i2": q.i2 if q else np.nan,
        **_heterogeneity("q_prime", choice.q_prime if choice else None),
        "rucker_model": choice.model.value if choice else "",
        "egger_intercept": line.intercept.beta if line else np.nan,
        "egger_intercept_se": line.intercept.se if line else np.nan,
        "egger_intercept_neglog10_p": line.intercept.neglog10_p if line else np.nan,
        "minimum_detectable_effect": minimum_detectable_effect(primary.se, alpha) if primary else np.nan,
        "radial_beta": radial.estimate.beta if radial else np.nan,
        "n_radial_outliers": np.sum(radial.outliers(alpha)) if radial else 0,
        "n_heidi_outliers": np.sum(fit.status == GsmrStatus.HEIDI_OUTLIER.value) if fit else 0,
        **_presso(outliers),
    }


def variants_of(
    pair: Pair, fit: GsmrFit | None, outliers: PressoFit | None
) -> dict[str, FloatArray | npt.NDArray[np.str_]]:
    """Columns with a value for each instrument (shape n): alone, its part of Q, and what GSMR did with it."""
    n = len(pair.data.beta_x)
    ratio, se = wald_ratios(*pair.first_order)
    q, _ = attempt(lambda: q_contributions(*pair.first_order))
    radial, _ = attempt(lambda: pair.radial)
    unknown = np.full(n, np.nan)
    return {
        "wald_beta": ratio,
        "wald_se": se,
        "wald_neglog10_p": neglog10_p_from_z(ratio / se),
        "q": unknown if q is None else q,
        "q_neglog10_p": unknown if q is None else neglog10_p_from_chi2(q, 1.0),
        "radial_weight": radial.weight if radial else unknown,
        "radial_q": radial.q if radial else unknown,
        "radial_q_neglog10_p": radial.q_neglog10_p if radial else unknown,
        "radial_status": _marks(radial.outliers(pair.settings.alpha) if radial else None, n),
        "presso_neglog10_p": outliers.outlier_neglog10_p if outliers else unknown,
        "presso_status": _marks(outliers.outlier if outliers else None, n),
        "gsmr_status": fit.status if fit else np.full(n, GsmrStatus.NOT_RUN.value),
    }


def _presso(fit: PressoFit | None) -> dict[str, float]:
    """MR-PRESSO's global and distortion tests; no distortion where there is no outlier."""
    distortion = fit.distortion if fit else None
    return {
        "presso_rss": fit.rss if fit else np.nan,
        "presso_global_p": fit.global_p if fit else np.nan,
        "presso_distortion": distortion.coefficient if distortion else np.nan,
        "presso_distortion_p": distortion.p if distortion else np.nan,
        "n_presso_outliers": int(np.sum(fit.outlier)) if fit else 0,
    }


def _marks(outlier: BoolArray | None, n: int) -> npt.NDArray[np.str_]:
    if outlier is None:
        return np.full(n, OutlierStatus.NOT_RUN.value)
    return np.where(outlier, OutlierStatus.OUTLIER.value, OutlierStatus.KEPT.value)


def _heterogeneity(name: str, found: Heterogeneity | None) -> dict[str, float]:
    return {
        name: found.q if found else np.nan,
        f"{name}_df": found.df if found else np.nan,
        f"{name}_neglog10_p": found.neglog10_p if found else np.nan,
    }
