"""Step: the one pass over an exposure's raw file. An unreadable file becomes a status, not a crash."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.download.locate import by_content, described, discard, located
from scripts.method.arrays import BoolArray, IntArray
from scripts.source import passes
from scripts.source.ancestry import read_ancestries
from scripts.source.error import SourceError
from scripts.source.panel import read_compared
from scripts.source.passes import RawFile
from scripts.source.standardise import Keep, load
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_json, write_parquet
from scripts.table.qc import QcReport
from scripts.table.sieve import Sieve
from scripts.table.status import ExposureStatus
from scripts.table.sumstats import is_among, place
from scripts.table.trait import Trait


def reduce_exposure(
    files: list[Path],
    receipt: list[Path],
    positions: list[Path],
    chain: list[Path],
    panel: list[Path],
    ancestries: list[Path],
    lookup: Path,
    hapmap3: list[Path],
    mediators: list[Path],
    table: Path,
    report: Path,
    hapmap3_rows: list[Path],
    trait: dict[str, Any],
    paths: list[str],
    build: str,
    expected_chromosomes: list[int],
    eaf_from_panel: bool,
    p_max: float,
    keep_all: bool,
    passes_folder: str,
    temporary: bool,
    tolerate: bool,
    code: str,
) -> None:
    """Write the exposure's rows that are significant or looked up, its HapMap3 rows, and their accounts.

    Rows at the places of `mediators`, candidates for their instruments, are kept too.
    With `keep_all`, which colocalisation needs, every row is written.
    """
    exposure = Trait.from_dict(trait)
    outputs, kept = [table, report, *hapmap3_rows], Path(passes_folder) / exposure.id
    raw, key = [], None
    try:
        exposure = described(exposure, receipt)
        raw = by_content(paths, receipt)
        made = [*positions, *chain, *panel, *ancestries, lookup, *hapmap3, *mediators]
        settings = {
            "trait": exposure.to_dict(),
            "build": build,
            "expected_chromosomes": expected_chromosomes,
            "eaf_from_panel": eaf_from_panel,
            "p_max": p_max,
            "keep_all": keep_all,
            "code": code,
        }
        key = passes.key_of(raw, made, settings)
        if passes.restore(kept, key, outputs):
            logging.info("%s: the raw files have not changed since they were read", exposure.id)
            if temporary:
                discard(receipt)
            return
        looked_up, wanted, shared = _places(lookup), _places(*hapmap3), _places(*mediators)
        rows, quality = load(
            exposure,
            located(exposure, paths, receipt),
            build=build,
            chain=next(iter(chain), None),
            positions=sumstats.read(positions[0], ["rsid", "chromosome", "position"]) if positions else None,
            panel=read_compared(panel[0]) if panel else None,
            ancestries=read_ancestries(ancestries[0]) if ancestries else None,
            expected_chromosomes=expected_chromosomes,
            eaf_from_panel=eaf_from_panel,
            keep=None if keep_all else _keep(p_max, np.concatenate([looked_up, wanted, shared])),
        )
    except (SourceError, ArithmeticError, ValueError) as error:
        if not tolerate:
            raise
        logging.exception("The exposure cannot be read")
        rows, looked_up, wanted, shared = sumstats.empty(), _places(), _places(), _places()
        quality, status, message, key = None, ExposureStatus.UNREADABLE, str(error), None
    else:
        status, message = ExposureStatus.REDUCED, ""
    _write(rows, p_max, keep_all, looked_up, wanted, shared, table, hapmap3_rows)
    write_json(_report(exposure.id, status, message, raw, quality), report)
    if key:
        passes.keep(kept, key, outputs)
    if temporary and quality:
        discard(receipt)


def _places(*tables: Path) -> IntArray:
    """Places of tables sorted by the columns chromosome and position."""
    parts = [pd.read_parquet(path, columns=["chromosome", "position"]) for path in tables]
    places = [sumstats.place(part["chromosome"], part["position"]) for part in parts]
    return np.concatenate([np.empty(0, dtype=np.int64), *places])


def _keep(p_max: float, places: IntArray) -> Keep:
    """Whether clean rows are significant or at one of the places."""
    looked_up = Sieve.of(places)

    def keep(rows: pd.DataFrame) -> BoolArray:
        there = looked_up.has(place(rows["chromosome"], rows["position"]))
        return np.logical_or(_candidates(rows, p_max), there)

    return keep


def _candidates(rows: pd.DataFrame, p_max: float) -> BoolArray:
    return np.asarray(rows["neglog10_p"] > -np.log10(p_max), dtype=bool)


def _write(
    rows: pd.DataFrame,
    p_max: float,
    keep_all: bool,
    looked_up: IntArray,
    hapmap3: IntArray,
    mediators: IntArray,
    table: Path,
    others: list[Path],
) -> None:
    """All rows, or candidates, looked up ones and the mediators', into `table`; HapMap3's where asked."""
    at = place(rows["chromosome"], rows["position"])
    marked = rows.assign(candidate=_candidates(rows, p_max), looked_up=is_among(at, looked_up))
    kept = marked["candidate"] | marked["looked_up"] | is_among(at, np.unique(mediators))
    write_parquet(marked if keep_all else marked[kept], table)
    for path in others:
        sumstats.write(rows, path, np.flatnonzero(is_among(at, hapmap3)))


def _report(
    exposure: str, status: ExposureStatus, message: str, raw: list[RawFile], quality: QcReport | None
) -> dict[str, Any]:
    return {
        "exposure": exposure,
        "status": status.value,
        "message": message,
        "raw": [asdict(file) for file in raw],
        "quality": None if quality is None else asdict(quality),
    }


if __name__ == "__main__":
    run(reduce_exposure)
