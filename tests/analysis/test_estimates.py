"""One pair's estimates: the rows are the methods' own numbers, or the reason why there are none."""

from dataclasses import replace

import numpy as np
import pytest

from scripts.analysis.estimates import analyse, generator
from scripts.analysis.estimators import Instruments, Pair, Settings, settings_of
from scripts.method.bootstrap import parametric_bootstrap
from scripts.method.contamination_mixture import contamination_mixture
from scripts.method.egger import egger
from scripts.method.estimate import Estimate
from scripts.method.gsmr import gsmr
from scripts.method.heterogeneity import cochran_q
from scripts.method.ivw import ivw
from scripts.method.leave_one_out import leave_one_out
from scripts.method.power import minimum_detectable_effect
from scripts.method.presso import presso
from scripts.method.radial import radial_ivw
from scripts.method.rucker import rucker
from scripts.method.strength import i2_gx
from scripts.method.wald import wald_ratio
from scripts.method.weighted_median import weighted_median
from scripts.table.interval import parts_of

NUMBERS = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")
METHODS = ["wald_ratio", "ivw", "egger", "weighted_median", "gsmr"]
CONFIG = {
    "methods": METHODS,
    "bootstrap_draws": 50,
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


def data(n: int, seed: int = 0, ld: bool = True) -> Instruments:
    rng = np.random.default_rng(seed)
    beta_x = rng.uniform(0.05, 0.2, n) * rng.choice([-1, 1], n)
    se_y = rng.uniform(0.008, 0.016, n)
    r = np.corrcoef(rng.normal(size=(500, n)), rowvar=False).reshape(n, n) if n else np.empty((0, 0))
    return Instruments(
        beta_x,
        np.full(n, 0.01),
        rng.normal(0.3 * beta_x, se_y),
        se_y,
        r if ld else None,
        500 if ld else None,
        50_000.0,
    )


def rows(data: Instruments, settings: Settings = SETTINGS) -> dict[str, dict]:
    result = analyse(data, settings, generator(1, "exposure", "outcome"))
    return {row["method"]: row for row in result.estimates}


def assert_is(row: dict, estimate: Estimate, status: str = "estimated") -> None:
    assert {name: row[name] for name in NUMBERS} == {name: getattr(estimate, name) for name in NUMBERS}
    assert row["status"] == status and row["n_instruments"] == estimate.n_instruments


def test_a_method_has_a_stream_of_its_own():
    streams = {
        key: [Pair(data(3), SETTINGS, generator(1, "x", "y")).stream(key).random() for _ in range(2)]
        for key in ("a", "b")
    }
    assert all(first == second for first, second in streams.values())
    assert streams["a"] != streams["b"]


@pytest.mark.parametrize("ld", [True, False])
@pytest.mark.parametrize("n", [4, 12, 40])
def test_each_row_is_the_method_called_directly(n: int, ld: bool):
    d = data(n, seed=n, ld=ld)
    found = rows(d)
    first_order = (d.beta_x, d.beta_y, d.se_y)
    second_order = (d.beta_x, d.se_x, d.beta_y, d.se_y)
    assert list(found) == ["ivw", "egger", "weighted_median", "gsmr"]
    assert_is(found["ivw"], ivw(*first_order))
    assert_is(found["egger"], egger(*first_order).slope)
    rng = generator(1, "exposure", "outcome")
    assert_is(found["weighted_median"], weighted_median(parametric_bootstrap(*second_order, 50, rng)))
    fit = gsmr(*second_order, d.ld, d.n_ref, heidi_p=0.01, ld_r2_max=0.05, ld_fdr=0.05, min_instruments=4)
    few = fit.estimate.n_instruments < 10
    assert_is(found["gsmr"], fit.estimate, "few_instruments" if few else "estimated")


def test_gsmr_takes_the_settings_of_the_study():
    d = data(40, seed=3)
    strict = replace(SETTINGS, gsmr_heidi_p=0.3, gsmr_ld_r2_max=0.01, gsmr_ld_fdr=0.9, gsmr_ridge=0.01)
    fit = gsmr(
        *(d.beta_x, d.se_x, d.beta_y, d.se_y, d.ld, d.n_ref),
        heidi_p=0.3,
        ld_r2_max=0.01,
        ld_fdr=0.9,
        min_instruments=4,
        ridge=0.01,
    )
    assert_is(
        rows(d, strict)["gsmr"],
        fit.estimate,
        "few_instruments" if fit.estimate.n_instruments < 10 else "estimated",
    )
    result = analyse(d, strict, generator(1, "", ""))
    assert {"used", "in_ld", "heidi_outlier"} == set(result.variants["gsmr_status"])
    assert result.variants["gsmr_status"].tolist() == fit.status.tolist()
    assert result.diagnostics["n_heidi_outliers"] == (fit.status == "heidi_outlier").sum() > 0


def test_gsmr_keeps_the_ld_that_the_study_takes_for_real():
    d = data(40, seed=3)
    found = {}
    for fdr in (0.05, 1.0):
        fit = gsmr(
            *(d.beta_x, d.se_x, d.beta_y, d.se_y, d.ld, d.n_ref), ld_fdr=fdr, min_instruments=4, heidi_p=0.01
        )
        assert_is(rows(d, replace(SETTINGS, gsmr_ld_fdr=fdr))["gsmr"], fit.estimate)
        found[fdr] = fit.estimate.beta
    assert found[0.05] != found[1.0]


def test_few_instruments_are_those_that_gsmr_used():
    d = data(11, seed=2, ld=False)
    d.beta_y[:2] += [1.0, -1.0]  # two HEIDI outliers leave 9
    found = rows(d)
    assert (found["gsmr"]["n_instruments"], found["gsmr"]["status"]) == (9, "few_instruments")
    assert (found["ivw"]["n_instruments"], found["ivw"]["status"]) == (11, "estimated")


STATUS = {
    0: {},
    1: {"wald_ratio"},
    2: {"ivw"},
    3: {"ivw", "egger", "weighted_median"},
    4: {"ivw", "egger", "weighted_median", "gsmr"},
}


@pytest.mark.parametrize("n", STATUS)
def test_too_few_instruments_are_a_status(n: int):
    found = rows(data(n))
    assert ("wald_ratio" in found) == (n == 1)
    for method, row in found.items():
        if method in STATUS[n]:
            assert row["status"] in ("estimated", "few_instruments") and np.isfinite(row["se"])
        else:
            assert row["status"] == "too_few_instruments" and row["n_instruments"] == n
            assert all(np.isnan(row[name]) for name in NUMBERS)


def test_the_wald_ratio_of_one_instrument():
    d = data(1)
    assert_is(rows(d)["wald_ratio"], wald_ratio(d.beta_x, d.beta_y, d.se_y))
    assert rows(d)["wald_ratio"]["beta"] == d.beta_y[0] / d.beta_x[0]


def test_only_requested_methods_are_reported():
    d = data(12)
    result = analyse(d, replace(SETTINGS, methods=["ivw", "wald_ratio"]), generator(1, "", ""))
    assert [row["method"] for row in result.estimates] == ["ivw"]
    assert set(result.variants["gsmr_status"]) == {"not_run"} and result.diagnostics["n_heidi_outliers"] == 0


def test_a_covariance_that_cannot_be_inverted_is_a_status():
    d = data(6)
    chain = np.eye(6)
    chain[0, 1:] = chain[1:, 0] = 0.9  # no correlations of numbers can be so: not positive definite
    settings = replace(SETTINGS, gsmr_ld_r2_max=1.0, gsmr_heidi_p=0.0, gsmr_ridge=0.0)
    found = rows(replace(d, ld=chain), settings)
    assert found["gsmr"]["status"] == "singular" and np.isnan(found["gsmr"]["beta"])
    assert found["ivw"]["status"] == "estimated"


def test_a_heidi_p_of_zero_switches_the_filter_off(recwarn: pytest.WarningsRecorder):
    d = data(12, seed=9)
    d.beta_y[0] += 1.0  # a hundred standard errors away from the line
    found = {p: analyse(d, replace(SETTINGS, gsmr_heidi_p=p), generator(1, "", "")) for p in (0.0, 0.01)}
    assert [fit.diagnostics["n_heidi_outliers"] for fit in found.values()] == [0, 1]
    assert not recwarn.list


def test_diagnostics_are_the_methods_own():
    d = data(8)
    found = analyse(d, SETTINGS, generator(1, "", "")).diagnostics
    f = (d.beta_x / d.se_x) ** 2
    q, line = cochran_q(d.beta_x, d.beta_y, d.se_y), egger(d.beta_x, d.beta_y, d.se_y)
    assert (found["f_min"], found["f_mean"]) == (f.min(), f.mean())
    assert found["f_share_below_10"] == sum(f < 10) / 8
    assert found["i2_gx"] == i2_gx(d.beta_x, d.se_x, d.se_y)
    assert (found["q"], found["q_df"], found["i2"]) == (q.q, 7, q.i2)
    assert (found["egger_intercept"], found["egger_intercept_se"]) == (line.intercept.beta, line.intercept.se)


def test_what_the_pair_could_have_shown():
    d = data(8)
    found = analyse(d, replace(SETTINGS, alpha=1e-3), generator(1, "", "")).diagnostics
    line = egger(d.beta_x, d.beta_y, d.se_y)
    choice = rucker(d.beta_x, d.beta_y, d.se_y, line, 1e-3)
    assert (found["q_prime"], found["q_prime_df"]) == (line.q, 6)
    assert found["q_prime_neglog10_p"] == choice.q_prime.neglog10_p
    assert found["rucker_model"] == choice.model
    assert found["minimum_detectable_effect"] == minimum_detectable_effect(
        ivw(d.beta_x, d.beta_y, d.se_y).se, 1e-3
    )
    radial = radial_ivw(d.beta_x, d.se_x, d.beta_y, d.se_y)
    assert found["n_radial_outliers"] == radial.outliers(1e-3).sum()
    one = data(1)
    alone = analyse(one, SETTINGS, generator(1, "", "")).diagnostics["minimum_detectable_effect"]
    assert alone == minimum_detectable_effect(one.se_y[0] / abs(one.beta_x[0]))


def test_each_instrument_has_its_own_estimate_and_part_of_q():
    d = data(8)
    d.beta_y[2] += 0.5
    result = analyse(d, SETTINGS, generator(1, "", ""))
    found = result.variants
    assert np.array_equal(found["wald_beta"], d.beta_y / d.beta_x)
    assert np.array_equal(found["wald_se"], d.se_y / np.abs(d.beta_x))
    assert found["q"].sum() == pytest.approx(result.diagnostics["q"])
    assert found["q"].argmax() == found["q_neglog10_p"].argmax() == found["radial_q_neglog10_p"].argmax() == 2
    alone = analyse(data(1), SETTINGS, generator(1, "", "")).variants
    assert np.isnan(alone["q"]).all() and np.isfinite(alone["wald_neglog10_p"]).all()


def test_outliers_are_marked_where_presso_is_run():
    d = data(12)
    d.beta_y[2] += 0.5
    result = analyse(d, replace(SETTINGS, methods=["ivw", "presso"]), generator(1, "", ""))
    rng = Pair(d, SETTINGS, generator(1, "", "")).stream("presso")
    fit = presso(d.beta_x, d.se_x, d.beta_y, d.se_y, 200, rng)
    assert_is(result.estimates[1], fit.estimate)
    assert result.variants["presso_status"].tolist() == ["outlier" if out else "kept" for out in fit.outlier]
    assert result.variants["presso_neglog10_p"].argmax() == 2 and fit.outlier[2]
    assert result.variants["radial_status"][2] == "outlier"
    found = result.diagnostics
    assert fit.distortion is not None
    assert (found["presso_rss"], found["presso_global_p"]) == (fit.rss, fit.global_p)
    assert (found["presso_distortion"], found["presso_distortion_p"]) == (
        fit.distortion.coefficient,
        fit.distortion.p,
    )
    assert found["n_presso_outliers"] == fit.outlier.sum() and found["n_radial_outliers"] > 0
    without = analyse(d, SETTINGS, generator(1, "", ""))
    assert set(without.variants["presso_status"]) == {"not_run"}


@pytest.mark.parametrize(("n", "missing"), [(0, 20), (1, 16), (2, 10), (3, 4)])
def test_diagnostics_without_enough_instruments_are_missing(n: int, missing: int):
    found = analyse(data(n), SETTINGS, generator(1, "", "")).diagnostics
    assert len(found) == 24
    # Of no instruments only counts of outliers are known; one adds F and power, two Q and I2_GX, three Egger;
    # MR-PRESSO was not asked for.
    assert (found.pop("rucker_model") == "") == (n < 3)
    assert sum(bool(np.isnan(value)) for value in found.values()) == missing


@pytest.mark.parametrize("n", [2, 3, 9])
def test_leave_one_out_needs_three(n: int):
    d = data(n)
    found = analyse(d, SETTINGS, generator(1, "", "")).leave_one_out
    if n < 3:
        assert found is None
    else:
        assert np.array_equal(found.beta, leave_one_out(d.beta_x, d.beta_y, d.se_y).beta)


def test_each_pair_has_its_own_stream():
    ids = [(1, "a", "b"), (2, "a", "b"), (1, "b", "a"), (1, "ab", ""), (1, "a", "c")]
    draws = [generator(*pair).random() for pair in ids]
    assert len(set(draws)) == len(ids)
    assert draws == [generator(*pair).random() for pair in ids]


def test_order_and_effect_alleles_of_the_instruments_do_not_matter():
    d = data(12)
    shuffle = np.random.default_rng(4).permutation(12)
    sign = np.random.default_rng(5).choice([-1.0, 1.0], 12)
    turned = Instruments(
        (d.beta_x * sign)[shuffle],
        d.se_x[shuffle],
        (d.beta_y * sign)[shuffle],
        d.se_y[shuffle],
        (d.ld * np.outer(sign, sign))[np.ix_(shuffle, shuffle)],
        d.n_ref,
        d.n_people,
    )
    first, second = rows(d), rows(turned)
    for method, row in first.items():
        for name in NUMBERS:
            assert second[method][name] == pytest.approx(row[name], rel=1e-9), (method, name)


def test_a_confidence_set_with_gaps_is_in_the_table_part_by_part() -> None:
    x, se = np.full(6, 0.1), np.full(6, 0.004)
    y = np.array([0.05, 0.051, 0.049, -0.05, -0.0505, -0.0495])
    pair = Instruments(x, se, y, se, None, None, 50_000.0)
    methods = ["ivw", "contamination_mixture", "raps_l2"]
    table = rows(pair, replace(SETTINGS, methods=methods))
    row = table["contamination_mixture"]
    parts = parts_of(row["ci_parts"], np.nan, np.nan)
    assert parts == contamination_mixture(x, y, se).intervals and len(parts) == 2
    assert (row["ci_low"], row["ci_high"]) == (parts[0][0], parts[1][1])
    assert table["ivw"]["ci_parts"] == ""
    alone = rows(data(1), replace(SETTINGS, methods=methods))
    assert alone["contamination_mixture"]["ci_parts"] == "" and np.isnan(
        alone["contamination_mixture"]["beta"]
    )


def test_radial_columns_are_the_fits_own() -> None:
    pair = data(12)
    result = analyse(pair, SETTINGS, generator(1, "exposure", "outcome"))
    fit = radial_ivw(pair.beta_x, pair.se_x, pair.beta_y, pair.se_y)
    assert result.diagnostics["radial_beta"] == fit.estimate.beta
    np.testing.assert_array_equal(result.variants["radial_weight"], fit.weight)
    distance = (result.variants["wald_beta"] - fit.estimate.beta) ** 2 * fit.weight
    np.testing.assert_allclose(result.variants["radial_q"], distance, rtol=1e-10)
