"""Meta-analysis of cohorts' standard tables into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.harmonise import COMPLEMENT
from scripts.method.meta_analysis import fixed_effect
from scripts.method.normal import neglog10_p_from_z
from scripts.table import sumstats
from scripts.table.qc import QcReport
from scripts.table.status import DropReason

LOSSES = [str(DropReason[name]) for name in ("PALINDROMIC_AMBIGUOUS", "ON_BOTH_STRANDS", "COMBINED")]


@dataclass(frozen=True, slots=True)
class _Part:
    """Combined variants of some chromosomes, i2 where cohorts share a variant, counts of cohort rows."""

    table: pd.DataFrame
    i2: FloatArray
    in_cohorts: IntArray  # element k: variants in k cohorts
    counts: Counter[str]
    rows_read: int


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Row by row: a number for the alleles, the same on both strands and in both orders; whether the effect
    allele is the first of that pair; whether the pair is palindromic."""

    code: IntArray
    first_is_effect: BoolArray
    palindrome: BoolArray


def meta_analyse(
    parts: Iterable[Sequence[pd.DataFrame]], trait: str, palindromic: str, palindromic_maf_max: float
) -> tuple[pd.DataFrame, QcReport]:
    """Fixed-effect inverse-variance meta-analysis of cohorts' standard tables, and accounts of their rows.

    Each part holds every cohort's rows of one chromosome (or more), parts in genome order: memory is that of
    the largest part and of the result. Variants are the same where chromosome, position and alleles agree,
    alleles of one base on either strand. Effects are turned to the effect allele of the first cohort that has
    the variant. Palindromic variants follow `palindromic`: `infer` keeps those whose minor allele frequency
    is at most `palindromic_maf_max` and turns them by frequency, `forward` takes letters as they stand,
    `drop` leaves them out. Frequencies are weighted by people; n is their sum. `rows_read` and the counts of
    the report are rows of cohorts.
    """
    done = [
        _meta_analyse_part(tables, palindromic, palindromic_maf_max)
        for tables in parts
        if any(len(table) for table in tables)
    ]
    counts = Counter(dict.fromkeys(LOSSES, 0))
    for part in done:
        counts.update(part.counts)
    in_cohorts = np.sum([part.in_cohorts for part in done], axis=0) if done else np.zeros(1, dtype=np.int64)
    metrics = {
        "n_cohorts": float(len(in_cohorts) - 1),
        **{f"variants_in_{k}_cohorts": float(number) for k, number in enumerate(in_cohorts) if k},
        "median_i2": _median([part.i2 for part in done]),
    }
    rows_read = sum(part.rows_read for part in done)
    tables = [part.table for part in done]
    table = pd.concat(tables, ignore_index=True) if tables else sumstats.empty()
    return table, QcReport(trait, rows_read, dict(counts), metrics)


def _meta_analyse_part(tables: Sequence[pd.DataFrame], palindromic: str, palindromic_maf_max: float) -> _Part:
    rows = pd.concat([table.assign(cohort=cohort) for cohort, table in enumerate(tables)], ignore_index=True)
    pairs = _strandless(rows["effect_allele"], rows["other_allele"])
    unclear = pairs.palindrome & _unclear(rows["eaf"].to_numpy(float), palindromic, palindromic_maf_max)
    variant = _numbered(sumstats.place(rows["chromosome"], rows["position"]), pairs.code)
    twice = ~unclear & _repeated(variant, rows["cohort"].to_numpy(np.int64), ~unclear)
    usable = ~unclear & ~twice
    read, rows, variant = len(rows), rows[usable].reset_index(drop=True), pd.factorize(variant[usable])[0]
    by_frequency = pairs.palindrome[usable] & (palindromic == "infer")
    flip = _turned(rows, variant, pairs.first_is_effect[usable], by_frequency)
    combined = _combine(rows, variant, flip, len(tables))
    counts = {
        DropReason.PALINDROMIC_AMBIGUOUS.value: int(unclear.sum()),
        DropReason.ON_BOTH_STRANDS.value: int(twice.sum()),
        DropReason.COMBINED.value: len(rows) - len(combined),
    }
    table = sumstats.sort_rows(combined[list(sumstats.COLUMNS)]).reset_index(drop=True)
    return _Part(
        table.astype(sumstats.COLUMNS),
        combined.loc[combined["n_cohorts"] > 1, "i2"].to_numpy(float),
        np.bincount(combined["n_cohorts"], minlength=len(tables) + 1),
        Counter(counts),
        read,
    )


def _numbered(place: IntArray, pair: IntArray) -> IntArray:
    """Variants numbered from 0 in order of appearance, by 64-bit keys: text takes ten times the memory."""
    places = pd.factorize(place)[0].astype(np.int64)
    return pd.factorize(places * (int(pair.max()) + 1) + pair)[0].astype(np.int64)


