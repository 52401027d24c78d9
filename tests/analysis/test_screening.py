"""A batch of the screen: tables out of tables, the same whatever the batches."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.alignment import align
from scripts.analysis.direction import Disease
from scripts.analysis.estimators import ESTIMATORS, settings_of
from scripts.analysis.proxies import COLUMNS as PROXY_ROW
from scripts.analysis.screening import BatchTables, Choices, screen_pairs
from scripts.collect_screen import collect_screen
from scripts.method.gsmr import gsmr
from scripts.method.heterogeneity import cochran_q
from scripts.method.ivw import ivw
from scripts.screen_batch import screen_batch
from scripts.table import sumstats
from scripts.table.frames import write_parquet
from tests.analysis.tables import instruments, random_table, swapped

HARMONISE = {"palindromic": "infer", "palindromic_maf_max": 0.42}
CONFIG = {
    "methods": ["wald_ratio", "ivw", "egger", "weighted_median", "gsmr"],
    "bootstrap_draws": 20,
    "alpha": 0.05,
    "gsmr_min_instruments": 4,
    "gsmr_heidi_p": 0.01,
    "gsmr_ld_r2_max": 0.05,
    "gsmr_ld_fdr": 0.05,
    "gsmr_ridge": 1e-6,
    "presso_draws": 200,
    "presso_distortion": "substitution",
    "cml_perturbations": 20,
}
CHOICES = Choices(HARMONISE, settings_of(CONFIG), seed=7)
N_REF = 500
PARTS = BatchTables.__slots__
OUTCOMES = ["disease", "density"]
SIZES = {"none": 0, "one": 1, "two": 2, "three": 3, "many": 30, "alone": 12, "lost": 6}


def ld_of(n: int, seed: int) -> np.ndarray:
    return np.corrcoef(np.random.default_rng(seed).normal(size=(N_REF, n)), rowvar=False).reshape(n, n)


@pytest.fixture(scope="module")
def variants() -> pd.DataFrame:
    return random_table(80, seed=12)


@pytest.fixture(scope="module")
def exposures(variants: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """By name: how many instruments; `alone` has no LD, all those of `lost` are in no outcome."""
    made = {}
    for seed, (name, n) in enumerate(SIZES.items()):
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(80, n, replace=False))
        table = variants.iloc[rows].assign(beta=rng.uniform(0.05, 0.2, n))
        if name == "lost":
            table = table.assign(position=table["position"] + 2_000_000)
        made[name] = instruments(table.astype(sumstats.COLUMNS), None if name == "alone" else ld_of(n, seed))
    return made


@pytest.fixture(scope="module")
def outcomes(variants: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Associations of two outcomes, three in ten variants absent, half told for the other allele."""
    made = {}
    for seed, name in enumerate(OUTCOMES):
        rng = np.random.default_rng(100 + seed)
        table = swapped(variants.assign(beta=rng.normal(0, 0.02, 80)), rng.random(80) < 0.5)
        table = table[rng.random(80) > 0.3].reset_index(drop=True)
        made[name] = sumstats.sort_rows(table).reset_index(drop=True)
    return made


@pytest.fixture(scope="module")
def screened(exposures: dict[str, pd.DataFrame], outcomes: dict[str, pd.DataFrame]) -> BatchTables:
    return screen_pairs(exposures, outcomes, CHOICES, N_REF)


def of(table: pd.DataFrame, exposure: str, outcome: str) -> pd.DataFrame:
    return table[(table["exposure"] == exposure) & (table["outcome"] == outcome)].reset_index(drop=True)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("exposure", ["many", "alone"])
