"""Step: the one pass over an exposure's raw file. An unreadable file becomes a status, not a crash."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.download.locate import at_hand, by_content, described, discard, located, received
from scripts.method.arrays import BoolArray, IntArray
from scripts.source import memory, passes
from scripts.source.ancestry import read_ancestries
from scripts.source.error import SourceError
from scripts.source.panel import read_compared
from scripts.source.passes import RawFile
from scripts.source.reading import Keep
from scripts.source.standardise import load
from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import write_json
from scripts.table.frames import write_parquet
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
        fetched = received(receipt)
        exposure, raw = described(exposure, fetched), by_content(paths, fetched)
        settings = {
            "trait": exposure.to_dict(),
            "build": build,
            "expected_chromosomes": expected_chromosomes,
            "eaf_from_panel": eaf_from_panel,
            "p_max": p_max,
            "keep_all": keep_all,
            "code": code,
        }
        made = [*positions, *chain, *panel, *ancestries, lookup, *hapmap3, *mediators]
        key = passes.key_of(raw, made, settings)
        if passes.restore(kept, key, outputs):
            logging.info("%s: the raw files have not changed since they were read", exposure.id)
            if temporary:
                discard(fetched)
            return
        fetched = at_hand(fetched)
        rows, quality = load(
            exposure,
            located(exposure, paths, fetched),
            build=build,
            chain=next(iter(chain), None),
            positions=sumstats.read(positions[0], ["rsid", "chromosome", "position"]) if positions else None,
            panel=read_compared(panel[0]) if panel else None,
            ancestries=read_ancestries(ancestries[0]) if ancestries else None,
            expected_chromosomes=expected_chromosomes,
            eaf_from_panel=eaf_from_panel,
            keep=None if keep_all else _keep(p_max, _places(lookup, *hapmap3, *mediators)),
        )
    except (SourceError, ArithmeticError, ValueError) as error:
        if not tolerate:
            raise
        logging.exception("The exposure cannot be read")
        rows, quality, key = sumstats.empty(), None, None
        status, message = ExposureStatus.UNREADABLE, str(error)
    else:
        status, message = ExposureStatus.REDUCED, ""
    _write(rows, p_max, keep_all, lookup, mediators, table)
    for path in hapmap3_rows:
        _write_at(rows, hapmap3, path)
    write_json(_report(exposure.id, status, message, raw, quality), report)
    if key:
        passes.keep(kept, key, outputs)
    if temporary and quality:
        discard(fetched)


def _places(*tables: Path) -> IntArray:
    """Places of tables with the columns chromosome and position, in ascending order."""
    parts = [pq.read_table(path, columns=["chromosome", "position"], use_threads=False) for path in tables]
    places = [place(part["chromosome"].to_numpy(), part["position"].to_numpy()) for part in parts]
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *places]), kind="stable")


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
    rows: pd.DataFrame, p_max: float, keep_all: bool, lookup: Path, mediators: list[Path], table: Path
) -> None:
    """All rows, or the candidates, looked up ones and the mediators', with columns that say which is what."""
    marked = rows.assign(candidate=_candidates(rows, p_max), looked_up=_are_at(rows, [lookup]))
    kept = marked["candidate"] | marked["looked_up"] | _are_at(rows, mediators)
    write_parquet(marked if keep_all else marked[kept], table)


def _write_at(rows: pd.DataFrame, places: list[Path], table: Path) -> None:
    """The rows at the places of other tables."""
    at = np.flatnonzero(_are_at(rows, places))
    memory.hand_back()
    sumstats.write(rows, table, at)


def _are_at(rows: pd.DataFrame, places: list[Path]) -> BoolArray:
    """For each row, whether one of the tables has its place."""
    return is_among(place(rows["chromosome"], rows["position"]), _places(*places))


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
