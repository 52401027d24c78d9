"""LD score regression of standard tables: ldsc's numbers, its rules for variants, failures in words."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.ldsc import (
    CORRELATION,
    HERITABILITY,
    Disease,
    Settings,
    correlation_row,
    dropped_rows,
    heritability_row,
    unreadable_row,
)
from scripts.analysis.ldsc_matrix import MATRIX, correlation_matrix
from scripts.analysis.zscores import ZScores, read_zscores
from scripts.method.arrays import IntArray
from scripts.method.heritability import to_liability
from scripts.method.ld_score import LdScores
from scripts.table import sumstats
from scripts.table.status import LdscDrop, RegressionStatus
from tests.analysis.tables import standard

SETTINGS = Settings(n_blocks=200, two_step=30.0, rg_two_step=None)
MAF_MIN = 0.01


def ld_of(folder: Path) -> tuple[IntArray, LdScores]:
    read = {name: pd.read_csv(folder / f"{name}.l2.ldscore.gz", sep="\t") for name in ("ref", "w")}
    rows = read["ref"]
    places = sumstats.place(rows["CHR"], rows["BP"])
    order = np.argsort(places)
    m = float((folder / "ref.l2.M_5_50").read_text())
    return places[order], LdScores(rows["L2"].to_numpy()[order], read["w"]["L2"].to_numpy()[order], m)


def standard_table(folder: Path, trait: str, path: Path) -> Path:
    """The peer's input as a standard table: an effect of Z with a standard error of 1."""
    places = pd.read_csv(folder / "ref.l2.ldscore.gz", sep="\t")
    rows = pd.read_csv(folder / f"{trait}.sumstats.gz", sep="\t").dropna().merge(places, on="SNP")
    columns = [
        rows["CHR"],
        rows["BP"],
        rows["A1"],
        rows["A2"],
        [math.nan] * len(rows),
        rows["Z"],
        [1.0] * len(rows),
    ]
    table = standard(list(zip(*columns, strict=True))).assign(n=rows["N"].to_numpy(float))
    sumstats.write(sumstats.sort_rows(table).reset_index(drop=True), path)
    return path


@pytest.fixture(scope="module")
def traits(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ZScores]:
    folder, places = tmp_path_factory.mktemp("ldsc"), ld_of(reference / "ldsc")[0]
    names = ("t1", "t2", "t2_with_mismatches")
    tables = {name: standard_table(reference / "ldsc", name, folder / f"{name}.parquet") for name in names}
    return {name: read_zscores(table, places, MAF_MIN) for name, table in tables.items()}


@pytest.fixture(scope="module")
def ld(reference: Path) -> LdScores:
    return ld_of(reference / "ldsc")[1]


@pytest.mark.parametrize("trait", ["t1", "t2"])
def test_heritability_from_a_standard_table_is_ldscs(
    reference: Path, traits: dict[str, ZScores], ld: LdScores, trait: str
) -> None:
    expected = expected_json(reference)["h2"][f"{trait}_default"]
    row = heritability_row(trait, traits[trait], ld, SETTINGS, None)
    assert list(row) == HERITABILITY
    for ours, theirs in (("h2", "tot"), ("h2_se", "tot_se"), ("intercept", "intercept"), ("ratio", "ratio")):
        assert row[ours] == pytest.approx(expected[theirs], rel=1e-10)
    assert row["status"] == RegressionStatus.FEW_VARIANTS
    assert row["h2_liability"] is None


@pytest.mark.parametrize("second", ["t2", "t2_with_mismatches"])
def test_correlation_from_standard_tables_is_ldscs_and_drops_other_alleles(
    reference: Path, traits: dict[str, ZScores], ld: LdScores, second: str
) -> None:
    """ldsc stops at alleles that do not match (25 rows of A/T or C/G); without them it gives t2's numbers."""
    expected = expected_json(reference)["rg"]["default"]
    row = correlation_row(("t1", second), traits["t1"], traits[second], ld, SETTINGS)
    assert list(row) == CORRELATION
    for ours, theirs in (("rg", "rg"), ("rg_se", "rg_se"), ("z", "z")):
        assert row[ours] == pytest.approx(expected[theirs], rel=1e-10)
    assert row["covariance_intercept"] == pytest.approx(expected["gencov"]["intercept"], rel=1e-10)
    assert row["intercept_se_1"] == pytest.approx(expected["hsq1"]["intercept_se"], rel=1e-10)
    assert row["h2_2"] == pytest.approx(expected["hsq2"]["tot"], rel=1e-10)
    assert traits[second].dropped["palindromic"] == (25 if second == "t2_with_mismatches" else 0)
    assert row["n_variants"] == 56082


