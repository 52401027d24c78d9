"""What a study could have seen."""

from __future__ import annotations

from scipy import special

POWER = 0.8


def minimum_detectable_effect(se: float, alpha: float = 0.05, power: float = POWER) -> float:
    """The smallest effect that a two-sided test at level `alpha` finds with probability `power`.

    (z_(1 - alpha/2) + z_power) se, for a normal estimate of standard error `se` (Brion et al. 2013, doi
    10.1093/ije/dyt179; the chance of a significant estimate of the wrong sign is left out). An estimate that
    is not significant says little about smaller effects.
    """
    return float(special.ndtri(1.0 - alpha / 2.0) + special.ndtri(power)) * se


def power_to_find(effect: float, se: float, alpha: float = 0.05) -> float:
    """The chance that a two-sided test at level `alpha` finds an effect, for a normal estimate with `se`."""
    critical = float(special.ndtri(1.0 - alpha / 2.0))
    return float(special.ndtr(effect / se - critical) + special.ndtr(-effect / se - critical))
