"""Step: the heritability of a group of traits by LD score regression, each table read once."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.ld_table import read_ld_table
from scripts.analysis.ldsc import (
    DROPPED,
    HERITABILITY,
    Disease,
    Settings,
    dropped_rows,
    heritability_row,
    unreadable_row,
)
from scripts.analysis.zscores import read_zscores
from scripts.step import run
from scripts.table.files import read_json
from scripts.table.frames import write_tsv
from scripts.table.status import ExposureStatus


def estimate_heritability(
    ld_scores: Path,
    facts: Path,
    tables: list[Path],
    reports: list[Path],
    heritability: Path,
    dropped: Path,
    traits: list[str],
    diseases: dict[str, list[float | None]],
    maf_min: float,
    regression: dict[str, Any],
) -> None:
    """Write a row a trait, and how many of its variants were used. `reports`: those of exposures' passes.

    `diseases` has the share of cases and the prevalence of 0/1 traits, None where unknown.
    """
    places, ld = read_ld_table(ld_scores, read_json(facts)["m"])
    settings = Settings.of(regression)
    unreadable = {
        report["exposure"]: report["message"] for report in map(read_json, reports) if _failed(report)
    }
    rows, lost = [], []
    for trait, table in zip(traits, tables, strict=True):
        if trait in unreadable:
            rows.append(unreadable_row(trait, unreadable[trait]))
            continue
        scores = read_zscores(table, places, maf_min)
        rows.append(heritability_row(trait, scores, ld, settings, _disease(diseases.get(trait))))
        lost += dropped_rows(trait, scores)
        logging.info("%s: %s, %d variants", trait, rows[-1]["status"], rows[-1]["n_variants"])
    write_tsv(pd.DataFrame(rows, columns=HERITABILITY), heritability)
    write_tsv(pd.DataFrame(lost, columns=DROPPED), dropped)


def _failed(report: dict[str, Any]) -> bool:
    return bool(report["status"] == ExposureStatus.UNREADABLE)


def _disease(facts: list[float | None] | None) -> Disease | None:
    """Where both the share of cases and the prevalence are known."""
    if facts is None or facts[0] is None or facts[1] is None:
        return None
    return Disease(prevalence=facts[1], sample_prevalence=facts[0])


if __name__ == "__main__":
    run(estimate_heritability)
