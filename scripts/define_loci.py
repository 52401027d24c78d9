"""Step: risk loci of the pleiotropic variants, by their P and the panel's linkage disequilibrium."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.loci import risk_loci
from scripts.analysis.selection import open_panel
from scripts.step import run
from scripts.table import sumstats
from scripts.table.frames import write_tsv


def define_loci(
    tested: Path,
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    loci: Path,
    variants: Path,
    settings: dict[str, Any],
    mhc: str,
) -> None:
    """Write the loci, and the variants in them with their roles."""
    tables = (
        pd.read_parquet(tested, filters=[("chromosome", "=", chromosome)])
        for chromosome in sumstats.CHROMOSOMES
    )
    found = risk_loci(tables, open_panel(panel[0], bed[0], fam[0]), settings, mhc)
    logging.info("%d loci with %d variants", len(found.loci), len(found.variants))
    write_tsv(found.loci, loci)
    write_tsv(found.variants, variants)


if __name__ == "__main__":
    run(define_loci)
