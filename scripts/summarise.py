"""Step: what the study found, in plain words, as one self-contained page."""

from pathlib import Path
from typing import Any

from scripts.figure.findings import Tables, findings
from scripts.figure.page import page as lay_out
from scripts.figure.words import labels_of
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv


def summarise(
    screen: Path,
    estimates: Path,
    validation: Path,
    gates: Path,
    diagnostics: Path,
    quality_counts: Path,
    quality_findings: Path,
    corrections: Path,
    controls: Path,
    reverse_direction: Path,
    hits: Path,
    effective_number: Path,
    truth_check: list[Path],
    page: Path,
    title: str,
    labels: dict[str, str],
    units: dict[str, str],
    methods: list[str],
    error_budget: dict[str, Any],
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
        corrections=read_tsv(corrections),
        controls=read_tsv(controls),
        reverse=read_tsv(reverse_direction),
        hits=read_tsv(hits),
        effective_number=read_tsv(effective_number),
        truth_check=read_tsv(truth_check[0]) if truth_check else None,
    )
    found = findings(tables, labels_of(labels, units), methods, error_budget, meta_analyses)
    write_text(lay_out(title, found), page)


if __name__ == "__main__":
    run(summarise)
