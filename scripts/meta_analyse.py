"""Step: one outcome from several cohorts, by fixed-effect inverse-variance meta-analysis."""

import logging
from pathlib import Path

from scripts.analysis import meta
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_text


def meta_analyse(
    cohorts: list[Path], table: Path, quality: Path, trait: str, palindromic: str, palindromic_maf_max: float
) -> None:
    """Write the combined standard table and its accounts."""
    parts = (
        [sumstats.read(path, chromosome=chromosome) for path in cohorts]
        for chromosome in sumstats.CHROMOSOMES
    )
    combined, report = meta.meta_analyse(parts, trait, palindromic, palindromic_maf_max)
    logging.info("%d variants from %d cohorts", len(combined), len(cohorts))
    sumstats.write(combined, table)
    write_text(report.to_json(), quality)


if __name__ == "__main__":
    run(meta_analyse)
