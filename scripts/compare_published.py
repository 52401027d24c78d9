"""Step: known results, of a paper or of a simulated study, beside those that the study found."""

import logging
from pathlib import Path

import pandas as pd

from scripts.analysis.compared import Estimates, compared
from scripts.figure.comparison_page import comparison_page
from scripts.figure.words import labels_of
from scripts.step import run
from scripts.table.comparison import read_known
from scripts.table.files import read_tsv, write_text, write_tsv


def compare_published(
    published: Path,
    screen: Path,
    reverse_direction: Path,
    multivariable: list[Path],
    mediation: list[Path],
    table: Path,
    page: Path,
    title: str,
    labels: dict[str, str],
    units: dict[str, str],
) -> None:
    """Write the table and a page of it; `multivariable` and `mediation` are empty where these did not run."""
    found = compared(
        read_known(published),
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
    write_text(comparison_page(found, title, labels_of(labels, units)), page)


if __name__ == "__main__":
    run(compare_published)
