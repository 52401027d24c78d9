"""Discovery and validation, from tables of estimates written by hand."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from scripts.analysis.evidence import primary_estimates, screen_table
from scripts.analysis.validation import validation_table, with_validation
from scripts.judge_evidence import judge_evidence
from scripts.table.files import write_json
from scripts.table.frames import read_tsv, write_parquet, write_tsv
from tests.analysis.tables import BUDGET, CORRECTED, METHODS, estimates_table, no_single_estimates

REDUCED = {"status": "reduced", "message": "", "p_threshold": 5e-8, "relaxed_threshold": False}
SCREEN_COLUMNS = [
    *(
        "exposure",
        "name",
        "message",
        "p_threshold",
        "relaxed_threshold",
        "outcome",
        "n_instruments",
        "method",
    ),
    *("beta", "se", "ci_low", "ci_high", "neglog10_p", "p", "status", "p_bh", "bh_m", "bh_rank"),
    *("p_adjusted", "adjust_method"),
    *("gsmr_beta", "gsmr_se", "gsmr_neglog10_p", "nominal", "concordant", "discovered", "flags"),
    *("n_combined", "combined_z", "combined_neglog10_p", "combined_p"),
    *("validation", "n_validation_concordant", "n_validation_discordant", "hit"),
]
VALIDATION_COLUMNS = [
    *("exposure", "name", "outcome", "validation_outcome", "expected_sign", "n_instruments", "method"),
    *("beta", "se", "ci_low", "ci_high", "neglog10_p", "p"),
    *("p_adjusted", "m", "rank", "adjust_method", "verdict", "same_people"),
]
STRONG, WEAK, NULL = 4.0, 2.2, 0.5  # z: P 6e-5, 0.028, 0.62


def both(exposure: str, outcome: str, ivw_z: float | None, gsmr_z: float | None) -> list[tuple]:
    return [
        (exposure, outcome, method, None if z is None else z * 0.1, 0.1)
        for method, z in (("ivw", ivw_z), ("gsmr", gsmr_z))
    ]


def screened(
    rows: list[tuple],
    outcomes: tuple[str, ...] = ("disease",),
    budget: Mapping = BUDGET,
    methods: list[str] = METHODS,
    reductions: Mapping | None = None,
    n_instruments: int = 5,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The screen of these estimates, and the estimates as a table."""
    estimates = estimates_table(rows)
    if reductions is None:
        reductions = dict.fromkeys(estimates["exposure"].unique(), REDUCED)
    diagnostics = estimates[["exposure", "outcome"]].drop_duplicates().assign(n_instruments=n_instruments)
    names = {exposure: exposure.upper() for exposure in reductions}
    screen = screen_table(estimates, diagnostics, reductions, names, list(outcomes), methods, budget)
    return screen, estimates


def test_others_are_asked_only_where_an_exposure_that_is_asked_first_acts():
    outcomes = ("open", "closed")
    rows = [
        *both("vitamin", "open", WEAK, None),
        *both("vitamin", "closed", NULL, None),
        *both("cell", "open", STRONG, None),
        *both("cell", "closed", STRONG, None),
    ]
    estimates = estimates_table(rows)
    diagnostics = estimates[["exposure", "outcome"]].drop_duplicates().assign(n_instruments=5)
    reductions = dict.fromkeys(("vitamin", "cell"), REDUCED)
    names = {"vitamin": "V", "cell": "C"}
    found = screen_table(
        estimates, diagnostics, reductions, names, outcomes, ["ivw"], BUDGET, None, ["vitamin"]
    ).set_index(["exposure", "outcome"])
    assert found["status"].to_dict() == {
        ("vitamin", "open"): "estimated",
        ("vitamin", "closed"): "estimated",
        ("cell", "open"): "estimated",
        ("cell", "closed"): "not_asked",
    }
    assert found["discovered"].to_dict()[("cell", "closed")] is False
    assert found.loc[("cell", "open"), "bh_m"] == 3  # what is not asked is in no family of tests
    assert "asked first" in found.loc[("cell", "closed"), "message"]


def test_bonferroni_multiplies_by_the_number_that_the_study_states():
    rows = [line for name in ("a", "b", "c") for line in both(name, "disease", WEAK, None)]
    budget = {**BUDGET, "screen": {"correction": "bonferroni", "level": 0.05, "tests": 9}}
    screen, _ = screened(rows, budget=budget, methods=["ivw"])
    assert screen["p_adjusted"].to_numpy() == pytest.approx(9 * screen["p"].to_numpy())
    budget["screen"]["tests"] = None
    screen, _ = screened(rows, budget=budget, methods=["ivw"])
    assert screen["p_adjusted"].to_numpy() == pytest.approx(3 * screen["p"].to_numpy())


