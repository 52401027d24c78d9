"""The published meta-analysis from its own tables, what would restore it; families of outcomes."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from scripts.analysis.fingerprint import Declared
from scripts.analysis.moderators import comparison_table, correlation_table
from scripts.analysis.outcome_families import families_sharing, family_table
from scripts.analysis.pooled_study import Experiments, compare_with_published, read_study
from scripts.analysis.pooling import How, influence_table, outliers, pooled_table, small_study_table
from scripts.analysis.reproduction import Measure, check_measure, restore_measure, simplest
from scripts.method.printed import as_printed
from scripts.method.random_effects import pool
from scripts.table.experiments import TableError
from scripts.table.frames import read_tsv
from tests.method.pooled_cases import CASES, TABLE, Region

STUDY = Path(__file__).resolve().parents[2] / "config" / "studies" / "iron_ad_meta"
SETTINGS = yaml.safe_load((STUDY / "study.yaml").read_text())["pooling"]
BY_REGION = dict(zip(("PUT", "CN", "GP", "HIP", "THAL"), SETTINGS["measures"], strict=True))


def read(**changes: object) -> Experiments:
    keys = ("measures", "falling_markers", "moderators")
    settings = {key: SETTINGS[key] for key in keys} | changes
    return read_study(STUDY / "experiments.tsv", STUDY / "effects.tsv", **settings)


@pytest.fixture(scope="module")
def study() -> Experiments:
    return read()


@pytest.fixture(scope="module")
def compared(study: Experiments) -> tuple[pd.DataFrame, pd.DataFrame]:
    return compare_with_published(study, STUDY / "published.tsv", How())


def test_the_study_has_the_published_table() -> None:
    """Numbers of people, MMSE and every effect, with the experiments in the order of the reference."""
    experiments, effects = read_tsv(STUDY / "experiments.tsv"), read_tsv(STUDY / "effects.tsv")
    for own, peer in (("n_case", "n_ad"), ("n_control", "n_hc"), ("mmse_case", "mmse_ad")):
        pd.testing.assert_series_equal(experiments[own], TABLE[peer], check_names=False)
    for region, measure in BY_REGION.items():
        rows = effects[effects["measure"] == measure].set_index("experiment")["g"]
        found = rows.reindex(experiments["experiment"]).to_numpy()
        np.testing.assert_array_equal(found, TABLE[region].to_numpy())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pooled_table_as_metafor(study: Experiments, case: Region) -> None:
    table = pooled_table(study.effects, How())
    rows = table[(table["measure"] == BY_REGION[case.name]) & (table["set"] == "all")]
    assert len(rows) == 6 and rows["leads"].sum() == 1
    (lead,) = rows[rows["leads"]].to_dict("records")
    assert (lead["tau2_method"], lead["test"], lead["k"]) == ("dersimonian_laird", "normal", case.all["k"])
    for own, peer in (("beta", "est"), ("ci_low", "lo"), ("i2_low_percent", "I2lo"), ("tau2", "tau2")):
        assert lead[own] == pytest.approx(case.all[peer], rel=1e-8)
    assert lead["n_case"] == TABLE.loc[TABLE[case.name].notna(), "n_ad"].sum()


def test_influence_has_intervals_weights_and_what_is_left(study: Experiments) -> None:
    table = influence_table(study.effects, How())
    for case in CASES:
        rows = table[table["measure"] == BY_REGION[case.name]]
        assert rows["weight_percent"].sum() == pytest.approx(100.0)
        first = pool(case.y[1:], case.v[1:])
        assert rows["without_beta"].iloc[0] == pytest.approx(first.beta)
        assert rows["without_ci_high"].iloc[0] == pytest.approx(first.interval[1])
        assert rows["ci_high"].iloc[0] == pytest.approx(case.y[0] + 1.959964 * math.sqrt(case.v[0]), rel=1e-6)


def test_thalamus_alone_does_not_follow_from_the_printed_effects(compared) -> None:
    checks, _ = compared
    pooled = checks[checks["moderator"] == ""]
    differing = pooled[pooled["agreement"] == "differs"]
    assert set(differing["measure"]) == {"thalamus"}
    assert set(differing["quantity"]) == {
        *("ci_high", "statistic", "p", "i2_percent", "i2_low_percent", "i2_high_percent")
    }
    others = pooled[pooled["measure"] != "thalamus"]
    rounded = others[others["agreement"] == "within_rounding"]
    # Second decimals of I2 (percent) and one z, which the printed effects, of three decimals, leave open.
    assert set(rounded["quantity"]) == {"i2_percent", "i2_low_percent", "i2_high_percent", "statistic"}
    assert (rounded["printed"].astype(float) - rounded["computed"]).abs().max() < 0.015
    exact = ("k", "beta", "ci_low", "ci_high", "p", "egger_p")
    assert set(others.loc[others["quantity"].isin(exact), "agreement"]) == {"equal"}
    assert set(pooled.loc[pooled["quantity"] == "egger_p", "agreement"]) == {"equal"}
    assert len(pooled) == 65


def test_moon_0_94_is_the_smallest_change_that_restores_the_thalamus(compared) -> None:
    _, restorations = compared
    rows = restorations[restorations["kind"] == "effect"]
    assert rows["experiment"].tolist() == ["Moon et al. (2012)", "Li et al. (2020)", "Wang et al. (2013)"]
    moon = rows.iloc[0]
    assert (moon["printed"], moon["restored_by"]) == (0.9, 0.94)
    assert moon["restored_low"] <= 0.94 <= moon["restored_high"]
    assert (rows["n_restored"] == 13).all() and (rows["n_printed"] == 13).all()


def test_which_correlations_reproduce(compared) -> None:
    """Hippocampus and thalamus do, the other three do not; all would if one MMSE were the lowest."""
    checks, restorations = compared
    rows = checks[(checks["moderator"] == "mmse_case") & (checks["quantity"] != "k")]
    agree = rows.groupby("measure")["agreement"].agg(lambda each: set(each) == {"equal"})
    assert agree[agree].index.tolist() == ["hippocampus", "thalamus"]
    assert set(rows.loc[~rows["measure"].isin(agree[agree].index), "agreement"]) == {"differs"}
    best = restorations[restorations["moderator"] == "mmse_case"].iloc[0]
    assert (best["experiment"], best["n_restored"], best["n_printed"]) == ("Huang et al. (2023)", 16, 16)
    assert math.isnan(best["restored_low"]) and best["restored_high"] == 15.8
    difference = restorations[restorations["moderator"] == "mmse"]
    assert "Huang et al. (2023)" in set(difference["experiment"])
    assert set(difference["n_restored"]) == {3}


def test_no_two_regions_differ_in_their_correlation(study: Experiments) -> None:
    """As published, for both moderators."""
    table = comparison_table(study.effects, study.moderators)
    assert len(table) == 20 and (table["p"] > 0.05).all()


def test_outliers_and_correlations_have_statuses(study: Experiments) -> None:
    few = study.effects[study.effects["experiment"].isin(["Chen et al. (2024)", "Moon et al. (2012)"])]
    few = few.assign(outlier=outliers(few))
    table = correlation_table(few, study.moderators)
    assert set(table.loc[table["set"] == "all", "status"]) == {"too_few"}
    pooled = pooled_table(few, How())
    thalamus = pooled[pooled["measure"] == "thalamus"].set_index("set")["status"]
    assert set(thalamus["all"]) == {"estimated"} and set(thalamus["without_outliers"]) == {"no_outliers"}
    single = pooled[(pooled["measure"] == "putamen") & (pooled["set"] == "all")]
    assert set(single["status"]) == {"too_few"} and single["beta"].isna().all()
    assert set(small_study_table(few, How())["status"]) == {"too_few", "no_outliers"}


def test_experiments_of_one_precision_have_no_egger_test() -> None:
    rows = {"measure": "m", "experiment": list("abc"), "g": [0.3, -0.3, 0.3], "se": 0.2, "outlier": False}
    effects = pd.DataFrame(rows | {"n_case": 20, "n_control": 20})
    table = small_study_table(effects, How())
    assert set(table.loc[table["set"] == "all", "status"]) == {"constant"}
    assert pooled_table(effects, How())["beta"].notna().any()


def test_a_measure_without_any_effect_has_a_status_and_stops_nothing(
    study: Experiments, tmp_path: Path
) -> None:
    row = study.effects.iloc[:1].assign(measure="iron", g=np.nan, se=np.nan, status="incomplete")
    with_none = Experiments(pd.concat([study.effects, row], ignore_index=True), study.moderators)
    rows = pooled_table(with_none.effects, How())
    assert set(rows.loc[(rows["measure"] == "iron") & (rows["set"] == "all"), "status"]) == {"too_few"}
    assert influence_table(with_none.effects, How())["measure"].iloc[-1] == "iron"
    published = tmp_path / "published.tsv"
    published.write_text("measure\tset\tmoderator\tquantity\tprinted\niron\tall\t\tbeta\t0.50\n")
    checks, restorations = compare_with_published(with_none, published, How())
    assert checks["agreement"].tolist() == ["no_number"] and restorations.empty


def test_measures_and_moderators_that_are_not_there() -> None:
    for changes, message in (
        ({"measures": ["amygdala"]}, "`pooling.measures` has amygdala"),
        ({"falling_markers": ["T1"]}, "`pooling.falling_markers` has T1"),
        ({"moderators": [{"column": "moca", "name": "MoCA"}]}, "`pooling.moderators` has moca"),
    ):
        with pytest.raises(TableError, match=message):
            read(**changes)


def test_without_a_list_all_measures_but_moderators_are_pooled() -> None:
    assert list(dict.fromkeys(read(measures=[]).effects["measure"])) == list(BY_REGION.values())


def test_a_misprint_of_any_experiment_is_found() -> None:
    """Published numbers from the true effects; one effect misprinted by 0.2: it is among those named."""
    case = CASES[3]
    rows = TABLE[TABLE["HIP"].notna()]
    how = How()
    truth = pool(case.y, case.v)
    quantities = {"beta": truth.beta, "ci_low": truth.interval[0], "i2_percent": 100 * truth.heterogeneity.i2}
    for index in (0, 4, 11):
        g = case.y.copy()
        g[index] = round(g[index] + 0.2, 3)
        measure = Measure(
            *("HIP", tuple(rows["study"]), g, rows["n_ad"].to_numpy(float), rows["n_hc"].to_numpy(float)),
            decimals=np.full(len(g), 3),
            wanted=tuple(("all", quantity) for quantity in quantities),
            printed=tuple(as_printed(f"{value:.3f}") for value in quantities.values()),
            how=how,
        )
        assert "differs" in {row["agreement"] for row in check_measure(measure)}
        named = {row["experiment"]: row for row in restore_measure(measure)}
        row = named[rows["study"].iloc[index]]
        assert row["restored_low"] <= case.y[index] <= row["restored_high"]


def test_simplest_value_has_the_fewest_decimals() -> None:
    assert simplest(np.array([0.938, 0.939, 0.94, 0.941, 0.95]), 0.9) == 0.94
    assert simplest(np.array([0.782, 0.785]), 0.739) == 0.782


# Families of outcomes

FAMILY = {"id": "registries", "name": "Three registries", "outcomes": ["a", "b", "c"]}


def estimates() -> pd.DataFrame:
    rows = [
        ("x", "a", "ivw", 0.2, 0.05),
        ("x", "a", "egger", 9.0, 0.05),
        ("x", "b", "ivw", 0.3, 0.1),
        ("x", "c", "wald_ratio", 0.1, 0.2),
        ("y", "a", "ivw", 0.5, 0.1),
        ("y", "b", "ivw", np.nan, np.nan),
        ("x", "d", "ivw", 8.0, 0.1),
    ]
    return pd.DataFrame(rows, columns=["exposure", "outcome", "method", "beta", "se"])


def test_primary_estimates_of_a_family_are_pooled() -> None:
    table = family_table(estimates(), [FAMILY], {}, How("reml", "knapp_hartung")).set_index("exposure")
    beta, v = np.array([0.2, 0.3, 0.1]), np.array([0.05, 0.1, 0.2]) ** 2
    expected = pool(beta, v, "reml", "knapp_hartung")
    assert table.loc["x", "beta"] == pytest.approx(expected.beta)
    assert (table.loc["x", "k"], table.loc["x", "df"]) == (3, 2)
    assert (table.loc["y", "status"], table.loc["y", "k"], table.loc["y", "n_outcomes"]) == ("too_few", 1, 3)
    assert math.isnan(table.loc["y", "beta"])


def declared(trait: str, cohorts: list[str]) -> Declared:
    return Declared.of(
        {
            **{"id": trait, "name": trait.upper(), "n": 1000.0, "n_case": None, "build": "GRCh37"},
            **{"ancestry": "EUR", "unit": "SD", "effect_scale": "", "cohorts": cohorts, "clumped": False},
            "paths": [],
        }
    )


def test_cohorts_of_a_family_that_share_people_are_told() -> None:
    people = {
        "a": [declared("a", ["Alpha"])],
        "b": [declared("b", ["Beta"])],
        "c": [declared("c", ["alpha"])],
    }
    shared = families_sharing([FAMILY], people, [])
    assert list(shared) == ["registries"] and "A" in shared["registries"] and "C" in shared["registries"]
    table = family_table(estimates(), [FAMILY], shared, How())
    assert set(table["shared_people"]) == {shared["registries"]}
    assert families_sharing([FAMILY | {"outcomes": ["a", "b"]}], people, []) == {}
