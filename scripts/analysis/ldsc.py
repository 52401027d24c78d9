"""LD score regression of tables: a row for each trait's heritability and each pair's genetic correlation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from scripts.analysis.zscores import ZScores, same_snp
from scripts.method.arrays import BoolArray
from scripts.method.genetic_correlation import (
    GeneticCorrelation,
    Intercepts,
    error_correlation,
    genetic_correlation,
)
from scripts.method.heritability import Heritability, heritability, to_liability
from scripts.method.ld_score import LdScores
from scripts.method.power import minimum_detectable_effect, power_to_find
from scripts.table.status import LdscDrop, RegressionStatus

Row = dict[str, Any]
FEW_VARIANTS = 200_000  # below this ldsc warns
LARGEST_RG = 1.2  # beyond it ldsc prints no genetic correlation
H2_TO_FIND, RG_TO_FIND, ENOUGH_POWER = 0.1, 0.3, 0.8

HERITABILITY = [
    *("trait", "status", "message", "n_variants", "n", "mean_chi2", "lambda_gc"),
    *("h2", "h2_se", "h2_z", "intercept", "intercept_se", "ratio", "ratio_se"),
    *("h2_one_step", "h2_one_step_se", "intercept_one_step", "intercept_one_step_se"),
    *("prevalence", "sample_prevalence", "h2_liability", "h2_liability_se", "h2_detectable", "power"),
]
CORRELATION = [
    *("trait_1", "trait_2", "hit", "status", "message", "n_variants", "n_allele_mismatch"),
    *("rg", "rg_se", "z", "p", "neglog10_p", "rg_detectable", "power"),
    *("covariance", "covariance_se", "covariance_intercept", "covariance_intercept_se"),
    *("error_correlation", "error_correlation_se", "mean_product"),
    *(f"{name}_{k}" for k in (1, 2) for name in ("h2", "h2_se", "intercept", "intercept_se")),
    *(f"{name}_{k}" for k in (1, 2) for name in ("mean_chi2", "lambda_gc", "n")),
]
DROPPED = ["trait", "reason", "sentence", "n_rows"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How the regressions are run: blocks left out, which chi2 bounds the first of two steps, intercepts.

    `intercept` is that of heritabilities, `rg_intercept` that of covariances; None: estimated.
    """

    n_blocks: int
    two_step: float
    rg_two_step: float | None
    intercept: float | None = None
    rg_intercept: float | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """From the `ldsc` section of the config."""
        keys = ("blocks", "two_step_chi2", "rg_two_step_chi2", "intercept", "rg_intercept")
        return cls(*(config[key] for key in keys))

    @property
    def intercepts(self) -> Intercepts:
        """The given ones of a pair."""
        return Intercepts(self.intercept, self.intercept, self.rg_intercept)


@dataclass(frozen=True, slots=True)
class Disease:
    """How common a 0/1 trait is: in the population, and the share of cases among the people of the GWAS."""

    prevalence: float
    sample_prevalence: float


def heritability_row(
    trait: str, scores: ZScores, ld: LdScores, settings: Settings, disease: Disease | None
) -> Row:
    """The row of one trait: h2 from two steps, as `ldsc --h2`, and from one, as `ldsc --rg`."""
    used = scores.used
    start = {"trait": trait, "n_variants": int(used.sum())}
    if used.sum() < settings.n_blocks:
        return _row(HERITABILITY, start, RegressionStatus.TOO_FEW_VARIANTS)
    gwas, here = scores.at(used), _at(ld, used)
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            two, one = (
                heritability(
                    gwas.z**2,
                    gwas.n,
                    here,
                    intercept=settings.intercept,
                    two_step=two_step,
                    n_blocks=settings.n_blocks,
                )
                for two_step in (settings.two_step, None)
            )
    except ValueError as error:
        return _row(HERITABILITY, start, RegressionStatus.SINGULAR, str(error))
    if not (math.isfinite(two.h2) and math.isfinite(two.se)):
        return _row(HERITABILITY, start, RegressionStatus.SINGULAR)
    power = power_to_find(H2_TO_FIND, two.se)
    numbers = {
        "n": float(np.median(gwas.n)),
        "mean_chi2": two.mean_chi2,
        "lambda_gc": two.lambda_gc,
        **{"h2": two.h2, "h2_se": two.se, "h2_z": two.z},
        **{"intercept": two.intercept, "intercept_se": two.intercept_se},
        **{"ratio": two.ratio, "ratio_se": two.ratio_se},
        **{"h2_one_step": one.h2, "h2_one_step_se": one.se},
        **{"intercept_one_step": one.intercept, "intercept_one_step_se": one.intercept_se},
        **(_liability(two, disease) if disease else {}),
        "h2_detectable": minimum_detectable_effect(two.se),
        "power": power,
    }
    return _row(HERITABILITY, start | numbers, _status(0.0 <= two.h2 <= 1.0, two.n_variants, power))