def gates(screen: pd.DataFrame) -> dict[str, tuple[bool, bool, bool]]:
    columns = screen[["nominal", "concordant", "discovered"]].itertuples(index=False, name=None)
    return dict(zip(screen["exposure"], columns, strict=True))


def test_nominal_concordant_and_discovered():
    screen, _ = screened(
        [
            *both("agree", "disease", STRONG, WEAK),
            *both("agree_down", "disease", -STRONG, -WEAK),
            *both("opposed", "disease", STRONG, -WEAK),
            *both("one", "disease", STRONG, NULL),
            *both("neither", "disease", NULL, NULL),
            *both("no_gsmr", "disease", STRONG, None),
        ]
    )
    yes, no = (True, True, True), (False, False, False)
    assert gates(screen) == {
        "agree": yes,
        "agree_down": yes,
        "opposed": (True, False, False),
        "one": no,
        "neither": no,
        "no_gsmr": no,
    }
    assert screen["status"].tolist() == ["estimated"] * 5 + ["too_few_instruments"]
    assert screen["method"].tolist() == ["ivw"] * 6
    assert screen["gsmr_beta"].tolist()[:2] == pytest.approx([WEAK * 0.1, -WEAK * 0.1])
    assert screen["name"].tolist()[0] == "AGREE"


def test_one_method_of_three_against_the_others_is_not_concordant():
    rows = [*both("x", "disease", STRONG, STRONG), ("x", "disease", "egger", -0.4, 0.1)]
    rows += [*both("y", "disease", STRONG, STRONG), ("y", "disease", "egger", 0.4, 0.1)]
    screen, _ = screened(rows, methods=["ivw", "gsmr", "egger"])
    assert gates(screen) == {"x": (True, False, False), "y": (True, True, True)}


def test_p_on_the_threshold_is_not_nominal():
    estimates = both("x", "disease", STRONG, STRONG)
    p = float(estimates_table(estimates)["p"][0])
    on, _ = screened(estimates, budget={**BUDGET, "nominal_p": p})
    above, _ = screened(estimates, budget={**BUDGET, "nominal_p": p * 1.001})
    assert gates(on)["x"] == (False, False, False) and gates(above)["x"] == (True, True, True)


def random_rows(n: int, seed: int, outcomes: tuple[str, ...] = ("disease",)) -> list[tuple]:
    z = np.random.default_rng(seed).normal(0, 2, size=(n, len(outcomes)))
    return [
        row
        for i in range(n)
        for j, outcome in enumerate(outcomes)
        for row in both(f"x{i}", outcome, z[i, j], z[i, j] if i % 4 else None)
    ]


def test_benjamini_hochberg_is_over_the_testable_only():
    screen, _ = screened(random_rows(40, seed=1))
    testable = screen["status"] == "estimated"
    assert testable.sum() == 30
    raw = screen.loc[testable, "p"].to_numpy()
    expected = multipletests(raw, method="fdr_bh")[1]
    # The log scale costs a few units in the last place.
    np.testing.assert_allclose(screen.loc[testable, "p_bh"], expected, rtol=1e-13)
    assert screen.loc[~testable, "p_bh"].isna().all() and screen.loc[~testable, "bh_rank"].isna().all()
    assert (screen["bh_m"] == 30).all()
    ranks = pd.Series(raw).rank(method="max").to_numpy(int)
    assert screen.loc[testable, "bh_rank"].to_numpy(int).tolist() == ranks.tolist()


def test_correction_is_asked_of_concordant_exposures():
    rows = random_rows(40, seed=2)
    plain, _ = screened(rows)
    corrected, _ = screened(rows, budget=CORRECTED)
    assert plain["concordant"].equals(corrected["concordant"])
    assert plain["discovered"].equals(plain["concordant"])
    expected = corrected["concordant"] & (corrected["p_bh"] < 0.05)
    assert corrected["discovered"].equals(expected)
    assert 0 < expected.sum() < plain["discovered"].sum()


def test_primary_is_ivw_or_the_wald_ratio():
    rows = [
        ("many", "disease", "wald_ratio", 0.9, 0.1),
        ("many", "disease", "ivw", 0.4, 0.1),
        ("one", "disease", "ivw", None, None),
        ("one", "disease", "wald_ratio", 0.5, 0.1),
        ("two", "disease", "egger", 0.6, 0.1),
        ("two", "disease", "ivw", None, None),
    ]
    primary = primary_estimates(estimates_table(rows)).set_index("exposure")
    assert primary["method"].to_dict() == {"many": "ivw", "one": "wald_ratio"}
    screen, _ = screened(rows, methods=["primary"])
    assert screen["method"].tolist()[:2] == ["ivw", "wald_ratio"]
    assert screen["status"].tolist() == ["estimated", "estimated", "too_few_instruments"]
    assert screen["discovered"].tolist() == [True, True, False]
    assert screen["gsmr_beta"].isna().all()


