"""Which variants of a region have an effect beyond their linkage disequilibrium with stronger ones."""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.normal import neglog10_p_from_z


def conditionally_significant(z: FloatArray, r: FloatArray, neglog10_p: float) -> BoolArray:
    """Variants (n) kept by forward selection: the strongest, then those significant given the ones kept.

    `z` are marginal z scores, `r` (n, n) their correlations for the same alleles (NaN, not known: 0).
    Given the kept variants k, z_j has mean r_jk R_kk^-1 z_k and variance 1 - r_jk R_kk^-1 r_kj (the idea of
    COJO, Yang et al. 2012, doi 10.1038/ng.2213, for small effects). A variant is kept where that score's
    -log10 P is above `neglog10_p`; the strongest always is.
    """
    known = np.nan_to_num(r)
    np.fill_diagonal(known, 1.0)
    kept: list[int] = []
    for j in np.argsort(-np.abs(z), kind="stable"):
        if kept:
            weights = np.linalg.lstsq(known[np.ix_(kept, kept)], known[kept, j], rcond=None)[0]
            left = 1.0 - float(weights @ known[kept, j])
            score = (z[j] - float(weights @ z[kept])) / np.sqrt(left) if left > 1e-6 else 0.0
            if neglog10_p_from_z(score) <= neglog10_p:
                continue
        kept.append(int(j))
    chosen = np.zeros(len(z), dtype=np.bool_)
    chosen[kept] = True
    return chosen
