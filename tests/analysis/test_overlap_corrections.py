"""Overlap and winner's curse: the bound for every pair, corrections where their inputs are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.alignment import align
from scripts.analysis.fingerprint import Declared
from scripts.analysis.overlap_corrections import (
    PairEffects,
    Settings,
    bias_row,
    corrected_rows,
    effects_of,
    every_variant,
)
from scripts.analysis.overlap_study import ESTIMATES, chosen_pairs
from scripts.correct_overlap import correct_overlap
from scripts.method.ivw import ivw
from scripts.method.mrlap import Uncertain, mrlap
from scripts.method.simss import simss
from scripts.table import sumstats
from scripts.table.frames import read_tsv, write_parquet, write_tsv
from tests.analysis.tables import instruments, standard

HARMONISE = {"palindromic": "infer", "palindromic_maf_max": 0.42}
THETA, ERRORS = 0.1, 0.5
PEOPLE = 20_000.0
SE = 1 / np.sqrt(PEOPLE)
COUNT, ACTING = 4000, 2000
SPREAD = 3.5 * SE  # of true effects, so that most instruments are near the threshold
METHODS = ["simss_ivw", "simss_raps", "mrlap"]
SETTINGS = Settings(METHODS, draws=100, p_threshold=5e-8)
Z_MIN = 5.45131


def trait(name: str, cohorts: tuple[str, ...] = (), n: float | None = PEOPLE) -> Declared:
    return Declared(name, name, n, None, "GRCh37", "EUR", "SD", "", cohorts, True)


def stream(method: str) -> np.random.Generator:
    return np.random.default_rng([7, len(method)])


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Exposure and outcome of the same people, standardised; effects near the threshold, where it bites."""
    rng = np.random.default_rng(8)
    beta = np.where(np.arange(COUNT) < ACTING, rng.normal(0, SPREAD, COUNT), 0.0)
    noise = rng.multivariate_normal([0, 0], [[1, ERRORS], [ERRORS, 1]], COUNT) * SE
    made = []
    for effects in (beta + noise[:, 0], THETA * beta + noise[:, 1]):
        rows = [(1 + i % 22, 1000 * (i + 1), "A", "G", 0.3, effects[i], SE) for i in range(COUNT)]
        table = sumstats.sort_rows(standard(rows)).reset_index(drop=True)
        made.append(table.assign(n=PEOPLE, neglog10_p=(table["beta"] / SE) ** 2 / 4.0))
    return made[0], made[1]


@pytest.fixture(scope="module")
def every(tables: tuple[pd.DataFrame, pd.DataFrame]) -> PairEffects:
    return every_variant(instruments(tables[0]), tables[1], HARMONISE)


@pytest.fixture(scope="module")
def used(every: PairEffects) -> PairEffects:
    chosen = np.abs(every.beta_x / every.se_x) > Z_MIN
    return PairEffects(*(array[chosen] for array in every.arrays), every.n_x, every.n_y)


def test_the_bound_follows_from_declared_cohorts(used: PairEffects) -> None:
    parts = [
        trait("a", ("bank",), 15_000.0),
        trait("b", ("elsewhere",), 50_000.0),
        trait("c", ("Bank",), 1_000.0),
    ]
    row = bias_row(trait("x", ("bank",)), parts, (), replace(used, n_y=66_000.0), Uncertain(0.2, 0.01))
    f = np.mean((used.beta_x / used.se_x) ** 2)
    assert row["n_shared_at_most"] == 16_000.0 and row["f_mean"] == pytest.approx(f, rel=1e-14)
    assert row["bias_bound"] == pytest.approx(16_000 / 66_000 / f, rel=1e-14)
    assert row["error_correlation_at_most"] == pytest.approx(16_000 / np.sqrt(PEOPLE * 66_000), rel=1e-14)
    assert (row["error_correlation"], row["error_correlation_se"]) == (0.2, 0.01)
    assert row["why"] == "a and the exposure are both of bank; c and the exposure are both of Bank"
    # Never more people than the exposure has, and none where no cohort is shared.
    assert bias_row(trait("x", ("bank",)), [parts[0]] * 2, (), used, None)["n_shared_at_most"] == PEOPLE
    apart = bias_row(trait("x", ("other",)), [parts[0]], (), used, None)
    assert (apart["n_shared_at_most"], apart["bias_bound"], apart["why"]) == (0.0, 0.0, "")
    assert np.isnan(apart["error_correlation"])
    # What is not declared may be shared: the bound stays one.
    unknown = bias_row(trait("x", ("bank",)), [parts[0], trait("d", (), 3_000.0)], (), used, None)
    assert unknown["n_shared_at_most"] == 18_000.0 and "d and the exposure may share" in unknown["why"]


