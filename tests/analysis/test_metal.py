"""The workflow's meta-analysis beside METAL's output, from raw files on (docs/differences.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.meta import meta_analyse
from scripts.source.standardise import load
from tests.source.raw import trait

COLUMNS = {
    "chromosome": "CHR",
    "position": "POS",
    "rsid": "MARKER",
    "effect_allele": "EA",
    "other_allele": "NEA",
    "eaf": "EAF",
    "beta": "BETA",
    "se": "SE",
    "p": "P",
    "n": "N",
}
COMPLEMENT = str.maketrans("acgt", "tgca")
Tables = dict[str, pd.DataFrame]
PALINDROMES = {"at", "ta", "cg", "gc"}
# Markers of which one study has other alleles (or writes them as numbers), a P above 1, or no standard error.
OTHER_ALLELES, NUMBERS, WRONG_P, NO_ERROR = "rs8", "rs15", "rs11", "rs13"


@pytest.fixture(scope="module")
def combined(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Ours by mode of palindromes; a marker's place is its number."""
    folder = tmp_path_factory.mktemp("metal")
    studies = [pd.read_csv(reference / f"metal/study{k}.tsv.gz", sep="\t", dtype=str) for k in (1, 2, 3)]
    markers = pd.concat([study["MARKER"] for study in studies]).drop_duplicates()
    place = pd.Series(np.arange(1, len(markers) + 1), index=markers)
    tables = []
    for k, study in enumerate(studies):
        path = folder / f"study{k}.tsv"
        study.assign(CHR="1", POS=place[study["MARKER"]].to_numpy()).to_csv(
            path, sep="\t", na_rep="NA", index=False
        )
        tables.append(load(trait(columns=COLUMNS), [path], build="GRCh37")[0])
    return {mode: meta_analyse([tables], "t", mode, 0.42)[0] for mode in ("infer", "forward", "drop")}


@pytest.fixture(scope="module")
def metal(reference: Path) -> pd.DataFrame:
    path = reference / "metal/out_stderr_gcoff_het_freqon.tsv.gz"
    return pd.read_csv(path, sep="\t").set_index("MarkerName")


def beside(ours: pd.DataFrame, metal: pd.DataFrame) -> pd.DataFrame:
    """Rows of one marker each in both, METAL's effect and frequency for our effect allele."""
    single = ours[~ours["rsid"].duplicated(keep=False)]
    both = single.set_index("rsid").join(metal, how="inner")
    effect, other = (both[name].astype(str).str.lower() for name in ("effect_allele", "other_allele"))
    palindrome = (effect + other).isin(PALINDROMES)
    other_strand = effect.map(lambda allele: allele.translate(COMPLEMENT)) == both["Allele1"]
    first = (effect == both["Allele1"]) | (other_strand & ~palindrome)
    metal_beta = np.where(first, both["Effect"], -both["Effect"])
    agrees = np.isclose(both["beta"], metal_beta, rtol=0, atol=5.1e-13)  # printed with twelve decimals
    agrees &= np.isclose(both["se"], both["StdErr"], rtol=0, atol=5.1e-13)
    return both.assign(
        agrees=agrees, palindrome=palindrome, metal_eaf=np.where(first, both["Freq1"], 1 - both["Freq1"])
    )


def test_every_variant_agrees_but_for_faults_of_single_studies(combined: Tables, metal: pd.DataFrame):
    for mode in combined:
        found = beside(combined[mode], metal)
        found = found[~found["palindrome"]]
        assert len(found) > 3_300
        expected = {WRONG_P, NO_ERROR} | ({OTHER_ALLELES} if mode != "forward" else set())
        assert set(found.index[~found["agrees"]]) == expected


def test_palindromes_agree_where_letters_are_taken_as_they_stand(combined: Tables, metal: pd.DataFrame):
    found = beside(combined["forward"], metal)
    found = found[found["palindrome"]]
    assert len(found) > 1_600 and list(found.index[~found["agrees"]]) == [NUMBERS]
    assert not beside(combined["drop"], metal)["palindrome"].any()


def test_frequencies_tell_the_strand_of_palindromes_that_metal_takes_by_their_letters(
    combined: Tables, metal: pd.DataFrame
):
    """Where the two differ, METAL averaged frequencies of both alleles, or a study's tells no strand."""
    found = beside(combined["infer"], metal)
    found = found[found["palindrome"]].drop(index=NUMBERS)
    both_alleles = found["MaxFreq"] - found["MinFreq"] > 0.16
    unclear = found["MinFreq"].between(0.42, 0.58) | found["MaxFreq"].between(0.42, 0.58)
    assert (both_alleles.sum(), (unclear & ~both_alleles).sum(), len(found)) == (460, 39, 1_424)
    assert (found["agrees"] == ~(both_alleles | unclear)).all()


def test_other_alleles_at_a_place_are_another_variant(combined: Tables, metal: pd.DataFrame):
    """METAL leaves the study out; here its row stands by itself."""
    ours = combined["forward"].set_index("rsid").loc[OTHER_ALLELES]
    assert ours["effect_allele"].tolist() == ["A", "C"] and ours["n"].tolist() == [8_000, 54_000]
    assert metal.loc[OTHER_ALLELES, "Direction"].count("?") == 1
    assert ours["beta"].iloc[1] == pytest.approx(metal.loc[OTHER_ALLELES, "Effect"], abs=5.1e-13)


def test_error_that_a_study_lacks_comes_from_its_p(combined: Tables, metal: pd.DataFrame):
    """METAL leaves the study out; a P above 1, which it does not look at, makes a row unusable here."""
    ours = combined["infer"].set_index("rsid")
    assert metal.loc[NO_ERROR, "Direction"].count("?") == 1 and ours.loc[NO_ERROR, "n"] == 63_000
    assert "?" not in metal.loc[WRONG_P, "Direction"] and ours.loc[WRONG_P, "n"] == 42_600


def test_frequencies_are_weighted_by_people(combined: Tables, metal: pd.DataFrame):
    """METAL weights them by the inverse variances of the effects."""
    found = beside(combined["infer"], metal).query("agrees and Direction == '+++'")
    apart = (found["eaf"] - found["metal_eaf"]).abs()
    assert len(apart) > 400 and 1e-4 < apart.max() < 0.02
