"""Step: the tables of LD score regression of all batches as one each, and the matrix of what traits share."""

import logging
from pathlib import Path

import pandas as pd

from scripts.analysis.ldsc_matrix import correlation_matrix
from scripts.step import run
from scripts.table.frames import read_tsv, write_tsv


def collect_ldsc(
    heritability_parts: list[Path],
    dropped_parts: list[Path],
    correlation_parts: list[Path],
    heritability: Path,
    correlations: Path,
    matrix: Path,
    dropped: Path,
    traits: list[str],
) -> None:
    """Write the four tables, rows in the order of `traits`."""
    h2 = _joined(heritability_parts, ["trait"], traits)
    pairs = _joined(correlation_parts, ["trait_1", "trait_2"], traits)
    write_tsv(h2, heritability)
    write_tsv(pairs, correlations)
    beyond = pairs[pairs["covariance_intercept"].abs() >= 1.0]
    for first, second, value in zip(
        beyond["trait_1"], beyond["trait_2"], beyond["covariance_intercept"], strict=True
    ):
        logging.warning(
            "%s, %s: the intercept, %g, is no correlation: not in %s", first, second, value, matrix
        )
    write_tsv(correlation_matrix(h2, pairs), matrix)
    write_tsv(_joined(dropped_parts, ["trait"], traits), dropped)


def _joined(parts: list[Path], keys: list[str], traits: list[str]) -> pd.DataFrame:
    """All rows by the places of their traits in the list; whole numbers stay whole beside missing ones."""
    tables = [read_tsv(part, dict.fromkeys(keys, "str")) for part in parts]
    rows = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    order = {trait: place for place, trait in enumerate(traits)}
    ordered = rows.sort_values(keys, key=lambda names: names.map(order), kind="stable")
    return ordered.astype({name: "Int64" for name in rows.columns if name.startswith("n_") and len(name) > 3})


if __name__ == "__main__":
    run(collect_ldsc)
