"""Step: estimate every exposure of one batch against every outcome."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.direction import diseases_of
from scripts.analysis.estimators import settings_of
from scripts.analysis.panel import count_people
from scripts.analysis.proxies import Proxies
from scripts.analysis.screening import Choices, FindProxies, screen_pairs
from scripts.analysis.selection import open_panel
from scripts.step import run
from scripts.table import sumstats
from scripts.table.frames import write_parquet


def screen_batch(
    instruments: Path,
    outcomes: list[Path],
    panel: list[Path],
    panel_index: list[Path],
    bed: list[Path],
    estimates: Path,
    diagnostics: Path,
    instruments_used: Path,
    leave_one_out: Path,
    exposures: list[str],
    outcome_ids: list[str],
    harmonise: dict[str, Any],
    proxies: dict[str, Any],
    diseases: dict[str, list[float | None]],
    steiger_filter: bool,
    estimators: dict[str, Any],
    seed: int,
) -> None:
    """Write the batch's estimates, diagnostics, aligned instruments and leave-one-out estimates.

    `panel` is the .fam file; `panel_index` and `bed` are needed for proxies only. `diseases` has the share of
    cases and the prevalence of each binary trait.
    """
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
    choices = Choices(
        harmonise=harmonise,
        estimators=settings_of(estimators),
        seed=seed,
        diseases=diseases_of(diseases),
        steiger_filter=steiger_filter,
        find_proxies=_proxies(
            panel_index, bed, panel, dict(zip(outcome_ids, outcomes, strict=True)), proxies
        ),
    )
    tables = screen_pairs(by_exposure, rows, choices, count_people(panel[0]) if panel else None)
    write_parquet(tables.estimates, estimates)
    write_parquet(tables.diagnostics, diagnostics)
    write_parquet(tables.instruments, instruments_used)
    write_parquet(tables.leave_one_out, leave_one_out)


def _proxies(
    index: list[Path], bed: list[Path], fam: list[Path], outcomes: dict[str, Path], proxies: dict[str, Any]
) -> FindProxies | None:
    """What finds proxies, where the study uses them."""
    if not proxies["use"]:
        return None
    panel = open_panel(index[0], bed[0], fam[0])
    return Proxies(panel, outcomes, proxies["r2_min"], proxies["window_kb"]).rows


if __name__ == "__main__":
    run(screen_batch)
