"""Step: every row of one exposure, the one that pleiotropy is looked for with, as a standard table."""

import logging
from pathlib import Path
from typing import Any

from scripts.analysis.checks import stopping
from scripts.analysis.finding import Policy, refuse
from scripts.analysis.lead import strongest_hit
from scripts.download.locate import at_hand, described, located, received
from scripts.source.ancestry import read_ancestries
from scripts.source.panel import read_compared
from scripts.source.standardise import load
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_json
from scripts.table.frames import read_tsv
from scripts.table.trait import Trait


def standardise_lead(
    screen: list[Path],
    files: list[Path],
    receipts: list[Path],
    positions: list[Path],
    chain: list[Path],
    panel: list[Path],
    ancestries: list[Path],
    table: Path,
    note: Path,
    candidates: dict[str, dict[str, Any]],
    outcome: str,
    build: str,
    checks: dict[str, Any],
) -> None:
    """Write all rows of the candidate with the smallest P among the hits on `outcome`, or of the only one.

    `candidates` gives each exposure its `trait`, `paths`, `receipts` and `positions` (names of those that it
    needs); `screen` is empty where one was named. Without a hit the table has no rows, and the note says so.
    """
    tested = [read_tsv(path) for path in screen]
    chosen = strongest_hit(tested[0], outcome, list(candidates)) if tested else next(iter(candidates))
    if chosen is None:
        message = "No exposure with a file of its own passed every gate: pleiotropy was not looked for."
        sumstats.write(sumstats.empty(), table)
        write_json({"exposure": None, "outcome": outcome, "message": message}, note)
        return
    given = candidates[chosen]
    receipt = [path for path in receipts if path.name in given["receipts"]]
    fetched = at_hand(received(receipt))
    gwas = described(Trait.from_dict(given["trait"]), fetched)
    places = [path for path in positions if path.name in given["positions"]]
    rows, report = load(
        gwas,
        located(gwas, given["paths"], fetched),
        build=build,
        chain=next(iter(chain), None),
        positions=sumstats.read(places[0], ["rsid", "chromosome", "position"]) if places else None,
        panel=read_compared(panel[0]) if panel else None,
        ancestries=read_ancestries(ancestries[0]) if ancestries else None,
        expected_chromosomes=checks["expected_chromosomes"],
        eaf_from_panel=checks["eaf_from_panel"],
    )
    refuse(gwas.id, stopping(gwas.id, clumped=True, metrics=report.metrics, policy=Policy.of(checks)))
    logging.info("%s: %d rows", chosen, len(rows))
    sumstats.write(rows, table)
    message = "It was named in the config." if not tested else "Of the hits it has the smallest P."
    write_json({"exposure": chosen, "outcome": outcome, "message": message}, note)


if __name__ == "__main__":
    run(standardise_lead)
