"""Step: discovery, validation and the ledger of gates, from the estimates of the screen."""

from pathlib import Path
from typing import Any

from scripts.analysis.evidence import screen_table, validation_table, with_validation
from scripts.analysis.gates import gate_table
from scripts.step import run
from scripts.table.files import read_tsv, write_tsv
from scripts.table.reports import selection_reports


def judge_evidence(
    estimates: Path,
    diagnostics: Path,
    selections: list[Path],
    screen: Path,
    validation: Path,
    gates: Path,
    names: dict[str, str],
    outcomes: list[str],
    validation_signs: dict[str, int],
    negative_controls: list[str],
    discovery: dict[str, Any],
    validate_fdr: float,
) -> None:
    """Write one row per exposure (screen), per validation test and per gate."""
    estimated = read_tsv(estimates)
    reduced = selection_reports(selections, list(names))
    found = screen_table(estimated, read_tsv(diagnostics), reduced, names, outcomes, discovery)
    tests = validation_table(found, estimated, validation_signs, validate_fdr)
    found = with_validation(found, tests, declared=bool(validation_signs))
    write_tsv(found.drop(columns="reduced"), screen)
    write_tsv(tests, validation)
    write_tsv(
        gate_table(found, estimated, validation_signs, negative_controls, discovery, validate_fdr), gates
    )


if __name__ == "__main__":
    run(judge_evidence)
