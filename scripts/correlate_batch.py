"""Step: genetic correlations of one batch's validated exposures, of which only these are read."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.ld_table import read_ld_table
from scripts.analysis.ldsc import CORRELATION, Settings, correlation_row
from scripts.analysis.zscores import read_zscores
from scripts.step import run
from scripts.table.files import read_json, read_tsv, write_tsv


def correlate_batch(
    ld_scores: Path,
    facts: Path,
    screen: Path,
    exposure_tables: list[Path],
    outcome_tables: list[Path],
    correlations: Path,
    batch: list[str],
    exposures: list[str],
    members: list[str],
    outcomes: list[str],
    maf_min: float,
    between_exposures: bool,
    regression: dict[str, Any],
) -> None:
    """Write a row for each hit of the batch and its outcome and, if asked, each later hit of the study.

    `screen` says which pairs are hits; `members` of multivariable analyses count as hits on every outcome.
    Tables are in the order of `exposures` and `outcomes`.
    """
    judged = read_tsv(screen)
    hits = judged[judged["hit"].astype(bool) | judged["exposure"].isin(members)]
    found = [exposure for exposure in exposures if exposure in set(hits["exposure"])]
    mine = [exposure for exposure in found if exposure in batch]
    paths = dict(zip([*exposures, *outcomes], [*exposure_tables, *outcome_tables], strict=True))
    partners = _partners(mine, found if between_exposures else [], hits)
    rows = []
    if partners:
        places, ld = read_ld_table(ld_scores, read_json(facts)["m"])
        held = {exposure: read_zscores(paths[exposure], places, maf_min) for exposure in mine}
        for partner, partnered in partners.items():
            other = held.get(partner) or read_zscores(paths[partner], places, maf_min)
            for exposure in partnered:
                pair = correlation_row(
                    (exposure, partner), held[exposure], other, ld, Settings.of(regression)
                )
                logging.info("%s, %s: %s", exposure, partner, pair["status"])
                rows.append(pair)
    write_tsv(pd.DataFrame(rows, columns=CORRELATION), correlations)


def _partners(mine: list[str], found: list[str], hits: pd.DataFrame) -> dict[str, list[str]]:
    """Which of `mine` each other trait is correlated with: a pair of exposures falls to the earlier one."""
    partners: dict[str, list[str]] = {}
    for exposure in mine:
        theirs = hits.loc[hits["exposure"] == exposure, "outcome"].tolist()
        later = found[found.index(exposure) + 1 :] if exposure in found else []
        for partner in [*theirs, *later]:
            partners.setdefault(partner, []).append(exposure)
    return partners


if __name__ == "__main__":
    run(correlate_batch)
