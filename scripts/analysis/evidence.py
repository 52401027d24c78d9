"""From estimates to evidence: which exposures are discovered and which of them are validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray
from scripts.method.multiplicity import benjamini_hochberg
from scripts.table.methods import PRIMARY
from scripts.table.status import ExposureStatus, MethodStatus, Validation, Verdict

NUMBERS = ["beta", "se", "ci_low", "ci_high", "neglog10_p", "p"]
PAIR = ["exposure", "outcome"]
PRIMARY_METHODS = ("ivw", "wald_ratio")  # the first that gave an estimate


def primary_estimates(estimates: pd.DataFrame) -> pd.DataFrame:
    """One row per pair: inverse-variance weighted, or the Wald ratio where there is one instrument."""
    usable = estimates[estimates["method"].isin(PRIMARY_METHODS) & estimates["beta"].notna()]
    order = usable["method"].map(PRIMARY_METHODS.index)
    return usable.assign(order=order).sort_values("order").drop_duplicates(PAIR).drop(columns="order")


def screen_table(
    estimates: pd.DataFrame,
    diagnostics: pd.DataFrame,
    reductions: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
    outcomes: Sequence[str],
    discovery: Mapping[str, Any],
) -> pd.DataFrame:
    """One row per exposure and primary outcome, whatever became of it, up to the discovery gate."""
    exposures = pd.DataFrame(
        [
            {
                "exposure": exposure,
                "name": names[exposure],
                "reduced": reduction["status"],
                "message": reduction["message"],
                "p_threshold": reduction["p_threshold"],
                "relaxed_threshold": reduction["relaxed_threshold"],
            }
            for exposure, reduction in reductions.items()
        ]
    )
    pairs = exposures.merge(pd.DataFrame({"outcome": list(outcomes)}), how="cross")
    primary = primary_estimates(estimates)[[*PAIR, "method", *NUMBERS]]
    used = diagnostics[[*PAIR, "n_instruments"]]
    screen = pairs.merge(used, on=PAIR, how="left").merge(primary, on=PAIR, how="left")
    tested = _discovery_estimates(estimates, screen[PAIR], discovery["methods"])
    screen["n_instruments"] = screen["n_instruments"].fillna(0).astype(int)
    screen["status"] = _status(screen, tested, _singular(estimates, screen[PAIR], discovery["methods"]))
    screen["message"] = _message(screen)
    screen = _adjust(screen)
    gsmr = estimates.loc[estimates["method"] == "gsmr", [*PAIR, "beta", "se", "neglog10_p"]]
    gsmr = gsmr.rename(columns={name: f"gsmr_{name}" for name in ("beta", "se", "neglog10_p")})
    screen = screen.merge(gsmr, on=PAIR, how="left")
    return _discover(screen, tested, discovery)


def _discovery_estimates(
    estimates: pd.DataFrame, pairs: pd.DataFrame, methods: Sequence[str]
) -> pd.DataFrame:
    """Effect and P of each discovery method, in the order of `pairs` (columns: method, number)."""
    by_method = {}
    for method in methods:
        rows = primary_estimates(estimates) if method == PRIMARY else estimates[estimates["method"] == method]
        aligned = pairs.merge(rows[[*PAIR, "beta", "neglog10_p"]], on=PAIR, how="left")
        by_method[method] = aligned[["beta", "neglog10_p"]]
    return pd.concat(by_method, axis=1)


def _singular(estimates: pd.DataFrame, pairs: pd.DataFrame, methods: Sequence[str]) -> BoolArray:
    """Pairs for which a discovery method had instruments enough, but nothing to invert."""
    rows = estimates[estimates["method"].isin(methods) & (estimates["status"] == MethodStatus.SINGULAR)]
    at_fault = pd.MultiIndex.from_frame(rows[PAIR])
    return np.asarray(pd.MultiIndex.from_frame(pairs).isin(at_fault), dtype=np.bool_)


def _status(screen: pd.DataFrame, tested: pd.DataFrame, singular: BoolArray) -> pd.Series[str]:
    reduced = screen["reduced"] == "reduced"
    complete = tested.notna().all(axis=1)
    status = np.select(
        [~reduced, screen["n_instruments"] == 0, singular, ~complete],
        [
            screen["reduced"],
            ExposureStatus.NONE_IN_OUTCOME.value,
            ExposureStatus.SINGULAR.value,
            ExposureStatus.TOO_FEW_INSTRUMENTS.value,
        ],
        ExposureStatus.ESTIMATED.value,
    )
    return pd.Series(status, index=screen.index, dtype="str")


def _message(screen: pd.DataFrame) -> pd.Series[str]:
    """The reason in words: the file's own trouble where it had one, the status otherwise."""
    sentence = screen["status"].map(lambda status: ExposureStatus.of(status).sentence)
    return screen["message"].where(screen["message"] != "", sentence)


