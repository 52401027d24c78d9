"""What the clean rows of one trait look like, collected block by block from a sample of each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray
from scripts.method.effect_scale import residual_sd
from scripts.method.fst import fst, fst_parts
from scripts.method.normal import neglog10_p_from_z
from scripts.source.ancestry import Distances
from scripts.source.panel import Agreement, Panel

CHI2_MEDIAN = 0.4549364231195724  # of a chi-squared with one degree of freedom
RARE = 0.01  # rarer alleles have frequencies too rough to judge a standard error by
# A file's P and that of beta and se disagree when their -log10 differ by more than this and this share: more
# than rounding of P to two digits, or of beta and se to three, explains.
P_ABSOLUTE, P_RELATIVE = 0.05, 0.05


@dataclass(slots=True)
class Quality:
    """Collects clean rows; `metrics` has the result.

    Frequencies that are compared with the panel's and the ancestries' are the file's own, never filled ones.
    """

    panel: Panel | None
    distances: Distances | None = None
    abs_z: list[FloatArray] = field(default_factory=list)
    scale: list[FloatArray] = field(default_factory=list)
    n: list[FloatArray] = field(default_factory=list)
    agreement: list[Agreement] = field(default_factory=list)
    without_eaf: int = 0
    p_compared: int = 0
    p_disagrees: int = 0

    def add(self, rows: pd.DataFrame) -> None:
        """Take clean rows, or a sample of them, with the columns of `clean`."""
        self.without_eaf += int(rows["eaf"].isna().sum())
        abs_z = np.abs(rows["beta"].to_numpy() / rows["se"].to_numpy())
        self.abs_z.append(abs_z)
        self.n.append(rows["n"].to_numpy())
        from_z = neglog10_p_from_z(abs_z)
        difference = (rows["file_neglog10_p"] - from_z).abs()
        self.p_compared += int(difference.notna().sum())
        self.p_disagrees += int((difference > P_ABSOLUTE + P_RELATIVE * from_z).sum())
        if self.panel is not None:
            self.agreement.append(self.panel.agreement(rows))
        if self.distances is not None:
            self.distances.add(rows)
        self.scale.append(_scale(rows, self.panel))

    def metrics(self) -> dict[str, float | None]:
        """Name to number, None where it cannot be computed.

        median_abs_z; lambda_gc: its square over 0.4549; se_scale: median of se sqrt(2 n f (1 - f)), the
        residual standard deviation of the trait (1 in SD units, 1/sqrt(k(1 - k)) for log odds with a share k
        of cases), where a file without frequencies takes the panel's; n: median of people; eaf_missing: share
        of rows without a frequency; p_compared, p_disagrees: rows with a P of the file beside the z score,
        and where they differ; panel_share: rows at a place of the panel; panel_alleles: of those, with the
        panel's alleles; eaf_compared, eaf_correlation, fst_panel: rows with a frequency beside the panel's,
        their correlation and F_ST; with named ancestries those of `Distances` too.
        """
        median_z = _median(self.abs_z)
        looked_at = sum(len(z) for z in self.abs_z)
        at_place = sum(part.at_place for part in self.agreement)
        matching = sum(part.matching for part in self.agreement)
        own, panel = (_joined(self.agreement, side) for side in ("eaf", "panel_eaf"))
        return {
            "median_abs_z": median_z,
            "lambda_gc": None if median_z is None else median_z**2 / CHI2_MEDIAN,
            "se_scale": _median(self.scale),
            "n": _median(self.n),
            "eaf_missing": self.without_eaf / looked_at if looked_at else None,
            "p_compared": float(self.p_compared),
            "p_disagrees": float(self.p_disagrees),
            "panel_share": at_place / looked_at if looked_at and self.panel is not None else None,
            "panel_alleles": matching / at_place if at_place else None,
            "eaf_compared": float(len(own)),
            "eaf_correlation": _correlation(own, panel),
            "fst_panel": float(fst(fst_parts(own, panel))) if len(own) else None,
            **({} if self.distances is None else self.distances.metrics()),
        }


def _scale(rows: pd.DataFrame, panel: Panel | None) -> FloatArray:
    """s of common variants; the panel's frequencies serve a block that has none."""
    eaf = rows["eaf"].to_numpy()
    if panel is not None and np.isnan(eaf).all():
        eaf = panel.frequencies(rows)
    common = (eaf >= RARE) & (eaf <= 1.0 - RARE)
    return residual_sd(rows["se"].to_numpy()[common], rows["n"].to_numpy()[common], eaf[common])


def _median(parts: list[FloatArray]) -> float | None:
    values = np.concatenate(parts) if parts else np.empty(0)
    return float(np.median(values)) if len(values) else None


def _joined(parts: list[Agreement], side: str) -> FloatArray:
    return np.concatenate([getattr(part, side) for part in parts]) if parts else np.empty(0)


def _correlation(own: FloatArray, panel: FloatArray) -> float | None:
    """Pearson correlation of the two frequencies, None below three rows or without variation."""
    if len(own) < 3 or np.ptp(own) == 0.0 or np.ptp(panel) == 0.0:
        return None
    return float(np.corrcoef(own, panel)[0, 1])