def unreadable_row(trait: str, message: str) -> Row:
    """The row of a trait whose file could not be read."""
    return _row(HERITABILITY, {"trait": trait}, RegressionStatus.UNREADABLE, message)


def correlation_row(
    traits: tuple[str, str], first: ZScores, second: ZScores, ld: LdScores, settings: Settings
) -> Row:
    """The row of one pair of traits, from the variants that both have."""
    same, mismatches = same_snp(first, second)
    start = {
        **{"trait_1": traits[0], "trait_2": traits[1]},
        **{"n_variants": int(same.sum()), "n_allele_mismatch": mismatches},
    }
    if same.sum() < settings.n_blocks:
        return _row(CORRELATION, start, RegressionStatus.TOO_FEW_VARIANTS)
    one, two = first.at(same), second.at(same)
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            fit = genetic_correlation(
                one,
                two,
                _at(ld, same),
                intercepts=settings.intercepts,
                two_step=settings.rg_two_step,
                n_blocks=settings.n_blocks,
            )
    except ValueError as error:
        return _row(CORRELATION, start, RegressionStatus.SINGULAR, str(error))
    numbers = start | _pair_numbers(fit) | {"n_1": float(np.median(one.n)), "n_2": float(np.median(two.n))}
    if not math.isfinite(fit.shared.covariance):
        return _row(CORRELATION, start, RegressionStatus.SINGULAR)
    if not math.isfinite(fit.se):
        return _row(CORRELATION, numbers, RegressionStatus.NO_HERITABILITY)
    power = power_to_find(RG_TO_FIND, fit.se)
    within = abs(fit.rg) <= LARGEST_RG and max(fit.first.h2, fit.second.h2) <= 1.0
    numbers |= {"rg_detectable": minimum_detectable_effect(fit.se), "power": power}
    return _row(CORRELATION, numbers, _status(within, int(same.sum()), power))


def dropped_rows(trait: str, scores: ZScores) -> list[Row]:
    """How many rows of a trait's table were used, and how many were not, by reason."""
    told = [("used", "Used in LD score regression.", int(scores.used.sum()))]
    told += [(key, LdscDrop.of(key).sentence, number) for key, number in scores.dropped.items() if number]
    return [dict(zip(DROPPED, (trait, *row), strict=True)) for row in told]


def _at(ld: LdScores, rows: BoolArray) -> LdScores:
    return LdScores(ld.score[rows], ld.weight[rows], ld.m)


def _row(columns: list[str], numbers: Row, status: RegressionStatus, message: str = "") -> Row:
    """All columns in order, missing where there is no number; the message is the status's own if empty."""
    told = {"status": status.value, "message": message or status.sentence}
    return dict.fromkeys(columns) | numbers | told


def _status(within: bool, n_variants: int, power: float) -> RegressionStatus:
    if not within:
        return RegressionStatus.OUT_OF_RANGE
    if n_variants < FEW_VARIANTS:
        return RegressionStatus.FEW_VARIANTS
    return RegressionStatus.LOW_POWER if power < ENOUGH_POWER else RegressionStatus.ESTIMATED


def _liability(fit: Heritability, disease: Disease) -> Row:
    factor = to_liability(disease.sample_prevalence, disease.prevalence)
    return {
        "prevalence": disease.prevalence,
        "sample_prevalence": disease.sample_prevalence,
        "h2_liability": factor * fit.h2,
        "h2_liability_se": factor * fit.se,
    }


def _pair_numbers(fit: GeneticCorrelation) -> Row:
    errors = error_correlation(fit)
    return {
        **{"rg": fit.rg, "rg_se": fit.se, "z": fit.z},
        **{"p": 10.0**-fit.neglog10_p, "neglog10_p": fit.neglog10_p},
        **{"covariance": fit.shared.covariance, "covariance_se": fit.shared.se},
        "covariance_intercept": fit.shared.intercept,
        "covariance_intercept_se": fit.shared.intercept_se,
        **{"error_correlation": errors[0], "error_correlation_se": errors[1]},
        "mean_product": fit.shared.mean_product,
        **_trait_numbers(fit.first, 1),
        **_trait_numbers(fit.second, 2),
    }


def _trait_numbers(fit: Heritability, k: int) -> Row:
    return {
        **{f"h2_{k}": fit.h2, f"h2_se_{k}": fit.se},
        **{f"intercept_{k}": fit.intercept, f"intercept_se_{k}": fit.intercept_se},
        **{f"mean_chi2_{k}": fit.mean_chi2, f"lambda_gc_{k}": fit.lambda_gc},
    }
