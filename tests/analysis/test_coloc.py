"""A locus from standard tables to verdict: one variant or two, several, and why something cannot be told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.coloc_rows import align_rows
from scripts.method.abf import log_abf
from scripts.method.coloc import Priors, colocalise
from scripts.table.coloc import LOCI, PRIORS, SETS
from tests.analysis.coloc_study import SPACING, START, Study, make_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path)


def traits(study: Study, x: dict[int, float], y: dict[int, float], seed: int = 1) -> None:
    rng = np.random.default_rng(seed)
    for trait, effects in (("x", x), ("y", y)):
        study.write(trait, study.rows(trait, study.z(rng, effects)))


def only_row(study: Study, **changes: object) -> pd.Series:
    table = study.run(**changes)["table"]
    assert len(table) == 1
    return table.iloc[0]


def test_one_shared_variant(study: Study) -> None:
    traits(study, {100: 9.0}, {100: 8.0})
    tables = study.run()
    row = tables["table"].iloc[0]
    assert (row["status"], row["verdict"], row["susie"]) == ("tested", "shared", "fitted")
    assert row["pp_h4"] > 0.9 and row["susie_pp_h4"] > 0.9
    assert row["n_shared"] == row["n_in_panel"] == 220
    for name, columns in (("table", LOCI), ("sets", SETS), ("priors", PRIORS)):
        assert list(tables[name]) == columns
    variants = tables["variants"]
    assert len(variants) == 220
    assert variants.loc[variants["in_credible_set"], "susie_pp_h4"].sum() >= 0.95
    lead = variants.iloc[int(variants["susie_pp_h4"].to_numpy().argmax())]
    assert lead["r2"] == pytest.approx(1.0) and lead["rsid"] == row["top_h4"]
    swept = tables["priors"]
    assert swept["p12"].is_monotonic_increasing and swept["pp_h4"].is_monotonic_increasing
    np.testing.assert_allclose(swept.filter(like="pp_h").sum(axis=1), 1.0)


def test_the_numbers_are_those_of_the_methods(study: Study) -> None:
    traits(study, {60: 6.0}, {150: 7.0})
    row = only_row(study, panel=False)
    x, y = (pd.read_parquet(study.folder / f"{name}.parquet") for name in "xy")
    factors = [log_abf(rows["beta"].to_numpy(), rows["se"].to_numpy(), 0.15) for rows in (x, y)]
    found = colocalise(factors[0], factors[1], Priors())
    np.testing.assert_allclose([row[f"pp_h{k}"] for k in range(5)], found.posterior, rtol=1e-12)
    assert (row["verdict"], row["susie"]) == ("distinct", "no_panel")


def test_susie_finds_the_shared_one_of_two(tmp_path: Path) -> None:
    """Trait x has two causal variants in LD, y the weaker one of them: ABF, which knows one a trait, errs."""
    study = make_study(tmp_path, memory=0.99)
    traits(study, {100: 12.0, 112: 9.0}, {112: 9.0})
    tables = study.run()
    row = tables["table"].iloc[0]
    assert row["pp_h4"] < 0.1 < 0.8 < row["susie_pp_h4"]
    assert (row["verdict"], row["n_sets_1"], row["n_sets_2"]) == ("shared", 2, 1)
    assert "methods_differ" in row["notes"]
    pairs = tables["sets"].set_index("lead_1")
    assert pairs["pp_h4"].max() > 0.8 and pairs["pp_h3"].max() > 0.8


def test_lead_credible_set_and_ld_are_those_of_the_shared_variant(study: Study) -> None:
    """And not of the outcome's own stronger one, which is what ABF sees."""
    traits(study, {60: 9.0}, {60: 8.0, 180: 16.0})
    tables = study.run()
    row, variants = tables["table"].iloc[0], tables["variants"].set_index("rsid")
    assert (row["verdict"], row["notes"]) == ("shared", "methods_differ")
    assert row["top_h4"] in {f"rs{k}" for k in range(56, 65)}
    assert variants.loc[row["top_h4"], "in_credible_set"] and not variants.loc["rs180", "in_credible_set"]
    assert variants["in_credible_set"].sum() == row["n_credible"]
    assert variants.loc[variants["in_credible_set"], "susie_pp_h4"].sum() >= 0.95
    assert variants.loc[row["top_h4"], "r2"] == pytest.approx(1.0)
    assert variants["pp_h4"].idxmax() in {f"rs{k}" for k in range(170, 190)}


def test_swapped_alleles_are_left_out_of_susie_and_said(study: Study) -> None:
    rng = np.random.default_rng(1)
    z = study.z(rng, {100: 9.0})
    z[[97, 104]] *= -1
    study.write("x", study.rows("x", z))
    study.write("y", study.rows("y", study.z(rng, {100: 9.0})))
    row = only_row(study, susie={**susie_settings(), "max_mismatch": 1.0})
    assert row["n_swapped"] >= 2 and "swapped_alleles" in row["notes"]
    assert row["n_in_panel"] == 220 - row["n_swapped"]


def susie_settings() -> dict[str, object]:
    return {
        "run": True,
        "effects": 10,
        "purity": 0.5,
        "max_mismatch": 0.2,
        "max_variants": 5000,
        "min_panel_share": 0.5,
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"run": False}, "switched_off"),
        ({"max_variants": 100}, "too_many_variants"),
        ({"max_mismatch": 1e-9}, "ld_mismatch"),
    ],
)
def test_abf_stands_in_with_the_reason(study: Study, change: dict[str, object], status: str) -> None:
    traits(study, {100: 9.0}, {100: 8.0})
    row = only_row(study, susie=susie_settings() | change)
    assert (row["susie"], row["verdict"]) == (status, "shared")
    assert np.isnan(row["susie_pp_h4"])


