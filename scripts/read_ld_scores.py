"""Step: the LD scores that the study names, in one table in the study's build."""

import logging
from pathlib import Path

import pandas as pd

from scripts.analysis.ld_table import from_files
from scripts.source.error import SourceError
from scripts.source.ld_scores import lifted, read_m
from scripts.source.ld_scores import read_ld_scores as read
from scripts.source.places import read_places
from scripts.step import run
from scripts.table.files import write_json
from scripts.table.frames import write_parquet


def read_ld_scores(
    scores: list[Path],
    counts: list[Path],
    weights: list[Path],
    variants: list[Path],
    chain: list[Path],
    table: Path,
    facts: Path,
) -> None:
    """Write chromosome, position, LD score and weight of each variant; `facts`: M and how many there are.

    With a `chain`, which leads to the study's build, the files are in the other one.
    """

    def here(rows: pd.DataFrame) -> pd.DataFrame:
        return lifted(rows, chain[0]) if chain else rows

    found = here(read(scores))
    of_weights = here(read(weights)) if weights else None
    rows = from_files(found, of_weights, here(read_places(variants[0])) if variants else None)
    logging.info("%d LD scores in %d files, %d used", len(found), len(scores), len(rows))
    if not len(rows):
        raise SourceError(
            f"{scores[0]}: none of {len(found)} LD scores is alone at its place and among `ldsc.weights` and "
            "`ldsc.variants`, where these are named: are all of one build, `ldsc.build`?"
        )
    write_parquet(rows, table)
    write_json({"m": read_m(counts), "n_variants": len(rows)}, facts)


if __name__ == "__main__":
    run(read_ld_scores)
