"""Step: the instruments of the exposures of one batch, from what the pass over their raw files left."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.checks import stopping
from scripts.analysis.finding import Policy, QualityError, refuse
from scripts.analysis.selection import (
    COLUMNS,
    PanelFile,
    Selected,
    mhc_note,
    nothing,
    open_panel,
    select,
)
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import read_json, write_json, write_parquet
from scripts.table.status import DropReason, ExposureStatus


def select_instruments(
    reduced: list[Path],
    reports: list[Path],
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    instruments: Path,
    selections: Path,
    exposures: list[str],
    independent: list[str],
    checks: dict[str, Any],
    mhc: str,
    selection: dict[str, Any],
    tolerate: bool,
) -> None:
    """Write the instruments of a batch with their LD, and each exposure's report, in the order of the batch.

    Exposures in `independent` are tables of instruments, which are not clumped again. One that a check
    forbids to use is unreadable, or with `tolerate` false raises QualityError.
    """
    panel_file = open_panel(panel[0], bed[0], fam[0]) if panel else None
    policy = Policy.of(checks)
    tables, told = [], []
    for exposure, table, report in zip(exposures, reduced, map(read_json, reports), strict=True):
        of_panel = None if exposure in independent else panel_file
        checked = _checked(report, of_panel is not None, policy, tolerate)
        selected, accounts = _selected(table, checked, of_panel, selection, mhc)
        logging.info("%s: %s, %d instruments", exposure, selected.status, len(selected.instruments))
        tables.append(selected.instruments[COLUMNS].assign(exposure=exposure))
        told.append(accounts)
    write_parquet(pd.concat(tables, ignore_index=True), instruments)
    write_json(told, selections)


def _checked(report: dict[str, Any], clumped: bool, policy: Policy, tolerate: bool) -> dict[str, Any]:
    """The report of the pass, or that of an unreadable exposure where a check forbids to use it."""
    if not report["quality"]:
        return report
    exposure = report["exposure"]
    try:
        refuse(exposure, stopping(exposure, clumped, report["quality"]["metrics"], policy))
    except QualityError as error:
        if not tolerate:
            raise
        return {**report, "status": ExposureStatus.UNREADABLE.value, "message": str(error)}
    return report


def _selected(
    table: Path, report: dict[str, Any], panel: PanelFile | None, selection: dict[str, Any], mhc: str
) -> tuple[Selected, dict[str, Any]]:
    """The instruments of one exposure, and its report."""
    if report["status"] == ExposureStatus.UNREADABLE:
        selected = nothing(ExposureStatus.UNREADABLE)
        return selected, _report(report, selected, report["message"], None)
    least = -np.log10(max(selection["p_thresholds"]))
    significant = sumstats.read(table, list(sumstats.COLUMNS), neglog10_p_above=least)
    selected = select(significant, panel, selection, mhc)
    message = mhc_note(selected.instruments) if mhc == "flag" else ""
    return selected, _report(report, selected, message, _accounts(report["quality"], len(significant)))


def _accounts(quality: dict[str, Any], n_significant: int) -> dict[str, Any]:
    """The accounts of the pass; rows that it kept though no threshold is above their P count as left out."""
    counts = dict(quality["counts"])
    kept = quality["rows_read"] - sum(counts.values())
    counts[DropReason.NOT_SIGNIFICANT] += kept - n_significant
    return {**quality, "counts": counts}


def _report(
    report: dict[str, Any], selected: Selected, message: str, quality: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "exposure": report["exposure"],
        "status": selected.status.value,
        "message": message,
        "p_threshold": selected.p_threshold,
        "relaxed_threshold": selected.relaxed_threshold,
        "ladder": selected.ladder,
        "quality": quality,
    }


if __name__ == "__main__":
    run(select_instruments)
