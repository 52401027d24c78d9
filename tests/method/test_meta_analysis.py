"""Fixed-effect meta-analysis against a slow twin (closed form) and METAL (the digits it prints)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special

from scripts.method.meta_analysis import (
    fixed_effect,
    genomic_control_factor,
    n_effective,
    sample_size_weighted,
)
from scripts.method.normal import neglog10_p_from_chi2, neglog10_p_from_z

NUMERIC_ALLELES = str.maketrans("1234", "acgt")
COMPLEMENT = str.maketrans("acgt", "tgca")


def slow_fixed_effect(beta: np.ndarray, se: np.ndarray) -> tuple[list[float], list[float], list[float]]:
    """One variant and one study at a time."""
    pooled, pooled_se, q = [], [], []
    for variant in range(beta.shape[1]):
        present = [
            (float(b), float(s) ** -2)
            for b, s in zip(beta[:, variant], se[:, variant], strict=True)
            if b == b and s == s
        ]
        total = sum(weight for _, weight in present)
        mean = sum(weight * b for b, weight in present) / total
        pooled.append(mean)
        pooled_se.append(total**-0.5)
        q.append(sum(weight * (b - mean) ** 2 for b, weight in present))
    return pooled, pooled_se, q


def random_studies(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    beta, se = rng.normal(0, 0.1, (6, 200)), rng.uniform(0.005, 0.1, (6, 200))
    beta[1:][rng.random((5, 200)) < 0.3] = np.nan
    se[1:][rng.random((5, 200)) < 0.1] = np.nan
    return beta, se


def test_agrees_with_the_closed_form() -> None:
    beta, se = random_studies(1)
    fit = fixed_effect(beta, se)
    pooled, pooled_se, q = slow_fixed_effect(beta, se)
    np.testing.assert_allclose(fit.beta, pooled, rtol=1e-12)
    np.testing.assert_allclose(fit.se, pooled_se, rtol=1e-12)
    np.testing.assert_allclose(fit.q, q, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(fit.n_studies, (~np.isnan(beta + se)).sum(axis=0))
    np.testing.assert_array_equal(fit.df, fit.n_studies - 1)
    assert ((fit.i2 >= 0) & (fit.i2 < 1)).all()


def test_order_and_alleles_of_studies_do_not_matter() -> None:
    beta, se = random_studies(2)
    fit, shuffled, turned = (
        fixed_effect(beta, se),
        fixed_effect(beta[::-1], se[::-1]),
        fixed_effect(-beta, se),
    )
    np.testing.assert_allclose(shuffled.beta, fit.beta, rtol=1e-12)
    np.testing.assert_allclose(shuffled.q, fit.q, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(turned.beta, -fit.beta)
    np.testing.assert_array_equal(turned.q, fit.q)


def test_one_study_is_returned_and_no_study_is_missing() -> None:
    fit = fixed_effect(np.array([[0.1, np.nan], [np.nan, np.nan]]), np.array([[0.02, 0.1], [0.3, np.nan]]))
    assert fit.beta[0] == pytest.approx(0.1, rel=1e-15)
    assert fit.se[0] == pytest.approx(0.02, rel=1e-15)
    assert (fit.q[0], fit.df[0], fit.i2[0], fit.n_studies[0]) == (0, 0, 0, 1)
    assert np.isnan([fit.beta[1], fit.se[1], fit.q[1], fit.i2[1]]).all()
    assert (fit.df[1], fit.n_studies[1]) == (0, 0)


def test_a_single_study_has_no_heterogeneity() -> None:
    """The mean of one study is off by a rounding, which must not become i2 = 1."""
    rng = np.random.default_rng(5)
    fit = fixed_effect(rng.normal(size=(1, 1000)), rng.uniform(0.01, 1, (1, 1000)))
    assert (fit.q == 0).all()
    assert (fit.i2 == 0).all()


@pytest.mark.parametrize("se", [0.0, -0.1, np.inf])
def test_impossible_standard_errors_are_refused(se: float) -> None:
    with pytest.raises(ValueError, match="standard error"):
        fixed_effect(np.array([[0.1], [0.2]]), np.array([[0.1], [se]]))


def test_sample_size_scheme_by_hand() -> None:
    z, n = np.array([[2.0], [-1.0], [np.nan], [1.0]]), np.array([[400.0], [100.0], [900.0], [np.nan]])
    fit = sample_size_weighted(z, n)
    assert fit.z[0] == pytest.approx((20 * 2 - 10) / np.sqrt(500), rel=1e-14)
    assert (fit.n[0], fit.n_studies[0]) == (500, 2)


def test_effective_number_of_people() -> None:
    assert n_effective(1000, 1000) == pytest.approx(2000)
    assert n_effective(1000, 1e12) == pytest.approx(4000)


def test_genomic_control_factor_takes_the_median_asked_for() -> None:
    chi2 = np.array([0.1, np.nan, 0.4, 0.6, 3.0])
    assert genomic_control_factor(chi2) == pytest.approx(0.5 / 0.4549364)
    assert genomic_control_factor(chi2, upper_median=True) == pytest.approx(0.6 / 0.4549364)
    null = special.ndtri(np.linspace(0.0001, 0.9999, 9999)) ** 2
    assert genomic_control_factor(null) == pytest.approx(1.0, abs=1e-3)
    assert np.isnan(genomic_control_factor(np.array([np.nan])))


# METAL. Its rules of alignment are applied here: alleles lower-cased, 1234 read as acgt, palindromes taken
# literally, other pairs also tried on the other strand; a study is left out where its alleles do not fit.


def metal_studies(folder: Path) -> list[pd.DataFrame]:
    return [pd.read_csv(folder / f"study{i}.tsv.gz", sep="\t").set_index("MARKER") for i in (1, 2, 3)]


def metal_sign(effect: str, other: str, allele_1: str, allele_2: str) -> float:
    """1 or -1 for an effect of `effect` in terms of `allele_1`, NaN where the alleles do not fit."""
    written = tuple(str(allele).lower().translate(NUMERIC_ALLELES) for allele in (effect, other))
    complement = tuple(allele.translate(COMPLEMENT) for allele in written)
    for pair in (written, complement):
        if pair in ((allele_1, allele_2), (allele_2, allele_1)):
            return 1.0 if pair[0] == allele_1 else -1.0
    return np.nan


def metal_signs(study: pd.DataFrame, out: pd.DataFrame) -> np.ndarray:
    rows = study.reindex(out.index)
    alleles = zip(rows["EA"], rows["NEA"], out["Allele1"], out["Allele2"], strict=True)
    return np.array([metal_sign(*four) for four in alleles])


def metal_output(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"out_{name}_het_freqon.tsv.gz", sep="\t").set_index("MarkerName")


def assert_heterogeneity(fit: object, out: pd.DataFrame) -> None:
    """METAL prints I2 in percent with one decimal, Q with three, and its P with four digits."""
    np.testing.assert_array_equal(fit.df, out["HetDf"])
    np.testing.assert_allclose(fit.q, out["HetChiSq"], rtol=0, atol=5.1e-4)
    np.testing.assert_allclose(100 * fit.i2, out["HetISq"], rtol=0, atol=0.051)
    several = (fit.df > 0) & (out["HetPVal"].to_numpy() > 0)  # rs14: METAL's P underflows to 0
    assert (~several & (fit.df > 0)).sum() <= 1
    neglog10_p = neglog10_p_from_chi2(fit.q[several], fit.df[several])
    np.testing.assert_allclose(neglog10_p, -np.log10(out["HetPVal"][several]), rtol=0, atol=3e-4)


def assert_p(z: np.ndarray, out: pd.DataFrame) -> None:
    """METAL prints four digits of P, three below about 1e-85, and fewer for denormal numbers (rs14)."""
    printed = out["P-value"].to_numpy()
    neglog10_p = neglog10_p_from_z(z)
    four, three = printed > 1e-85, (printed <= 1e-85) & (printed > 1e-300)
    assert (printed <= 1e-300).sum() <= 1
    np.testing.assert_allclose(neglog10_p[four], -np.log10(printed[four]), rtol=0, atol=2.2e-4)
    np.testing.assert_allclose(neglog10_p[three], -np.log10(printed[three]), rtol=0, atol=2.2e-3)


@pytest.mark.parametrize("genomic_control", [False, True])
def test_inverse_variance_scheme_agrees_with_metal(reference: Path, genomic_control: bool) -> None:
    out = metal_output(reference / "metal", f"stderr_gc{'on' if genomic_control else 'off'}")
    betas, ses = [], []
    for study in metal_studies(reference / "metal"):
        sign = metal_signs(study, out)
        rows = study.reindex(out.index)
        # METAL skips a study's variant whose SE is not above zero.
        se = np.where(rows["SE"] > 0, rows["SE"], np.nan) * np.abs(sign)
        if genomic_control:
            factor = genomic_control_factor((rows["BETA"].to_numpy() / se) ** 2, upper_median=True)
            se = se * np.sqrt(max(factor, 1.0))
        betas.append(sign * rows["BETA"].to_numpy())
        ses.append(se)
    fit = fixed_effect(np.array(betas), np.array(ses))
    # Printed with twelve decimals.
    np.testing.assert_allclose(fit.beta, out["Effect"], rtol=0, atol=5.1e-13)
    np.testing.assert_allclose(fit.se, out["StdErr"], rtol=0, atol=5.1e-13)
    assert_p(fit.beta / fit.se, out)
    assert_heterogeneity(fit, out)


def test_sample_size_scheme_agrees_with_metal(reference: Path) -> None:
    out = metal_output(reference / "metal", "samplesize_gcoff")
    zs, ns = [], []
    for study in metal_studies(reference / "metal"):
        rows = study.reindex(out.index)
        # METAL skips P outside (0, 1], and its z is that of the two-sided P.
        p = np.where((rows["P"] > 0) & (rows["P"] <= 1), rows["P"], np.nan)
        zs.append(-special.ndtri(p / 2) * np.sign(rows["BETA"].to_numpy()) * metal_signs(study, out))
        ns.append(rows["N"].to_numpy())
    fit = sample_size_weighted(np.array(zs), np.array(ns))
    np.testing.assert_allclose(fit.z, out["Zscore"], rtol=0, atol=5.1e-4)  # three decimals
    np.testing.assert_allclose(fit.n, out["Weight"], rtol=0, atol=5.1e-3)  # two decimals
    assert_p(fit.z, out)
    assert_heterogeneity(fit, out)
