"""What hits are worth: corrections, flags, controls, the reverse direction, sentences that follow tables."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scripts.analysis.controls import control_table
from scripts.analysis.corrections import screen_family, summary, validation_family
from scripts.analysis.evidence import screen_table
from scripts.analysis.flags import with_flags
from scripts.analysis.reverse import reverse_table, untested
from scripts.analysis.validation import validation_table, with_validation
from scripts.analysis.worth import LEVELS, hit_table, sentence_of, worth_of
from scripts.method.multiplicity import benjamini_hochberg, require_not_below_raw
from tests.analysis.tables import BUDGET, METHODS, estimates_table, no_single_estimates

REDUCED = {"status": "reduced", "message": "", "p_threshold": 5e-8, "relaxed_threshold": False}
SIGNS = {"density": -1, "size": 1}
CORRELATIONS = pd.DataFrame({"first": ["density"], "second": ["size"], "r": [-0.6]})


def both(exposure: str, outcome: str, z: float) -> list[tuple]:
    return [(exposure, outcome, method, z * 0.1, 0.1) for method in METHODS]


def judged(
    rows: list[tuple], budget: dict = BUDGET, relaxed: tuple[str, ...] = (), shared: dict | None = None
):
    """Screen and validation of these estimates."""
    estimates = estimates_table(rows)
    reductions = {
        name: {**REDUCED, "relaxed_threshold": name in relaxed} for name in estimates["exposure"].unique()
    }
    diagnostics = estimates[["exposure", "outcome"]].drop_duplicates().assign(n_instruments=12)
    names = {name: name.upper() for name in reductions}
    screen = screen_table(estimates, diagnostics, reductions, names, ["disease"], METHODS, budget, 2.5)
    told = diagnostics.assign(
        f_min=40.0, i2=0.1, egger_intercept_neglog10_p=0.1, n_in_mhc=0, steiger_direction="forward"
    )
    screen = with_flags(screen, told, no_single_estimates(), [], 0.05, "keep")
    tests, adjusted = validation_table(screen, estimates, SIGNS, budget, shared)
    return with_validation(screen, tests, True, CORRELATIONS), tests, adjusted, estimates


def three() -> list[tuple]:
    rows = both("a", "disease", 5.0) + both("a", "density", -4.0) + both("a", "size", 2.5)
    rows += both("b", "disease", -4.0) + both("b", "density", 0.3) + both("b", "size", 0.2)
    return rows + both("c", "disease", 0.4) + both("c", "density", 4.0) + both("c", "size", 0.0)


def test_every_correction_stands_beside_the_chosen_one():
    screen, tests, adjusted, _ = judged(three())
    families = pd.concat([screen_family(screen, 2.5), adjusted])
    table = summary(families, BUDGET).set_index(["family", "correction"])
    p = screen["p"].to_numpy()
    chosen = families.set_index(["family", "correction"])
    for correction, expected in (
        ("benjamini_hochberg", stats.false_discovery_control(p)),
        ("benjamini_yekutieli", stats.false_discovery_control(p, method="by")),
        ("bonferroni", np.minimum(3 * p, 1)),
        ("effective_number", np.minimum(2.5 * p, 1)),
    ):
        np.testing.assert_allclose(chosen.loc[("screen", correction), "p_adjusted"], expected, rtol=1e-12)
        assert table.loc[("screen", correction), "n_below_level"] == (expected < 0.05).sum() == 2
    assert table.loc[("screen", "effective_number"), "tests"] == 2.5
    assert table["chosen"].sum() == 1 and table.loc[("validation", "benjamini_hochberg"), "chosen"]
    # Within each exposure, at the share of exposures that were discovered: 2 of 3.
    within = adjusted[(adjusted["correction"] == "hierarchical") & (adjusted["exposure"] == "a")]
    raw = tests.loc[tests["exposure"] == "a", "p"].to_numpy()
    np.testing.assert_allclose(within["p_adjusted"], stats.false_discovery_control(raw) * 3 / 2, rtol=1e-12)
    assert within["m"].tolist() == [2, 2] and within["rank"].tolist() == [1, 2]


def test_a_table_whose_p_do_not_belong_together_is_caught():
    screen, tests, _, _ = judged(three())
    raw = screen["neglog10_p"].to_numpy()
    with pytest.raises(ValueError, match="below its raw P"):
        require_not_below_raw(benjamini_hochberg(raw), raw[::-1], "screen")
    assert len(validation_family(screen, tests)) == 5 * 4


@pytest.mark.parametrize("correction", ["hierarchical", "bonferroni", "storey", "benjamini_yekutieli"])
def test_the_chosen_correction_decides_the_verdict(correction: str):
    budget = {**BUDGET, "validation": {"correction": correction, "level": 0.05}}
    _, tests, adjusted, _ = judged(three(), budget)
    mine = adjusted[adjusted["correction"] == correction]
    np.testing.assert_array_equal(tests["p_adjusted"], mine["p_adjusted"])
    assert tests["adjust_method"].eq(correction).all()
    significant = tests["p_adjusted"] < 0.05
    assert tests["verdict"].isin(["concordant", "discordant"]).equals(significant)


def test_combined_test_uses_the_correlation_in_the_expected_direction():
    screen, _, _, _ = judged(three())
    row = screen.set_index("exposure").loc["a"]
    # density -4 where -1 is expected, size 2.5 where +1 is: 4 and 2.5, correlated by +0.6 after the signs.
    assert row["combined_z"] == pytest.approx(6.5 / np.sqrt(2 + 2 * 0.6))
    assert row["combined_p"] == pytest.approx(2 * stats.norm.sf(row["combined_z"]))
    against = screen.set_index("exposure").loc["b"]
    assert against["combined_z"] == pytest.approx((0.3 - 0.2) / np.sqrt(3.2))
    assert np.isnan(screen.set_index("exposure").loc["c", "combined_z"])


def test_flags_say_what_holds_of_each_pair():
    estimates = estimates_table([row for name in "abcd" for row in both(name, "disease", 3.0)])
    reductions = {name: {**REDUCED, "relaxed_threshold": name == "a"} for name in "abcd"}
    pairs = estimates[["exposure", "outcome"]].drop_duplicates()
    screen = screen_table(
        *(estimates, pairs.assign(n_instruments=[12, 9, 12, 12]), reductions, dict.fromkeys("abcd", "")),
        *(["disease"], METHODS, BUDGET),
    )
    told = pairs.assign(
        f_min=[40.0, 9.0, 40.0, 40.0],
        i2=[np.nan, 0.5, 0.51, 0.0],
        egger_intercept_neglog10_p=[0.1, np.nan, 2.0, 0.1],
        n_in_mhc=[0, 2, 0, 0],
        steiger_direction=["forward", "forward", "reverse", "not_run"],
    )
    single = pd.DataFrame(
        [
            ("a", "disease", "rs1", 0.3, 2.5),
            ("c", "disease", "rs1", 0.2, 1.0),
            ("c", "disease", "All", 0.3, 2.6),
            ("d", "disease", "rs1", -0.3, 2.5),
            ("d", "disease", "rs2", 0.3, 2.5),
        ],
        columns=["exposure", "outcome", "rsid", "beta", "neglog10_p"],
    )
    flags = with_flags(screen, told, single, ["d"], 0.05, "flag")["flags"].tolist()
    assert flags == [
        "relaxed_threshold",
        "weak_instruments few_instruments in_mhc",
        "outlier_driven heterogeneous directional_pleiotropy steiger_reverse",
        "outlier_driven negative_control",
    ]
    kept = with_flags(screen, told, single, [], 0.05, "keep")["flags"]
    assert "in_mhc" not in kept[1] and "negative_control" not in kept[3]


def back(rows: list[tuple]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates of the outcome on exposures, with roles exchanged, and their diagnostics."""
    estimates = estimates_table([("disease", name, method, beta, se) for name, method, beta, se in rows])
    told = (
        estimates[["exposure", "outcome"]]
        .drop_duplicates()
        .assign(
            **dict.fromkeys(("f_mean", "r2_exposure", "steiger_z", "steiger_neglog10_p"), 0.5),
            r2_outcome=0.25,
            r2_scale_exposure="liability",
            r2_scale_outcome="quantitative",
            steiger_direction="forward",
        )
    )
    return estimates, told