def test_given_intercepts_are_ldscs_no_intercept(
    reference: Path, traits: dict[str, ZScores], ld: LdScores
) -> None:
    given, expected = replace(SETTINGS, intercept=1.0, rg_intercept=0.0), expected_json(reference)
    alone = heritability_row("t1", traits["t1"], ld, given, None)
    assert alone["h2"] == alone["h2_one_step"] == pytest.approx(expected["h2"]["t1_noint"]["tot"], rel=1e-10)
    assert alone["h2_se"] == pytest.approx(expected["h2"]["t1_noint"]["tot_se"], rel=1e-10)
    assert alone["intercept"] == 1.0 and math.isnan(alone["intercept_se"]) and math.isnan(alone["ratio"])
    pair = correlation_row(("t1", "t2"), traits["t1"], traits["t2"], ld, given)
    assert pair["rg"] == pytest.approx(expected["rg"]["noint"]["rg"], rel=1e-10)
    assert pair["rg_se"] == pytest.approx(expected["rg"]["noint"]["rg_se"], rel=1e-10)
    assert pair["covariance_intercept"] == 0.0 and math.isnan(pair["covariance_intercept_se"])


def test_another_snp_at_the_place_is_left_out_and_counted(traits: dict[str, ZScores], ld: LdScores) -> None:
    first, second = traits["t1"], traits["t2"]
    rows = np.flatnonzero(first.used & second.used)[7:700:70]
    other, without = second.transition.copy(), second.z.copy()
    other[rows], without[rows] = ~other[rows], np.nan
    found = correlation_row(("t1", "t2"), first, replace(second, transition=other), ld, SETTINGS)
    assert found["n_allele_mismatch"] == len(rows) == 10
    expected = correlation_row(("t1", "t2"), first, replace(second, z=without), ld, SETTINGS)
    assert found == {**expected, "n_allele_mismatch": 10}


def expected_json(reference: Path) -> dict:
    return json.loads((reference / "ldsc" / "expected.json").read_text())


def test_liability_scale_and_power(traits: dict[str, ZScores], ld: LdScores) -> None:
    plain = heritability_row("t1", traits["t1"], ld, SETTINGS, None)
    row = heritability_row("t1", traits["t1"], ld, SETTINGS, Disease(0.1, 0.4))
    assert row["h2_liability"] == pytest.approx(to_liability(0.4, 0.1) * plain["h2"])
    assert row["h2_detectable"] == pytest.approx(2.801585 * plain["h2_se"], rel=1e-6)
    assert row["power"] == pytest.approx(1.0)


def test_rows_that_take_no_part_are_counted_under_one_reason(tmp_path: Path) -> None:
    rows = [
        (1, 10, "A", "G", 0.3, 0.2, 0.1),
        (1, 20, "C", "A", 0.3, 0.3, 0.1),  # z of A: -3
        (1, 25, "A", "C", 0.3, 0.2, 0.1),  # no LD score
        (1, 30, "A", "T", 0.3, 0.2, 0.1),
        (1, 40, "AT", "A", 0.3, 0.2, 0.1),
        (1, 50, "T", "C", 0.01, 0.2, 0.1),
        (1, 60, "A", "C", 0.3, 0.2, 0.1),
        (1, 60, "A", "G", 0.3, 0.4, 0.1),
        (1, 70, "G", "T", math.nan, 0.4, 0.1),  # z of T: -4
        (1, 80, "T", "C", 0.3, 0.5, 0.1),
    ]
    table = standard(rows)
    table.loc[table["position"] == 80, "n"] = 600.0  # below 1000/1.5
    sumstats.write(table, tmp_path / "t.parquet")
    places = sumstats.place(np.ones(8), np.array([10, 20, 30, 40, 50, 60, 70, 80]))
    scores = read_zscores(tmp_path / "t.parquet", places, MAF_MIN)
    assert scores.z == pytest.approx([2.0, -3.0, *[math.nan] * 4, -4.0, math.nan], nan_ok=True)
    assert scores.transition[scores.used].tolist() == [True, False, False]
    one = dict.fromkeys(["no_ld_score", "palindromic", "not_a_snp", "low_frequency", "low_n"], 1)
    assert scores.dropped == {**one, "several_at_place": 2}
    told = dropped_rows("t", scores)
    assert sum(row["n_rows"] for row in told) == len(rows)
    assert {row["reason"] for row in told} == {"used", *(reason.value for reason in LdscDrop)}


def test_strand_and_order_of_alleles_change_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    pairs = np.array([("A", "G"), ("C", "A"), ("T", "C"), ("G", "T")])[rng.integers(4, size=500)]
    z = rng.normal(size=500)
    rows = [(1, 10 + i, *pair, 0.3, value, 1.0) for i, (pair, value) in enumerate(zip(pairs, z, strict=True))]
    told = str.maketrans("ACGT", "TGCA")
    others = []
    for chromosome, position, effect, other, eaf, beta, se in rows:
        turned = rng.random() < 0.5
        first, second = (a.translate(told) if turned else a for a in (str(effect), str(other)))
        if rng.random() < 0.5:
            first, second, beta, eaf = second, first, -beta, 1.0 - eaf
        others.append((chromosome, position, first, second, eaf, beta, se))
    places = sumstats.place(np.ones(500), np.arange(10, 510))
    read = []
    for name, table in (("a", rows), ("b", others)):
        sumstats.write(standard(table), tmp_path / f"{name}.parquet")
        read.append(read_zscores(tmp_path / f"{name}.parquet", places, MAF_MIN))
    np.testing.assert_array_equal(read[0].z, read[1].z)
    np.testing.assert_array_equal(read[0].transition, read[1].transition)