def _repeated(variant: IntArray, cohort: IntArray, among: BoolArray) -> BoolArray:
    """Rows whose variant the same cohort has earlier, `among` these rows."""
    repeated = np.zeros(len(variant), dtype=np.bool_)
    repeated[among] = (
        pd.DataFrame({"variant": variant[among], "cohort": cohort[among]}).duplicated().to_numpy()
    )
    return repeated


def _strandless(effect: pd.Series[str], other: pd.Series[str]) -> _Pairs:
    """Alleles as pairs without strand and order. There are few distinct pairs: the work is done on those."""
    effects, effect_names = pd.factorize(effect)
    others, other_names = pd.factorize(other)
    width = len(other_names)
    rows, distinct = pd.factorize(effects.astype(np.int64) * width + others)
    codes: dict[tuple[str, ...], int] = {}
    code, first_is_effect, palindrome = [], [], []
    for pair in distinct.tolist():
        here = (effect_names[pair // width], other_names[pair % width])
        there = _other_strand(here)
        first, second = min(sorted(here), sorted(there))
        code.append(codes.setdefault((first, second), len(codes)))
        palindrome.append(sorted(here) == sorted(there) and here != there)
        first_is_effect.append(first == (here[0] if sorted(here) <= sorted(there) else there[0]))
    return _Pairs(
        np.array(code, dtype=np.int64)[rows],
        np.array(first_is_effect, dtype=bool)[rows],
        np.array(palindrome, dtype=bool)[rows],
    )


def _other_strand(pair: tuple[str, str]) -> tuple[str, str]:
    """The alleles on the other strand, where both have one base.

    An indel stays as it stands: its complement is read backwards and anchored at its other end, hence at
    another position.
    """
    if len(pair[0]) > 1 or len(pair[1]) > 1:
        return pair
    return pair[0].translate(COMPLEMENT), pair[1].translate(COMPLEMENT)


def _unclear(eaf: FloatArray, palindromic: str, maf_max: float) -> BoolArray:
    """Rows whose strand could not be told if they were palindromic."""
    if palindromic == "infer":
        return ~(np.minimum(eaf, 1 - eaf) <= maf_max)
    return np.full(len(eaf), palindromic == "drop")


def _turned(
    rows: pd.DataFrame, variant: IntArray, first_is_effect: BoolArray, by_frequency: BoolArray
) -> BoolArray:
    """Rows whose effect must change sign to be for the effect allele of the variant's first row."""
    lead = _first_rows(variant)[variant]
    flip = first_is_effect != first_is_effect[lead]
    eaf = rows["eaf"].to_numpy(float)
    # A palindrome's letters say nothing about its strand: the frequencies alone decide.
    turned: BoolArray = np.where(by_frequency, (eaf > 0.5) != (eaf[lead] > 0.5), flip)
    return turned


def _combine(rows: pd.DataFrame, variant: IntArray, flip: BoolArray, n_cohorts: int) -> pd.DataFrame:
    cohort, lead = rows["cohort"].to_numpy(int), _first_rows(variant)

    def spread(values: FloatArray) -> FloatArray:
        grid = np.full((n_cohorts, len(lead)), np.nan)
        grid[cohort, variant] = values
        return grid

    beta = spread(np.where(flip, -rows["beta"], rows["beta"]))
    fit = fixed_effect(beta, spread(rows["se"].to_numpy(float)))
    n, eaf = spread(rows["n"].to_numpy(float)), spread(np.where(flip, 1 - rows["eaf"], rows["eaf"]))
    known = np.where(np.isnan(eaf), np.nan, n)
    with np.errstate(invalid="ignore"):
        frequency = np.nansum(eaf * known, axis=0) / np.nansum(known, axis=0)
    sites = rows.loc[lead, ["chromosome", "position", "rsid", "effect_allele", "other_allele"]]
    return sites.reset_index(drop=True).assign(
        eaf=frequency,
        beta=fit.beta,
        se=fit.se,
        neglog10_p=neglog10_p_from_z(fit.beta / fit.se),
        n=np.nansum(n, axis=0),
        i2=fit.i2,
        n_cohorts=np.sum(~np.isnan(beta), axis=0),
    )


def _first_rows(variant: IntArray) -> IntArray:
    """Row at which each variant (numbered from 0) comes first."""
    return np.unique(variant, return_index=True)[1].astype(np.int64)


def _median(parts: list[FloatArray]) -> float | None:
    values = np.concatenate(parts) if parts else np.empty(0)
    return float(np.median(values)) if len(values) else None
