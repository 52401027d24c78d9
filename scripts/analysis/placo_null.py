"""How calibrated PLACO is for two traits: its P where blocks of one genome changed places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray, IntArray
from scripts.method.placo import CompositeNull, inflation, permuted_blocks, placo_neglog10_p
from scripts.table.pleiotropy import Quantity

LD_BLOCKS = 1703  # approximately independent blocks of Europeans (Berisa & Pickrell 2016)
LEAST_BLOCK = 500  # variants: shorter blocks would leave LD between them
FEWEST_BLOCKS = 10
QQ_POINTS = 400
LEVELS = {"suggestive": 1e-5, "significant": 5e-8}


@dataclass(frozen=True, slots=True)
class Draw:
    """What is kept of the -log10 P of one genome of n variants: inflation, numbers of small P by the names of
    LEVELS, and the values at ranks(n), the largest first."""

    n: int
    inflation: float
    below: dict[str, float]
    at_ranks: FloatArray

    @classmethod
    def of(cls, neglog10_p: FloatArray) -> Self:
        """From the values themselves."""
        n = len(neglog10_p)
        below = {name: _below(neglog10_p, level) for name, level in LEVELS.items()}
        return cls(n, inflation(neglog10_p), below, _at(neglog10_p, ranks(n)))


def ranks(n: int) -> IntArray:
    """Some 400 ranks of n values, close together where P is small."""
    return np.unique(np.geomspace(1, n, QQ_POINTS).astype(np.int64)) if n else np.empty(0, dtype=np.int64)


def permuted_draws(z: FloatArray, null: CompositeNull, draws: int, seed: int) -> list[Draw]:
    """P of z scores (variants, 2) whose blocks of the second trait changed places, `draws` times.

    Such pairs are not correlated, whatever `null` says. None where the variants make too few blocks.
    """
    blocks = min(LD_BLOCKS, len(z) // LEAST_BLOCK)
    if blocks < FEWEST_BLOCKS:
        return []
    apart = CompositeNull(null.variance_1, null.variance_2)
    rng = np.random.default_rng(seed)
    partners = (permuted_blocks(len(z), blocks, rng) for _ in range(draws))
    return [Draw.of(placo_neglog10_p(z[: len(partner), 0] * z[partner, 1], apart)) for partner in partners]


def calibration(observed: FloatArray, permuted: Sequence[Draw]) -> dict[Quantity, float]:
    """Inflation and numbers of small P: of the traits, of the mean permuted draw, and of a perfect test."""
    numbers = {
        Quantity.LAMBDA: inflation(observed),
        Quantity.LAMBDA_PERMUTED: _mean([draw.inflation for draw in permuted]),
    }
    for name, level in LEVELS.items():
        numbers[Quantity.of(f"n_{name}")] = _below(observed, level)
        numbers[Quantity.of(f"n_{name}_permuted")] = _mean([draw.below[name] for draw in permuted])
        numbers[Quantity.of(f"n_{name}_expected")] = len(observed) * level
    return numbers


def qq_table(observed: FloatArray, permuted: Sequence[Draw]) -> pd.DataFrame:
    """-log10 P at the ranks of the draws: expected, and observed.

    `permuted_low` and `permuted_high` are the draws' extremes, missing where nothing was permuted.
    """
    n = permuted[0].n if permuted else len(observed)
    rank = ranks(n)
    drawn = np.stack([draw.at_ranks for draw in permuted] or [np.full(len(rank), np.nan)])
    return pd.DataFrame(
        {
            "rank": rank,
            "expected": -np.log10((rank - 0.5) / max(n, 1)),
            "observed": _at(observed, rank),
            "permuted_low": drawn.min(axis=0),
            "permuted_high": drawn.max(axis=0),
        }
    )


def _at(neglog10_p: FloatArray, rank: IntArray) -> FloatArray:
    """The values at these ranks, the largest first."""
    return np.asarray(np.sort(neglog10_p)[::-1][rank - 1])


def _below(neglog10_p: FloatArray, level: float) -> float:
    return float((neglog10_p > -np.log10(level)).sum())


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
