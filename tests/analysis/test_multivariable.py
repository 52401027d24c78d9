"""Multivariable analyses: which variants they rest on, direct beside total effects, and the step's files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analyse_multivariable import analyse_multivariable
from scripts.analysis.multivariable import (
    JointFits,
    direct_effects,
    joint,
    joint_diagnostics,
    member_effects,
    total_effect,
)
from scripts.method.ivw import ivw
from scripts.method.mvmr import mvmr_egger, mvmr_ivw
from scripts.method.mvmr_median import mvmr_median
from scripts.method.mvmr_weak import conditional_f, mvmr_minimum_q, q_a
from scripts.table import sumstats
from scripts.table.files import write_json
from scripts.table.frames import read_tsv
from scripts.table.methods import MULTIVARIABLE
from tests.analysis.tables import instruments, standard, swapped

HARMONISE = {"palindromic": "infer", "palindromic_maf_max": 0.42}
SELECTION = {
    "p_thresholds": [5e-8],
    "min_count": 1,
    "clump_r2": 0.1,
    "clump_window_kb": 1000,
    "clump_ld": "allele_count",
}
N = 120
SE = 0.01
EXPOSURES = ["cause", "bystander"]


@pytest.fixture(scope="module")
def traits() -> dict[str, pd.DataFrame]:
    """Whole tables: `bystander` has the loci of `cause` and others; only `cause` acts (0.4) on `disease`.

    The first 40 variants are the cause's, 30-70 the bystander's own, the rest nobody's.
    """
    rng = np.random.default_rng(5)
    cause = np.where(np.arange(N) < 40, rng.choice([-1, 1], N) * rng.uniform(0.08, 0.2, N), 0.0)
    own = np.where((np.arange(N) >= 30) & (np.arange(N) < 70), rng.choice([-1, 1], N) * 0.12, 0.0)
    effects = {"cause": cause, "bystander": cause + own, "disease": 0.4 * cause, "unrelated": 0.0 * cause}
    tables = {}
    for number, (name, beta) in enumerate(effects.items()):
        observed = rng.normal(beta, SE)
        rows = [(1, 1000 * (i + 1), "A", "G", 0.3, observed[i], SE) for i in range(N)]
        table = standard(rows).assign(neglog10_p=(observed / SE) ** 2 / 4.6)  # close to -log10 P here
        told = swapped(table, np.random.default_rng(number).random(N) < 0.5)
        tables[name] = sumstats.sort_rows(told).reset_index(drop=True)
    tables["disease"] = tables["disease"].drop([2, 50, 110]).reset_index(drop=True)
    tables["bystander"] = tables["bystander"].drop(4).reset_index(drop=True)
    return tables


def told(table: pd.DataFrame, rows: slice = slice(None)) -> pd.DataFrame:
    return table.iloc[rows].reset_index(drop=True)


@pytest.fixture(scope="module")
def effects(traits: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return member_effects(told(traits["cause"], slice(0, 70)), traits, HARMONISE)


def test_variants_that_a_member_lacks_are_lost_and_counted(effects: pd.DataFrame) -> None:
    data = joint(effects, EXPOSURES, "disease", None)
    assert (data.n_union, data.n_lost_in_exposures, data.n_lost_in_outcome) == (70, 1, 2)
    assert data.beta_x.shape == data.se_x.shape == (67, 2) and data.beta_y.shape == (67,)
    lost = effects[effects["status"] != "kept"]
    assert sorted(zip(lost["trait"], lost["position"], strict=True)) == [
        ("bystander", 5000),
        ("disease", 3000),
        ("disease", 51_000),
    ]
    assert (lost["status"] == "not_in_outcome").all() and lost["beta"].isna().all()
    whole = joint(effects, EXPOSURES, "unrelated", None)
    assert (whole.n_lost_in_exposures, whole.n_lost_in_outcome, len(whole.beta_y)) == (1, 0, 69)


def test_effects_are_for_one_allele(traits: dict[str, pd.DataFrame], effects: pd.DataFrame) -> None:
    turned = {name: swapped(table, np.arange(len(table)) % 3 == 0) for name, table in traits.items()}
    again = member_effects(told(traits["cause"], slice(0, 70)), turned, HARMONISE)
    pd.testing.assert_frame_equal(again, effects)
    data = joint(effects, EXPOSURES, "disease", None)
    shared = np.abs(data.beta_x[:28, 0]) > 0.08
    assert np.corrcoef(data.beta_x[:28].T)[0, 1] > 0.95 and shared.sum() > 25


def test_only_the_cause_has_a_direct_effect(traits: dict[str, pd.DataFrame], effects: pd.DataFrame) -> None:
    data = joint(effects, EXPOSURES, "disease", None)
    for column, exposure in enumerate(EXPOSURES):
        own = told(traits[exposure], slice(0, 70))
        total = total_effect(instruments(own), traits["disease"], HARMONISE)
        rows = direct_effects(JointFits(data, 50, np.random.default_rng(1)), column)
        assert [row["method"] for row in (total, *rows)] == list(MULTIVARIABLE)
        assert all(row["status"] == "estimated" for row in (total, *rows))
        assert total["beta"] > 5 * total["se"]
        truth = 0.4 if exposure == "cause" else 0.0
        assert all(abs(row["beta"] - truth) < 4 * row["se"] for row in rows)
        if exposure == "cause":
            assert all(row["beta"] > 5 * row["se"] for row in rows)


def test_rows_are_the_methods_own_numbers(effects: pd.DataFrame) -> None:
    correlation = np.array([[1.0, 0.4], [0.4, 1.0]])
    data = joint(effects, EXPOSURES, "disease", correlation)
    arrays = data.beta_x, data.beta_y, data.se_y
    fits = JointFits(data, 50, np.random.default_rng(1))
    rows = {row["method"]: row for row in direct_effects(fits, 1)}
    egger = mvmr_egger(*arrays, 1)
    least = mvmr_minimum_q(*data.both, correlation)
    for method, estimate in (
        ("mvmr_ivw", mvmr_ivw(*arrays).estimates[1]),
        ("mvmr_egger", egger.estimates[1]),
        ("mvmr_minimum_q", least.estimates[1]),
    ):
        row = rows[method]
        assert (row["beta"], row["se"], row["p"]) == (estimate.beta, estimate.se, estimate.p)
        assert row["n_instruments"] == 67
    found = joint_diagnostics(fits, 1)
    assert found["conditional_f"] == conditional_f(data.beta_x, data.se_x, correlation)[1]
    assert found["conditional_f"] != conditional_f(data.beta_x, data.se_x)[1]
    assert found["error_correlation"] == "given"
    heterogeneity = q_a(*data.both, correlation)
    assert (found["q_a"], found["q_a_df"]) == (heterogeneity.q, 65)
    assert found["q_a_neglog10_p"] == heterogeneity.neglog10_p
    assert found["q"] == mvmr_ivw(*arrays).q.q and found["minimum_q_tau2"] == least.tau2
    assert egger.intercept and found["egger_intercept"] == egger.intercept.beta
    median = mvmr_median(*data.both, 50, np.random.default_rng(1))
    assert direct_effects(fits, 0)[2]["se"] == median[0].se and rows["mvmr_median"]["se"] == median[1].se


def test_too_few_variants_have_a_status(traits: dict[str, pd.DataFrame]) -> None:
    for count in (0, 1, 2, 3):
        effects = member_effects(told(traits["cause"], slice(0, count)), traits, HARMONISE)
        data = joint(effects, EXPOSURES, "unrelated", None)
        fits = JointFits(data, 10, np.random.default_rng(1))
        rows = direct_effects(fits, 0)
        expected = ["estimated" if count > 2 else "too_few_instruments"] * 4
        expected[1] = "too_few_instruments"  # MR-Egger needs one more
        assert [row["status"] for row in rows] == expected
        assert np.isnan(joint_diagnostics(fits, 0)["conditional_f"]) == (count < 3)
    own = instruments(told(traits["cause"], slice(0, 1)))
    assert total_effect(own, traits["unrelated"], HARMONISE)["status"] == "estimated"
    assert total_effect(own[:0], traits["unrelated"], HARMONISE)["status"] == "too_few_instruments"


def run_step(folder: Path, traits: dict[str, pd.DataFrame], **changes: object) -> Path:
    (folder / "traits").mkdir(parents=True)
    for name, table in traits.items():
        sumstats.write(table, folder / "traits" / f"{name}.parquet")
        unread = {"status": "unreadable", "message": "line 3"} if table.empty else {}
        write_json({"trait": name} | unread, folder / "traits" / f"{name}.json")
    analyses = [{"name": "both", "exposures": EXPOSURES, "outcomes": ["disease", "unrelated"]}]
    settings = {"analyses": analyses, "correlations": [], "seed": 3} | changes
    analyse_multivariable(
        traits=[folder / "traits" / f"{name}.parquet" for name in traits],
        accounts=[folder / "traits" / f"{name}.json" for name in traits],
        panel=[],
        bed=[],
        fam=[],
        estimates=folder / "estimates.tsv",
        diagnostics=folder / "diagnostics.tsv",
        effects=folder / "effects.parquet",
        selection=SELECTION,
        mhc="keep",
        harmonise=HARMONISE,
        draws=20,
        **settings,
    )
    return folder


def test_the_step_writes_a_row_for_each_method_exposure_and_outcome(
    tmp_path: Path, traits: dict[str, pd.DataFrame]
) -> None:
    folder = run_step(tmp_path / "one", traits)
    table = read_tsv(folder / "estimates.tsv")
    assert len(table) == 2 * 2 * len(MULTIVARIABLE)
    assert list(table.columns[:6]) == ["analysis", "outcome", "exposure", "method", "status", "n_instruments"]
    rows = table.set_index(["outcome", "exposure", "method"])
    assert abs(rows.loc[("disease", "cause", "mvmr_ivw"), "beta"] - 0.4) < 0.05
    assert rows.loc[("disease", "bystander", "total"), "neglog10_p"] > 8
    assert rows.loc[("disease", "bystander", "mvmr_ivw"), "neglog10_p"] < 3
    diagnostics = read_tsv(folder / "diagnostics.tsv").set_index(["outcome", "exposure"])
    assert (diagnostics["error_correlation"] == "taken_as_zero").all()
    cause = diagnostics.loc[("disease", "cause")]
    assert cause["n_own_instruments"] == 40 and cause["n_union"] == 70
    effects = pd.read_parquet(folder / "effects.parquet")
    assert effects["role"].value_counts().to_dict() == {"exposure": 140, "outcome": 140}
    chosen = traits["cause"].iloc[:40]
    kept = chosen.merge(traits["disease"], on="position", suffixes=("", "_y"))
    sign = np.where(kept["effect_allele"] == kept["effect_allele_y"], 1, -1)
    expected = ivw(kept["beta"].to_numpy(), sign * kept["beta_y"].to_numpy(), kept["se_y"].to_numpy())
    assert rows.loc[("disease", "cause", "total"), "beta"] == pytest.approx(expected.beta, rel=1e-12)


def test_an_unreadable_member_is_a_status_of_its_analysis_alone(
    tmp_path: Path, traits: dict[str, pd.DataFrame]
) -> None:
    pair = {"name": "both", "exposures": EXPOSURES, "outcomes": ["disease"]}
    other = {"name": "other", "exposures": ["cause", "third"], "outcomes": ["disease"]}
    third = {"third": traits["bystander"]}
    whole = run_step(tmp_path / "whole", traits | third, analyses=[pair, other])
    lost = run_step(
        tmp_path / "lost", traits | third | {"bystander": sumstats.empty()}, analyses=[pair, other]
    )
    for name, key in (("estimates", "method"), ("diagnostics", "exposure")):
        before, after = (read_tsv(folder / f"{name}.tsv") for folder in (whole, lost))
        assert list(before.columns) == list(after.columns)
        spared = after["analysis"] == "other"
        pd.testing.assert_frame_equal(before[spared], after[spared], check_dtype=False)
        assert (before[key] == after[key]).all()
    rows = read_tsv(lost / "estimates.tsv").query("analysis == 'both'")
    assert (rows["status"] == "unreadable_member").all() and rows["beta"].isna().all()
    behind = read_tsv(lost / "diagnostics.tsv").set_index("analysis")["unreadable_members"].fillna("")
    assert set(behind["both"]) == {"bystander"} and set(behind["other"]) == {""}
    alone = run_step(tmp_path / "alone", traits | {"bystander": sumstats.empty()}, analyses=[pair])
    assert read_tsv(alone / "estimates.tsv").equals(rows.reset_index(drop=True))


def test_the_order_of_analyses_and_of_files_changes_no_row(
    tmp_path: Path, traits: dict[str, pd.DataFrame]
) -> None:
    table = tmp_path / "correlations.tsv"
    table.write_text("trait_1\ttrait_2\tintercept\nbystander\tcause\t0.2\n")
    pair = {"name": "both", "exposures": EXPOSURES, "outcomes": ["disease"]}
    other = {"name": "other", "exposures": [*EXPOSURES, "unrelated"], "outcomes": ["disease"]}
    first = run_step(tmp_path / "one", traits, analyses=[pair, other], correlations=[table])
    backwards = dict(reversed(traits.items()))
    second = run_step(tmp_path / "two", backwards, analyses=[other, pair], correlations=[table])
    for name in ("estimates.tsv", "diagnostics.tsv"):
        lines = [sorted((folder / name).read_text().splitlines()) for folder in (first, second)]
        assert lines[0] == lines[1]
    known = read_tsv(first / "diagnostics.tsv").groupby("analysis")["error_correlation"].first()
    assert known.to_dict() == {"both": "given", "other": "taken_as_zero"}
