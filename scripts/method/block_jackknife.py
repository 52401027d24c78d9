"""Standard errors by leaving out one block of neighbouring variants at a time.

Variants in linkage disequilibrium are not independent, but distant blocks nearly are (Kunsch 1989, doi
10.1214/aos/1176347265; Busing et al. 1999, doi 10.1023/A:1008800423698).
"""

from __future__ import annotations

import math

import numpy as np

from scripts.method.arrays import FloatArray, IntArray


def block_edges(n: int, n_blocks: int) -> IntArray:
    """Where contiguous blocks of nearly equal size begin and end: n_blocks + 1 ascending, from 0 to n."""
    return np.floor(np.linspace(0, n, n_blocks + 1)).astype(np.int64)


def jackknife_se(estimate: float, delete_values: FloatArray) -> float:
    """Standard error from the values without each block (shape (blocks))."""
    return math.sqrt(float(np.var(_pseudovalues(estimate, delete_values), ddof=1)) / len(delete_values))


def jackknife_mean(estimate: float, delete_values: FloatArray) -> float:
    """The estimate less the bias that the jackknife sees: the mean of the pseudovalues."""
    return float(np.mean(_pseudovalues(estimate, delete_values)))


def _pseudovalues(estimate: float, delete_values: FloatArray) -> FloatArray:
    blocks = len(delete_values)
    return np.asarray(blocks * estimate - (blocks - 1) * delete_values, dtype=np.float64)
