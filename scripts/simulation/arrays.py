"""Array types of the simulation, and one independent random stream per named part of it."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
GenotypeArray = npt.NDArray[np.int8]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Random numbers that depend on the seed and the names alone, not on what was drawn elsewhere."""
    keys = [crc32(str(name).encode()) for name in names]
    return np.random.default_rng(np.random.SeedSequence([seed, *keys]))
