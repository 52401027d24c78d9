"""How traits correlate: what LD score regression tells of pairs of traits, whoever ran it.

One row a pair: `intercept` of the cross-trait regression, which is the correlation of the two traits' errors,
and `covariance`, their genetic covariance. Of a trait with itself that is its heritability. Standard errors
are `intercept_se` and `covariance_se`; any number but the intercept may be missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray
from scripts.method.mrlap import Uncertain
from scripts.table.frames import read_tsv

NEEDED = ("trait_1", "trait_2", "intercept")
OPTIONAL = ("intercept_se", "covariance", "covariance_se")


@dataclass(frozen=True, slots=True)
class Correlations:
    """The rows by pair, in either order; empty where the study has no table."""

    intercepts: dict[frozenset[str], Uncertain]
    covariances: dict[frozenset[str], Uncertain]

    def error(self, first: str, second: str) -> Uncertain | None:
        """Correlation of the errors of two traits' effects; None where the table does not have the pair."""
        return self.intercepts.get(frozenset((first, second)))

    def heritability(self, trait: str) -> Uncertain | None:
        """Share of the trait's variance that common variants explain; None where it is not known."""
        return self.covariances.get(frozenset((trait,)))

    def known(self, traits: Sequence[str]) -> bool:
        """Whether every pair of these traits is in the table."""
        return all(self.error(a, b) is not None for i, a in enumerate(traits) for b in traits[:i])

    def matrix(self, traits: Sequence[str]) -> FloatArray:
        """Correlations (k, k) of the errors of k traits; a pair that is not in the table has 0.

        Raises ValueError where the correlations cannot hold together.
        """
        found = np.eye(len(traits))
        for i, first in enumerate(traits):
            for j, second in enumerate(traits[:i]):
                error = self.error(first, second)
                found[i, j] = found[j, i] = error.value if error else 0.0
        if len(traits) and np.linalg.eigvalsh(found)[0] <= 0.0:
            raise ValueError(
                f"correlations: the intercepts of {', '.join(traits)} cannot be correlations of one set of "
                "traits (the matrix is not positive definite)"
            )
        return found


def read_correlations(paths: Sequence[Path]) -> Correlations:
    """The table of a study, none where there is none. Raises ValueError, naming file and row at fault."""
    found = Correlations({}, {})
    for path in paths:
        table = read_tsv(path)
        lacking = [name for name in NEEDED if name not in table]
        if lacking:
            raise ValueError(f"{path}: column {lacking[0]} is missing; expected {', '.join(NEEDED)}")
        for line, row in enumerate(_rows(table), start=2):
            pair = frozenset((str(row["trait_1"]), str(row["trait_2"])))
            if pair in found.intercepts:
                raise ValueError(f"{path} line {line}: {' and '.join(sorted(pair))} are in an earlier row")
            if len(pair) == 2 and not abs(float(row["intercept"])) < 1.0:
                raise ValueError(f"{path} line {line}: intercept is {row['intercept']}, expected -1 to 1")
            found.intercepts[pair] = _uncertain(row, "intercept")
            if pd.notna(row["covariance"]):
                found.covariances[pair] = _uncertain(row, "covariance")
    return found


def _rows(table: pd.DataFrame) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = table.reindex(columns=[*NEEDED, *OPTIONAL]).to_dict("records")  # type: ignore[assignment]
    return rows


def _uncertain(row: dict[str, float], name: str) -> Uncertain:
    """A number that has no standard error is taken as known."""
    se = float(row[f"{name}_se"])
    return Uncertain(float(row[name]), 0.0 if np.isnan(se) else se)
