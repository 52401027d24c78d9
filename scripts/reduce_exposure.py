"""Step: one exposure from raw file to instruments. An unreadable file becomes a status, not a crash."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.checks import stopping
from scripts.analysis.finding import Policy, refuse
from scripts.analysis.selection import COLUMNS, Selected, mhc_note, nothing, open_panel, select
from scripts.download.locate import described, located
from scripts.method.arrays import BoolArray
from scripts.source.ancestry import read_ancestries
from scripts.source.error import SourceError
from scripts.source.panel import read_compared
from scripts.source.standardise import load
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_json, write_parquet
from scripts.table.qc import QcReport
from scripts.table.status import ExposureStatus
from scripts.table.trait import Trait


def reduce_exposure(
    files: list[Path],
    receipt: list[Path],
    positions: list[Path],
    chain: list[Path],
    panel: list[Path],
    ancestries: list[Path],
    bed: list[Path],
    fam: list[Path],
    instruments: Path,
    reduction: Path,
    trait: dict[str, Any],
    paths: list[str],
    build: str,
    checks: dict[str, Any],
    mhc: str,
    selection: dict[str, Any],
    tolerate: bool,
) -> None:
    """Write the exposure's instruments with their LD, and the report of what became of its rows."""
    exposure = Trait.from_dict(trait)
    independent = exposure.format == "instruments"
    loosest = -np.log10(max(selection["p_thresholds"]))
    panel_file = open_panel(panel[0], bed[0], fam[0]) if panel else None

    def significant(rows: pd.DataFrame) -> BoolArray:
        below: BoolArray = (rows["neglog10_p"] > loosest).to_numpy(bool)
        return below

    try:
        exposure = described(exposure, receipt)
        table, quality = load(
            exposure,
            located(exposure, paths, receipt),
            build=build,
            chain=next(iter(chain), None),
            positions=sumstats.read(positions[0], ["rsid", "chromosome", "position"]) if positions else None,
            panel=read_compared(panel[0]) if panel else None,
            ancestries=read_ancestries(ancestries[0]) if ancestries else None,
            eaf_from_panel=checks["eaf_from_panel"],
            keep=significant,
        )
        refuse(exposure.id, stopping(exposure.id, not independent, quality.metrics, Policy.of(checks)))
    except (SourceError, ArithmeticError, ValueError) as error:
        if not tolerate:
            raise
        logging.exception("The exposure cannot be read")
        selected, quality, message = nothing(ExposureStatus.UNREADABLE), None, str(error)
    else:
        selected = select(table, None if independent else panel_file, selection, mhc)
        message = mhc_note(selected.instruments) if mhc == "flag" else ""
    logging.info("%s: %s, %d instruments", exposure.id, selected.status, len(selected.instruments))
    write_parquet(selected.instruments[COLUMNS], instruments)
    write_json(_report(exposure, selected, quality, message), reduction)


def _report(exposure: Trait, selected: Selected, quality: QcReport | None, message: str) -> dict[str, Any]:
    return {
        "exposure": exposure.id,
        "status": selected.status.value,
        "message": message,
        "p_threshold": selected.p_threshold,
        "relaxed_threshold": selected.relaxed_threshold,
        "ladder": selected.ladder,
        "quality": None if quality is None else asdict(quality),
    }


if __name__ == "__main__":
    run(reduce_exposure)
