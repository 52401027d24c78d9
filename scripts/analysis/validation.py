"""What the validation outcomes say of a discovered exposure, one by one and together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.corrections import HIERARCHICAL, KEY, validation_family
from scripts.analysis.evidence import NUMBERS, PAIR, primary_estimates
from scripts.method.arrays import FloatArray
from scripts.method.combined import combined_test
from scripts.table.status import Validation, Verdict


def validation_table(
    screen: pd.DataFrame,
    estimates: pd.DataFrame,
    signs: Mapping[str, int],
    budget: Mapping[str, Any],
    shared: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each discovered exposure against each validation outcome, with a verdict each; and all corrections.

    `signs` gives the direction expected of a validation outcome relative to the primary outcome (1 or -1),
    `shared` why an outcome shares people with the primary one. The second table has a row a test and
    correction, as `corrections.family` gives it; `budget` names the one that decides.
    """
    tests = _tests(screen, estimates, signs)
    adjusted = validation_family(screen, tests)
    tests = _with_adjusted(tests, adjusted, budget["validation"]["correction"])
    agrees = np.sign(tests["beta"]) == tests["expected_sign"] * np.sign(tests["beta_primary"])
    significant = tests["p_adjusted"] < budget["validation"]["level"]
    tests["verdict"] = np.select(
        [tests["p_adjusted"].isna(), significant & agrees, significant],
        [Verdict.NOT_TESTABLE.value, Verdict.CONCORDANT.value, Verdict.DISCORDANT.value],
        Verdict.SILENT.value,
    )
    why = {outcome: (shared or {}).get(outcome, "") for outcome in signs}
    tests["same_people"] = tests["validation_outcome"].map(why).astype("str")
    return tests.drop(columns="beta_primary"), adjusted


def _tests(screen: pd.DataFrame, estimates: pd.DataFrame, signs: Mapping[str, int]) -> pd.DataFrame:
    found = screen.loc[screen["discovered"], ["exposure", "name", "outcome", "beta"]]
    outcomes = pd.DataFrame(
        {"validation_outcome": list(signs), "expected_sign": list(signs.values())}
    ).astype({"validation_outcome": "str", "expected_sign": "int64"})
    tests = found.rename(columns={"beta": "beta_primary"}).merge(outcomes, how="cross")
    primary = primary_estimates(estimates).rename(columns={"outcome": "validation_outcome"})
    columns = ["exposure", "validation_outcome", "n_instruments", "method", *NUMBERS]
    tests = tests.merge(primary[columns], on=["exposure", "validation_outcome"], how="left")
    return tests.assign(n_instruments=tests["n_instruments"].astype("Int64"))


def _with_adjusted(tests: pd.DataFrame, adjusted: pd.DataFrame, correction: str) -> pd.DataFrame:
    """The tests with the numbers of the correction that decides."""
    rows = adjusted[adjusted["correction"] == correction].rename(
        columns={"tested_outcome": "validation_outcome", "correction": "adjust_method"}
    )
    keys = ["validation_outcome" if key == "tested_outcome" else key for key in KEY]
    joined = tests.merge(rows[[*keys, "p_adjusted", "m", "rank"]], on=keys, how="left")
    # A test that was not made has no rank, but its family has a size.
    whole = int(rows["m"].iloc[0]) if len(rows) and correction != HIERARCHICAL else 0
    return joined.assign(
        adjust_method=correction,
        m=joined["m"].fillna(whole).astype("int64"),
        rank=joined["rank"].astype("Int64"),
    )


def with_validation(
    screen: pd.DataFrame,
    validation: pd.DataFrame,
    declared: bool,
    correlations: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The screen with the validation outcomes' joint verdict; without such outcomes a discovery is a hit.

    `correlations` of the outcomes' null z (columns first, second, r) enter the combined test; outcomes that
    the table does not have are taken as independent.
    """
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
    together = _combined(screen, validation, correlations)
    return screen.merge(together, on=PAIR, how="left").assign(
        validation=joint,
        n_validation_concordant=agree,
        n_validation_discordant=contradict,
        hit=(joint == Validation.VALIDATED.value) if declared else screen["discovered"],
    )


def _combined(
    screen: pd.DataFrame, validation: pd.DataFrame, correlations: pd.DataFrame | None
) -> pd.DataFrame:
    """One test of all validation outcomes of each discovered pair: positive z, the expected direction."""
    signs = validation.drop_duplicates("validation_outcome").set_index("validation_outcome")["expected_sign"]
    correlation = _matrix(list(signs.index), correlations) * np.outer(signs, signs)
    primary = dict(zip(zip(*(screen[name] for name in PAIR), strict=True), screen["beta"], strict=True))
    rows = []
    for key, tests in validation.groupby(PAIR, sort=False):
        pair = tuple(map(str, key))
        z = (tests["beta"] / tests["se"] * tests["expected_sign"]).to_numpy(float)
        at = signs.index.get_indexer(pd.Index(tests["validation_outcome"]))
        test = combined_test(z * np.sign(primary[pair]), correlation[np.ix_(at, at)])
        rows.append((*pair, test.n, test.z, test.neglog10_p, 10.0**-test.neglog10_p))
    columns = [*PAIR, "n_combined", "combined_z", "combined_neglog10_p", "combined_p"]
    types = {**dict.fromkeys(PAIR, "str"), **dict.fromkeys(columns[3:], "float64"), "n_combined": "Int64"}
    return pd.DataFrame(rows, columns=columns).astype(types)


def _matrix(outcomes: list[str], correlations: pd.DataFrame | None) -> FloatArray:
    """The correlation matrix of these outcomes; 0 between two that the table does not have."""
    matrix = pd.DataFrame(np.eye(len(outcomes)), outcomes, outcomes)
    if correlations is not None:
        known = correlations[correlations["first"].isin(outcomes) & correlations["second"].isin(outcomes)]
        for first, second, r in zip(known["first"], known["second"], known["r"], strict=True):
            if np.isfinite(r):
                matrix.loc[first, second] = matrix.loc[second, first] = r
    return matrix.to_numpy(float)