def test_a_pair_is_aligned_and_estimated_on_its_own_variants_and_ld(
    exposures: dict[str, pd.DataFrame],
    outcomes: dict[str, pd.DataFrame],
    screened: BatchTables,
    exposure: str,
    outcome: str,
):
    chosen = exposures[exposure]
    aligned = align(chosen, outcomes[outcome], **HARMONISE)
    kept = aligned["status"] == "kept"
    assert 0 < kept.sum() < len(chosen)  # some variants are lost, so the LD must be cut
    rows = np.flatnonzero(kept)
    ld = None if exposure == "alone" else np.array(list(chosen["r"]))[np.ix_(rows, rows)]
    d = [aligned.loc[kept, name].to_numpy() for name in ("beta_exposure", "se_exposure")]
    d += [aligned.loc[kept, name].to_numpy() for name in ("beta_outcome", "se_outcome")]
    found = of(screened.estimates, exposure, outcome).set_index("method")
    expected = gsmr(*d, ld, N_REF, heidi_p=0.01, ld_r2_max=0.05, ld_fdr=0.05, min_instruments=4)
    assert found.loc["gsmr", "beta"] == expected.estimate.beta
    assert found.loc["gsmr", "se"] == expected.estimate.se
    assert found.loc["ivw", "beta"] == ivw(d[0], d[2], d[3]).beta
    used = of(screened.instruments, exposure, outcome)
    assert used.loc[kept, "gsmr_status"].tolist() == expected.status.tolist()
    assert set(used.loc[~kept, "gsmr_status"]) == {"not_run"}
    assert used.loc[kept, "wald_beta"].tolist() == (d[2] / d[0]).tolist()
    assert used.loc[kept, "q"].sum() == pytest.approx(cochran_q(d[0], d[2], d[3]).q)
    assert used.loc[~kept, ["wald_beta", "q", "radial_q_neglog10_p"]].isna().all(axis=None)


def test_every_selected_instrument_is_accounted_for(
    exposures: dict[str, pd.DataFrame], screened: BatchTables
):
    assert len(screened.diagnostics) == len(exposures) * len(OUTCOMES)
    for row in screened.diagnostics.itertuples():
        fates = of(screened.instruments, row.exposure, row.outcome)["status"].value_counts()
        assert row.n_selected == len(exposures[row.exposure])
        assert row.n_instruments == fates.get("kept", 0)
        assert row.n_not_in_outcome == fates.get("not_in_outcome", 0)
        lost = row.n_not_in_outcome + row.n_palindromic_ambiguous + row.n_allele_mismatch
        assert (row.n_no_effect, row.n_steiger_filtered, row.n_proxied) == (0, 0, 0)
        assert row.n_instruments + lost == row.n_selected


def test_an_exposure_without_kept_instruments_keeps_its_rows(screened: BatchTables):
    for exposure, selected in (("none", 0), ("lost", 6)):
        for outcome in OUTCOMES:
            rows = of(screened.estimates, exposure, outcome)
            assert set(rows["status"]) == {"too_few_instruments"} and len(rows) == 4
            diagnostics = of(screened.diagnostics, exposure, outcome).iloc[0]
            assert (diagnostics["n_selected"], diagnostics["n_instruments"]) == (selected, 0)
            assert of(screened.leave_one_out, exposure, outcome).empty


def test_leave_one_out_names_the_variant_left_out(screened: BatchTables):
    used = of(screened.instruments, "many", "disease")
    found = of(screened.leave_one_out, "many", "disease")
    kept = used[used["status"] == "kept"]
    assert found["rsid"].tolist() == [*kept["rsid"], "All"]
    others = kept.iloc[1:]
    expected = ivw(*(others[f].to_numpy() for f in ("beta_exposure", "beta_outcome", "se_outcome")))
    assert found["beta"][0] == pytest.approx(expected.beta, rel=1e-12)
    assert found["se"][0] == pytest.approx(expected.se, rel=1e-12)


def test_the_same_position_in_two_exposures_stays_apart(
    exposures: dict[str, pd.DataFrame], outcomes: dict[str, pd.DataFrame]
):
    twins = {"many": exposures["many"], "twin": exposures["many"]}
    found = screen_pairs(twins, outcomes, CHOICES, N_REF)
    for part in ("diagnostics", "instruments", "leave_one_out"):
        table = getattr(found, part)
        first, second = (of(table, name, "disease").drop(columns="exposure") for name in twins)
        pd.testing.assert_frame_equal(first, second)


def every_other(outcome: str, missing: pd.DataFrame) -> pd.DataFrame:
    """A made-up proxy of every other missing instrument, of opposite sign and its own to each outcome."""
    rows = missing.iloc[::2]
    beta = np.where(outcome == "disease", 0.01, 0.02) * np.ones(len(rows))
    made = rows.assign(beta=beta, se=0.005, n=500.0, proxy_rsid="rs_" + rows["rsid"], proxy_r=-0.9)
    return made.assign(proxy_position=rows["position"] + 1)[PROXY_ROW]


