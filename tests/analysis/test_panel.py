"""The LD panel: what its index says, and which of its variants a trait's variant is."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis import panel
from scripts.analysis.panel import NOT_FOUND, index_panel, match_panel, read_genotypes
from tests.analysis.tables import on_other_strand, random_table, standard, swapped, write_panel

MISSING = -127


@pytest.fixture
def genotypes() -> np.ndarray:
    rng = np.random.default_rng(5)
    counts = rng.integers(0, 3, size=(7, 9)).astype("int8")
    counts[rng.random((7, 9)) < 0.2] = MISSING
    counts[:, 3] = MISSING
    return counts


CODES = ["2", "X", "chr1", "XY", "1", "Y", "MT", "GL000220.1", "10"]
VARIANTS = [(code, 100 - i, "a", "G") for i, code in enumerate(CODES)]


@pytest.mark.parametrize("block", [2, 9, 2_000])
def test_frequency_and_missing_share_match_a_count_person_by_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, genotypes: np.ndarray, block: int
):
    monkeypatch.setattr(panel, "BLOCK", block)
    index = index_panel(*write_panel(tmp_path, genotypes, VARIANTS))
    for row in index.itertuples():
        called = [int(count) for count in genotypes[:, row.index] if count != MISSING]
        assert row.missing == pytest.approx(1 - len(called) / 7)
        if called:
            assert row.frequency == pytest.approx(sum(called) / (2 * len(called)))
        else:
            assert np.isnan(row.frequency)


def test_index_is_sorted_with_numbers_for_chromosomes_and_the_row_of_the_bim(
    tmp_path: Path, genotypes: np.ndarray
):
    index = index_panel(*write_panel(tmp_path, genotypes, VARIANTS))
    # GL000220.1 is no chromosome of a trait; the pseudo-autosomal XY is counted with X.
    assert index["chromosome"].tolist() == [0, 1, 1, 2, 10, 23, 23, 24, 25]
    assert index["index"].tolist() == [7, 4, 2, 0, 8, 3, 1, 5, 6]
    assert index["position"].tolist() == [100 - i for i in index["index"]]
    assert index["rsid"].tolist() == [f"rs{i}" for i in index["index"]]
    assert set(index["allele_1"]) == {"A"}


def test_numeric_codes_are_those_of_plink(tmp_path: Path):
    codes = ["22", "23", "24", "25", "26", "0"]
    files = write_panel(tmp_path, np.ones((2, 6)), [(code, 5, "A", "C") for code in codes])
    index = index_panel(*files).sort_values("index")
    assert index["chromosome"].tolist() == [22, 23, 24, 23, 25, 0]


def test_a_blank_line_in_the_fam_is_no_person(tmp_path: Path, genotypes: np.ndarray):
    bed, bim, fam = write_panel(tmp_path, genotypes, VARIANTS)
    before = index_panel(bed, bim, fam)
    fam.write_text(fam.read_text() + "\n")
    assert panel.count_people(fam) == 7
    assert index_panel(bed, bim, fam).equals(before)


def test_genotypes_come_in_the_order_of_the_rows_asked_for(tmp_path: Path, genotypes: np.ndarray):
    bed, _, _ = write_panel(tmp_path, genotypes, VARIANTS)
    rows = np.array([8, 0, 3, 3, 5])
    read = read_genotypes(bed, 7, 9, rows)
    assert read.dtype == np.int8
    assert np.array_equal(read, genotypes[:, rows])


def matched_at(
    eaf: float, frequency: float, alleles: tuple[str, str] = ("A", "T"), counted: tuple[str, str] = ("A", "T")
) -> tuple[int, float]:
    """Panel row and sign of a variant with this frequency, where the panel counts `counted[0]`."""
    at = {"chromosome": [1], "position": [10], "allele_1": counted[:1], "allele_2": counted[1:]}
    panel = pd.DataFrame({**at, "index": 0, "frequency": frequency})
    return next(match_panel(standard([(1, 10, *alleles, eaf, 0.1, 0.01)]), panel).itertuples(index=False))


def matched(tmp_path: Path, variants: list[tuple], panel_variants: list[tuple]) -> list[tuple[int, float]]:
    files = write_panel(tmp_path, np.ones((2, len(panel_variants))), panel_variants)
    found = match_panel(standard([(*variant, 0.3, 0.1, 0.01) for variant in variants]), index_panel(*files))
    return list(found.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("alleles", "expected"),
    [
        (("A", "G"), (0, 1.0)),
        (("G", "A"), (0, -1.0)),
        (("T", "C"), (0, 1.0)),
        (("C", "T"), (0, -1.0)),
        (("A", "C"), (NOT_FOUND, 1.0)),
        (("AT", "A"), (NOT_FOUND, 1.0)),
    ],
)
def test_alleles_match_as_they_stand_swapped_or_on_the_other_strand(
    tmp_path: Path, alleles: tuple[str, str], expected: tuple[int, float]
):
    assert matched(tmp_path, [(1, 10, *alleles)], [("1", 10, "A", "G")]) == [expected]


def test_a_position_or_chromosome_that_the_panel_lacks(tmp_path: Path):
    found = matched(tmp_path, [(1, 11, "A", "G"), (2, 10, "A", "G")], [("1", 10, "A", "G")])
    assert [index for index, _ in found] == [NOT_FOUND, NOT_FOUND]


def test_multi_allelic_positions_are_told_apart_by_alleles(tmp_path: Path):
    variants = [(1, 10, "G", "A"), (1, 10, "A", "C"), (1, 10, "A", "T"), (1, 10, "AT", "A")]
    at_10 = [("1", 10, "C", "A"), ("1", 10, "A", "G"), ("1", 10, "A", "AT")]
    assert matched(tmp_path, variants, at_10) == [(1, -1.0), (0, -1.0), (NOT_FOUND, 1.0), (2, -1.0)]


def test_letters_as_they_stand_come_before_the_other_strand(tmp_path: Path):
    # The panel has A/G and, on the other strand's letters, C/T at one position.
    at_10 = [("1", 10, "C", "T"), ("1", 10, "A", "G")]
    assert matched(tmp_path, [(1, 10, "G", "A"), (1, 10, "T", "C")], at_10) == [(1, -1.0), (0, -1.0)]


@pytest.mark.parametrize(
    ("eaf", "frequency", "sign"),
    [
        (0.2, 0.25, 1.0),
        (0.2, 0.8, -1.0),
        (0.9, 0.3, -1.0),
        (0.2, 0.55, 1.0),  # the panel is too near one half to tell
        (0.45, 0.8, 1.0),
        (np.nan, 0.8, 1.0),
        (0.2, np.nan, 1.0),
    ],
)
def test_clear_frequencies_tell_the_strand_of_a_palindrome(eaf: float, frequency: float, sign: float):
    assert matched_at(eaf, frequency) == (0, sign)
    # Told for the other letter, eaf goes to its complement and so does the sign.
    assert matched_at(1 - eaf, frequency, ("T", "A")) == (0, -sign)
    assert matched_at(eaf, 1 - frequency, counted=("T", "A")) == (0, -sign)
    # Other alleles tell their strand by letters: a frequency that differs is a frequency that differs.
    assert matched_at(eaf, frequency, ("A", "G"), ("A", "G")) == (0, 1.0)


@pytest.mark.parametrize(
    ("alleles", "found"), [(("AT", "A"), 0), (("A", "AT"), 0), (("TA", "T"), -1), (("T", "TA"), -1)]
)
def test_indels_have_no_other_strand(alleles: tuple[str, str], found: int):
    assert matched_at(0.2, 0.2, alleles, ("AT", "A"))[0] == found


def test_palindromes_without_clear_frequencies_are_taken_by_their_letters(tmp_path: Path):
    # Everyone in this panel is heterozygous.
    at = [("1", 10, "A", "T"), ("1", 20, "C", "G")]
    assert matched(tmp_path, [(1, 10, "A", "T"), (1, 20, "G", "C")], at) == [(0, 1.0), (1, -1.0)]


def test_swapping_alleles_turns_the_sign_and_the_other_strand_does_not(tmp_path: Path):
    table = random_table(300, seed=2)
    at = [
        (str(row.chromosome), row.position, row.effect_allele, row.other_allele) for row in table.itertuples()
    ]
    index = index_panel(*write_panel(tmp_path, np.ones((2, 300)), at))
    every = np.ones(300, dtype=bool)
    assert (match_panel(table, index)["sign"] == 1).all()
    other_allele = match_panel(swapped(table, every), index)
    assert (other_allele["sign"] == -1).all()
    assert other_allele["index"].tolist() == list(range(300))
    palindromic = [{a, b} in ({"A", "T"}, {"C", "G"}) for _, _, a, b in at]
    one_base = np.array([len(a) == len(b) == 1 for _, _, a, b in at])
    strand = match_panel(on_other_strand(table, one_base), index)
    assert strand["index"].tolist() == list(range(300))
    # A palindrome on the other strand has the letters of its swapped self, and no letter can tell.
    assert np.array_equal(strand["sign"] == -1, palindromic)


def test_no_variants_at_all(tmp_path: Path):
    assert matched(tmp_path, [], [("1", 10, "A", "G")]) == []