def test_a_pair_without_instruments_has_a_row_without_numbers() -> None:
    nobody = PairEffects(*(np.empty(0) for _ in range(4)), np.nan, np.nan)
    row = bias_row(trait("x", ("bank",)), [trait("y", ("bank",))], (), nobody, None)
    assert all(np.isnan(row[name]) for name in ("n_shared_at_most", "f_mean", "bias_bound"))


def test_corrections_are_nearer_to_the_truth_than_ivw(used: PairEffects, every: PairEffects) -> None:
    known = Uncertain(ERRORS, 0.0), Uncertain(ACTING * SPREAD**2, 0.0)
    rows = {row["method"]: row for row in corrected_rows(used, every, *known, SETTINGS, stream)}
    assert list(rows) == ["ivw", "simss_ivw", "simss_raps", "mrlap_observed", "mrlap"]
    assert all(row["status"] == "estimated" for row in rows.values())
    bias = {method: row["beta"] - THETA for method, row in rows.items()}
    assert bias["ivw"] > 2 * rows["ivw"]["se"]  # towards the shared errors
    for method in METHODS:
        assert abs(bias[method]) < bias["ivw"]
        assert abs(bias[method]) < 3 * rows[method]["se"]
    # Equal standard errors and unit variances: the two scales agree.
    assert rows["mrlap_observed"]["beta"] == pytest.approx(rows["ivw"]["beta"], rel=1e-9)
    assert rows["mrlap"]["difference_neglog10_p"] > 0


def test_rows_are_the_methods_own_numbers(used: PairEffects, every: PairEffects) -> None:
    known = Uncertain(ERRORS, 0.02), Uncertain(0.2, 0.03)
    rows = {row["method"]: row for row in corrected_rows(used, every, *known, SETTINGS, stream)}
    split = simss(
        *every.arrays,
        lambda bx, sx, by, sy: ivw(bx, by, sy),
        error_correlation=ERRORS,
        p_threshold=5e-8,
        draws=100,
        rng=stream("simss_ivw"),
    )
    assert (rows["simss_ivw"]["beta"], rows["simss_ivw"]["se"]) == (split.beta, split.se)
    z = used.beta_x / used.se_x, used.beta_y / used.se_y
    fit = mrlap(*z, PEOPLE, PEOPLE, known[1], known[0], 5e-8, 100, stream("mrlap"))
    assert (rows["mrlap"]["beta"], rows["mrlap"]["se"]) == (fit.corrected.beta, fit.corrected.se)
    assert rows["mrlap"]["difference_neglog10_p"] == fit.difference_neglog10_p
    assert rows["ivw"]["beta"] == ivw(used.beta_x, used.beta_y, used.se_y).beta
    assert rows["mrlap"]["scale"] == "standard_deviations" and rows["simss_ivw"]["scale"] == "units"


@pytest.mark.parametrize(
    ("error", "h2", "whole", "status"),
    [
        (None, 0.2, True, ["no_correlation"] * 3),
        (0.1, None, True, ["estimated", "estimated", "no_heritability"]),
        (0.1, -0.01, True, ["estimated", "estimated", "no_heritability"]),
        (0.1, 0.2, False, ["selected_only", "selected_only", "estimated"]),
    ],
)
def test_what_lacks_its_input_says_which(
    used: PairEffects,
    every: PairEffects,
    error: float | None,
    h2: float | None,
    whole: bool,
    status: list[str],
) -> None:
    known = [None if value is None else Uncertain(value, 0.01) for value in (error, h2)]
    settings = replace(SETTINGS, draws=20)
    rows = corrected_rows(used, every if whole else None, *known, settings, stream)
    by_method = {row["method"]: row for row in rows}
    assert by_method["ivw"]["status"] == "estimated"
    assert [by_method[method]["status"] for method in METHODS] == status
    for row in rows:
        assert np.isnan(row["beta"]) == (row["status"] != "estimated")


