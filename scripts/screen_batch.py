"""Step: estimate every exposure of one batch against every outcome."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.estimators import settings_of
from scripts.analysis.panel import count_people
from scripts.analysis.screening import screen_pairs
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_parquet


def screen_batch(
    instruments: Path,
    outcomes: list[Path],
    panel: list[Path],
    estimates: Path,
    diagnostics: Path,
    instruments_used: Path,
    leave_one_out: Path,
    exposures: list[str],
    outcome_ids: list[str],
    harmonise: dict[str, Any],
    estimators: dict[str, Any],
    seed: int,
) -> None:
    """Write the batch's estimates, diagnostics, aligned instruments and leave-one-out estimates."""
    selected = pd.read_parquet(instruments)
    by_exposure = {
        name: selected[selected["exposure"] == name].drop(columns="exposure") for name in exposures
    }
    sites = selected[["chromosome", "position"]].drop_duplicates()
    rows = {
        name: sumstats.lookup(path, sites["chromosome"].to_numpy(), sites["position"].to_numpy())
        for name, path in zip(outcome_ids, outcomes, strict=True)
    }
    logging.info("%d exposures, %d positions, %d outcomes", len(exposures), len(sites), len(rows))
    n_ref = count_people(panel[0]) if panel else None
    tables = screen_pairs(by_exposure, rows, harmonise, settings_of(estimators), n_ref, seed)
    write_parquet(tables.estimates, estimates)
    write_parquet(tables.diagnostics, diagnostics)
    write_parquet(tables.instruments, instruments_used)
    write_parquet(tables.leave_one_out, leave_one_out)


if __name__ == "__main__":
    run(screen_batch)
