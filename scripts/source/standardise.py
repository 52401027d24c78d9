"""Any source to the standard table: stream, clean, lift over, resolve duplicates, sort, count everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray
from scripts.source import READERS, alleles, liftover
from scripts.source.alleles import HashArray
from scripts.source.clean import Places, Target, clean
from scripts.source.duplicates import resolve
from scripts.source.error import SourceError
from scripts.source.panel import Panel
from scripts.source.quality import Quality
from scripts.source.sample import Sample
from scripts.table import sumstats
from scripts.table.qc import QcReport
from scripts.table.status import DropReason
from scripts.table.trait import Trait

Keep = Callable[[pd.DataFrame], BoolArray]


def load(
    trait: Trait,
    paths: Sequence[Path],
    *,
    build: str,
    chain: Path | None = None,
    positions: pd.DataFrame | None = None,
    panel: pd.DataFrame | None = None,
    keep: Keep | None = None,
) -> tuple[pd.DataFrame, QcReport]:
    """Standard table of one trait and its quality report.

    `chain` leads from the trait's build to `build` and is needed where they differ. `positions` (columns
    rsid, chromosome, position, in `build`) serves rows without a place. `panel` is a panel index to
    compare alleles and frequencies with. The report's metrics come from a Sample of the clean rows. `keep`
    sees the clean rows of a block under their standard names, without rsid, and says which to keep; the
    others count as not significant, and only what is kept stays in memory (beside 8 bytes a row).
    Raises SourceError for a source that cannot be read.
    """
    target = _target(trait, build, chain, positions)
    quality = Quality(None if panel is None or panel.empty else Panel.of(panel))
    sample = Sample()
    counts, rows_read = Counter(dict.fromkeys(DropReason, 0)), 0
    kept: list[pd.DataFrame] = []
    left: list[HashArray] = [np.empty(0, dtype=np.uint64)]
    for chunk in _chunks(trait, paths, target):
        rows, dropped = clean(chunk, target)
        counts.update(dropped)
        sample.add(rows)
        rows_read += len(chunk)
        chosen = np.ones(len(rows), dtype=bool) if keep is None else np.asarray(keep(rows), dtype=bool)
        counts[DropReason.NOT_SIGNIFICANT] += int((~chosen).sum())
        variants = _variants(rows)
        left.append(variants[~chosen])
        kept.append(_standard(rows[chosen], chunk).assign(variant=variants[chosen]))
    if not rows_read:
        raise SourceError(_nothing(trait, paths))
    if not kept_or_left(counts, rows_read):
        raise SourceError(_nothing_usable(trait, paths, counts, rows_read))
    quality.add(sample.rows())
    table, repeated = resolve(sumstats.sort_rows(_joined(kept)), left)
    counts.update(repeated)
    if rows_read - counts.total() != len(table):
        raise RuntimeError(f"trait {trait.id}: the accounts of its rows do not close: {dict(counts)}")
    report = QcReport(trait.id, rows_read, {str(key): n for key, n in counts.items()}, quality.metrics())
    return table[list(sumstats.COLUMNS)].reset_index(drop=True), report


def _nothing(trait: Trait, paths: Sequence[Path]) -> str:
    where = "" if trait.filter is None else f" where {trait.filter[0]} is '{trait.filter[1]}'"
    return f"trait {trait.id}: no rows{where} in {', '.join(str(path) for path in paths) or 'no file'}"


def kept_or_left(counts: Counter[DropReason], rows_read: int) -> int:
    """Rows that were clean, whether they are kept or not."""
    return rows_read - counts.total() + counts[DropReason.NOT_SIGNIFICANT]


def _nothing_usable(trait: Trait, paths: Sequence[Path], counts: Counter[DropReason], rows_read: int) -> str:
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in counts.most_common() if n)
    files = ", ".join(str(path) for path in paths)
    return f"trait {trait.id}: none of the {rows_read:,} rows of {files} is usable ({reasons})"


def _target(trait: Trait, build: str, chain: Path | None, positions: pd.DataFrame | None) -> Target:
    if trait.build != build and chain is None:
        raise SourceError(
            f"trait {trait.id} is in {trait.build} and the study in {build}: give a chain file from "
            f"{trait.build} to {build}"
        )
    return Target(
        n=trait.n,
        chain=None if chain is None or trait.build == build else liftover.open_chain(chain),
        places=None if positions is None else Places.of(positions),
    )


def _chunks(trait: Trait, paths: Sequence[Path], target: Target) -> Iterator[pd.DataFrame]:
    """Raw rows of all files of a trait; SourceError where they lack what the trait does not give either."""
    if trait.format not in READERS:
        raise SourceError(
            f"trait {trait.id}: unknown format '{trait.format}', expected {' or '.join(READERS)}"
        )
    for path in paths:
        for chunk in READERS[trait.format](Path(path), trait):
            if "position" not in chunk and target.places is None:
                raise SourceError(
                    f"trait {trait.id}: {path} has no positions; map its position column, or name in "
                    "positions_from a trait whose table gives positions by rsid"
                )
            if "n" not in chunk and target.n is None:
                raise SourceError(
                    f"trait {trait.id}: {path} has no column of sample sizes; give n in the trait table"
                )
            yield chunk


def _standard(rows: pd.DataFrame, chunk: pd.DataFrame) -> pd.DataFrame:
    """Clean rows of a chunk with the columns and types of the standard table."""
    rsid = chunk["rsid"].iloc[rows["row"].to_numpy()] if "rsid" in chunk else pd.Series(dtype="str")
    return rows.assign(rsid=rsid)[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)


def _variants(rows: pd.DataFrame) -> HashArray:
    places = sumstats.place(rows["chromosome"], rows["position"])
    effect, other = alleles.hashes(rows["effect_allele"]), alleles.hashes(rows["other_allele"])
    return alleles.variant_hashes(places, effect, other)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """All parts in one, numbered in the order of reading; the list is emptied, since memory is short here."""
    table = pd.concat(parts, ignore_index=True)
    parts.clear()
    return table
