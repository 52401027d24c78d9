"""Step: one outcome from several cohorts, by fixed-effect inverse-variance meta-analysis."""

import logging
from pathlib import Path
from typing import Any

from scripts.analysis import meta
from scripts.analysis.ancestry import found_names, mixing
from scripts.analysis.finding import Policy, refuse
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_text
from scripts.table.qc import QcReport


def meta_analyse(
    cohorts: list[Path],
    accounts: list[Path],
    table: Path,
    quality: Path,
    trait: str,
    checks: dict[str, Any],
    palindromic: str,
    palindromic_maf_max: float,
) -> None:
    """Write the combined standard table and its accounts; raise where the cohorts differ in ancestry."""
    reports = [QcReport.from_json(path.read_text(encoding="utf-8")) for path in accounts]
    policy = Policy.of(checks)
    ancestries = found_names({report.trait: report.metrics for report in reports}, policy)
    refuse(trait, mixing(trait, ancestries, "By their allele frequencies", policy))
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
