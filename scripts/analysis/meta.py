"""Meta-analysis of cohorts' standard tables into one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.harmonise import COMPLEMENT
from scripts.method.meta_analysis import fixed_effect
from scripts.method.normal import neglog10_p_from_z
from scripts.table import sumstats
from scripts.table.qc import QcReport


def meta_analyse(
    tables: Sequence[pd.DataFrame], trait: str, palindromic: str, palindromic_maf_max: float
) -> tuple[pd.DataFrame, QcReport]:
    """Fixed-effect inverse-variance meta-analysis of standard tables, and its accounts.

    Variants are the same where chromosome, position and alleles agree on either strand. Effects are turned to
    the effect allele of the first table that has the variant. Palindromic variants follow `palindromic`:
    `infer` keeps those whose minor allele frequency is at most `palindromic_maf_max` and turns them by
    frequency, `forward` takes letters as they stand, `drop` leaves them out. Frequencies are weighted by
    people; n is their sum.
    """
    rows = pd.concat([table.assign(cohort=cohort) for cohort, table in enumerate(tables)], ignore_index=True)
    alleles, first_is_effect, palindrome = _strandless(rows["effect_allele"], rows["other_allele"])
    unclear = palindrome & _unclear(rows["eaf"].to_numpy(float), palindromic, palindromic_maf_max)
    place = rows["chromosome"].astype(str) + ":" + rows["position"].astype(str) + ":"
    variant = pd.factorize(place + alleles)[0]
    twice = ~unclear & _repeated(variant, rows["cohort"].to_numpy(np.int64), ~unclear)
    usable = ~unclear & ~twice
    n_variants = int(variant.max()) + 1
    rows, variant = rows[usable].reset_index(drop=True), pd.factorize(variant[usable])[0]
    flip = _turned(rows, variant, first_is_effect[usable], palindrome[usable] & (palindromic == "infer"))
    combined = _combine(rows, variant, flip, len(tables))
    counts = {"palindromic_ambiguous": n_variants - len(combined)}
    metrics = {
        "n_cohorts": float(len(tables)),
        "cohort_rows_palindromic_ambiguous": float(unclear.sum()),
        "cohort_rows_on_both_strands": float(twice.sum()),
        **{
            f"variants_in_{k}_cohorts": float((combined["n_cohorts"] == k).sum())
            for k in range(1, len(tables) + 1)
        },
        "median_i2": _median(combined.loc[combined["n_cohorts"] > 1, "i2"]),
    }
    table = sumstats.sort_rows(combined[list(sumstats.COLUMNS)]).reset_index(drop=True)
    return table.astype(sumstats.COLUMNS), QcReport(trait, n_variants, counts, metrics)


def _repeated(variant: IntArray, cohort: IntArray, among: BoolArray) -> BoolArray:
    """Rows whose variant the same cohort has earlier, `among` these rows."""
    repeated = np.zeros(len(variant), dtype=np.bool_)
    repeated[among] = (
        pd.DataFrame({"variant": variant[among], "cohort": cohort[among]}).duplicated().to_numpy()
    )
    return repeated


def _strandless(effect: pd.Series[str], other: pd.Series[str]) -> tuple[pd.Series[str], BoolArray, BoolArray]:
    """A name for each allele pair that is the same on both strands and in both orders.

    With it: whether the effect allele is the first allele of that name, and whether the pair is palindromic.
    There are few distinct pairs, so the work is done on those.
    """
    codes, pairs = pd.factorize(effect + "/" + other)
    names, firsts, palindromes = [], [], []
    for pair in pairs:
        here = pair.split("/")
        there = [allele.translate(COMPLEMENT) for allele in here]
        first, second = min(sorted(here), sorted(there))
        names.append(f"{first}/{second}")
        palindromes.append(sorted(here) == sorted(there))
        firsts.append(first == (here[0] if sorted(here) <= sorted(there) else there[0]))
    named = pd.Series(np.array(names, dtype=object)[codes]).astype("str")
    return named, np.array(firsts, dtype=bool)[codes], np.array(palindromes, dtype=bool)[codes]


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


def _median(values: pd.Series[float]) -> float | None:
    return float(values.median()) if len(values) else None