PROXIED = replace(
    CHOICES, find_proxies=every_other, steiger_filter=True, diseases={"many": Disease(0.1, 0.02)}
)


def final_bytes(folder: Path, batches: list[BatchTables], order: list[str]) -> dict[str, bytes]:
    """The study's final tables, as the steps write them."""
    files: dict[str, list[Path]] = {part: [] for part in PARTS}
    for i, batch in enumerate(batches):
        for part in PARTS:
            files[part].append(folder / f"{part}_{i}.parquet")
            write_parquet(getattr(batch, part), files[part][-1])
    tables = {f"{part}_table": folder / f"{part}_table" for part in PARTS}
    collect_screen(**files, **tables, exposures=order, outcome_ids=OUTCOMES)
    return {name: path.read_bytes() for name, path in tables.items()}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("proxied", [False, True])
def test_batches_do_not_show_in_the_final_tables(
    tmp_path: Path,
    exposures: dict[str, pd.DataFrame],
    outcomes: dict[str, pd.DataFrame],
    reverse: bool,
    proxied: bool,
):
    """Byte for byte, the bootstrap of the weighted median included."""
    choices = PROXIED if proxied else CHOICES
    screened = screen_pairs(exposures, outcomes, choices, N_REF)
    names = list(exposures)[::-1] if reverse else list(exposures)
    alone = [screen_pairs({name: exposures[name]}, outcomes, choices, N_REF) for name in names]
    (tmp_path / "one").mkdir()
    (tmp_path / "each").mkdir()
    one = final_bytes(tmp_path / "one", [screened], list(exposures))
    assert final_bytes(tmp_path / "each", alone, list(exposures)) == one


def test_proxies_stand_in_and_are_told(
    exposures: dict[str, pd.DataFrame], outcomes: dict[str, pd.DataFrame], screened: BatchTables
):
    found = screen_pairs(exposures, outcomes, replace(CHOICES, find_proxies=every_other), N_REF)
    for outcome, beta in (("disease", 0.01), ("density", 0.02)):
        before, after = (of(tables.instruments, "many", outcome) for tables in (screened, found))
        lacked = before["status"].isin(["not_in_outcome", "allele_mismatch"])
        stood = after["proxy_r2"].notna()
        assert 0 < stood.sum() < lacked.sum() and not (stood & ~lacked).any()
        row = after[stood]
        assert (row["status"] == "kept").all() and (row["beta_outcome"] == beta).all()
        assert (row["proxy_rsid"] == "rs_" + row["rsid"]).all()
        assert (row["proxy_position"] == row["position"] + 1).all() and (row["n_outcome"] == 500.0).all()
        assert (row["proxy_r2"] == 0.81).all() and (row["proxy_sign"] == -1.0).all()
        own = ["beta_exposure", "se_exposure", "f_statistic", "rsid"]
        pd.testing.assert_frame_equal(after[own], before[own])
        pd.testing.assert_frame_equal(after[~stood].iloc[:, :20], before[~stood].iloc[:, :20])
        accounts = of(found.diagnostics, "many", outcome).iloc[0]
        assert accounts["n_proxied"] == stood.sum()
        assert accounts["n_instruments"] == (before["status"] == "kept").sum() + stood.sum()
        kept = after[after["status"] == "kept"]
        expected = ivw(*(kept[f].to_numpy() for f in ("beta_exposure", "beta_outcome", "se_outcome")))
        row = of(found.estimates, "many", outcome).set_index("method").loc["ivw"]
        assert row["beta"] == pytest.approx(expected.beta, rel=1e-14)


