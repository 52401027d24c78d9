"""One block of raw rows to clean rows in the study's build, every dropped row counted under one reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.normal import abs_z_from_neglog10_p, neglog10_p_from_z
from scripts.source import alleles, liftover
from scripts.table.status import DropReason

if TYPE_CHECKING:
    from liftover import ChainFile

LARGEST_POSITION = 2**31 - 1
ABSURD = (
    1e30  # no unit makes effects so large or standard errors so small; squares of these still fit a double
)
# Files print P down to about here as it is; below, as 0, a floor or a number without digits. There, P comes
# from the z score; elsewhere the file's own P stays, which may be of another test (Student t, a mixed
# model). An effect of 0 is never significant, whatever its P says: no ratio can be made of it.
UNDERFLOW = 300.0


@dataclass(frozen=True, slots=True)
class Places:
    """Chromosome and position by rsid, in the study's build; an rsid at several places is left out."""

    rsid: pd.Index[Any]
    chromosome: IntArray
    position: FloatArray

    @classmethod
    def of(cls, table: pd.DataFrame) -> Places:
        """From the columns rsid, chromosome and position of another trait's table."""
        known = table[["rsid", "chromosome", "position"]].dropna().drop_duplicates()
        known = known.drop_duplicates("rsid", keep=False)
        return cls(
            pd.Index(known["rsid"]),
            known["chromosome"].to_numpy(dtype=np.int64),
            known["position"].to_numpy(dtype=np.float64),
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What all rows of a trait are brought to: sample size, positions and build."""

    n: float | None
    chain: ChainFile | None
    places: Places | None


# Absurd values come out infinite or NaN, which is judged and counted row by row.
@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def clean(chunk: pd.DataFrame, target: Target) -> tuple[pd.DataFrame, Counter[DropReason]]:
    """Clean rows of a reader's chunk, and the number of rows dropped for each reason.

    The rows have the standard columns but rsid (alleles as categories, position in the study's build),
    `file_neglog10_p`, the P of the file where it is a number to compare with that of beta and se, `turned`:
    lifted to the other strand, and `row`, the row of the chunk. The index stays.
    """
    rows = _standard_rows(chunk, target)
    kept, counts = _drop(rows, _faults(rows))
    if target.chain is not None:
        kept, unmapped = _lift(kept, target.chain)
        counts.update(unmapped)
    return kept, counts


def _standard_rows(chunk: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Standard columns, unchecked, and flags: `p_valid`; `se_left_open`: there is no error, and P gives none;
    `settled`: the place came from `target.places`.
    """
    chromosome, position, settled = _located(chunk, target.places)
    log_p, p_valid = _file_p(chunk)
    beta, se = _numbers(chunk, "beta"), _numbers(chunk, "se")
    derived = _where(np.isnan(se), lambda rows: _se_from_p(beta[rows], log_p[rows]), se)
    of_file = (log_p < UNDERFLOW) & (beta != 0)
    n = _numbers(chunk, "n")
    return pd.DataFrame(
        {
            "chromosome": chromosome,
            "position": position,
            "effect_allele": alleles.upper_case(chunk["effect_allele"]),
            "other_allele": alleles.upper_case(chunk["other_allele"]),
            "eaf": _numbers(chunk, "eaf"),
            "beta": beta,
            "se": derived,
            "neglog10_p": _where(~of_file, lambda rows: neglog10_p_from_z(beta[rows] / derived[rows]), log_p),
            "n": n if target.n is None else np.where(n > 0, n, target.n),
            "file_neglog10_p": np.where(np.isnan(se) | np.isinf(log_p), np.nan, log_p),
            "p_valid": p_valid,
            "se_left_open": np.isnan(derived) & ~np.isnan(beta) & ~np.isnan(log_p),
            "settled": settled,
            "not_harmonised": _flags(chunk, "not_harmonised"),
            "turned": np.zeros(len(chunk), dtype=bool),
            "row": np.arange(len(chunk)),
        },
        index=chunk.index,
        copy=False,
    )


def _where(lacking: BoolArray, values: Callable[[IntArray], FloatArray], otherwise: FloatArray) -> FloatArray:
    """`otherwise`, with values worked out for the lacking rows alone: there are few."""
    rows = np.flatnonzero(lacking)
    if not len(rows):
        return otherwise
    filled = otherwise.copy()
    filled[rows] = values(rows)
    return filled


def _numbers(chunk: pd.DataFrame, name: str) -> FloatArray:
    if name in chunk:
        return chunk[name].to_numpy(dtype=np.float64)
    return np.full(len(chunk), np.nan)


def _flags(chunk: pd.DataFrame, name: str) -> BoolArray:
    if name in chunk:
        return chunk[name].to_numpy(dtype=bool)
    return np.zeros(len(chunk), dtype=bool)


def _located(chunk: pd.DataFrame, places: Places | None) -> tuple[IntArray, FloatArray, BoolArray]:
    """Chromosome code, position and whether `places` gave both, which it does where the file lacks one."""
    absent = np.full(len(chunk), alleles.MISSING, dtype=np.int64)
    chromosome = alleles.chromosome_codes(chunk["chromosome"]) if "chromosome" in chunk else absent
    position = _numbers(chunk, "position")
    lacking = (chromosome == alleles.MISSING) | np.isnan(position)
    if places is None or places.rsid.empty or "rsid" not in chunk or not lacking.any():
        return chromosome, position, np.zeros(len(chunk), dtype=bool)
    at = places.rsid.get_indexer(pd.Index(chunk["rsid"].astype("str")))
    settled = lacking & (at >= 0)
    chromosome = np.where(settled, places.chromosome[at], chromosome)
    return chromosome, np.where(settled, places.position[at], position), settled


def _file_p(chunk: pd.DataFrame) -> tuple[FloatArray, BoolArray]:
    """-log10 P as the file gives it (infinite for P = 0, NaN where missing), and whether it is in range."""
    p, log_p = _numbers(chunk, "p"), _numbers(chunk, "neglog10_p")
    valid = ~((p < 0) | (p > 1) | (log_p < 0))
    return np.where(np.isnan(log_p), -np.log10(p), log_p), valid


def _se_from_p(beta: FloatArray, neglog10_p: FloatArray) -> FloatArray:
    """Standard error from effect and P; NaN where P is 0 or 1 or the effect is 0, which leave it open."""
    se = np.abs(beta) / abs_z_from_neglog10_p(neglog10_p)
    return np.where(np.isfinite(se) & (se > 0), se, np.nan)


def _faults(rows: pd.DataFrame) -> dict[DropReason, BoolArray]:
    """For each reason, in the order of DropReason, the rows that it concerns."""
    beta, se, position = (rows[name].to_numpy() for name in ("beta", "se", "position"))
    chromosome, n = rows["chromosome"].to_numpy(), rows["n"].to_numpy()
    effect, other = rows["effect_allele"], rows["other_allele"]
    whole = (position >= 1) & (position <= LARGEST_POSITION) & (position == np.floor(position))
    eaf, no_allele = rows["eaf"].to_numpy(), (effect.cat.codes < 0) | (other.cat.codes < 0)
    left_open = rows["se_left_open"].to_numpy()
    missing = no_allele.to_numpy() | np.isnan(beta) | (np.isnan(se) & ~left_open) | ~((n > 0) & (n < np.inf))
    return {
        DropReason.NOT_HARMONISED: rows["not_harmonised"].to_numpy(),
        DropReason.UNKNOWN_CHROMOSOME: chromosome == alleles.UNKNOWN,
        DropReason.NO_POSITION: (chromosome == alleles.MISSING) | np.isnan(position),
        DropReason.INVALID_POSITION: ~whole,
        DropReason.P_OUT_OF_RANGE: ~rows["p_valid"].to_numpy(),
        DropReason.MISSING_VALUE: missing,
        DropReason.NO_SE_FROM_P: left_open,
        DropReason.INVALID_ALLELE: alleles.invalid(effect) | alleles.invalid(other),
        DropReason.IDENTICAL_ALLELES: alleles.same(effect, other),
        DropReason.EFFECT_NOT_FINITE: ~(np.abs(beta) < ABSURD),
        DropReason.SE_NOT_POSITIVE: ~((se > 1 / ABSURD) & (se < ABSURD)),
        DropReason.EAF_OUT_OF_RANGE: (eaf < 0) | (eaf > 1),
    }


def _drop(
    rows: pd.DataFrame, faults: Mapping[DropReason, BoolArray]
) -> tuple[pd.DataFrame, Counter[DropReason]]:
    """The rows without a fault; a row with several counts under the first."""
    counts: Counter[DropReason] = Counter()
    dropped = np.zeros(len(rows), dtype=bool)
    for reason, faulty in faults.items():
        counts[reason] = int((faulty & ~dropped).sum())
        dropped |= faulty
    return rows[~dropped] if dropped.any() else rows, counts


def _lift(rows: pd.DataFrame, chain: ChainFile) -> tuple[pd.DataFrame, Counter[DropReason]]:
    """The rows in the other build; `settled` rows are there already."""
    moving = ~rows["settled"].to_numpy()
    chromosome, position = rows["chromosome"].to_numpy(), rows["position"].to_numpy().astype(np.int64)
    lifted = liftover.lift(chain, chromosome[moving], position[moving])
    position[moving] = lifted.position
    turned = np.zeros(len(rows), dtype=bool)
    turned[moving] = lifted.reversed
    faults = {reason: np.zeros(len(rows), dtype=bool) for reason in lifted.dropped}
    for reason, faulty in lifted.dropped.items():
        faults[reason][moving] = faulty
    effect, other = rows["effect_allele"], rows["other_allele"]
    # On the other strand an indel's anchor base is at its other end: its position there is not this one.
    indel = alleles.longer_than_one(effect) | alleles.longer_than_one(other)
    faults[DropReason.LIFTOVER_AMBIGUOUS] |= turned & indel
    moved = rows.assign(
        position=position.astype(np.float64),
        effect_allele=alleles.complement(effect, turned),
        other_allele=alleles.complement(other, turned),
        turned=turned,
    )
    return _drop(moved, faults)