def test_exposures_without_numbers_keep_their_row_and_their_reason():
    reductions = {
        "good": REDUCED,
        "bad": {**REDUCED, "status": "unreadable", "message": "bad.gz, line 7: `x` is no number"},
        "none": {**REDUCED, "status": "no_instruments"},
        "absent": {**REDUCED, "status": "none_in_panel"},
        "unmatched": REDUCED,
    }
    rows = both("good", "disease", STRONG, STRONG)
    rows += [
        row for name in ("bad", "none", "absent", "unmatched") for row in both(name, "disease", None, None)
    ]
    estimates = estimates_table(rows)
    diagnostics = estimates[["exposure", "outcome"]].drop_duplicates()
    diagnostics = diagnostics.assign(n_instruments=[5, 0, 0, 0, 0])
    names = dict.fromkeys(reductions, "")
    screen = screen_table(estimates, diagnostics, reductions, names, ["disease"], METHODS, BUDGET)
    expected = ["estimated", "unreadable", "no_instruments", "none_in_panel", "none_in_outcome"]
    assert screen["status"].tolist() == expected
    assert screen["message"][1] == "bad.gz, line 7: `x` is no number"
    assert screen["message"][2] == "No variant reaches the instrument thresholds."
    assert screen["message"][4] == "No instrument could be matched with the outcome's variants."
    assert screen.loc[1:, ["beta", "p", "p_bh", "gsmr_beta"]].isna().all(axis=None)
    assert screen["discovered"].tolist() == [True, False, False, False, False]
    assert screen["bh_m"].tolist() == [1] * 5


def test_no_exposure_at_all_can_be_estimated():
    unreadable = {**REDUCED, "status": "unreadable", "message": "gone"}
    screen, estimates = screened(both("x", "disease", None, None), reductions={"x": unreadable})
    tests = validation_table(screen, estimates, {"density": -1}, BUDGET)[0]
    final = with_validation(screen, tests, declared=True)
    assert tests.empty and final["validation"].tolist() == ["not_tested"]
    assert final["hit"].tolist() == [False] and final["bh_m"].tolist() == [0]


SIGNS = {"density": -1, "size": 1}
# z on density (expected: against the disease) and on size (expected: with it), for exposures that raise the
# risk; a verdict for each, and the joint one.
VERDICTS = {
    "both": (-STRONG, STRONG, ["concordant", "concordant"], "validated"),
    "first": (-STRONG, NULL, ["concordant", "silent"], "validated"),
    "against": (STRONG, NULL, ["discordant", "silent"], "discordant"),
    "mixed": (STRONG, STRONG, ["discordant", "concordant"], "conflicting"),
    "quiet": (NULL, -NULL, ["silent", "silent"], "silent"),
    "half": (None, STRONG, ["not_testable", "concordant"], "validated"),
    "untested": (None, None, ["not_testable", "not_testable"], "not_tested"),
}


@pytest.mark.parametrize("direction", [1, -1])
def test_verdicts_and_the_joint_verdict(direction: int):
    rows = []
    for name, (density, size, _, _) in VERDICTS.items():
        turned = [None if z is None else direction * z for z in (density, size)]
        rows += both(name, "disease", direction * STRONG, direction * STRONG)
        rows += both(name, "density", turned[0], turned[0]) + both(name, "size", turned[1], turned[1])
    rows += both("undiscovered", "disease", NULL, NULL) + both("undiscovered", "size", STRONG, STRONG)
    screen, estimates = screened(rows)
    tests = validation_table(screen, estimates, SIGNS, BUDGET)[0]
    final = with_validation(screen, tests, declared=True).set_index("exposure")
    for name, (_, _, verdicts, joint) in VERDICTS.items():
        assert tests.loc[tests["exposure"] == name, "verdict"].tolist() == verdicts, name
        assert final.loc[name, "validation"] == joint, name
        assert final.loc[name, "hit"] == (joint == "validated"), name
        assert final.loc[name, "n_validation_concordant"] == verdicts.count("concordant")
        assert final.loc[name, "n_validation_discordant"] == verdicts.count("discordant")
    assert "undiscovered" not in set(tests["exposure"])
    assert final.loc["undiscovered", "validation"] == "not_tested" and not final.loc["undiscovered", "hit"]
    assert len(tests) == 2 * len(VERDICTS)
    assert (tests["expected_sign"] == tests["validation_outcome"].map(SIGNS)).all()


