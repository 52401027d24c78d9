"""What traits share, by LD score regression, as the methods that correct for shared people take it."""

from __future__ import annotations

import pandas as pd

MATRIX = [
    *("trait_1", "trait_2", "intercept", "intercept_se", "covariance", "covariance_se"),
    *("error_correlation", "error_correlation_se", "n_variants"),
]


def correlation_matrix(heritabilities: pd.DataFrame, correlations: pd.DataFrame) -> pd.DataFrame:
    """One row a pair (columns MATRIX), from the rows of heritability.tsv and genetic_correlation.tsv.

    `intercept` is that of the covariance, `covariance` the genetic one. A trait with itself has the intercept
    of its heritability, and that for a covariance, both from one step as in the pairs. Pairs without a
    regression are not listed, nor those whose intercept is no correlation, being at or beyond 1.
    """
    alone = heritabilities.loc[heritabilities["intercept_one_step"].notna()]
    itself = pd.DataFrame(
        {
            **{"trait_1": alone["trait"], "trait_2": alone["trait"]},
            **{"intercept": alone["intercept_one_step"], "intercept_se": alone["intercept_one_step_se"]},
            **{"covariance": alone["h2_one_step"], "covariance_se": alone["h2_one_step_se"]},
            **{"error_correlation": 1.0, "error_correlation_se": 0.0, "n_variants": alone["n_variants"]},
        }
    )
    known = correlations[correlations["covariance_intercept"].abs() < 1.0]
    names = {"covariance_intercept": "intercept", "covariance_intercept_se": "intercept_se"}
    pairs = known.rename(columns=names)[MATRIX]
    return pd.concat([itself, pairs], ignore_index=True) if len(pairs) else itself
