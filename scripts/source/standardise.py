"""Any source to the standard table: stream, clean, lift over, resolve duplicates, sort, count everything."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scripts.source import liftover
from scripts.source.alleles import HashArray
from scripts.source.ancestry import Ancestries, Distances
from scripts.source.build import BuildEvidence, settle_build
from scripts.source.clean import Places, Target, clean
from scripts.source.duplicates import resolve
from scripts.source.error import SourceError
from scripts.source.panel import Panel
from scripts.source.quality import Quality
from scripts.source.readers import READERS, build_said
from scripts.source.reading import Keep, Reading, chosen_of, variants_of
from scripts.table import sumstats
from scripts.table.qc import QcReport
from scripts.table.sieve import Sieve
from scripts.table.status import DropReason
from scripts.table.trait import AUTO, Trait

if TYPE_CHECKING:
    from liftover import ChainFile


def load(
    trait: Trait,
    paths: Sequence[Path],
    *,
    build: str,
    chain: Path | None = None,
    positions: pd.DataFrame | None = None,
    panel: pd.DataFrame | None = None,
    ancestries: Ancestries | None = None,
    expected_chromosomes: Sequence[int] = (),
    eaf_from_panel: bool = False,
    keep: Keep | None = None,
) -> tuple[pd.DataFrame, QcReport]:
    """Standard table of one trait and its quality report.

    `chain` leads from the other build to `build`: needed where the trait is on it, and with it the panel can
    tell a wrong or unknown build. `positions` (columns rsid, chromosome, position, in `build`) serves rows
    without a place. `panel` is a panel index to compare alleles and frequencies with, and with
    `eaf_from_panel` to take missing frequencies from; `ancestries` has frequencies to find the trait's
    ancestry by. A genome-wide file must have clean rows on all `expected_chromosomes`. The report's metrics
    come from a Sample of the clean rows. `keep` sees the clean rows of a block under their standard names,
    without rsid, and says which to keep; the others count as not significant, and only what is kept stays in
    memory. A file that is not sorted by place is read twice for that. Raises SourceError for a source that
    cannot be read.
    """
    compared = None if panel is None or panel.empty else Panel.of(panel)
    opened = None if chain is None else liftover.open_chain(chain)
    places = None if positions is None else Places.of(positions)
    evidence = BuildEvidence(compared, opened)
    used = _build_of(trait, paths, build, evidence, places)
    target = Target(trait.n, _lifting(trait, used, build, opened), places)
    reading = Reading(trait, target, keep, compared if eaf_from_panel else None, evidence)
    for chunk in _chunks(trait, paths, places):
        reading.add(chunk)
    _check(reading, trait, paths, expected_chromosomes)
    elsewhere = reading.left.variants()
    if keep is not None and reading.left.lost:
        logging.info("%s: not sorted by place: read once more, to find copies of the rows kept", trait.id)
        elsewhere = _left_out(reading, trait, paths, places)
    table, repeated = resolve(sumstats.sort_rows(reading.table()), elsewhere)
    counts = reading.counts + repeated
    if reading.rows - counts.total() != len(table):
        raise RuntimeError(f"trait {trait.id}: the accounts of its rows do not close: {dict(counts)}")
    quality = Quality(compared, None if ancestries is None else Distances(ancestries))
    quality.add(reading.sample.rows())
    metrics = {**evidence.metrics(used, used != build), **quality.metrics(), **reading.changes()}
    accounts = {str(reason): counts[reason] for reason in DropReason}
    report = QcReport(trait.id, reading.rows, accounts, metrics)
    return table[list(sumstats.COLUMNS)].reset_index(drop=True), report


def _check(
    reading: Reading, trait: Trait, paths: Sequence[Path], expected_chromosomes: Sequence[int]
) -> None:
    """Raise SourceError where there is nothing to use, or chromosomes of a genome-wide file have nothing."""
    if not reading.rows:
        raise SourceError(_nothing(trait, paths))
    if not reading.clean_rows:
        raise SourceError(_nothing_usable(trait, paths, reading.counts, reading.rows))
    absent = [code for code in expected_chromosomes if not reading.on_chromosome[code]]
    if absent and is_genome_wide(trait):
        raise SourceError(_cut_short(trait, paths, absent))


def _left_out(
    reading: Reading, trait: Trait, paths: Sequence[Path], places: Places | None
) -> list[HashArray]:
    """Variants of the rows that are not kept, of which another row is."""
    kept = Sieve.of(np.concatenate([rows["variant"] for rows in reading.kept]))
    found = []
    for chunk in _chunks(trait, paths, places):
        rows, _ = clean(chunk, reading.target)
        left = variants_of(rows)[~chosen_of(rows, reading.keep)]
        found.append(left[kept.has(left)])
    return found


def _nothing(trait: Trait, paths: Sequence[Path]) -> str:
    where = "" if trait.filter is None else f" where {trait.filter[0]} is '{trait.filter[1]}'"
    return f"trait {trait.id}: no rows{where} in {', '.join(str(path) for path in paths) or 'no file'}"


def is_genome_wide(trait: Trait) -> bool:
    """Whether a trait's files should hold all chromosomes, not a selection or one of many traits."""
    return trait.format != "instruments" and trait.filter is None


def _cut_short(trait: Trait, paths: Sequence[Path], absent: Sequence[int]) -> str:
    codes, files = (", ".join(map(str, items)) for items in (absent, paths))
    return (
        f"trait {trait.id}: no usable row on chromosome {codes} in {files}; the file may be cut short: "
        "get it again, or set `quality.expected_chromosomes` to those that it should have"
    )


def _nothing_usable(trait: Trait, paths: Sequence[Path], counts: Counter[DropReason], rows_read: int) -> str:
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in counts.most_common() if n)
    files = ", ".join(str(path) for path in paths)
    return f"trait {trait.id}: none of the {rows_read:,} rows of {files} is usable ({reasons})"


def _build_of(
    trait: Trait, paths: Sequence[Path], build: str, evidence: BuildEvidence, places: Places | None
) -> str:
    """The trait's build; one left open is what the source says, else what its first rows show."""
    if trait.build == AUTO:
        if (said := build_said(paths[0], trait)) is not None:
            return said
        for chunk in _chunks(trait, paths, places):
            evidence.add(chunk)
            if evidence.enough:
                break
    return settle_build(trait, build, evidence)


def _lifting(trait: Trait, used: str, build: str, chain: ChainFile | None) -> ChainFile | None:
    """The chain, where the trait's build is not the study's."""
    if used == build:
        return None
    if chain is None:
        raise SourceError(
            f"trait {trait.id} is in {used} and the study in {build}: give a chain file from {used} "
            f"to {build}"
        )
    return chain


def _chunks(trait: Trait, paths: Sequence[Path], places: Places | None) -> Iterator[pd.DataFrame]:
    """Raw rows of all files of a trait; SourceError where they lack what the trait does not give either."""
    if trait.format not in READERS:
        raise SourceError(
            f"trait {trait.id}: unknown format '{trait.format}', expected {' or '.join(sorted(READERS))}"
        )
    shown = ", ".join(map(str, paths))
    for chunk in READERS[trait.format](paths, trait) if paths else ():
        if "position" not in chunk and places is None:
            raise SourceError(
                f"trait {trait.id}: {shown} has no positions; map its position column, or name in "
                "positions_from a trait whose table gives positions by rsid"
            )
        if "n" not in chunk and trait.n is None:
            raise SourceError(
                f"trait {trait.id}: {shown} has no column of sample sizes; give n in the trait table"
            )
        yield chunk