def test_validation_family_is_discovered_exposures_times_outcomes():
    outcomes = ("disease", "density", "size")
    screen, estimates = screened(random_rows(60, seed=5, outcomes=outcomes))
    tests = validation_table(screen, estimates, SIGNS, BUDGET)[0]
    assert len(tests) == 2 * screen["discovered"].sum() > 10
    np.testing.assert_allclose(tests["p_adjusted"], multipletests(tests["p"], method="fdr_bh")[1], rtol=1e-13)
    assert (tests["m"] == len(tests)).all()
    assert tests["rank"].to_numpy(int).tolist() == tests["p"].rank(method="max").to_numpy(int).tolist()
    # The slow obvious twin: each test's own estimate, looked up by name.
    primary = {(row.exposure, row.outcome): row for row in estimates.itertuples() if row.method == "ivw"}
    for test in tests.itertuples():
        own = primary[test.exposure, test.validation_outcome]
        assert (test.beta, test.p) == (own.beta, own.p)
        agrees = own.beta * primary[test.exposure, test.outcome].beta * SIGNS[test.validation_outcome] > 0
        expected = ("concordant" if agrees else "discordant") if test.p_adjusted < 0.05 else "silent"
        assert test.verdict == expected


def test_tests_that_cannot_be_done_are_not_in_the_family():
    rows = both("x", "disease", STRONG, STRONG) + both("y", "disease", STRONG, STRONG)
    rows += both("x", "density", WEAK, None) + both("y", "density", None, None)
    screen, estimates = screened(rows)
    tests = validation_table(screen, estimates, {"density": 1}, BUDGET)[0]
    assert tests["verdict"].tolist() == ["concordant", "not_testable"]
    assert tests["m"].tolist() == [1, 1] and tests["p_adjusted"][0] == pytest.approx(tests["p"][0])
    assert tests["rank"].isna().tolist() == [False, True]


def test_without_declared_validation_a_discovery_is_a_hit():
    screen, estimates = screened(random_rows(20, seed=3))
    final = with_validation(screen, validation_table(screen, estimates, {}, BUDGET)[0], declared=False)
    assert final["hit"].tolist() == final["discovered"].tolist() and final["hit"].any()
    assert set(final["validation"]) == {"not_tested"}


def test_several_primary_outcomes_are_told_apart():
    rows = [
        *both("x", "disease", STRONG, STRONG),
        *both("x", "relapse", -STRONG, -STRONG),
        *both("x", "density", -STRONG, -STRONG),
        *both("y", "disease", NULL, NULL),
        *both("y", "relapse", STRONG, STRONG),
        *both("y", "density", NULL, NULL),
    ]
    screen, estimates = screened(rows, outcomes=("disease", "relapse"))
    tests = validation_table(screen, estimates, {"density": -1}, BUDGET)[0]
    final = with_validation(screen, tests, declared=True)
    assert list(zip(final["exposure"], final["outcome"], final["validation"], strict=True)) == [
        ("x", "disease", "validated"),
        ("x", "relapse", "discordant"),
        ("y", "disease", "not_tested"),
        ("y", "relapse", "silent"),
    ]
    assert final["bh_m"].tolist() == [4] * 4


def declared(trait: str, *cohorts: str) -> dict:
    unknown = {
        "n": None,
        "n_case": None,
        "build": "GRCh37",
        "ancestry": "EUR",
        "unit": "SD",
        "effect_scale": "",
    }
    return {"id": trait, "name": trait, **unknown, "cohorts": list(cohorts), "clumped": False, "paths": []}


