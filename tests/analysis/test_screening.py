"""A batch of the screen: tables out of tables, the same whatever the batches."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.alignment import align
from scripts.analysis.estimators import settings_of
from scripts.analysis.screening import BatchTables, screen_pairs
from scripts.collect_screen import collect_screen
from scripts.method.gsmr import gsmr
from scripts.method.heterogeneity import cochran_q
from scripts.method.ivw import ivw
from scripts.screen_batch import screen_batch
from scripts.table import sumstats
from scripts.table.files import write_parquet
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
SETTINGS = settings_of(CONFIG)
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
    return screen_pairs(exposures, outcomes, HARMONISE, SETTINGS, N_REF, 7)


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
    found = screen_pairs(twins, outcomes, HARMONISE, SETTINGS, N_REF, 7)
    for part in ("diagnostics", "instruments", "leave_one_out"):
        table = getattr(found, part)
        first, second = (of(table, name, "disease").drop(columns="exposure") for name in twins)
        pd.testing.assert_frame_equal(first, second)


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
def test_batches_do_not_show_in_the_final_tables(
    tmp_path: Path,
    exposures: dict[str, pd.DataFrame],
    outcomes: dict[str, pd.DataFrame],
    screened: BatchTables,
    reverse: bool,
):
    """Byte for byte, the bootstrap of the weighted median included."""
    names = list(exposures)[::-1] if reverse else list(exposures)
    alone = [screen_pairs({name: exposures[name]}, outcomes, HARMONISE, SETTINGS, N_REF, 7) for name in names]
    (tmp_path / "one").mkdir()
    (tmp_path / "each").mkdir()
    one = final_bytes(tmp_path / "one", [screened], list(exposures))
    assert final_bytes(tmp_path / "each", alone, list(exposures)) == one


def test_the_seed_and_the_ids_decide_the_bootstrap(
    exposures: dict[str, pd.DataFrame], outcomes: dict[str, pd.DataFrame], screened: BatchTables
):
    def median_se(tables: BatchTables, exposure: str = "many") -> float:
        rows = of(tables.estimates, exposure, "density").set_index("method")
        return rows.loc["weighted_median", "se"]

    backwards = dict(reversed(exposures.items())), dict(reversed(outcomes.items()))
    other_seed = screen_pairs(exposures, outcomes, HARMONISE, SETTINGS, N_REF, 8)
    other_name = screen_pairs({"named": exposures["many"]}, outcomes, HARMONISE, SETTINGS, N_REF, 7)
    assert median_se(screen_pairs(*backwards, HARMONISE, SETTINGS, N_REF, 7)) == median_se(screened)
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
        estimates=written["estimates"],
        diagnostics=written["diagnostics"],
        instruments_used=written["instruments"],
        leave_one_out=written["leave_one_out"],
        exposures=list(exposures),
        outcome_ids=list(outcomes),
        harmonise=HARMONISE,
        estimators=CONFIG,
        seed=7,
    )
    for part in PARTS:
        expected = tmp_path / "expected.parquet"
        write_parquet(getattr(screened, part), expected)
        pd.testing.assert_frame_equal(pd.read_parquet(written[part]), pd.read_parquet(expected))
