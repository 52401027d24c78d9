"""Two traits' standard tables paired variant by variant, and tested for effects on both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align
from scripts.analysis.placo_null import calibration, permuted_draws, qq_table
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.normal import neglog10_p_from_z
from scripts.method.placo import CompositeNull, null_correlation, null_variances, placo_neglog10_p
from scripts.table import sumstats
from scripts.table.pleiotropy import TESTED, Quantity
from scripts.table.status import VariantStatus

LABELS = ["chromosome", "position", "rsid", "effect_allele", "other_allele"]
LOST = (VariantStatus.NOT_IN_OUTCOME, VariantStatus.PALINDROMIC_AMBIGUOUS, VariantStatus.ALLELE_MISMATCH)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Variants of both traits, a table a chromosome; rows of the exposure by status; median N of both."""

    tables: tuple[pd.DataFrame, ...]
    counts: Counter[str]
    n: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pleiotropy:
    """The pairs with -log10 P (variants,) of each trait (2 columns) and of both; the test's numbers.

    `summary` has a Quantity a row, `qq` quantiles of P and of its null.
    """

    pairs: tuple[pd.DataFrame, ...]
    single: FloatArray
    neglog10_p: FloatArray
    summary: pd.DataFrame
    qq: pd.DataFrame

    @property
    def tables(self) -> Iterator[pd.DataFrame]:
        """Tables with the columns TESTED, a chromosome each, made as they are asked for."""
        end = 0
        for table in self.pairs:
            part, end = slice(end, end + len(table)), end + len(table)
            columns = {
                "neglog10_p_exposure": self.single[part, 0],
                "neglog10_p_outcome": self.single[part, 1],
                "neglog10_p": self.neglog10_p[part],
            }
            yield table.assign(**columns).reset_index(drop=True).astype(TESTED)


def pair_traits(
    read: Callable[[str, int], pd.DataFrame], palindromic: str, palindromic_maf_max: float
) -> Pairs:
    """Both traits' z for the exposure's effect allele.

    `read(role, chromosome)`, with the roles exposure and outcome, gives standard tables. Memory is that of
    the result and of the largest chromosome.
    """
    tables, people = [], []
    counts: Counter[str] = Counter()
    for chromosome in sumstats.CHROMOSOMES:
        exposure = read("exposure", chromosome)
        if exposure.empty:
            continue
        aligned = align(exposure, read("outcome", chromosome), palindromic, palindromic_maf_max)
        counts.update(aligned["status"])
        kept = aligned[aligned["status"] == VariantStatus.KEPT]
        people.append(kept[["n_exposure", "n_outcome"]].to_numpy(float))
        tables.append(_with_z(kept))
    n = np.concatenate([*people, np.empty((0, 2))])
    median = np.median(n, axis=0) if len(n) else (np.nan, np.nan)
    return Pairs(tuple(tables), counts, (float(median[0]), float(median[1])))


def find_pleiotropy(
    pairs: Pairs, settings: Mapping[str, Any], seed: int, intercept: float | None = None
) -> Pleiotropy:
    """PLACO of every pair, with the variances of these traits and the correlation that the settings want.

    `settings` is the config's section placo, `intercept` that of the pair's LD score regression.
    Variants with z^2 above z2_max keep their z and get no P; a variance below 1 counts as 1. Raises
    ValueError where fewer than three variants are left.
    """
    z = np.concatenate([*(table[["z_exposure", "z_outcome"]] for table in pairs.tables), np.empty((0, 2))])
    single = neglog10_p_from_z(z)
    limit = np.inf if settings["z2_max"] is None else settings["z2_max"]
    usable: BoolArray = np.asarray((z**2 <= limit).all(axis=1), dtype=bool)
    if usable.sum() < 3:
        raise ValueError(f"{len(z)} variants are in both traits, of which {usable.sum()} can be tested")
    used = z[usable]
    variances = null_variances(used, single[usable], settings["p_null"])
    estimated = null_correlation(used, single[usable], settings["p_null"])
    null = CompositeNull(
        max(1.0, variances[0]),
        max(1.0, variances[1]),
        _correlation(settings["correlation"], estimated, intercept),
    )
    observed = placo_neglog10_p(used.prod(axis=1), null)
    permuted = permuted_draws(used, null, settings["permutations"], seed)
    numbers = {
        Quantity.N_TESTED: float(usable.sum()),
        Quantity.N_STRONG: float((~usable).sum()),
        **{Quantity.of(f"n_{status}"): float(pairs.counts[status]) for status in LOST},
        Quantity.MEDIAN_N_EXPOSURE: pairs.n[0],
        Quantity.MEDIAN_N_OUTCOME: pairs.n[1],
        Quantity.VARIANCE_EXPOSURE: variances[0],
        Quantity.VARIANCE_OUTCOME: variances[1],
        Quantity.CORRELATION_ESTIMATED: estimated,
        Quantity.CORRELATION_USED: null.correlation,
        **calibration(observed, permuted),
    }
    neglog10_p = np.full(len(z), np.nan)
    neglog10_p[usable] = observed
    return Pleiotropy(pairs.tables, single, neglog10_p, summary_table(numbers), qq_table(observed, permuted))


def nothing() -> Pleiotropy:
    """The same tables where no exposure was chosen."""
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in TESTED.items()})
    return Pleiotropy((empty,), np.empty((0, 2)), np.empty(0), summary_table({}), qq_table(np.empty(0), []))


def summary_table(numbers: Mapping[Quantity, float]) -> pd.DataFrame:
    """Quantity, value and meaning of each number."""
    return pd.DataFrame(
        {
            "quantity": [quantity.value for quantity in numbers],
            "value": list(numbers.values()),
            "meaning": [quantity.sentence for quantity in numbers],
        }
    )


def _with_z(aligned: pd.DataFrame) -> pd.DataFrame:
    return aligned[LABELS].assign(
        eaf=aligned["eaf_exposure"],
        z_exposure=aligned["beta_exposure"] / aligned["se_exposure"],
        z_outcome=aligned["beta_outcome"] / aligned["se_outcome"],
    )


def _correlation(setting: str | float, estimated: float, intercept: float | None) -> float:
    """What the config asks for: none, estimate, intercept (the estimate where there is none), or a number."""
    given = {"none": 0.0, "estimate": estimated, "intercept": estimated if intercept is None else intercept}
    return given[setting] if isinstance(setting, str) else float(setting)
