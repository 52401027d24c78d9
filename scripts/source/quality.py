"""What the clean rows of one trait look like, collected block by block."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray
from scripts.method.normal import neglog10_p_from_z
from scripts.source.panel import Agreement, Panel

CHI2_MEDIAN = 0.4549364231195724  # of a chi-squared with one degree of freedom
RARE = 0.01  # rarer alleles have frequencies too rough to judge a standard error by
# A file's P and that of beta and se disagree when their -log10 differ by more than this and this share: more
# than rounding of P to two digits, or of beta and se to three, explains.
P_ABSOLUTE, P_RELATIVE = 0.05, 0.05


@dataclass(slots=True)
class Quality:
    """Collects clean rows; `metrics` has the result."""

    panel: Panel | None
    abs_z: list[FloatArray] = field(default_factory=list)
    scale: list[FloatArray] = field(default_factory=list)
    agreement: list[Agreement] = field(default_factory=list)
    p_compared: int = 0
    p_disagrees: int = 0

    def add(self, rows: pd.DataFrame) -> None:
        """Take the clean rows of one block."""
        abs_z = np.abs(rows["beta"].to_numpy() / rows["se"].to_numpy())
        self.abs_z.append(abs_z)
        self.scale.append(_scale(rows))
        from_z = neglog10_p_from_z(abs_z)
        difference = (rows["file_neglog10_p"] - from_z).abs()
        self.p_compared += int(difference.notna().sum())
        self.p_disagrees += int((difference > P_ABSOLUTE + P_RELATIVE * from_z).sum())
        if self.panel is not None:
            self.agreement.append(self.panel.agreement(rows))

    def metrics(self) -> dict[str, float | None]:
        """Name to number, None where it cannot be computed.

        median_abs_z; lambda_gc: its square over 0.4549; se_scale: median of se sqrt(2 n f (1 - f)), the
        residual standard deviation of the trait (1 in SD units, 1/sqrt(k(1 - k)) for log odds with a share k
        of cases); p_compared, p_disagrees: rows with a P of the file beside the z score, and where they
        differ; panel_share: rows at a place of the panel; panel_alleles: of those, with the panel's alleles;
        eaf_correlation: with the panel's frequencies.
        """
        median_z = _median(self.abs_z)
        rows = sum(len(z) for z in self.abs_z)
        at_place = sum(part.at_place for part in self.agreement)
        matching = sum(part.matching for part in self.agreement)
        return {
            "median_abs_z": median_z,
            "lambda_gc": None if median_z is None else median_z**2 / CHI2_MEDIAN,
            "se_scale": _median(self.scale),
            "p_compared": float(self.p_compared),
            "p_disagrees": float(self.p_disagrees),
            "panel_share": at_place / rows if rows and self.panel is not None else None,
            "panel_alleles": matching / at_place if at_place else None,
            "eaf_correlation": _correlation(self.agreement),
        }


def _scale(rows: pd.DataFrame) -> FloatArray:
    common = rows[rows["eaf"].between(RARE, 1.0 - RARE)]
    eaf = common["eaf"].to_numpy()
    unit = np.sqrt(2.0 * common["n"].to_numpy() * eaf * (1.0 - eaf))
    return np.asarray(common["se"].to_numpy() * unit, dtype=np.float64)


def _median(parts: list[FloatArray]) -> float | None:
    values = np.concatenate(parts) if parts else np.empty(0)
    return float(np.median(values)) if len(values) else None


def _correlation(parts: list[Agreement]) -> float | None:
    """Pearson correlation of the two frequencies, None below three rows or without variation."""
    if not parts:
        return None
    own = np.concatenate([part.eaf for part in parts])
    panel = np.concatenate([part.panel_eaf for part in parts])
    if len(own) < 3 or np.ptp(own) == 0.0 or np.ptp(panel) == 0.0:
        return None
    return float(np.corrcoef(own, panel)[0, 1])
