"""Every pair of the traits that were tested at one locus, where they are several: a matrix of posteriors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.coloc import conclude, priors_of
from scripts.method.coloc import colocalise
from scripts.table.coloc import PAIRS, ColocVerdict, LocusStatus

PLACE = ["position", "allele_1", "allele_2"]


def pairs_of_traits(variants: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """ABF of every two traits (columns PAIRS) that were tested against one outcome at loci of one name.

    `variants` is what coloc_variants.parquet has: the Bayes factors of each trait's variants are those of its
    test against the outcome, so that a pair costs no further reading. `settings` is the config's coloc.
    """
    rows: list[dict[str, Any]] = []
    for (outcome, locus), here in _of_several(variants):
        factors = {str(trait): _factors(own) for trait, own in here.groupby("trait_1", sort=False)}
        for one, other in combinations(factors, 2):
            key = {"outcome": outcome, "locus": locus, "trait_1": one, "trait_2": other}
            rows.append(key | _tested(factors[one], factors[other], settings))
    return pd.DataFrame(rows, columns=PAIRS)


def _of_several(variants: pd.DataFrame) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    """The variants of each outcome and locus at which several traits were tested."""
    if len(variants):
        for (outcome, locus), here in variants.groupby(["trait_2", "locus"], sort=False):
            if here["trait_1"].nunique() > 1:
                yield (str(outcome), str(locus)), here


def _factors(rows: pd.DataFrame) -> pd.DataFrame:
    """The log Bayes factor of each variant, whichever of its alleles is counted."""
    alleles = np.sort(rows[["effect_allele", "other_allele"]].to_numpy(dtype="U"), axis=1)
    named = rows.assign(allele_1=alleles[:, 0], allele_2=alleles[:, 1])
    return named[[*PLACE, "log_bf_1"]].drop_duplicates(PLACE)


def _tested(one: pd.DataFrame, other: pd.DataFrame, settings: Mapping[str, Any]) -> dict[str, Any]:
    both = one.merge(other, on=PLACE)
    if len(both) < settings["min_variants"]:
        status, verdict = LocusStatus.TOO_FEW_VARIANTS.value, ColocVerdict.NOT_TESTED.value
        return {"status": status, "verdict": verdict, "n_shared": len(both)}
    found = colocalise(
        both["log_bf_1_x"].to_numpy(float), both["log_bf_1_y"].to_numpy(float), priors_of(settings)
    )
    return {
        "status": LocusStatus.TESTED.value,
        "verdict": conclude(found.posterior, settings["min_posterior"]).value,
        "n_shared": len(both),
        **{f"pp_h{k}": float(found.posterior[k]) for k in range(5)},
    }