def test_too_few_instruments_have_a_status(every: PairEffects) -> None:
    one = PairEffects(*(array[:1] for array in every.arrays), PEOPLE, PEOPLE)
    known = Uncertain(0.1, 0.01), Uncertain(0.2, 0.01)
    rows = corrected_rows(one, one, *known, replace(SETTINGS, draws=20), stream)
    assert {row["status"] for row in rows} == {"too_few_instruments"}


def test_which_pairs_are_corrected() -> None:
    screen = pd.DataFrame(
        {"exposure": list("abc"), "nominal": [True, False, True], "n_instruments": [5, 5, 0]}
    )
    assert chosen_pairs(screen, "nominal")["exposure"].tolist() == ["a"]
    assert chosen_pairs(screen, ["b", "c"])["exposure"].tolist() == ["b"]


def test_the_step_reads_and_writes_the_files(
    tmp_path: Path, tables: tuple[pd.DataFrame, pd.DataFrame], every: PairEffects
) -> None:
    exposure, outcome = tables
    kept = np.abs(exposure["beta"] / exposure["se"]) > Z_MIN
    aligned = align(instruments(exposure[kept].reset_index(drop=True)), outcome, **HARMONISE)
    write_parquet(
        aligned.drop(columns=["r", "row"]).assign(exposure="x", outcome="y"), tmp_path / "used.parquet"
    )
    (tmp_path / "reduced").mkdir()
    for name in ("x", "lost"):
        write_parquet(exposure.assign(candidate=True), tmp_path / "reduced" / f"{name}.parquet")
    sumstats.write(outcome, tmp_path / "y.parquet")
    screen = pd.DataFrame(
        {
            "exposure": ["x", "lost"],
            "outcome": "y",
            "status": ["estimated", "none_in_outcome"],
            "n_instruments": [int(kept.sum()), 0],
            "nominal": [True, False],
            "p_threshold": 5e-8,
        }
    )
    write_tsv(screen, tmp_path / "screen.tsv")
    (tmp_path / "c.tsv").write_text(f"trait_1\ttrait_2\tintercept\nx\ty\t{ERRORS}\n")
    (tmp_path / "biobanks.tsv").write_text("name\tstudy\tancestry\tn\tcertain\tnames\n")
    people = [vars_of(trait(name, ("bank",))) for name in ("x", "lost", "y")]
    correct_overlap(
        screen=tmp_path / "screen.tsv",
        instruments=tmp_path / "used.parquet",
        reduced=[tmp_path / "reduced" / f"{name}.parquet" for name in ("x", "lost")],
        outcomes=[tmp_path / "y.parquet"],
        panel=[],
        bed=[],
        fam=[],
        correlations=[tmp_path / "c.tsv"],
        biobanks=tmp_path / "biobanks.tsv",
        bounds=tmp_path / "bounds.tsv",
        estimates=tmp_path / "estimates.tsv",
        declared=people,
        cohorts={"y": ["y"]},
        independent=[],
        overlap={"exposures": "nominal", "methods": ["simss_ivw", "mrlap"], "draws": 50},
        selection={"clump_r2": 0.001, "clump_window_kb": 10, "clump_ld": "haplotype_em"},
        mhc="keep",
        harmonise=HARMONISE,
        p_max=1.0,
        seed=3,
    )
    bounds = read_tsv(tmp_path / "bounds.tsv").set_index("exposure")
    assert bounds["status"].tolist() == ["estimated", "none_in_outcome"]
    assert bounds.loc["x", "n_shared_at_most"] == PEOPLE and np.isnan(bounds.loc["lost", "bias_bound"])
    found = read_tsv(tmp_path / "estimates.tsv")
    assert list(found) == ESTIMATES and found["method"].tolist() == ["ivw", "simss_ivw", "mrlap"]
    assert found["status"].tolist() == ["estimated", "estimated", "no_heritability"]
    assert found["beta"][0] == effects_of_ivw(aligned)


def vars_of(declared: Declared) -> dict[str, object]:
    fields = {name: getattr(declared, name) for name in Declared.__slots__}
    return {**fields, "cohorts": list(declared.cohorts), "paths": list(declared.paths)}


def effects_of_ivw(aligned: pd.DataFrame) -> float:
    data = effects_of(aligned)
    return ivw(data.beta_x, data.beta_y, data.se_y).beta