def test_reverse_effects_are_adjusted_over_the_hits_and_need_the_median_too():
    hits = pd.DataFrame({"exposure": ["a", "b", "c", "d"], "outcome": "disease"})
    rows = [("a", "ivw", 0.5, 0.1), ("a", "weighted_median", 0.4, 0.1)]
    rows += [("b", "ivw", 0.5, 0.1), ("b", "weighted_median", 0.05, 0.1)]
    rows += [("c", "ivw", 0.15, 0.1), ("c", "weighted_median", 0.4, 0.1)]
    table = reverse_table(hits, *back(rows), BUDGET["reverse"], 0.05)
    assert table["verdict"].tolist() == ["reversed", "unconfirmed", "silent", "not_testable"]
    p = 2 * stats.norm.sf([5.0, 5.0, 1.5])
    np.testing.assert_allclose(table["p_adjusted"][:3], stats.false_discovery_control(p), rtol=1e-9)
    assert table["m"].tolist() == [3] * 4 and table["rank"][:3].tolist() == [2, 2, 3]
    # In the study's words again: the disease is the outcome, of which the instruments explain one half.
    assert table["r2_outcome"][0] == 0.5 and table["r2_exposure"][0] == 0.25
    assert table["r2_scale_outcome"][0] == "liability"
    none = untested(hits, BUDGET["reverse"])
    assert list(none.columns) == list(table.columns) and none["verdict"].eq("not_testable").all()