def _adjust(screen: pd.DataFrame) -> pd.DataFrame:
    """Benjamini-Hochberg over the testable pairs, with the family's size and each one's rank in it."""
    testable = screen["status"] == ExposureStatus.ESTIMATED
    adjusted = benjamini_hochberg(screen["neglog10_p"].where(testable).to_numpy(float))
    return screen.assign(
        p_bh=10.0**-adjusted.neglog10_p,
        bh_m=adjusted.m,
        bh_rank=pd.Series(adjusted.rank, screen.index, dtype="Int64").where(testable),
    )


def _discover(screen: pd.DataFrame, tested: pd.DataFrame, discovery: Mapping[str, Any]) -> pd.DataFrame:
    beta = tested.xs("beta", axis=1, level=1)
    threshold = -np.log10(discovery["p_max"])
    testable = screen["status"] == ExposureStatus.ESTIMATED
    nominal = testable & (tested.xs("neglog10_p", axis=1, level=1) > threshold).all(axis=1)
    concordant = nominal & (np.sign(beta).sum(axis=1).abs() == beta.shape[1])
    corrected = discovery["correction"] == "benjamini_hochberg"
    discovered = concordant & (screen["p_bh"] < discovery["p_max"]) if corrected else concordant
    return screen.assign(nominal=nominal, concordant=concordant, discovered=discovered)


def validation_table(
    screen: pd.DataFrame, estimates: pd.DataFrame, signs: Mapping[str, int], fdr: float
) -> pd.DataFrame:
    """Each discovered exposure against each validation outcome, adjusted together, with a verdict each.

    `signs` gives the direction expected of a validation outcome relative to the primary outcome (1 or -1).
    """
    found = screen.loc[screen["discovered"], ["exposure", "name", "outcome", "beta"]]
    outcomes = pd.DataFrame(
        {"validation_outcome": list(signs), "expected_sign": list(signs.values())}
    ).astype({"validation_outcome": "str", "expected_sign": "int64"})
    tests = found.rename(columns={"beta": "beta_primary"}).merge(outcomes, how="cross")
    primary = primary_estimates(estimates).rename(columns={"outcome": "validation_outcome"})
    columns = ["exposure", "validation_outcome", "n_instruments", "method", *NUMBERS]
    tests = tests.merge(primary[columns], on=["exposure", "validation_outcome"], how="left")
    adjusted = benjamini_hochberg(tests["neglog10_p"].to_numpy(float))
    tests = tests.assign(
        n_instruments=tests["n_instruments"].astype("Int64"),
        p_adjusted=10.0**-adjusted.neglog10_p,
        adjust_method="benjamini_hochberg",
        m=adjusted.m,
        rank=pd.Series(adjusted.rank, tests.index, dtype="Int64").where(tests["p"].notna()),
    )
    agrees = np.sign(tests["beta"]) == tests["expected_sign"] * np.sign(tests["beta_primary"])
    significant = tests["p_adjusted"] < fdr
    tests["verdict"] = np.select(
        [tests["p_adjusted"].isna(), significant & agrees, significant],
        [Verdict.NOT_TESTABLE.value, Verdict.CONCORDANT.value, Verdict.DISCORDANT.value],
        Verdict.SILENT.value,
    )
    return tests.drop(columns="beta_primary")


def with_validation(screen: pd.DataFrame, validation: pd.DataFrame, declared: bool) -> pd.DataFrame:
    """The screen with the validation outcomes' joint verdict; without such outcomes a discovery is a hit."""
    verdicts = validation.assign(one=1).pivot_table(
        index=PAIR, columns="verdict", values="one", aggfunc="sum"
    )
    verdicts = verdicts.reindex(columns=[verdict.value for verdict in Verdict]).fillna(0).astype(int)
    counts = screen[PAIR].merge(verdicts.reset_index(), on=PAIR, how="left").fillna(0)
    agree = counts[Verdict.CONCORDANT.value].to_numpy(int)
    contradict = counts[Verdict.DISCORDANT.value].to_numpy(int)
    tested = agree + contradict + counts[Verdict.SILENT.value].to_numpy(int) > 0
    joint = np.select(
        [~tested, (agree > 0) & (contradict > 0), agree > 0, contradict > 0],
        [
            Validation.NOT_TESTED.value,
            Validation.CONFLICTING.value,
            Validation.VALIDATED.value,
            Validation.DISCORDANT.value,
        ],
        Validation.SILENT.value,
    )
    return screen.assign(
        validation=joint,
        n_validation_concordant=agree,
        n_validation_discordant=contradict,
        hit=(joint == Validation.VALIDATED.value) if declared else screen["discovered"],
    )