def test_too_few_variants_and_an_empty_table_are_statuses(tmp_path: Path) -> None:
    places = sumstats.place(np.ones(300), np.arange(1, 301))
    ld = LdScores(np.linspace(1.0, 50.0, 300), np.ones(300), 1000.0)
    for name, rows in (
        ("few", standard([(1, i, "A", "G", 0.3, 0.2, 0.1) for i in range(1, 100)])),
        ("none", sumstats.empty()),
    ):
        sumstats.write(rows, tmp_path / f"{name}.parquet")
        scores = read_zscores(tmp_path / f"{name}.parquet", places, MAF_MIN)
        row = heritability_row(name, scores, ld, SETTINGS, None)
        assert row["status"] == RegressionStatus.TOO_FEW_VARIANTS
        assert row["h2"] is None and row["n_variants"] == len(rows)
        pair = correlation_row((name, name), scores, scores, ld, SETTINGS)
        assert pair["status"] == RegressionStatus.TOO_FEW_VARIANTS


def flat(z: np.ndarray, n: float = 50_000.0) -> ZScores:
    return ZScores(z, np.full(len(z), n), np.zeros(len(z), dtype=bool), {})


def test_what_does_not_fit_the_model_is_said_not_hidden() -> None:
    rng = np.random.default_rng(4)
    m = 2_000
    score = 1.0 + rng.gamma(2.0, 20.0, m)
    ld, falling = (LdScores(values, np.ones(m), 1e5) for values in (score, score.max() + 1.0 - score))
    z = rng.normal(size=m) * np.sqrt(1.0 + 50_000 * 0.3 * score / 1e5)
    same = LdScores(np.full(m, 5.0), np.ones(m), 1e5)
    negative = heritability_row("x", flat(z), falling, SETTINGS, None)
    assert negative["status"] == RegressionStatus.OUT_OF_RANGE and negative["h2"] < 0.0
    assert heritability_row("x", flat(z), same, SETTINGS, None)["status"] == RegressionStatus.SINGULAR
    pair = correlation_row(("x", "y"), flat(z), flat(rng.normal(size=m)), falling, SETTINGS)
    assert pair["status"] == RegressionStatus.NO_HERITABILITY
    assert math.isnan(pair["rg"]) and math.isfinite(pair["covariance_intercept"])
    strong = replace(SETTINGS, two_step=1e-6, rg_two_step=1e-6)
    for row in (
        heritability_row("x", flat(z), ld, strong, None),
        correlation_row(("x", "y"), flat(z), flat(z), ld, strong),
    ):
        assert row["status"] == RegressionStatus.SINGULAR
        assert "variants below the chi-squared of the first of two steps are fewer" in row["message"]
    nothing = LdScores(np.zeros(m), np.ones(m), 1e5)
    assert (
        heritability_row("x", flat(z), nothing, SETTINGS, None)["message"] == "the mean of the LD scores is 0"
    )
    above = heritability_row("x", flat(z, 5_000.0), ld, SETTINGS, None)
    assert above["status"] == RegressionStatus.OUT_OF_RANGE and above["h2"] > 1.0
    assert unreadable_row("x", "no such file")["message"] == "no such file"


def test_intercepts_and_covariances_form_a_matrix(traits: dict[str, ZScores], ld: LdScores) -> None:
    alone = pd.DataFrame([heritability_row(t, traits[t], ld, SETTINGS, None) for t in ("t1", "t2")])
    pair = pd.DataFrame([correlation_row(("t1", "t2"), traits["t1"], traits["t2"], ld, SETTINGS)])
    matrix = correlation_matrix(alone, pair)
    assert list(matrix) == MATRIX
    assert list(zip(matrix["trait_1"], matrix["trait_2"], strict=True)) == [
        ("t1", "t1"),
        ("t2", "t2"),
        ("t1", "t2"),
    ]
    between = matrix.iloc[2]
    scale = math.sqrt(pair["intercept_1"].iloc[0] * pair["intercept_2"].iloc[0])
    assert between["error_correlation"] == pytest.approx(between["intercept"] / scale)
    assert between["error_correlation_se"] == pytest.approx(between["intercept_se"] / scale, rel=0.1)
    assert between["covariance"] == pair["covariance"].iloc[0]
    assert matrix["covariance"].iloc[0] == alone["h2_one_step"].iloc[0]
    for beyond in (1.0, -1.2):
        alike = correlation_matrix(alone, pair.assign(covariance_intercept=beyond))
        assert alike["trait_1"].tolist() == ["t1", "t2"]
