"""Step: published tables held to arithmetic, and the page that says what came of it."""

import logging
from pathlib import Path

import pandas as pd

from scripts.analysis.audit import audit_table, summary
from scripts.analysis.fingerprint import read_biobanks
from scripts.figure.audit_page import audit_page
from scripts.source.error import SourceError
from scripts.source.published import read_published
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv, write_tsv


def audit_published(
    published: list[Path],
    genes: list[Path],
    chain: list[Path],
    biobanks: Path,
    findings: Path,
    counts: Path,
    page: Path,
    names: list[str],
    builds: list[str],
    build: str,
    title: str,
) -> None:
    """Write the findings, their counts and the page; a table on another build is lifted by `chain`."""
    known = read_tsv(genes[0]) if genes else None
    banks = read_biobanks(biobanks)
    parts = []
    for path, name, own in zip(published, names, builds, strict=True):
        table = read_published(path, own != build, chain)
        try:
            parts.append(audit_table(name, table, known, banks))
        except ValueError as error:
            raise SourceError(f"{path}, {error}") from error
        logging.info("%s: %d findings on %d rows", name, len(parts[-1]), len(table))
    found = pd.concat(parts, ignore_index=True)
    write_tsv(found, findings)
    told = summary(found)
    write_tsv(told, counts)
    write_text(audit_page(title, told, found), page)


if __name__ == "__main__":
    run(audit_published)
