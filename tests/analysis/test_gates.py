"""The ledger of gates, and whether chance passes as many as the ledger says."""

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.corrections import screen_family, summary
from scripts.analysis.evidence import screen_table
from scripts.analysis.flips import COLUMNS as FLIP_COLUMNS
from scripts.analysis.gates import FOLLOW_UPS, expected_by_benjamini_hochberg, gate_table
from scripts.analysis.reverse import untested
from scripts.analysis.validation import validation_table, with_validation
from scripts.method.gsmr import gsmr
from scripts.method.ivw import ivw
from scripts.method.multiplicity import benjamini_hochberg
from tests.analysis.tables import BUDGET, CORRECTED, METHODS, estimates_table

REDUCED = {"status": "reduced", "message": "", "p_threshold": 5e-8, "relaxed_threshold": False}
SIGNS = {"density_heel": -1, "density_neck": -1, "density_spine": -1}


def ledger(
    estimates: pd.DataFrame,
    budget: dict = BUDGET,
    signs: dict[str, int] = SIGNS,
    reductions: dict | None = None,
    outcomes: tuple[str, ...] = ("disease",),
    methods: list[str] = METHODS,
    flips: pd.DataFrame | None = None,
    follow_ups: dict | None = None,
) -> pd.DataFrame:
    reductions = reductions or dict.fromkeys(estimates["exposure"].unique(), REDUCED)
    diagnostics = estimates[["exposure", "outcome"]].drop_duplicates().assign(n_instruments=5)
    names = {exposure: exposure for exposure in reductions}
    screen = screen_table(estimates, diagnostics, reductions, names, list(outcomes), methods, budget)
    tests, adjusted = validation_table(screen, estimates, signs, budget)
    final = with_validation(screen, tests, declared=bool(signs))
    families = summary(pd.concat([screen_family(final, None), adjusted]), budget)
    back = untested(final[final["hit"]], budget["reverse"])
    no_flips = pd.DataFrame(columns=FLIP_COLUMNS)
    table = gate_table(
        *(final, methods, budget, signs, families),
        *(no_flips if flips is None else flips, back, follow_ups or {}),
    )
    return table.set_index("gate")


ASKED_OF_HITS = ["not_reversed", *FOLLOW_UPS]


def pair(exposure: str, outcome: str, z: float | None, gsmr_z: float | None = None) -> list[tuple]:
    second = z if gsmr_z is None else gsmr_z
    return [
        (exposure, outcome, "ivw", None if z is None else z * 0.1, 0.1),
        (exposure, outcome, "gsmr", None if second is None else second * 0.1, 0.1),
    ]


def test_each_gate_counts_what_entered_and_what_passed():
    rows = pair("hit", "disease", 5.0) + pair("hit", "density_heel", -5.0)
    rows += pair("silent", "disease", 2.1)
    rows += pair("opposed", "disease", 5.0, -5.0) + pair("null", "disease", 0.1)
    rows += pair("few", "disease", None) + pair("bad", "disease", None)
    estimates = estimates_table(rows)
    reductions = dict.fromkeys(estimates["exposure"].unique(), REDUCED)
    reductions["bad"] = {**REDUCED, "status": "unreadable", "message": "gone"}
    table = ledger(estimates, reductions=reductions)
    flow = table[~table.index.isin(ASKED_OF_HITS)]
    counts = {gate: (row["n_entered"], row["n_passed"]) for gate, row in flow.iterrows()}
    assert counts == {
        "listed": (6, 6),
        "readable": (6, 5),
        "testable": (5, 4),
        "nominal": (4, 3),
        "concordant": (3, 2),
        "validated": (2, 1),
    }
    expected = table["n_expected_by_chance"]
    assert expected[:3].isna().all()
    assert expected["nominal"] == expected["concordant"] == pytest.approx(4 * 0.05)
    assert expected["validated"] == expected["concordant"]
    ratio = table["observed_over_expected"]
    assert ratio["nominal"] == pytest.approx(3 / 0.2) and ratio["validated"] == pytest.approx(1 / 0.2)
    assert table.loc["nominal", ["family", "correction", "m"]].tolist() == ["screen", "none", 4]
    assert table.loc["validated", ["family", "correction", "m", "rank"]].tolist() == [
        *("validation", "benjamini_hochberg", 1, 1)
    ]
    assert table.loc["not_reversed", ["n_entered", "n_passed"]].tolist() == [1, 0]  # it could not be asked

    corrected = ledger(estimates, CORRECTED, reductions=reductions)
    # Adjusted P over 4 testable: 0.036 of `silent` becomes 0.048.
    assert corrected.loc["corrected", ["n_entered", "n_passed"]].tolist() == [2, 2]
    by_chance = expected_by_benjamini_hochberg(4, 0.05)
    assert corrected.loc["corrected", "n_expected_by_chance"] == pytest.approx(by_chance)
    assert corrected.loc["validated", "n_expected_by_chance"] == pytest.approx(by_chance)
    assert corrected.loc["corrected", ["correction", "m", "rank"]].tolist() == ["benjamini_hochberg", 4, 3]


