"""Step: the instruments of the exposures of one batch, from what the pass over their raw files left."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scripts.analysis.checks import stopping
from scripts.analysis.confounders import COLUMNS as KNOWN
from scripts.analysis.confounders import has_rsid, left_out
from scripts.analysis.finding import Policy, QualityError, refuse
from scripts.analysis.selection import (
    COLUMNS,
    TOGETHER,
    PanelFile,
    Selected,
    mhc_note,
    nothing,
    open_panel,
    place,
    select_placed,
)
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import read_json, write_json
from scripts.table.frames import read_tsv, write_parquet
from scripts.table.status import DropReason, ExposureStatus


def select_instruments(
    reduced: list[Path],
    reports: list[Path],
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    confounders: list[Path],
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

    Exposures in `independent` are tables of instruments, which are not clumped again. Variants that
    `confounders` lists are no instruments; the report has them with what they are known for. An exposure
    that a check forbids to use is unreadable, or with `tolerate` false raises QualityError.
    """
    panel_file = open_panel(panel[0], bed[0], fam[0]) if panel else None
    policy = Policy.of(checks)
    known = read_tsv(confounders[0]) if confounders else NONE_KNOWN
    confounded = set(known["rsid"])
    read = (
        _read(table, exposure in independent or not panel, report, selection, policy, tolerate)
        for exposure, table, report in zip(exposures, reduced, map(read_json, reports), strict=True)
    )
    tables, told = [], []
    for portion in _portions(read):
        chosen = _select(portion, panel_file, selection, mhc, confounded)
        for exposure, selected in zip(portion, chosen, strict=True):
            name = exposure.report["exposure"]
            logging.info("%s: %s, %d instruments", name, selected.status, len(selected.instruments))
            tables.append(selected.instruments[COLUMNS].assign(exposure=name))
            told.append(_report(exposure, selected, known, mhc))
    write_parquet(pd.concat(tables, ignore_index=True), instruments)
    write_json(told, selections)


NONE_KNOWN = pd.DataFrame(columns=KNOWN, dtype="str")


class Exposure(NamedTuple):
    """What the pass left of one exposure: its report, and its rows below the loosest threshold."""

    report: dict[str, Any]
    rows: pd.DataFrame
    independent: bool


def _read(
    table: Path,
    independent: bool,
    report: dict[str, Any],
    selection: dict[str, Any],
    policy: Policy,
    tolerate: bool,
) -> Exposure:
    checked = _checked(report, not independent, policy, tolerate)
    if checked["status"] == ExposureStatus.UNREADABLE:
        return Exposure(checked, sumstats.empty(), independent)
    least = -np.log10(max(selection["p_thresholds"]))
    rows = sumstats.read(table, list(sumstats.COLUMNS), neglog10_p_above=least)
    return Exposure(checked, rows, independent)


def _portions(exposures: Iterable[Exposure]) -> Iterator[list[Exposure]]:
    """Exposures in their order, as many at a time as have TOGETHER rows, so that memory is bounded."""
    portion: list[Exposure] = []
    for exposure in exposures:
        if portion and sum(len(one.rows) for one in (*portion, exposure)) > TOGETHER:
            yield portion
            portion = []
        portion.append(exposure)
    yield portion


def _select(
    portion: list[Exposure],
    panel: PanelFile | None,
    selection: dict[str, Any],
    mhc: str,
    confounded: set[str],
) -> Iterator[Selected]:
    """The instruments of each exposure; those that are clumped share one look into the panel."""
    clumped = iter(place([one.rows for one in portion if not one.independent], panel))
    for one in portion:
        (placed,) = place([one.rows], None) if one.independent else (next(clumped),)
        unreadable = one.report["status"] == ExposureStatus.UNREADABLE
        if unreadable:
            yield nothing(ExposureStatus.UNREADABLE)
        else:
            yield select_placed(placed, selection, mhc, confounded)


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


def _accounts(quality: dict[str, Any], n_significant: int) -> dict[str, Any]:
    """The accounts of the pass; rows that it kept though no threshold is above their P count as left out."""
    counts = dict(quality["counts"])
    kept = quality["rows_read"] - sum(counts.values())
    counts[DropReason.NOT_SIGNIFICANT] += kept - n_significant
    return {**quality, "counts": counts}


def _report(exposure: Exposure, selected: Selected, known: pd.DataFrame, mhc: str) -> dict[str, Any]:
    """The exposure's report with its ladder; where it could not be read, the message that says why."""
    report = exposure.report
    readable = selected.status != ExposureStatus.UNREADABLE
    note = mhc_note(selected.instruments) if mhc == "flag" else ""
    return {
        "exposure": report["exposure"],
        "status": selected.status.value,
        "message": note if readable else report["message"],
        "p_threshold": selected.p_threshold,
        "relaxed_threshold": selected.relaxed_threshold,
        "ladder": selected.ladder,
        "confounded": left_out(selected.confounded, known).to_dict("records"),
        "n_without_rsid": 0 if known.empty else int((~has_rsid(selected.instruments)).sum()),
        "quality": _accounts(report["quality"], len(exposure.rows)) if readable else None,
    }


if __name__ == "__main__":
    run(select_instruments)
