"""Step: known results, of a paper or of a simulated study, beside those that the study found."""

import logging
from pathlib import Path

import pandas as pd

from scripts.analysis.compared import Estimates, compared, compared_loci
from scripts.analysis.compared_counts import compared_counts, counts_of
from scripts.figure.comparison_page import comparison_page
from scripts.figure.words import labels_of
from scripts.source.published import read_published
from scripts.step import run
from scripts.table.comparison import known_of_printed, read_known
from scripts.table.files import write_text
from scripts.table.frames import read_tsv, write_tsv


def compare_published(
    published: list[Path],
    printed: list[Path],
    chain: list[Path],
    screen: Path,
    reverse_direction: Path,
    multivariable: list[Path],
    mediation: list[Path],
    gates: Path,
    validation: Path,
    pleiotropic: list[Path],
    table: Path,
    loci_table: Path,
    counts_table: Path,
    page: Path,
    printed_names: list[str],
    builds: list[str],
    build: str,
    title: str,
    labels: dict[str, str],
    units: dict[str, str],
) -> None:
    """Write the tables and a page of them; `multivariable` and others are empty where these did not run.

    `printed` are the tables that are audited: effects, loci and counts in them are compared too.
    """
    tables = [read_published(path, own != build, chain) for path, own in zip(printed, builds, strict=True)]
    effects = map(known_of_printed, tables, printed_names)
    found = compared(
        pd.concat([*map(read_known, published), *effects], ignore_index=True),
        Estimates(
            screen=read_tsv(screen),
            reverse=read_tsv(reverse_direction),
            multivariable=read_tsv(multivariable[0]) if multivariable else pd.DataFrame(),
            mediation=read_tsv(mediation[0]) if mediation else pd.DataFrame(),
        ),
    )
    for verdict, count in found["verdict"].value_counts().items():
        logging.info("%d known results: %s", count, verdict)
    write_tsv(found, table)
    claims = pd.concat(tables, ignore_index=True).fillna("") if tables else pd.DataFrame()
    loci = read_tsv(pleiotropic[0]) if pleiotropic else None
    leads = compared_loci(
        claims, pd.DataFrame(columns=["chromosome", "position", "rsid"]) if loci is None else loci
    )
    write_tsv(leads, loci_table)
    counts = compared_counts(claims, counts_of(read_tsv(gates), read_tsv(validation), loci))
    write_tsv(counts, counts_table)
    write_text(comparison_page(found, leads, counts, title, labels_of(labels, units)), page)


if __name__ == "__main__":
    run(compare_published)