def test_a_stage_that_did_not_run_says_so_and_one_that_ran_is_asked_of_the_hits():
    rows = [row for name in "ab" for row in pair(name, "disease", 5.0)] + pair("c", "disease", 0.1)
    estimates = estimates_table(rows)
    table = ledger(estimates, signs={})
    assert table.loc[list(FOLLOW_UPS), "status"].eq("not_run").all()
    assert table.loc[list(FOLLOW_UPS), ["n_entered", "n_passed"]].isna().all(axis=None)
    passed = pd.DataFrame({"exposure": ["a", "b", "c"], "outcome": "disease", "passed": [True, False, True]})
    table = ledger(estimates, signs={}, follow_ups={"colocalised": passed})
    assert table.loc["colocalised", ["status", "n_entered", "n_passed"]].tolist() == ["run", 2, 1]
    assert table.loc["pleiotropic", "status"] == "not_run"


def test_sign_flips_stand_beside_their_gates():
    found = pd.DataFrame([("nominal", 3, 1.5, 0.0, 4.0, 0.25, 99)], columns=FLIP_COLUMNS)
    table = ledger(estimates_table(pair("x", "disease", 5.0)), flips=found)
    columns = ["flips_observed", "flips_mean", "flips_low", "flips_high", "flips_p"]
    assert table.loc["nominal", columns].tolist() == [3, 1.5, 0.0, 4.0, 0.25]
    assert table.loc["validated", columns].isna().all()


def test_what_is_not_declared_has_no_gate():
    table = ledger(estimates_table(pair("x", "disease", 5.0)), signs={})
    assert list(table.index) == ["listed", "readable", "testable", "nominal", "concordant", *ASKED_OF_HITS]
    assert table["n_passed"][:5].tolist() == [1] * 5


def test_gates_count_pairs_where_there_are_several_primary_outcomes():
    rows = pair("x", "disease", 5.0) + pair("x", "relapse", 0.1)
    table = ledger(estimates_table(rows), signs={}, outcomes=("disease", "relapse"))
    assert table["n_passed"][:5].tolist() == [2, 2, 2, 1, 1]


def test_nothing_testable_expects_nothing():
    for budget in (BUDGET, CORRECTED):
        table = ledger(estimates_table(pair("x", "disease", None)), budget)
        assert (table["n_expected_by_chance"].dropna() == 0).all()
        assert (table.loc["testable":"not_reversed", "n_passed"] == 0).all()


def test_expected_by_benjamini_hochberg_in_closed_form():
    assert expected_by_benjamini_hochberg(0, 0.05) == 0.0
    assert expected_by_benjamini_hochberg(1, 0.05) == 0.05
    # Both of two if the larger P is below a (a^2), one if the smaller is below a/2 (a - a^2): a + a^2.
    assert expected_by_benjamini_hochberg(2, 0.3) == pytest.approx(0.3 + 0.09, rel=1e-15)
    # The series tends to a/(1 - a)^2; 1/m is left at this m.
    assert expected_by_benjamini_hochberg(100_000, 0.05) == pytest.approx(0.05 / 0.95**2, rel=1e-5)
    assert expected_by_benjamini_hochberg(7, 1.0) == pytest.approx(7.0)


