"""The screen under sign flips: against the screen done again, and on exposures that do nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scripts.analysis.evidence import screen_table
from scripts.analysis.flips import COLUMNS, GATES, blocks_of, sign_flips
from scripts.analysis.validation import validation_table, with_validation
from scripts.method.gsmr import gsmr
from scripts.method.ivw import ivw
from tests.analysis.tables import BUDGET, CORRECTED, METHODS, estimates_table

SIGNS = {"density": -1, "size": 1}
FLIPS = {"draws": 200, "block_mb": 2.0}
REDUCED = {"status": "reduced", "message": "", "p_threshold": 5e-8, "relaxed_threshold": False}
OUTCOMES = ("disease", *SIGNS)


def instruments(n: int, acting: int, seed: int, k: int = 10) -> pd.DataFrame:
    """`n` exposures with k instruments each, of which the first `acting` act on all outcomes."""
    rng = np.random.default_rng(seed)
    tables = []
    for i in range(n):
        place = rng.choice(2_000, k, replace=False)
        beta_x = rng.choice([-1, 1], k) * rng.uniform(0.05, 0.2, k)
        for outcome in OUTCOMES:
            effect = 0.3 * (i < acting) * SIGNS.get(outcome, 1)
            table = {
                "exposure": f"x{i}",
                "outcome": outcome,
                "chromosome": 1 + place % 5,
                "position": 1 + place * 40_000,
                "status": "kept",
                "gsmr_status": "used",
                "beta_exposure": beta_x,
                "se_exposure": np.full(k, 0.008),
                "beta_outcome": effect * beta_x + rng.normal(0, 0.012, k),
                "se_outcome": np.full(k, 0.012),
            }
            tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def screened(rows: pd.DataFrame, budget: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Screen and estimates, by the estimators themselves."""
    told = []
    for (exposure, outcome), part in rows.groupby(["exposure", "outcome"], sort=False):
        columns = ("beta_exposure", "se_exposure", "beta_outcome", "se_outcome")
        x, sx, y, sy = (part[name].to_numpy() for name in columns)
        for name, fit in (
            ("ivw", ivw(x, y, sy)),
            ("gsmr", gsmr(x, sx, y, sy, heidi=False, min_instruments=4).estimate),
        ):
            told.append((exposure, outcome, name, fit.beta, fit.se))
    estimates = estimates_table(told)
    reductions = dict.fromkeys(estimates["exposure"].unique(), REDUCED)
    pairs = estimates[["exposure", "outcome"]].drop_duplicates().assign(n_instruments=10)
    screen = screen_table(
        estimates, pairs, reductions, dict.fromkeys(reductions, ""), ["disease"], METHODS, budget
    )
    tests, _ = validation_table(screen, estimates, SIGNS, budget)
    return with_validation(screen, tests, declared=True), estimates


def counts(rows: pd.DataFrame, budget: dict) -> dict[str, int]:
    """What the judging of the evidence itself counts at each gate."""
    final, _ = screened(rows, budget)
    found = {"nominal": int(final["nominal"].sum()), "concordant": int(final["concordant"].sum())}
    if budget["screen"]["correction"] != "none":
        found["corrected"] = int(final["discovered"].sum())
    return found | {"validated": int(final["hit"].sum())}


@pytest.mark.parametrize("validation", ["benjamini_hochberg", "hierarchical", "bonferroni"])
@pytest.mark.parametrize("base", [BUDGET, CORRECTED])
def test_without_flips_the_counts_are_those_of_the_evidence(base: dict, validation: str):
    rows = instruments(30, acting=8, seed=3)
    budget = {**base, "validation": {"correction": validation, "level": 0.05}, "sign_flips": FLIPS}
    screen, _ = screened(rows, budget)
    table, pairs = sign_flips(screen, rows, METHODS, SIGNS, budget, 1e-6, None, seed=1)
    table = table.set_index("gate")
    assert table["n_observed"].to_dict() == counts(rows, budget)
    assert table.loc["validated", "n_observed"] >= 6
    assert table.loc["validated", "p"] == pytest.approx(1 / 201) and table.loc["validated", "n_mean"] < 2
    by_pair = pairs[GATES].dropna(axis=1).sum()
    assert by_pair.to_dict() == pytest.approx(table["n_mean"].to_dict())
    assert pairs["exposure"].tolist() == screen["exposure"].tolist()


def test_null_exposures_pass_as_many_as_the_flips():
    rows = instruments(150, acting=0, seed=4)
    budget = {**BUDGET, "sign_flips": FLIPS}
    screen, _ = screened(rows, budget)
    table, _ = sign_flips(screen, rows, METHODS, SIGNS, budget, 1e-6, None, seed=1)
    table = table.set_index("gate")
    assert table.loc["nominal", "n_mean"] == pytest.approx(7.5, abs=1.5)
    assert (table["p"] > 0.05).all()
    first = table.loc["nominal"]
    assert first["n_low"] < first["n_mean"] < first["n_high"]


def test_a_pair_without_effect_whose_instruments_disagree_passes_as_often_as_its_flips_say():
    """GSMR's error knows no heterogeneity: 0.05 is too few, the pairs' own shares are not."""
    rows = instruments(400, acting=0, seed=7)
    noise = np.random.default_rng(8).normal(0, 0.012, len(rows))
    rows["beta_outcome"] += noise  # twice the variance that its error says
    budget = {**BUDGET, "sign_flips": FLIPS}
    screen, _ = screened(rows, budget)
    _, pairs = sign_flips(screen, rows, METHODS, SIGNS, budget, 1e-6, None, seed=1)
    passed, expected = screen["nominal"].sum(), pairs["nominal"].sum()
    assert expected == pytest.approx(400 * 2 * stats.norm.sf(1.96 / np.sqrt(2)), rel=0.1)
    error = np.sqrt((pairs["nominal"] * (1 - pairs["nominal"])).sum())
    assert abs(passed - expected) < 2.5 * error


def test_same_seed_same_table_and_no_draws_no_table():
    rows = instruments(20, acting=3, seed=5)
    budget = {**BUDGET, "sign_flips": {**FLIPS, "draws": 120}}
    screen, _ = screened(rows, budget)
    first, second, other = (
        sign_flips(screen, rows, METHODS, SIGNS, budget, 1e-6, None, seed)[0] for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, second)
    assert not first["n_mean"].equals(other["n_mean"])
    gates, pairs = sign_flips(screen, rows, METHODS, SIGNS, BUDGET, 1e-6, None, 1)
    assert list(gates.columns) == COLUMNS and gates.empty
    assert list(pairs.columns) == ["exposure", "outcome", *GATES] and pairs.empty


def test_methods_that_cannot_be_flipped_leave_the_primary_one():
    rows = instruments(12, acting=2, seed=6)
    budget = {**BUDGET, "sign_flips": FLIPS}
    screen, _ = screened(rows, budget)
    by_median = sign_flips(screen, rows, ["weighted_median"], SIGNS, budget, 1e-6, None, 1)[0]
    by_primary = sign_flips(screen, rows, ["primary"], SIGNS, budget, 1e-6, None, 1)[0]
    pd.testing.assert_frame_equal(by_median, by_primary)


def test_blocks_are_windows_and_the_mhc_is_one():
    table = pd.DataFrame(
        {
            "chromosome": [1, 1, 1, 2, 6, 6, 6],
            "position": [1, 1_999_999, 2_000_000, 1, 25_500_000, 33_900_000, 34_100_000],
        }
    )
    block = blocks_of(table, 2.0)
    assert block[0] == block[1] != block[2] and block[3] not in block[:3]
    assert block[4] == block[5] != block[6]
