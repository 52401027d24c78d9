"""From estimates to evidence: which exposures are discovered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.corrections import corrected
from scripts.method.arrays import BoolArray
from scripts.method.multiplicity import benjamini_hochberg
from scripts.table.methods import PRIMARY
from scripts.table.status import ExposureStatus, MethodStatus

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
    methods: Sequence[str],
    budget: Mapping[str, Any],
    n_effective: float | None = None,
    first: Collection[str] = (),
) -> pd.DataFrame:
    """One row per exposure and primary outcome, whatever became of it, up to the discovery gate.

    `methods` must agree, the first one screens. `budget` is the section `error_budget` of the config;
    `n_effective` the number of independent exposures, where it is known. All exposures but those of `first`,
    where there are any, are asked on the outcomes that one of these has a nominal effect on.
    """
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
    tested = _discovery_estimates(estimates, screen[PAIR], methods)
    screen["n_instruments"] = screen["n_instruments"].fillna(0).astype(int)
    screen["status"] = _status(screen, tested, _singular(estimates, screen[PAIR], methods))
    if first:
        asked = screen["exposure"].isin(list(first))
        opened = screen.loc[asked & (screen["neglog10_p"] > -np.log10(budget["nominal_p"])), "outcome"]
        kept = asked | screen["outcome"].isin(opened)
        screen["status"] = screen["status"].where(kept, ExposureStatus.NOT_ASKED.value)
    screen["message"] = _message(screen)
    tests = None if n_effective is None else n_effective * len(outcomes)
    screen = _adjust(screen, budget["screen"], tests)
    gsmr = estimates.loc[estimates["method"] == "gsmr", [*PAIR, "beta", "se", "neglog10_p"]]
    gsmr = gsmr.rename(columns={name: f"gsmr_{name}" for name in ("beta", "se", "neglog10_p")})
    screen = screen.merge(gsmr, on=PAIR, how="left")
    return _discover(screen, tested, budget)


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


def _adjust(screen: pd.DataFrame, chosen_by: Mapping[str, Any], tests: float | None) -> pd.DataFrame:
    """Benjamini-Hochberg over the testable pairs, with the family's size and each one's rank in it.

    `p_adjusted` is by the chosen correction, or by Benjamini-Hochberg where none is chosen.
    """
    correction = chosen_by["correction"]
    testable = screen["status"] == ExposureStatus.ESTIMATED
    raw = screen["neglog10_p"].where(testable).to_numpy(float)
    adjusted = benjamini_hochberg(raw)
    chosen = adjusted if correction == "none" else corrected(raw, correction, tests, chosen_by["tests"])
    return screen.assign(
        p_bh=adjusted.p,
        bh_m=adjusted.m,
        bh_rank=pd.Series(adjusted.rank, screen.index, dtype="Int64").where(testable),
        p_adjusted=chosen.p,
        adjust_method="benjamini_hochberg" if correction == "none" else correction,
    )


def _discover(screen: pd.DataFrame, tested: pd.DataFrame, budget: Mapping[str, Any]) -> pd.DataFrame:
    """`nominal`: by the first method; `concordant`: by all, in one direction; `discovered`: corrected too."""
    beta = tested.xs("beta", axis=1, level=1)
    below = tested.xs("neglog10_p", axis=1, level=1) > -np.log10(budget["nominal_p"])
    testable = screen["status"] == ExposureStatus.ESTIMATED
    nominal = testable & below.iloc[:, 0]
    one_direction = np.sign(beta).sum(axis=1).abs() == beta.shape[1]
    concordant = nominal & below.all(axis=1) & one_direction
    asked = budget["screen"]["correction"] != "none"
    passed = screen["p_adjusted"] < budget["screen"]["level"]
    return screen.assign(
        nominal=nominal, concordant=concordant, discovered=concordant & passed if asked else concordant
    )