def test_a_panel_without_most_variants_is_not_used(study: Study) -> None:
    traits(study, {100: 9.0}, {100: 8.0})
    for trait in "xy":
        rows = pd.read_parquet(study.folder / f"{trait}.parquet")
        rows.loc[rows.index % 3 > 0, "other_allele"] = "C"
        study.write(trait, rows)
    assert only_row(study)["susie"] == "too_few_in_panel"


def test_no_signal_no_set(study: Study) -> None:
    traits(study, {}, {100: 9.0})
    row = only_row(study)
    assert row["susie"] == "no_set_1" and row["verdict"] in {"trait_2_only", "undecided"}
    assert "weak_1" in row["notes"] or row["neglog10_p_1"] >= 3


def test_a_peak_at_the_edge_is_noted(study: Study) -> None:
    traits(study, {1: 9.0}, {1: 8.0})
    assert "edge" in only_row(study)["notes"]


def test_what_cannot_be_tested_has_a_reason(study: Study) -> None:
    traits(study, {100: 9.0}, {100: 8.0})
    assert only_row(study, min_variants=221)["status"] == "too_few_variants"
    study.write("y", study.rows("y", np.ones(220)).assign(eaf=np.nan))
    unknown = only_row(study, scale_y={"binary": False, "in_sd": False})
    assert (unknown["status"], unknown["verdict"]) == ("no_scale", "not_tested")
    assert only_row(study, scale_y={"binary": True, "in_sd": False})["status"] == "tested"
    loci = study.folder / "loci.tsv"
    loci.write_text("locus\tchromosome\tstart\tend\tlead\ttrait\nelsewhere\t9\t1000\t2000\t\t\n")
    assert only_row(study)["status"] == "no_variants"
    loci.write_text("locus\tchromosome\tstart\tend\tlead\ttrait\nof z\t3\t1000\t2000\t\tz\n")
    nowhere = study.run()
    assert nowhere["table"]["status"].tolist() == ["no_locus"] and nowhere["variants"].empty


def test_the_mhc_is_left_out_or_noted(tmp_path: Path) -> None:
    study = make_study(tmp_path, chromosome=6)
    traits(study, {100: 9.0}, {100: 8.0})
    (tmp_path / "loci.tsv").write_text(f"locus\tchromosome\tstart\tend\nm\t6\t33500000\t{START + 500_000}\n")
    assert only_row(study, mhc="exclude")["status"] == "in_mhc"
    assert only_row(study, mhc="flag")["notes"].split(";")[-1] == "in_mhc"
    kept = study.run(mhc="keep")["table"]["notes"].fillna("").iloc[0]
    assert "in_mhc" not in kept


def test_the_sd_of_a_trait_is_estimated_where_it_is_not_declared(study: Study) -> None:
    traits(study, {100: 9.0}, {100: 8.0})
    declared = only_row(study)
    rows = pd.read_parquet(study.folder / "y.parquet")
    study.write("y", rows.assign(beta=7 * rows["beta"], se=7 * rows["se"]))
    estimated = only_row(study, scale_y={"binary": False, "in_sd": False})
    assert estimated["sd_2"] == pytest.approx(7.0, rel=1e-9)
    assert estimated["pp_h4"] == pytest.approx(declared["pp_h4"], rel=1e-9)


def test_rows_are_aligned_as_instruments_are(study: Study) -> None:
    traits(study, {100: 9.0}, {100: 8.0})
    x, y = (pd.read_parquet(study.folder / f"{name}.parquet") for name in "xy")
    swap, complement, palindrome, unlike = [3, 4], [5], [6, 7], [8]
    y.loc[swap, ["effect_allele", "other_allele"]] = ["G", "A"]
    y.loc[complement, ["effect_allele", "other_allele"]] = ["T", "C"]
    y.loc[unlike, ["effect_allele", "other_allele"]] = ["A", "C"]
    for rows in (x, y):
        rows.loc[palindrome, "other_allele"] = "T"
        rows.loc[palindrome, "eaf"] = [0.2, 0.47]
    found = align_rows(x, y.drop(index=9), "infer", 0.42)
    assert found["position"].tolist() == [START + SPACING * j for j in range(220) if j != 9]
    assert found["status"].value_counts().to_dict() == {
        "kept": 217,
        "palindromic_ambiguous": 1,
        "allele_mismatch": 1,
    }
    sign = np.ones(220)
    sign[swap] = -1
    kept = found[found["status"] == "kept"]
    j = ((kept["position"] - START) // SPACING).to_numpy()
    np.testing.assert_allclose(kept["beta_2"], y["beta"].to_numpy()[j] * sign[j])
    assert kept["eaf_2"].iloc[3] == pytest.approx(1 - y.loc[3, "eaf"])


def test_a_place_with_two_variants(study: Study) -> None:
    traits(study, {100: 9.0}, {100: 8.0})
    x, y = (pd.read_parquet(study.folder / f"{name}.parquet") for name in "xy")
    more = [pd.concat([rows.iloc[[0]].assign(other_allele="C"), rows]) for rows in (x, y)]
    found = align_rows(*more, "infer", 0.42)
    assert len(found) == 221 and (found["status"] == "kept").all()
    assert found["other_allele"].tolist()[:2] == ["C", "G"]