@pytest.mark.parametrize(("m", "fdr"), [(3, 0.5), (10, 0.2), (40, 0.05)])
def test_expected_by_benjamini_hochberg_is_what_it_rejects_on_average(m: int, fdr: float):
    p = np.random.default_rng(m).random((4_000, m))
    rejected = np.array([np.sum(benjamini_hochberg(-np.log10(row)).p < fdr) for row in p])
    error = rejected.std() / np.sqrt(len(rejected))
    assert rejected.mean() == pytest.approx(expected_by_benjamini_hochberg(m, fdr), abs=4 * error)


N_NULL, N_INSTRUMENTS = 2_000, 8


@pytest.fixture(scope="module")
def null_estimates() -> pd.DataFrame:
    """IVW and GSMR of exposures without effect, on a disease and three densities, from simulated effects."""
    rng = np.random.default_rng(20260321)
    rows = []
    for i in range(N_NULL):
        beta_x = rng.uniform(0.05, 0.2, N_INSTRUMENTS)
        se_x, se_y = np.full(N_INSTRUMENTS, 0.008), np.full(N_INSTRUMENTS, 0.012)
        told = beta_x + rng.normal(0, se_x)
        for outcome in ("disease", *SIGNS):
            beta_y = rng.normal(0, se_y)
            fits = {
                "ivw": ivw(told, beta_y, se_y),
                "gsmr": gsmr(told, se_x, beta_y, se_y, min_instruments=4).estimate,
            }
            rows += [(f"x{i}", outcome, name, fit.beta, fit.se) for name, fit in fits.items()]
    return estimates_table(rows)


def binomial_limit(expected: float, n: float) -> float:
    """Four standard errors above what is expected: one run in 30,000 goes beyond."""
    return expected + 4 * np.sqrt(expected * max(0.0, 1 - expected / n))


@pytest.mark.parametrize("budget", [BUDGET, CORRECTED, {**BUDGET, "nominal_p": 0.5}])
def test_two_thousand_null_exposures_pass_as_chance_says(null_estimates: pd.DataFrame, budget: dict):
    table = ledger(null_estimates, budget)
    assert table.loc["testable", "n_passed"] == N_NULL
    for gate, row in table[table["n_expected_by_chance"].notna()].iterrows():
        expected = row["n_expected_by_chance"]
        assert row["n_passed"] <= max(binomial_limit(expected, N_NULL), 1), gate
    # The bound is not empty: about as many pass the nominal gate as the threshold says, a little fewer for
    # having to pass it twice, and with the standard error of IVW never below its fixed-effect form.
    expected = table.loc["nominal", "n_expected_by_chance"]
    assert table.loc["nominal", "n_passed"] > 0.4 * expected


def test_the_published_plan_counts_as_the_paper_does():
    """180 nominal by GSMR, 75 that IVW confirms in one direction, 16 that a bone trait validates, of 3,935.

    The table is synthetic; the thresholds are the paper's, each a key of the config's `error_budget`.
    """
    strong, null = 3.0, 0.3
    rows: list[tuple] = []
    for i in range(3_935):
        gsmr = strong if i < 180 else null
        # IVW: 75 confirm; of the others half are not nominal, half point the other way.
        ivw = strong if i < 75 else (null if i % 2 else -strong) if i < 180 else null
        rows += pair(f"x{i}", "disease", ivw, gsmr)
        density = -5.0 if i < 16 else 5.0 if i < 21 else 0.2  # 5 'validated' against the expected direction
        if i < 75:
            rows += pair(f"x{i}", "density_heel", density) + pair(f"x{i}", "density_neck", 0.1)
    estimates = estimates_table(rows)
    table = ledger(estimates, signs={"density_heel": -1, "density_neck": -1}, methods=["gsmr", "ivw"])
    assert table.loc[["nominal", "concordant", "validated"], "n_passed"].tolist() == [180, 75, 16]
    assert table.loc["nominal", "n_expected_by_chance"] == pytest.approx(196.75)
    assert table.loc["nominal", "observed_over_expected"] == pytest.approx(180 / 196.75)
