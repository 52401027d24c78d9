"""GSMR in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scripts.method.arrays import FloatArray
from scripts.method.estimate import TooFewInstruments
from scripts.method.gsmr import GsmrFit, gsmr

P_THRESHOLD = 5e-8


@dataclass(frozen=True, slots=True)
class BiGsmrFit:
    """GSMR of exposure on outcome, and of outcome on exposure; None where instruments are too few."""

    forward: GsmrFit | None
    reverse: GsmrFit | None


def bi_gsmr(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    ld: FloatArray | None = None,
    n_ref: float | None = None,
    *,
    p_threshold: float = P_THRESHOLD,
    **options: Any,
) -> BiGsmrFit:
    """GSMR in both directions, with one LD matrix and one threshold, as gsmr2's bi_gsmr.

    The variants are the instruments of either trait; each direction keeps those with P < `p_threshold` in
    its exposure. `options` are `gsmr`'s. Where one direction has too few instruments it is None; the peer
    then gives neither.
    """
    exposure, outcome = (beta_x, se_x), (beta_y, se_y)

    def direction(
        cause: tuple[FloatArray, FloatArray], effect: tuple[FloatArray, FloatArray]
    ) -> GsmrFit | None:
        try:
            return gsmr(*cause, *effect, ld, n_ref, p_threshold=p_threshold, **options)
        except TooFewInstruments:
            return None

    return BiGsmrFit(forward=direction(exposure, outcome), reverse=direction(outcome, exposure))