def reversed_hits(screen: pd.DataFrame, verdict: str) -> pd.DataFrame:
    table = untested(screen.loc[screen["hit"], ["exposure", "outcome"]], BUDGET["reverse"])
    if verdict == "not_testable":
        return table
    return table.assign(
        verdict=verdict, n_instruments=30, f_mean=40.0, beta=0.1, se=0.1, p=0.3, p_adjusted=0.4
    )


def beside(screen: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Bounds of the bias by overlap of every pair, corrected estimates, what later stages found of a."""
    bounds = screen[["exposure", "outcome"]].assign(
        n_exposure=25_000.0, n_shared_at_most=20_000.0, bias_bound=0.0123
    )
    rows = [("ivw", "units", 0.5, 1e-7), ("mrlap", "standard_deviations", 0.2, 0.02)]
    rows += [("simss_ivw", "units", 0.47, 3e-6), ("simss_raps", "units", 0.48, 4e-6)]
    corrected = pd.DataFrame(rows, columns=["method", "scale", "beta", "p"])
    later = {
        **{"exposure": "a", "outcome": "disease", "rg": 0.31, "rg_se": 0.1, "rg_p": 0.002},
        **{"ldsc_intercept": 0.05, "ldsc_intercept_se": 0.01, "n_coloc_tested": 7, "n_coloc_shared": 3},
    }
    return bounds, corrected.assign(exposure="a", outcome="disease", se=0.1), pd.DataFrame([later])


NAMES = {"disease": "Brittle bones", "a": "A"}
UNITS = {"disease": "log odds", "a": "SD"}


@pytest.mark.parametrize(
    ("verdict", "shared", "relaxed", "worth", "words"),
    [
        (
            "silent",
            {},
            (),
            LEVELS[0],
            "30 instruments of Brittle bones show no effect on it (adjusted P = 0.4)",
        ),
        ("silent", {"density": "x", "size": "y"}, (), LEVELS[1], "2 of them rest on people of the discovery"),
        ("silent", {"size": "y"}, (), LEVELS[0], "1 of them rests on"),
        ("silent", {}, ("a",), LEVELS[1], "Mind that its instruments were chosen at a relaxed threshold."),
        ("unconfirmed", {}, (), LEVELS[1], "which their weighted median does not confirm"),
        ("reversed", {}, (), LEVELS[2], "may be a consequence, not a cause"),
        ("not_testable", {}, (), LEVELS[1], "The reverse direction could not be tested."),
    ],
)
def test_a_hit_in_one_sentence(verdict: str, shared: dict, relaxed: tuple, worth: str, words: str):
    screen, tests, _, _ = judged(three(), relaxed=relaxed, shared=shared)
    hits = hit_table(screen, tests, reversed_hits(screen, verdict), *beside(screen), NAMES, UNITS)
    assert hits["exposure"].tolist() == ["a"] and hits["worth"].tolist() == [worth]
    if verdict != "not_testable":  # 20,000 of the exposure's 25,000 people, F 40
        assert hits["reverse_overlap_bias_bound"][0] == pytest.approx(0.8 / 40)
    sentence = hits["sentence"][0]
    assert words in sentence
    assert sentence.startswith(
        "Genetically higher A goes with higher Brittle bones: 0.500 (0.304 to 0.696) log odds per SD, "
        "P = 5.7e-07, rank 1 of 3 tests (adjusted 1.7e-06). Its study may share up to 20,000 people with the "
        "outcome's, which can bias it by at most 1.23% of the confounded association; corrected for that "
        "and for the choice of instruments (MR-SimSS) it is 0.470 (P = 3e-06). 2 of 2 validation outcomes "
        "agree and none "
    )
    assert sentence.partition(" Mind")[0].endswith(
        "The genetic correlation is 0.310 (P = 0.002). At 3 of 7 loci the two share one causal variant."
    )


def test_every_number_of_the_sentence_follows_its_row():
    screen, tests, _, _ = judged(three())
    row = (
        hit_table(*(screen, tests, reversed_hits(screen, "silent"), *beside(screen), NAMES, UNITS))
        .iloc[0]
        .to_dict()
    )
    before = sentence_of(row, NAMES, UNITS)
    changes = {
        "beta": -0.123,
        "ci_low": -0.777,
        "ci_high": 0.111,
        "p": 0.0456,
        "p_bh": 0.0789,
        "rg": 0.4567,
        "rg_p": 0.00321,
        "n_coloc_tested": 41,
        "n_coloc_shared": 23,
        "bh_rank": 17,
        "bh_m": 2345,
        "n_validation": 9,
        "n_validation_concordant": 6,
        "n_validation_discordant": 3,
        "n_same_people": 4,
        "combined_p": 0.0321,
        "combined_z": -2.0,
        "reverse_n_instruments": 1234,
        "reverse_p_adjusted": 0.654,
        "n_shared_at_most": 4567.0,
        "overlap_bias_bound": 0.0888,
        "corrected_beta": -0.0999,
        "corrected_p": 0.0191,
        "flags": "weak_instruments",
        "name": "Other",
        "reverse_verdict": "reversed",
        "validation": "not_tested",
    }
    for name, value in changes.items():
        assert sentence_of({**row, name: value}, NAMES, UNITS) != before, name
    after = sentence_of(
        {**row, **changes, "reverse_verdict": "silent", "validation": "validated"}, NAMES, UNITS
    )
    told = [
        "−0.123",
        "−0.777",
        "0.111",
        "0.046",
        "0.079",
        "17",
        "2,345",
        "lower",
        "0.032",
        "opposite",
        "1,234",
        "0.65",
        "Other",
    ]
    for words in [*told, "6 of 9", "3 contradict", "4 of them", "F below 10"]:
        assert words in after, words
    assert worth_of({**row, "flags": "negative_control"}) == LEVELS[2]


def test_controls_stand_beside_the_screen():
    rng = np.random.default_rng(5)
    rows = [row for i in range(200) for row in both(f"n{i}", "disease", rng.normal())]
    rows += [row for i in range(200) for row in both(f"n{i}", "hair", rng.normal())]
    rows += both("known", "disease", 6.0) + both("bad", "disease", 4.0) + both("bad", "hair", 5.0)
    screen, _, _, estimates = judged(rows)
    screen = screen.assign(hit=screen["discovered"])
    controls = {
        "negative_outcomes": ["hair"],
        "negative_exposures": ["bad"],
        "positive": [
            {"exposure": "known", "outcome": "disease", "sign": 1},
            {"exposure": "n0", "outcome": "disease", "sign": 1},
        ],
    }
    table = control_table(screen, estimates, controls, 0.05).set_index("control")
    assert table["n_tested"].to_dict() == {
        "screen": 199, "negative_exposures": 1, "hair": 201, "known": 1, "n0": 1,
    }  # fmt: skip
    assert table.loc["screen", "lambda"] == pytest.approx(1.0, abs=0.35)
    assert table.loc["screen", "n_expected"] == pytest.approx(9.95)
    n = int(table.loc["hair", "n_nominal"])
    assert table.loc["hair", "p"] == pytest.approx(stats.binom.sf(n - 1, 201, 0.05))
    assert table.loc["negative_exposures", ["n_nominal", "n_hits", "hit_rate"]].tolist() == [1, 1, 1.0]
    assert table.loc["known", "n_hits"] == 1 and table.loc["n0", "n_hits"] == 0
    both_ways = screen[screen["hit"]].merge(
        estimates[
            (estimates["outcome"] == "hair") & (estimates["p"] < 0.05) & (estimates["method"] == "ivw")
        ],
        on="exposure",
    )
    assert table.loc["hair", "n_hits"] == len(both_ways) >= 1
