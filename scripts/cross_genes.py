"""Step: the genes nearest to the instruments, crossed with the user's list of genes."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.gene_list import instrument_genes, listed_genes, overlap_tests
from scripts.step import run
from scripts.table.frames import write_tsv
from scripts.table.gene_list import read_gene_list
from scripts.table.genes import read_genes

WANTED = [
    *("exposure", "outcome", "rsid", "chromosome", "position", "effect_allele", "other_allele"),
    *("beta_exposure", "se_exposure", "beta_outcome", "se_outcome", "status"),
]


def cross_genes(
    instruments: Path,
    genes: list[Path],
    listed: Path,
    crossed: Path,
    tests: Path,
    exposures: list[str],
    outcomes: list[str],
    settings: dict[str, Any],
) -> None:
    """Write one row an instrument and primary outcome, and one test an exposure and primary outcome."""
    rows = pd.read_parquet(instruments, columns=WANTED)
    rows = rows[rows["exposure"].isin(exposures) & rows["outcome"].isin(outcomes)]
    known = listed_genes(read_genes(genes[0]), read_gene_list(listed), settings["level"])
    logging.info("%d genes with a place, of these by the list: %s", len(known), _counted(known))
    table = instrument_genes(rows, known, settings["window_kb"])
    write_tsv(table, crossed)
    write_tsv(overlap_tests(table, known), tests)


def _counted(genes: pd.DataFrame) -> str:
    return ", ".join(f"{count} {status}" for status, count in genes["status"].value_counts().items())


if __name__ == "__main__":
    run(cross_genes)