def test_step_gives_the_same_from_files(tmp_path: Path):
    """Ids that look like numbers, an exposure that cannot be read, and columns with nothing in them."""
    rows = both("0017", "disease", STRONG, STRONG) + both("0017", "density", -STRONG, -STRONG)
    rows += both("bad", "disease", None, None) + both("bad", "density", None, None)
    bad = {**REDUCED, "status": "unreadable", "message": 'a\tb.gz: "x",\nsecond line', "p_threshold": None}
    reductions = {"0017": REDUCED, "bad": {**bad, "relaxed_threshold": None}}
    screen, estimates = screened(rows, reductions=reductions)
    diagnostics = estimates[["exposure", "outcome"]].drop_duplicates().assign(n_instruments=5)
    tests = validation_table(screen, estimates, {"density": -1}, BUDGET)[0]
    made = {name: tmp_path / f"{name}.tsv" for name in ("screen", "validation", "sets")}
    diagnostics = diagnostics.assign(
        f_min=40.0, i2=0.1, egger_intercept_neglog10_p=0.1, n_in_mhc=0, steiger_direction="forward"
    )
    given = {
        "estimates": estimates,
        "diagnostics": diagnostics,
        "effective_number": pd.DataFrame({"n_effective": [np.nan]}),
        "correlations": pd.DataFrame({"first": ["density"], "second": ["disease"], "r": [-0.4]}),
        "biobanks": pd.DataFrame(columns=["name", "study", "ancestry", "n", "certain", "names"]),
    }
    files = {name: tmp_path / f"{name}.tsv" for name in given}
    for name, table in given.items():
        write_tsv(table, files[name])
    write_parquet(no_single_estimates(), tmp_path / "single.parquet")
    told = [{**reduction, "exposure": name} for name, reduction in reductions.items()]
    for batch, reports in enumerate((told[1:], told[:1])):
        write_json(reports, tmp_path / f"{batch}.json")
    judge_evidence(
        **files,
        **made,
        leave_one_out=tmp_path / "single.parquet",
        selections=[tmp_path / "0.json", tmp_path / "1.json"],
        names={"0017": "0017", "bad": "BAD"},
        outcomes=["disease"],
        validation_signs={"density": -1},
        negative_exposures=["0017"],
        people={
            "disease": [declared("disease", "Estonia", "FinnGen")],
            "density": [declared("density", "Finn_Gen")],
        },
        methods=METHODS,
        first=[],
        error_budget=BUDGET,
        mhc="flag",
    )
    found = read_tsv(made["screen"])
    final = with_validation(screen, tests, declared=True).drop(columns="reduced")
    assert list(found.columns) == SCREEN_COLUMNS
    assert set(found.columns) - set(final.columns) == {"flags"}
    assert found["flags"].fillna("").tolist() == ["few_instruments negative_control", ""]
    for name in ("exposure", "name", "status", "message", "beta", "p_bh", "validation", "hit"):
        assert found[name].equals(final[name]), name
    assert found["hit"].tolist() == [True, False]
    tested = read_tsv(made["validation"])
    assert list(tested.columns) == VALIDATION_COLUMNS
    assert tested["same_people"].tolist() == ["disease and density are both of FinnGen"]


Z = st.one_of(st.none(), st.floats(-40, 40, allow_nan=False).filter(lambda z: abs(z) > 1e-3))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(pairs=st.lists(st.tuples(Z, Z, Z), min_size=1, max_size=12), p_max=st.floats(1e-6, 1.0))
def test_whatever_the_estimates_gates_only_narrow_and_adjusted_p_are_not_below_raw(
    pairs: list[tuple[float | None, ...]], p_max: float
):
    rows = []
    for i, (ivw_z, gsmr_z, density) in enumerate(pairs):
        rows += both(f"x{i}", "disease", ivw_z, gsmr_z) + both(f"x{i}", "density", density, density)
    screen, estimates = screened(rows, budget={**CORRECTED, "nominal_p": p_max})
    tests = validation_table(screen, estimates, {"density": -1}, BUDGET)[0]
    final = with_validation(screen, tests, declared=True)
    assert final["exposure"].tolist() == [f"x{i}" for i in range(len(pairs))]
    rounding = 1 + 1e-12
    for table, adjusted in ((final, "p_bh"), (tests, "p_adjusted")):
        tested = table[adjusted].notna()
        assert (table.loc[tested, adjusted] * rounding >= table.loc[tested, "p"]).all()
        assert (table.loc[tested, adjusted] <= 1).all()
    for wide, narrow in (("nominal", "concordant"), ("concordant", "discovered"), ("discovered", "hit")):
        assert (final[wide] | ~final[narrow]).all()
    assert (final["status"].eq("estimated") | ~final["nominal"]).all()


def test_a_method_that_cannot_invert_is_not_called_short_of_instruments():
    estimates = estimates_table([*both("x", "disease", STRONG, None), *both("y", "disease", STRONG, None)])
    at_fault = (estimates["exposure"] == "x") & (estimates["method"] == "gsmr")
    estimates.loc[at_fault, "status"] = "singular"
    diagnostics = estimates[["exposure", "outcome"]].drop_duplicates().assign(n_instruments=5)
    reductions = dict.fromkeys(["x", "y"], REDUCED)
    screen = screen_table(
        estimates, diagnostics, reductions, {"x": "X", "y": "Y"}, ["disease"], METHODS, BUDGET
    )
    assert screen["status"].tolist() == ["singular", "too_few_instruments"]
    assert "cannot invert" in screen["message"][0]
