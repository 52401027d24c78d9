"""Step: each hit in the reverse direction, with the outcome's instruments that the one pass looked up."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.analysis.direction import diseases_of
from scripts.analysis.estimators import settings_of
from scripts.analysis.panel import count_people
from scripts.analysis.reverse import reverse_table, untested
from scripts.analysis.screening import Choices, screen_pairs
from scripts.analysis.selection import PanelFile, open_panel, select
from scripts.step import run
from scripts.table import sumstats
from scripts.table.frames import read_tsv, write_tsv
from scripts.table.status import ExposureStatus


def reverse_hits(
    screen: Path,
    outcomes: list[Path],
    reduced: list[Path],
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    table: Path,
    outcome_ids: list[str],
    exposures: list[str],
    selection: dict[str, Any],
    mhc: str,
    harmonise: dict[str, Any],
    diseases: dict[str, list[float | None]],
    steiger_filter: bool,
    estimators: dict[str, Any],
    error_budget: dict[str, Any],
    seed: int,
) -> None:
    """Write one row per hit, or per tested pair; only the tables of these exposures are opened."""
    tested = read_tsv(screen)
    budget = error_budget["reverse"]
    all_pairs = budget["pairs"] == "all"
    wanted = tested["status"] == ExposureStatus.ESTIMATED if all_pairs else tested["hit"].astype(bool)
    hits = tested[wanted]
    panel_file = open_panel(panel[0], bed[0], fam[0]) if panel else None
    rows_of = dict(zip(exposures, reduced, strict=True))
    choices = Choices(harmonise, settings_of(estimators), seed, diseases_of(diseases), steiger_filter)
    parts = []
    for outcome, path in zip(outcome_ids, outcomes, strict=True):
        of_outcome = hits.loc[hits["outcome"] == outcome, "exposure"]
        selected = _instruments(path, panel_file, selection, mhc)
        logging.info("%s: %d instruments, %d hits", outcome, len(selected), len(of_outcome))
        if of_outcome.empty or selected.empty:
            continue
        rows = {
            exposure: sumstats.lookup(rows_of[exposure], selected["chromosome"], selected["position"])
            for exposure in of_outcome
        }
        n_ref = count_people(fam[0]) if panel else None
        parts.append(screen_pairs({outcome: selected}, rows, choices, n_ref))
    if parts:
        estimates, diagnostics = (
            pd.concat([getattr(part, name) for part in parts]) for name in ("estimates", "diagnostics")
        )
        write_tsv(reverse_table(hits, estimates, diagnostics, budget, error_budget["nominal_p"]), table)
    else:
        write_tsv(untested(hits, budget), table)


def _instruments(path: Path, panel: PanelFile | None, selection: dict[str, Any], mhc: str) -> pd.DataFrame:
    """The outcome's own instruments, selected as an exposure's."""
    bound = -np.log10(max(selection["p_thresholds"]))
    rows = pq.read_table(path, filters=[("neglog10_p", ">", bound)]).to_pandas()
    candidates = rows[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)
    return select(candidates, panel, selection, mhc).instruments


if __name__ == "__main__":
    run(reverse_hits)
