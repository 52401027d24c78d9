"""Step: one trait's raw file as a clean, sorted standard table, with its rows accounted for.

An exposure that a multivariable analysis reads whole may be unreadable: then the table is empty, and its
account says why.
"""

import logging
from pathlib import Path
from typing import Any

from scripts.analysis.checks import stopping
from scripts.analysis.finding import Policy, refuse
from scripts.download.locate import at_hand, described, located, received
from scripts.source.ancestry import read_ancestries
from scripts.source.error import SourceError
from scripts.source.panel import read_compared
from scripts.source.standardise import load
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_json, write_text
from scripts.table.status import ExposureStatus
from scripts.table.trait import Trait


def standardise(
    files: list[Path],
    receipt: list[Path],
    positions: list[Path],
    chain: list[Path],
    panel: list[Path],
    ancestries: list[Path],
    table: Path,
    quality: Path,
    trait: dict[str, Any],
    paths: list[str],
    build: str,
    checks: dict[str, Any],
    tolerate: bool,
) -> None:
    """Write the trait's standard table and its quality report.

    Raises where it cannot be read or a check forbids to use it; with `tolerate` the table is empty instead,
    and the report is a status with a message.
    """
    gwas = Trait.from_dict(trait)
    try:
        fetched = at_hand(received(receipt))
        gwas = described(gwas, fetched)
        rows, report = load(
            gwas,
            located(gwas, paths, fetched),
            build=build,
            chain=next(iter(chain), None),
            positions=sumstats.read(positions[0], ["rsid", "chromosome", "position"]) if positions else None,
            panel=read_compared(panel[0]) if panel else None,
            ancestries=read_ancestries(ancestries[0]) if ancestries else None,
            expected_chromosomes=checks["expected_chromosomes"],
            eaf_from_panel=checks["eaf_from_panel"],
        )
        refuse(gwas.id, stopping(gwas.id, clumped=False, metrics=report.metrics, policy=Policy.of(checks)))
    except (SourceError, ArithmeticError, ValueError) as error:
        if not tolerate:
            raise
        logging.exception("The exposure cannot be read")
        sumstats.write(sumstats.empty(), table)
        write_json({"trait": gwas.id, "status": ExposureStatus.UNREADABLE, "message": str(error)}, quality)
        return
    logging.info("%s: %d of %d rows kept", report.trait, report.rows_kept, report.rows_read)
    sumstats.write(rows, table)
    write_text(report.to_json(), quality)


if __name__ == "__main__":
    run(standardise)
