"""Allele alignment against TwoSampleMR's harmonise_data, row by row, and its invariances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.method.harmonise import Alignment, align

ACTIONS = {"forward": 1, "infer": 2, "drop": 3}
EXPOSURE = ["effect_allele.exposure", "other_allele.exposure", "eaf.exposure"]
OUTCOME = ["effect_allele.outcome", "other_allele.outcome", "eaf.outcome"]
Variant = tuple[str | None, str | None, float]
LETTERS = np.array(["A", "C", "G", "T"], dtype=object)


def arrays(table: pd.DataFrame, columns: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    effect, other, eaf = (table[column] for column in columns)
    return effect.to_numpy(dtype=object), other.to_numpy(dtype=object), eaf.to_numpy(dtype=float)


def one(x: Variant, y: Variant, **options: object) -> Alignment:
    """Align a single variant."""
    sides = [([effect], [other], np.array([eaf])) for effect, other, eaf in (x, y)]
    return align(*sides[0], *sides[1], **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def rows(reference: Path) -> pd.DataFrame:
    """The peer's input rows, without the one lacking an effect allele, which it drops."""
    table = pd.read_csv(reference / "harmonise" / "input.tsv", sep="\t")
    return table[table["effect_allele.exposure"].notna()].reset_index(drop=True)


@pytest.mark.parametrize("mode", ACTIONS)
def test_every_row_agrees_with_the_peer(reference: Path, rows: pd.DataFrame, mode: str) -> None:
    expected = pd.read_csv(reference / "harmonise" / f"harmonised_action{ACTIONS[mode]}.tsv", sep="\t")
    assert list(expected["SNP"]) == list(rows["SNP"])
    result = align(*arrays(rows, EXPOSURE), *arrays(rows, OUTCOME), palindromic=mode)

    beta_y = np.where(result.flip, -1, 1) * rows["beta.outcome"]
    eaf_y = np.where(result.flip, 1 - rows["eaf.outcome"], rows["eaf.outcome"])
    # rs28: the peer turns the exposure round instead of the outcome, so its outcome is ours, mirrored.
    turned = expected["beta.exposure"] != rows["beta.exposure"]
    assert list(expected["SNP"][turned]) == ["rs28"]
    np.testing.assert_array_equal(np.where(turned, -beta_y, beta_y), expected["beta.outcome"])
    # Frequencies turned twice carry one rounding.
    np.testing.assert_allclose(np.where(turned, 1 - eaf_y, eaf_y), expected["eaf.outcome"], rtol=1e-15)

    for name in ("remove", "palindromic", "ambiguous"):
        np.testing.assert_array_equal(getattr(result, name), expected[name], err_msg=name)
    effects = ["beta.exposure", "se.exposure", "beta.outcome", "se.outcome"]
    np.testing.assert_array_equal(result.keep & rows[effects].notna().all(axis=1), expected["mr_keep"])


def test_status_says_why_a_variant_is_left_out(rows: pd.DataFrame) -> None:
    result = align(*arrays(rows, EXPOSURE), *arrays(rows, OUTCOME))
    status = dict(zip(rows["SNP"], result.status, strict=True))
    assert status["rs04"] == "kept"
    assert status["rs05"] == "allele_mismatch"
    assert status["rs11"] == "palindromic_ambiguous"
    assert status["rs22"] == "one_allele_ambiguous"
    np.testing.assert_array_equal(result.status == "kept", result.keep)


def random_variants(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    effect, shift = rng.integers(0, 4, n), rng.integers(1, 4, n)
    return LETTERS[effect], LETTERS[(effect + shift) % 4], rng.uniform(0.01, 0.41, n)


def complement(alleles: np.ndarray) -> np.ndarray:
    return np.array([allele.translate(str.maketrans("ACGT", "TGCA")) for allele in alleles], dtype=object)


def test_turned_and_reverse_strand_outcomes_come_back() -> None:
    """Whatever the outcome's file did to the alleles, infer recovers the effect for the exposure's allele."""
    rng = np.random.default_rng(1)
    effect, other, eaf = random_variants(rng, 2000)
    for turned in (False, True):
        for other_strand in (False, True):
            y = (other, effect, 1 - eaf) if turned else (effect, other, eaf)
            letters = [complement(side) if other_strand else side for side in y[:2]]
            result = align(effect, other, eaf, *letters, y[2])
            assert result.keep.all()
            np.testing.assert_array_equal(result.flip, turned)


def test_lower_case_and_missing_codes_change_nothing() -> None:
    rng = np.random.default_rng(2)
    effect, other, eaf = random_variants(rng, 200)
    lower = np.array([allele.lower() for allele in other], dtype=object)
    as_written = align(effect, other, eaf, other, effect, eaf)
    np.testing.assert_array_equal(align(effect, lower, eaf, lower, effect, eaf).flip, as_written.flip)
    for missing in (None, np.nan, "", pd.NA):
        assert one(("A", missing, 0.1), ("A", "G", 0.12)).keep[0]


def test_forward_takes_palindromes_literally_and_drop_never() -> None:
    result = one(("A", "T", 0.1), ("A", "T", 0.9), palindromic="forward")
    assert result.keep[0] and not result.flip[0]
    assert one(("A", "T", 0.1), ("A", "T", 0.9)).flip[0]
    assert not one(("A", "T", 0.1), ("A", "T", 0.1), palindromic="drop").keep[0]


def test_maf_limit_is_a_setting() -> None:
    x, y = ("C", "G", 0.35), ("C", "G", 0.36)
    assert one(x, y).keep[0]
    assert not one(x, y, maf_max=0.3).keep[0]
    # 1 - 0.3 is on the limit and so is clear.
    assert one(("C", "G", 0.3), ("C", "G", 1 - 0.3), maf_max=0.3).keep[0]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (("A", "A", 0.2), ("A", "A", 0.2)),
        ((None, "G", 0.2), ("A", "G", 0.2)),
        (("A", "G", 0.2), (None, None, 0.2)),
        (("I", "D", 0.2), ("I", None, 0.2)),
        (("ATC", "GTC", 0.2), ("I", "D", 0.2)),
        (("A", "G", 0.2), ("I", "D", 0.2)),
        (("AT", "A", 0.1), ("C", None, 0.1)),
    ],
)
def test_what_cannot_be_a_variant_is_removed_in_every_mode(x: Variant, y: Variant) -> None:
    for mode in ACTIONS:
        assert one(x, y, palindromic=mode).status[0] == "allele_mismatch"


def test_unknown_mode_is_named() -> None:
    with pytest.raises(ValueError, match="'guess'"):
        one(("A", "G", 0.1), ("A", "G", 0.1), palindromic="guess")