def test_with_a_steiger_filter_only_variants_of_the_right_direction_are_used(
    exposures: dict[str, pd.DataFrame], outcomes: dict[str, pd.DataFrame]
):
    reversed_roles = {name: table.assign(beta=table["beta"] * 20.0) for name, table in outcomes.items()}
    found = screen_pairs(exposures, reversed_roles, PROXIED, N_REF)
    filtered = found.instruments["status"] == "steiger_filtered"
    assert filtered.any() and (found.instruments.loc[filtered, "steiger_status"] == "reverse").all()
    kept = found.instruments["status"] == "kept"
    assert (found.instruments.loc[kept, "steiger_status"] == "forward").all()
    for row in found.diagnostics.itertuples():
        fates = of(found.instruments, row.exposure, row.outcome)["status"].value_counts()
        assert row.n_steiger_filtered == fates.get("steiger_filtered", 0)
        assert row.n_instruments == fates.get("kept", 0)
        assert row.r2_scale_exposure == ("liability" if row.exposure == "many" else "quantitative")
        assert row.steiger_direction != "reverse"


def test_an_instrument_whose_effect_is_rounded_to_zero_is_counted_and_not_used(
    exposures: dict[str, pd.DataFrame], outcomes: dict[str, pd.DataFrame]
):
    every_method = replace(CHOICES, estimators=replace(CHOICES.estimators, methods=list(ESTIMATORS)))
    many = exposures["many"]
    rounded = {"many": many.assign(beta=many["beta"].where(np.arange(30) != 4, 0.0))}
    without = {"many": many.drop(index=4).reset_index(drop=True)}
    found = screen_pairs(rounded, outcomes, every_method, N_REF)
    expected = screen_pairs(without, outcomes, every_method, N_REF)
    pd.testing.assert_frame_equal(found.estimates, expected.estimates)
    assert (found.instruments["status"] == "no_effect").sum() == found.diagnostics["n_no_effect"].sum() > 0
    alone = screen_pairs({"one": exposures["one"].assign(beta=0.0)}, outcomes, PROXIED, N_REF)
    assert (alone.diagnostics["n_instruments"] == 0).all()
    assert set(alone.instruments["status"]) <= {"no_effect", "not_in_outcome"}


def test_the_seed_and_the_ids_decide_the_bootstrap(
    exposures: dict[str, pd.DataFrame], outcomes: dict[str, pd.DataFrame], screened: BatchTables
):
    def median_se(tables: BatchTables, exposure: str = "many") -> float:
        rows = of(tables.estimates, exposure, "density").set_index("method")
        return rows.loc["weighted_median", "se"]

    backwards = dict(reversed(exposures.items())), dict(reversed(outcomes.items()))
    other_seed = screen_pairs(exposures, outcomes, replace(CHOICES, seed=8), N_REF)
    other_name = screen_pairs({"named": exposures["many"]}, outcomes, CHOICES, N_REF)
    assert median_se(screen_pairs(*backwards, CHOICES, N_REF)) == median_se(screened)
    assert median_se(other_seed) != median_se(screened)
    assert median_se(other_name, "named") != median_se(screened)


def test_step_reads_the_files_and_gives_the_same_tables(
    tmp_path: Path,
    exposures: dict[str, pd.DataFrame],
    outcomes: dict[str, pd.DataFrame],
    screened: BatchTables,
):
    selected = pd.concat([table.assign(exposure=name) for name, table in exposures.items()])
    write_parquet(selected, tmp_path / "instruments.parquet")
    for name, table in outcomes.items():
        sumstats.write(table, tmp_path / f"{name}.parquet")
    fam = tmp_path / "panel.fam"
    fam.write_text("SIMULATED\tperson\t0\t0\t1\t-9\n" * N_REF)
    written = {part: tmp_path / f"{part}.out" for part in PARTS}
    screen_batch(
        instruments=tmp_path / "instruments.parquet",
        outcomes=[tmp_path / f"{name}.parquet" for name in outcomes],
        panel=[fam],
        panel_index=[],
        bed=[],
        estimates=written["estimates"],
        diagnostics=written["diagnostics"],
        instruments_used=written["instruments"],
        leave_one_out=written["leave_one_out"],
        exposures=list(exposures),
        outcome_ids=list(outcomes),
        harmonise=HARMONISE,
        proxies={"use": False, "r2_min": 0.8, "window_kb": 500},
        diseases={},
        steiger_filter=False,
        estimators=CONFIG,
        seed=7,
    )
    for part in PARTS:
        expected = tmp_path / "expected.parquet"
        write_parquet(getattr(screened, part), expected)
        pd.testing.assert_frame_equal(pd.read_parquet(written[part]), pd.read_parquet(expected))
