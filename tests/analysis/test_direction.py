"""Steiger's test in the screen: each variant and the pair, on which scale, whatever the units."""

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.direction import Disease, direction_of, diseases_of, explained, with_direction
from scripts.method.steiger import liability, steiger, steiger_overall
from scripts.method.strength import variance_explained
from scripts.table.status import Scale

N_X, N_Y = 20_000.0, 90_000.0


def aligned(seed: int = 1) -> pd.DataFrame:
    """Two exposures of eight aligned variants each; the outcome's effects grow, the seventh is lost."""
    rng = np.random.default_rng(seed)
    n = 16
    table = pd.DataFrame({"exposure": ["x"] * 8 + ["sick"] * 8, "status": "kept"})
    table.loc[6, "status"] = "not_in_outcome"
    se_y = rng.uniform(0.004, 0.006, n)
    return table.assign(
        beta_exposure=rng.uniform(0.05, 0.1, n),
        se_exposure=0.008,
        n_exposure=N_X,
        beta_outcome=se_y * np.tile(np.linspace(0.0, 40.0, 8), 2),
        se_outcome=se_y,
        n_outcome=N_Y,
    )


def r2(rows: pd.DataFrame, side: str, n: float) -> np.ndarray:
    return variance_explained(rows[f"beta_{side}"].to_numpy(), rows[f"se_{side}"].to_numpy(), n)


def test_each_kept_variant_is_tested_on_its_own_exposures_scale() -> None:
    diseases = {"sick": Disease(0.2, 0.05), "y": Disease(0.1, 0.08), "elsewhere": Disease(0.5, 0.5)}
    found = with_direction(aligned(), diseases, "y", leave_out=False)
    y, n_y = liability(r2(found, "outcome", N_Y), N_Y, 0.1, 0.08)
    sick, n_sick = liability(r2(found[8:], "exposure", N_X), N_X, 0.2, 0.05)
    x = np.concatenate([r2(found[:8], "exposure", N_X), sick])
    test = steiger(x, [N_X] * 8 + [float(n_sick)] * 8, y, n_y)
    kept = found["status"] == "kept"
    assert kept.sum() == 15 and found.loc[6, "steiger_status"] == "not_run"
    assert found.loc[6, ["r2_exposure", "r2_outcome", "steiger_z", "steiger_neglog10_p"]].isna().all()
    for name, values in (("r2_exposure", x), ("r2_outcome", y), ("steiger_z", test.z)):
        np.testing.assert_allclose(found.loc[kept, name], values[kept], rtol=1e-14)
    np.testing.assert_allclose(found.loc[kept, "steiger_neglog10_p"], test.neglog10_p[kept], rtol=1e-12)
    assert (found.loc[kept, "steiger_status"] == np.where(test.forward[kept], "forward", "reverse")).all()
    assert set(found["steiger_status"]) == {"forward", "reverse", "not_run"}


def test_units_do_not_matter() -> None:
    table, diseases = aligned(), {"y": Disease(0.1, 0.08)}
    scaled = table.assign(
        **{f"{name}_exposure": table[f"{name}_exposure"] * 4.0 for name in ("beta", "se")},
        **{f"{name}_outcome": table[f"{name}_outcome"] / 8.0 for name in ("beta", "se")},
    )
    pd.testing.assert_frame_equal(
        with_direction(table, diseases, "y", False).filter(regex="r2|steiger"),
        with_direction(scaled, diseases, "y", False).filter(regex="r2|steiger"),
    )


def test_what_explains_more_of_the_outcome_can_be_left_out_and_is_counted() -> None:
    table = aligned()
    before = with_direction(table, {}, "y", leave_out=False)
    after = with_direction(table, {}, "y", leave_out=True)
    reverse = before["steiger_status"] == "reverse"
    assert 0 < reverse.sum() < 15
    assert (after["status"] == "steiger_filtered").tolist() == reverse.tolist()
    assert (after["status"] == "not_in_outcome").sum() == 1
    pd.testing.assert_frame_equal(after.drop(columns="status"), before.drop(columns="status"))


def test_the_pair_is_tested_as_a_whole() -> None:
    table = with_direction(aligned(), {}, "y", leave_out=False)
    kept = table[(table["exposure"] == "x") & (table["status"] == "kept")]
    people = np.full(7, N_X), np.full(7, N_Y)
    test = steiger_overall(r2(kept, "exposure", N_X), people[0], r2(kept, "outcome", N_Y), people[1])
    found = direction_of(kept, None, Disease(None, None))
    assert found["steiger_z"] == pytest.approx(float(test.z), rel=1e-14)
    assert found["steiger_neglog10_p"] == pytest.approx(float(test.neglog10_p), rel=1e-12)
    assert found["r2_exposure"] == pytest.approx(float(test.r2_x), rel=1e-14)
    assert found["steiger_direction"] == ("forward" if test.forward else "reverse")
    assert (found["r2_scale_exposure"], found["r2_scale_outcome"]) == ("quantitative", "observed")
    assert found["n_steiger_reverse"] == (kept["steiger_status"] == "reverse").sum() > 0


def test_no_variant_and_too_few_people_are_not_tested() -> None:
    table = with_direction(aligned().assign(n_outcome=3.0), {}, "y", leave_out=True)
    assert set(table["steiger_status"]) == {"not_run"} and (table["status"] == "kept").sum() == 15
    for rows in (table, table[:0]):
        found = direction_of(rows, None, None)
        assert found["steiger_direction"] == "not_run" and np.isnan(found["steiger_z"])
    assert np.isnan(direction_of(table[:0], None, None)["r2_exposure"])


@pytest.mark.parametrize(
    ("disease", "scale"),
    [
        (None, Scale.QUANTITATIVE),
        (Disease(0.1, 0.08), Scale.LIABILITY),
        (Disease(0.1, None), Scale.OBSERVED),
        (Disease(None, 0.08), Scale.OBSERVED),
    ],
)
def test_the_scale_follows_from_what_is_known(disease: Disease | None, scale: Scale) -> None:
    found = explained(np.array([0.1]), np.array([0.01]), np.array([1_000.0]), disease)
    assert found.scale == scale
    observed = 100.0 / (100.0 + 998.0)
    assert (found.r2[0] == pytest.approx(observed, rel=1e-14)) == (scale != Scale.LIABILITY)


def test_diseases_come_from_plain_types() -> None:
    assert diseases_of({"y": [0.1, None]}) == {"y": Disease(0.1, None)}
