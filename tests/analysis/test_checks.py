"""What numbers and declarations are said to mean, and the cohorts that they speak of."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.analysis.ancestry import ancestry_found, found_names, mixing
from scripts.analysis.checks import ordered, source_disagrees, stopping, trait_findings
from scripts.analysis.finding import Finding, Policy, QualityError, Severity, number, refuse
from scripts.analysis.fingerprint import Declared, Said, biobank_of, nearly, read_biobanks, shared_people
from scripts.analysis.overlap import double_counting, overlap_findings
from scripts.analysis.quality_table import Sources, all_findings, trait_table
from scripts.table.qc import QcReport
from scripts.table.status import DropReason

BIOBANKS = read_biobanks(Path(__file__).resolve().parents[2] / "resources" / "biobanks.tsv")
POLICY = Policy(allow=(), panel_ancestry="EUR")
USUAL: dict[str, float | None] = {
    "lambda_gc": 1.05,
    "se_scale": 1.0,
    "n": 20_000.0,
    "p_compared": 1e5,
    "p_disagrees": 0.0,
    "eaf_compared": 9e4,
    "eaf_correlation": 0.999,
    "fst_panel": 0.001,
    "panel_alleles": 1.0,
    "panel_share": 0.9,
    "build": 37.0,
    "build_sampled": 2000.0,
    "build_share": 0.9,
    "build_share_other": 0.001,
    "eaf_missing": 0.0,
    "eaf_filled": 0.0,
    "strand_turned": 0.0,
}


def declared(**fields: Any) -> Declared:
    usual: dict[str, Any] = {"id": "x", "name": "X", "n": 20_000.0, "n_case": None, "build": "GRCh37"}
    usual |= {"ancestry": "EUR", "unit": "SD", "effect_scale": "", "cohorts": (), "clumped": True}
    return Declared(**(usual | fields))


def checks(trait: Declared, **metrics: float | None) -> dict[str, Finding]:
    return {one.check: one for one in trait_findings(trait, USUAL | metrics, POLICY, BIOBANKS)}


def test_a_usual_file_has_no_finding() -> None:
    assert checks(declared()) == {}
    assert [*trait_findings(declared(), {}, POLICY, BIOBANKS)] == []  # nothing known, nothing said


# Scale and N


@pytest.mark.parametrize(
    ("s", "effect_scale", "piece"),
    [
        (0.3, "", "are on the scale of a linear model of 0 and 1"),
        (1.0, "", "are on the scale of SD"),
        (3.33, "linear_model", "declared linear model, but its standard errors are on the scale of log odds"),
        (30.0, "", "fit no scale; as log odds they would be of 247 people"),
    ],
)
def test_effects_on_another_scale_than_declared(s: float, effect_scale: str, piece: str) -> None:
    """A tenth are cases: log odds give s = 1 / 0.3, a linear model 0.3."""
    trait = declared(n_case=2_000.0, unit="log odds", effect_scale=effect_scale)
    finding = checks(trait, se_scale=s)["effect_scale"]
    assert piece in finding.found and finding.severity == Severity.WARN
    assert ("set effect_scale to linear_model" in finding.meaning) == (s == 0.3)


@pytest.mark.parametrize(
    ("s", "effect_scale"), [(3.33, ""), (2.5, ""), (0.3, "linear_model"), (0.4, "linear_model")]
)
def test_effects_on_the_declared_scale(s: float, effect_scale: str) -> None:
    found = checks(declared(n_case=2_000.0, unit="log odds", effect_scale=effect_scale), se_scale=s)
    assert "effect_scale" not in found and "sample_size" not in found
    assert ("linear_model" in found) == bool(effect_scale)
    if effect_scale:
        assert found["linear_model"].severity == Severity.NOTE and "= 11.1" in found["linear_model"].found


@pytest.mark.parametrize(
    ("n", "s", "people"),
    [(200_000.0, 10**0.5, "20,000"), (2_000.0, 10**-0.5, "20,000"), (15.0, (15 / 44_000) ** 0.5, "44,000")],
)
def test_n_that_is_not_n_is_caught(n: float, s: float, people: str) -> None:
    """Wrong by ten on either side, and a number of cohorts."""
    finding = checks(declared(n=n), n=n, se_scale=s)["sample_size"]
    assert f"those of {people} people in SD units, but N is {n:,.0f}" in finding.found


def test_a_unit_of_its_own_is_not_judged_by_standard_errors() -> None:
    assert checks(declared(unit="kg/m2"), se_scale=4.7) == {}
    assert checks(declared(unit="log odds"), se_scale=4.7) == {}  # the cases are not known


# Ancestry


@pytest.mark.parametrize(
    ("metrics", "name"),
    [
        ({"fst_panel": 0.001}, "EUR"),
        ({"fst_panel": 0.11}, "not EUR"),
        ({"fst_panel": 0.03}, None),
        ({"fst_EUR": 0.001, "fst_EAS": 0.11, "fst_AFR": 0.15, "ancestry_variants": 500.0}, "EUR"),
        ({"fst_EUR": 0.11, "fst_EAS": 0.002, "fst_AFR": None, "ancestry_variants": 500.0}, "EAS"),
        ({"fst_EUR": 0.03, "fst_EAS": 0.035, "ancestry_variants": 500.0}, None),
        ({"fst_EAS": 0.001, "ancestry_variants": 99.0}, "EUR"),  # too few: by the panel alone
    ],
)
def test_ancestry_by_distance(metrics: dict[str, float | None], name: str | None) -> None:
    found = ancestry_found(USUAL | metrics, "EUR")
    assert found is not None and found.name == name


@pytest.mark.parametrize("metrics", [{"eaf_compared": 99.0}, {"fst_panel": None}, {"eaf_correlation": -0.99}])
def test_ancestry_is_not_found_from_little_or_wrong_frequencies(metrics: dict[str, float | None]) -> None:
    assert ancestry_found(USUAL | metrics, "EUR") is None


def test_another_ancestry_than_declared_warns_and_than_the_panels_stops() -> None:
    far = {"fst_panel": 0.11, "fst_EUR": 0.11, "fst_EAS": 0.002, "ancestry_variants": 500.0}
    found = checks(declared(), **far)
    assert (
        "declared European, but its allele frequencies are those of East Asian people"
        in found["ancestry"].found
    )
    assert found["panel_ancestry"].severity == Severity.STOP
    assert "ancestry" not in checks(declared(ancestry="EAS"), **far)
    assert "panel_ancestry" not in checks(declared(clumped=False), **far)
    without_table = checks(declared(), fst_panel=0.11)
    assert "those of not European people" in without_table["ancestry"].found
    assert "ancestry" not in checks(declared(ancestry="EAS"), fst_panel=0.11)
    assert "ancestry" not in checks(declared(ancestry="mixed"), fst_panel=0.11)


def test_cohorts_of_different_ancestry_stop_a_meta_analysis_unless_allowed() -> None:
    cohorts = {"a": USUAL, "b": USUAL | {"fst_panel": 0.006}, "c": USUAL | {"fst_panel": 0.11}, "d": {}}
    names = found_names(cohorts, POLICY)
    assert names == {"a": "EUR", "b": "EUR", "c": "not EUR"}
    findings = mixing("disease", names, "By their allele frequencies", POLICY)
    with pytest.raises(QualityError, match=r"c is not European.*put mixed_ancestry in `quality.allow`"):
        refuse("disease", findings)
    allowed = mixing("disease", names, "By their allele frequencies", Policy(("mixed_ancestry",), "EUR"))
    assert [one.severity for one in allowed] == [Severity.ALLOWED]
    refuse("disease", allowed)
    assert mixing("disease", {"a": "EUR", "b": "EUR"}, "As declared", POLICY) == []


def test_a_trait_that_stops_is_refused_in_words() -> None:
    metrics = USUAL | {"eaf_correlation": -0.98, "build_share": 0.001, "build_share_other": 0.8}
    with pytest.raises(QualityError) as caught:
        refuse("x", stopping("x", True, metrics, POLICY))
    for piece in (
        "trait x: It is stated to be in GRCh37",
        "0.100% have place and alleles of the LD panel so, and 80.0% if it is in GRCh38",
        "correlate with the panel's by −0.980",
        "put build, swapped_alleles in `quality.allow`",
    ):
        assert piece in str(caught.value)
    both = Policy(("build", "swapped_alleles"), "EUR")
    assert [one.severity for one in stopping("x", True, metrics, both)] == ["allowed", "allowed"]


# Cohorts


def test_the_biobanks_are_read_and_each_fact_has_a_source() -> None:
    assert {bank.name for bank in BIOBANKS} >= {"BioBank Japan", "UK Biobank", "FinnGen", "GEFOS"}
    assert all(bank.n > 1000 and bank.ancestry in {"EUR", "EAS", "mixed"} for bank in BIOBANKS)
    assert not all(bank.certain for bank in BIOBANKS)


@given(n=st.floats(min_value=1, max_value=1e6), share=st.floats(min_value=-0.1, max_value=0.1))
def test_nearly_the_same_size(n: float, share: float) -> None:
    other = n * (1 + share)
    assert nearly(n, other) == nearly(other, n)
    assert nearly(n, n)
    if abs(share) > 0.0011:
        assert not nearly(n, other)


def test_the_inputs_of_the_brain_bone_study() -> None:
    """Its own declarations: imaging phenotypes of UK Biobank, three sources of osteoporosis, all European."""
    imaging = [
        declared(id=f"idp_{i}", name=f"IDP {i}", n=22_138.0, cohorts=("UK_Biobank",)) for i in range(1, 6)
    ]
    osteoporosis = {"unit": "log odds", "clumped": False}
    finngen = declared(id="op_1", name="Osteoporosis, FinnGen", n=332_020.0, n_case=6_303.0, **osteoporosis)
    jiang = declared(id="op_2", name="Osteoporosis, fastGWA-GLMM", n=456_348.0, **osteoporosis)
    third = declared(
        id="op_3", name="Osteoporosis, third source", n=212_453.0, n_case=7_788.0, **osteoporosis
    )
    heel = declared(id="ebmd", name="Heel bone density", n=426_824.0, cohorts=("UK Biobank",), clumped=False)
    traits = [finngen, jiang, third, heel, *imaging]
    sources = Sources(
        declared={trait.id: trait for trait in traits},
        reports={},
        unreadable={},
        exposures=tuple(trait.id for trait in imaging),
        outcomes=("osteoporosis", "ebmd"),
        cohorts={"osteoporosis": ("op_1", "op_2", "op_3"), "ebmd": ("ebmd",)},
        policy=POLICY,
        biobanks=BIOBANKS,
    )
    findings = all_findings(sources)
    first = findings[0]
    assert (first.check, first.trait, first.severity) == ("biobank_ancestry", "op_3", Severity.WARN)
    assert "It has the size of BioBank Japan (Ishigaki 2020: 212,453 people)" in first.found
    assert "which is East Asian, but is declared European" in first.found
    overlaps = [one for one in findings if one.check == "sample_overlap"]
    assert [one.trait for one in overlaps] == ["osteoporosis", "ebmd"]
    assert "5 exposures (IDP 1, IDP 2, IDP 3, ...) and this outcome" in overlaps[0].found
    assert "(cohort Osteoporosis, fastGWA-GLMM) are both of UK Biobank" in overlaps[0].found
    assert {one.check for one in findings} == {"biobank_ancestry", "sample_overlap"}
    # Declared as what it is, the third source is a mixture that must be allowed, and is said again.
    japanese = replace(third, ancestry="EAS")
    allowed = replace(
        sources,
        declared=sources.declared | {"op_3": japanese},
        policy=Policy(("mixed_ancestry",), "EUR"),
    )
    mixed = all_findings(allowed)[0]
    assert (mixed.check, mixed.severity) == ("mixed_ancestry", Severity.ALLOWED)
    assert "op_3 is East Asian" in mixed.found


def test_people_counted_twice_and_traits_of_one_size() -> None:
    first = declared(id="a", name="A", n=456_348.0)
    second = declared(id="b", name="B", n=484_598.0)
    third = declared(id="c", name="C", n=61_000.0, cohorts=("Registry",))
    found = [*double_counting("meta", [first, second, third], BIOBANKS)]
    assert [one.found for one in found] == ["Its cohorts A and B are both of UK Biobank."]
    same = replace(third, id="d", name="D", n=61_030.0, cohorts=("Hospital",))
    assert "A" not in [one.found for one in double_counting("meta", [third, first], BIOBANKS)]
    (sized,) = overlap_findings("c", [third], [same], BIOBANKS)
    assert sized.found == "D and this outcome are of the same size (61,000 people)."
    assert [*overlap_findings("c", [third], [replace(same, n=62_000.0)], BIOBANKS)] == []
    assert [*shared_people(replace(third, n=None), [replace(same, n=None)], BIOBANKS)] == []


@given(
    a=st.sampled_from(["UK_Biobank", "uk biobank", "UKBiobank"]),
    b=st.sampled_from(["UK Biobank", "uk-biobank"]),
)
def test_spellings_of_a_cohort_are_one_and_sharing_goes_both_ways(a: str, b: str) -> None:
    first, second = declared(id="a", n=1.0, cohorts=(a,)), declared(id="b", n=9.0, cohorts=("X", b))
    for one, other in ((first, second), (second, first)):
        assert [shared.traits for shared in shared_people(one, [other], ())] == [(other,)]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("big40:0019", "UK Biobank"),
        ("gwas_catalog:GCST90002426/raw", "UK Biobank"),
        ("gwas_catalog:GCST90006360", "UK Biobank"),
        ("gwas_catalog:GCST90006361", None),
        ("gwas_catalog:GCST90044600", "UK Biobank"),
        ("data/30598549-GCST006979-EFO_0009270.h.tsv.gz", "UK Biobank"),
        ("data/Biobank2-British-Bmd-As-C-Gwas-SumStats.txt.gz", "UK Biobank"),
        ("opengwas:ubm-b-0019", "UK Biobank"),
        ("opengwas:bbj-a-137", "BioBank Japan"),
        ("finngen:R12/M13_OSTEOPOROSIS", "FinnGen"),
        ("https://storage.googleapis.com/x/finngen_R8_M13_OSTEOPOROSIS.gz", "FinnGen"),
        ("opengwas:ieu-a-980", "GEFOS"),
        ("opengwas:ieu-b-18", None),
        ("data/big40.tsv", None),
    ],
)
def test_the_name_of_a_file_tells_whose_people_it_is_of(path: str, name: str | None) -> None:
    """N differs from phenotype to phenotype of one biobank, and may be unknown."""
    assert {bank.name for bank in BIOBANKS if bank.called(path)} == ({name} if name else set())
    fetched = declared(id="a", name="A", n=32_114.0, paths=(path,))
    other = declared(id="b", name="B", n=61_000.0, cohorts=("UK_Biobank",))
    shared = [one.why for one in shared_people(fetched, [other], BIOBANKS)]
    assert shared == (["both of UK Biobank"] if name == "UK Biobank" else [])


def test_fingerprint_takes_the_nearest_sample() -> None:
    assert biobank_of(212_453.0, BIOBANKS).name == "BioBank Japan"  # type: ignore[union-attr]
    assert biobank_of(33_211.0, BIOBANKS).study == "BIG40 all, Smith 2021"  # type: ignore[union-attr]
    assert biobank_of(300_000.0, BIOBANKS) is None and biobank_of(None, BIOBANKS) is None


# The table


def test_one_row_a_trait_with_where_its_frequencies_come_from() -> None:
    counts = dict.fromkeys((reason.value for reason in DropReason), 0)
    reports = {
        "file": QcReport("file", 100, counts | {"duplicate": 1}, USUAL),
        "panel": QcReport("panel", 100, counts, USUAL | {"eaf_missing": 1.0, "eaf_filled": 90.0}),
        "both": QcReport("both", 100, counts, USUAL | {"eaf_missing": 0.05, "eaf_filled": 4.0}),
        "none": QcReport("none", 100, counts | {"not_significant": 100}, USUAL | {"eaf_missing": 1.0}),
    }
    traits = {name: declared(id=name, name=name) for name in (*reports, "absent")}
    traits["both"] = declared(id="both", name="both", n_case=2_000.0, unit="log odds")
    sources = Sources(
        declared=traits,
        reports=reports,
        unreadable={"absent": "trait absent: no such file"},
        exposures=tuple(traits),
        outcomes=(),
        cohorts={},
        policy=POLICY,
        biobanks=(),
    )
    findings = all_findings(sources)
    table = trait_table(sources, findings).set_index("trait")
    assert table["eaf_source"].to_dict() | {"absent": None} == {
        **{name: name for name in reports},
        "absent": None,
    }
    assert table.loc["file", ["rows_read", "rows_kept", "dropped_duplicate"]].tolist() == [100, 99, 1]
    assert table.loc["both", ["scale_declared", "scale_found"]].tolist() == ["log odds", "SD"]
    assert table.loc["file", "n_implied"] == pytest.approx(20_000)
    assert table.loc["both", "findings"] == "effect_scale" and table.loc["absent", "findings"] == "unreadable"
    assert findings[0].found == "trait absent: no such file"
    assert table.loc["panel", "findings"] == ""  # what was filled is a note


def test_people_that_only_the_source_tells_are_checked_all_the_same() -> None:
    """N may be left to the server or the file; the size of a Japanese biobank is seen there too."""
    people = {"n": None, "unit": "log odds", "clumped": False}
    traits = [declared(id=name, **people) for name in ("server", "rows", "cohorts")]
    counts = dict.fromkeys((reason.value for reason in DropReason), 0)
    share = 7_788 / 212_453
    scale = USUAL | {"n": 212_453.0, "se_scale": 1.0 / math.sqrt(share * (1 - share))}
    few = replace(traits[2], n_case=4_000.0)  # more cases than the N of its rows, which counts no people
    sources = Sources(
        declared={trait.id: trait for trait in (*traits[:2], few)},
        reports={
            "server": QcReport("server", 100, counts, scale | {"n": None}),
            "rows": QcReport("rows", 100, counts, scale),
            "cohorts": QcReport("cohorts", 100, counts, USUAL | {"n": 15.0}),
        },
        unreadable={},
        exposures=(),
        outcomes=(),
        cohorts={},
        policy=POLICY,
        biobanks=BIOBANKS,
        said={"server": Said(212_453.0, 7_788.0, "GRCh37", "EAS")},
    )
    found = all_findings(sources)
    assert {(one.trait, one.check) for one in found} == {
        ("server", "biobank_ancestry"),
        ("rows", "biobank_ancestry"),
        ("server", "source_disagrees"),
    }
    said = next(one for one in found if one.check == "source_disagrees")
    assert "East Asian people, not European" in said.found
    table = trait_table(sources, found).set_index("trait")
    assert table.loc["server", ["n", "scale_found"]].tolist() == [212_453.0, "log odds"]


@pytest.mark.parametrize(
    ("fields", "said", "words"),
    [
        ({}, Said(), None),
        ({}, Said(20_001.0, None, "GRCh37", "EUR"), None),
        ({}, Said(33_224.0), "33,224 people, not 20,000"),
        ({"n_case": 900.0}, Said(20_000.0, 1_100.0), "1,100 cases, not 900"),
        ({}, Said(build="GRCh38"), "GRCh38, not GRCh37"),
        ({"build": "auto"}, Said(build="GRCh38"), None),
        ({"ancestry": "mixed"}, Said(ancestry="EUR"), "European people, not of mixed ancestry"),
    ],
)
def test_what_the_server_says_is_compared_with_the_trait_table(
    fields: dict[str, Any], said: Said, words: str | None
) -> None:
    finding = source_disagrees(declared(**fields), said)
    assert (finding is None) == (words is None)
    assert finding is None or words is None or words in finding.found


def test_findings_are_ordered_by_how_serious_they_are() -> None:
    found = [
        Finding(check, severity, "x", "", "")
        for check, severity in [
            ("eaf_filled", Severity.NOTE),
            ("lambda_gc", Severity.WARN),
            ("sample_overlap", Severity.WARN),
            ("build", Severity.ALLOWED),
            ("swapped_alleles", Severity.STOP),
        ]
    ]
    assert [one.check for one in ordered(found)] == [
        *("swapped_alleles", "build", "sample_overlap", "lambda_gc", "eaf_filled")
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.98, "−0.980"), (1.05, "1.05"), (100.0, "100"), (123456.0, "123,456"), (0.5, "0.500")],
)
def test_numbers_in_findings(value: float, text: str) -> None:
    assert number(value) == text


def test_of_one_check_the_farthest_from_usual_comes_first() -> None:
    found = [
        one
        for value in (1.6, 4.0, 0.1)
        for one in trait_findings(declared(id=str(value)), USUAL | {"lambda_gc": value}, POLICY, ())
    ]
    assert [one.trait for one in ordered(found)] == ["4.0", "0.1", "1.6"]
