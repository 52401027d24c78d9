"""Step: what the study found, in plain words, as one self-contained page."""

from pathlib import Path
from typing import Any

from scripts.figure.findings import Tables, findings
from scripts.figure.page import page as lay_out
from scripts.figure.words import labels_of
from scripts.step import run
from scripts.table.files import read_tsv, write_text


def summarise(
    screen: Path,
    estimates: Path,
    validation: Path,
    gates: Path,
    diagnostics: Path,
    quality_counts: Path,
    quality_findings: Path,
    truth_check: list[Path],
    page: Path,
    title: str,
    labels: dict[str, str],
    units: dict[str, str],
    discovery: dict[str, Any],
    validate_fdr: float,
    meta_analyses: list[str],
) -> None:
    """Write the page; `truth_check` is empty for a real study. `meta_analyses`: the traits made by one."""
    tables = Tables(
        screen=read_tsv(screen),
        estimates=read_tsv(estimates),
        validation=read_tsv(validation),
        gates=read_tsv(gates),
        diagnostics=read_tsv(diagnostics),
        quality_counts=read_tsv(quality_counts),
        quality_findings=read_tsv(quality_findings),
        truth_check=read_tsv(truth_check[0]) if truth_check else None,
    )
    found = findings(tables, labels_of(labels, units), discovery, validate_fdr, meta_analyses)
    write_text(lay_out(title, found), page)


if __name__ == "__main__":
    run(summarise)
