"""Step: genetic correlations of one batch's validated exposures, and of pairs that other methods need."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.ld_table import read_ld_table
from scripts.analysis.ldsc import CORRELATION, Settings
from scripts.analysis.ldsc_pairs import correlate_pairs, pairs_to_correlate
from scripts.analysis.zscores import read_zscores
from scripts.step import run
from scripts.table.files import read_json
from scripts.table.frames import read_tsv, write_tsv


def correlate_batch(
    ld_scores: Path,
    facts: Path,
    screen: Path,
    partner_tables: list[Path],
    correlations: Path,
    batch: list[str],
    exposures: list[str],
    exposure_tables: str,
    partners: list[str],
    asked: list[tuple[str, str]],
    corrected: str | list[str],
    maf_min: float,
    between_exposures: bool,
    regression: dict[str, Any],
) -> None:
    """Write a row for each pair of `pairs_to_correlate`, and open the tables of these traits alone.

    `exposure_tables` is the folder of the exposures' tables; partners' ones are in the order of `partners`.
    """
    order = exposures if between_exposures else []
    pairs = pairs_to_correlate(read_tsv(screen), batch, order, asked, corrected)
    paths = {exposure: Path(exposure_tables, f"{exposure}.parquet") for exposure in exposures}
    paths |= dict(zip(partners, partner_tables, strict=True))
    rows = []
    if pairs:
        places, ld = read_ld_table(ld_scores, read_json(facts)["m"])
        settings = Settings.of(regression)
        for row in correlate_pairs(
            pairs, lambda trait: read_zscores(paths[trait], places, maf_min), ld, settings
        ):
            logging.info("%s, %s: %s", row["trait_1"], row["trait_2"], row["status"])
            rows.append(row)
    write_tsv(pd.DataFrame(rows, columns=CORRELATION), correlations)


if __name__ == "__main__":
    run(correlate_batch)
