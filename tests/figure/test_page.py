"""The summary page: complete, self-contained, escaped, and careful in its words."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from scripts.figure.words import Label
from scripts.summarise import summarise
from tests.figure.conftest import OUTCOME, Tables, make_tables

VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Collects text, and fails on a tag that is closed out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.rows += tag == "tr"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


def written(
    tables: Tables, folder: Path, simulated: bool = True, correction: str = "none", title: str = "A screen"
) -> str:
    paths = tables.write(folder)
    names = (
        "screen",
        "estimates",
        "validation",
        "gates",
        "diagnostics",
        "quality_counts",
        "quality_findings",
        "corrections",
        "controls",
        "hits",
        "effective_number",
    )
    summarise(
        **{name: paths[name] for name in names},
        reverse_direction=paths["reverse"],
        truth_check=[paths["truth_check"]] if simulated else [],
        page=folder / "summary.html",
        title=title,
        labels=tables.names,
        units=tables.units,
        methods=["gsmr", "ivw"],
        error_budget={
            "nominal_p": 0.0345,
            "screen": {"correction": correction, "level": 0.0456},
            "validation": {"correction": "hierarchical", "level": 0.0789},
        },
        meta_analyses=[OUTCOME],
    )
    return (folder / "summary.html").read_text()


def read(page: str) -> str:
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    return re.sub(r"\s+", " ", " ".join(parser.text))


@pytest.mark.parametrize("n_hits", [0, 1, 12, 60])
def test_page_is_whole_and_lists_every_hit(n_hits: int, tmp_path: Path) -> None:
    tables = make_tables(n=n_hits + 20, n_hits=n_hits, seed=9)
    words = read(written(tables, tmp_path))
    for name in tables.screen.loc[tables.screen["hit"], "name"]:
        assert name in words
    assert ("No exposure passed every gate." in words) == (n_hits == 0)
    assert f"{n_hits:,} passed every gate" in words or n_hits == 0


def test_page_prints_thresholds_gates_and_reasons(tables: Tables, tmp_path: Path) -> None:
    words = read(written(tables, tmp_path, correction="benjamini_hochberg"))
    for piece in (
        "0.0345",
        "0.0789",
        "its adjusted P (Benjamini-Hochberg) is below 0.0456 too",
        "(hierarchical FDR) in the expected direction",
        "at most 2.7",
        "'abc' in column beta, a number was expected",
        "The outcome has no variant at this position.",
        "An allele is missing.",
        "log odds per SD",
    ):
        assert piece in words
    assert "no instruments" in words


def test_page_compares_a_simulated_study_with_its_truth(tables: Tables, tmp_path: Path) -> None:
    assert "Of 12 exposures" not in read(written(tables, tmp_path, simulated=False))
    words = read(written(tables, tmp_path))
    assert "were found and validated with the right sign" in words
    assert "were expected by chance" in words


def test_page_is_self_contained_and_speaks_of_prediction(tables: Tables, tmp_path: Path) -> None:
    page = written(tables, tmp_path)
    assert not re.search(r"https?://|<script|<link|<img|@import|url\(", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    words = read(page)
    assert "genetically predicted" in words
    assert not re.search(r"\bcauses\b", words)


def test_every_word_is_escaped(tmp_path: Path) -> None:
    attack = "<script>alert('1')</script>&"
    tables = make_tables(n=20, n_hits=2, seed=3)
    screen = tables.screen.assign(name=attack, message=attack)
    labels = tables.labels | {OUTCOME: Label(attack, attack)}
    hostile = replace(tables, screen=screen, labels=labels)
    page = written(hostile, tmp_path, title=attack)
    assert "<script" not in page
    assert html.escape(attack).replace("&#x27;", "&#39;") in page


def test_page_is_the_same_each_time(tables: Tables, tmp_path: Path) -> None:
    assert written(tables, tmp_path) == written(tables, tmp_path)


def test_page_of_a_study_without_validation(tables: Tables, tmp_path: Path) -> None:
    bare = replace(tables, validation=tables.validation.head(0))
    assert "There was nothing to validate" in read(written(bare, tmp_path))


def test_page_says_which_hits_do_not_act_on_the_outcome(tables: Tables, tmp_path: Path) -> None:
    assert "do not act on the outcome:" not in read(written(tables, tmp_path))
    wrong = tables.truth_check.copy()
    wrong.loc[[0, 1], ["class", "effect", "verdict"]] = ["reverse", 0.0, "false_positive"]
    wrong.loc[2, ["class", "effect", "verdict"]] = ["directional_pleiotropy", 0.0, "false_positive"]
    words = read(written(replace(tables, truth_check=wrong), tmp_path))
    assert "Of the 12 that passed every gate, 3 do not act on the outcome:" in words
    assert "directional pleiotropy (1), caused by the outcome (2)." in words


def test_chance_is_bounded_by_the_nominal_gate_whatever_the_correction(
    tables: Tables, tmp_path: Path
) -> None:
    truth = tables.truth_check
    n = int(((truth["class"] == "no_effect") & (truth["status"] == "estimated")).sum())
    words = read(written(tables, tmp_path, correction="benjamini_hochberg"))
    assert f"Of {n} exposures without any effect" in words
    assert f"at most {n * 0.0345:.1f} were expected by chance" in words
    assert "Validation is not taken to lower the number" in words
    unvalidated = replace(tables, gates=tables.gates[tables.gates["gate"] != "validated"])
    assert "Validation is not taken" not in read(written(unvalidated, tmp_path))


def test_a_singular_method_counts_as_no_method(one_hit: Tables, tmp_path: Path) -> None:
    assert "4 of 4 same direction, 4 with P < 0.0345" in read(written(one_hit, tmp_path)).replace("\xa0", " ")
    estimates = one_hit.estimates.copy()
    gsmr = (estimates["exposure"] == "exposure.00") & (estimates["method"] == "gsmr")
    numbers = ["beta", "se", "ci_low", "ci_high", "neglog10_p", "p"]
    estimates.loc[gsmr, "status"], estimates.loc[gsmr, numbers] = "singular", float("nan")
    words = read(written(replace(one_hit, estimates=estimates), tmp_path)).replace("\xa0", " ")
    assert "3 of 3 same direction, 3 with P < 0.0345" in words


def test_rows_of_cohorts_count_once_and_meta_analyses_have_a_line(tables: Tables, tmp_path: Path) -> None:
    accounts = [("read", 900), ("kept", 300), ("palindromic_ambiguous", 40), ("combined", 560)]
    own = pd.DataFrame([(OUTCOME, key, key, n, n / 900) for key, n in accounts])
    own.columns = tables.quality_counts.columns
    counts = pd.concat([tables.quality_counts, own], ignore_index=True)
    words = read(written(replace(tables, quality_counts=counts), tmp_path))
    assert "Rows read. 6,000,000 100%" in words  # 60 files of 100,000 rows
    assert (
        "Meta-analysis Simulated disease: 900 rows of its cohorts, 560 went into the variant of another "
        "cohort's row, 40 dropped as palindromic with an unclear strand, 300 variants kept."
    ) in words


def with_findings(tables: Tables, *rows: tuple[str, str, str, str]) -> Tables:
    """With findings of (severity, check, trait, found)."""
    names = ["severity", "check", "trait", "found"]
    return replace(tables, quality_findings=pd.DataFrame(rows, columns=names).assign(meaning="Look at it."))


def test_files_that_stand_out_are_listed(tables: Tables, tmp_path: Path) -> None:
    note = ("note", "eaf_filled", "exposure.02", "7 of its frequencies are those of the LD panel.")
    assert "No file stands out." in read(written(with_findings(tables, note), tmp_path))
    warned = ("warn", "lambda_gc", "exposure.02", "Its genomic inflation is 2.00.")
    allowed = ("allowed", "mixed_ancestry", OUTCOME, "Its cohorts are of different ancestry.")
    words = read(written(with_findings(tables, allowed, warned, note), tmp_path))
    assert "Ferritin Its genomic inflation is 2.00. Look at it." in words
    assert "Its cohorts are of different ancestry. (Allowed by quality.allow.)" in words
    assert "7 of its frequencies" not in words and "No file stands out." not in words


def test_many_files_of_one_check_hide_no_other_check(tables: Tables, tmp_path: Path) -> None:
    many = [("warn", "sample_size", f"exposure.{i:02d}", f"N is {i}.") for i in range(30)]
    other = [("warn", "lambda_gc", f"exposure.{i:02d}", f"Inflation is {i}.") for i in range(2)]
    words = read(written(with_findings(tables, *many, *other), tmp_path))
    assert words.count("Look at it.") == 10 and words.count("Inflation is") == 2
    assert "N is 2." in words and words.index("N is 2.") < words.index("Inflation is 0.")
    assert "And 22 more, in quality.html" in words


def test_a_screen_with_no_more_hits_than_chance_ends_with_these_words(tables: Tables, tmp_path: Path) -> None:
    assert "More hits than chance: 12 passed every gate" in read(written(tables, tmp_path))
    ledger = tables.gates.copy()
    last = ledger["gate"] == "validated"
    ledger.loc[last, ["n_passed", "flips_mean", "flips_low", "flips_high", "flips_p"]] = [1, 0.8, 0, 3, 0.37]
    words = read(written(replace(tables, gates=ledger), tmp_path))
    assert (
        "No more hits than chance: 1 passed every gate; with the outcomes' signs flipped at random 0.8 pass "
        "on average (0 to 3 in 95% of the draws)"
    ) in words and "with P = 0.37" in words
    ledger.loc[last, ["n_passed", "flips_p"]] = [0, 0.001]  # nothing is never more than chance
    assert "No more hits than chance: 0 passed" in read(written(replace(tables, gates=ledger), tmp_path))
    unflipped = tables.gates.assign(flips_p=float("nan"))
    first = unflipped["gate"] == "nominal"
    unflipped.loc[first, ["n_entered", "n_passed", "n_expected_by_chance"]] = [100, 7, 5.0]
    words = read(written(replace(tables, gates=unflipped), tmp_path))
    assert "No more hits than chance" in words and "have P = 0.23" in words  # binomial, 7 or more of 100


# For each table, a change of one cell, and words that must come with it.
CHANGES = {
    "gates": ("n_passed", 4, 4321, "4,321"),
    "corrections": ("n_below_level", 1, 4321, "4,321"),
    "controls": ("n_nominal", 0, 4321, "4,321"),
    "reverse": ("n_instruments", 0, 4321, "4,321"),
    "hits": ("sentence", 0, "It is worth little.", "It is worth little."),
    "effective_number": ("n_effective", 0, 43.21, "43.2 independent ones"),
    "validation": ("p_adjusted", 0, 4.321e-7, "4.3×10⁻⁷"),
    "screen": ("n_instruments", 0, 4321, "4,321"),
    "quality_counts": ("n_rows", 0, 4321, "5,904,321"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_words_follow_the_tables(name: str, tables: Tables, tmp_path: Path) -> None:
    column, at, value, words = CHANGES[name]
    before = read(written(tables, tmp_path))
    table = getattr(tables, name).copy().reset_index(drop=True)
    table.loc[at, column] = value
    after = read(written(replace(tables, **{name: table}), tmp_path))
    assert words not in before and words in after


def test_every_number_of_the_ledger_is_on_the_page(tables: Tables, tmp_path: Path) -> None:
    ledger = tables.gates.copy()
    at = ledger["gate"] == "concordant"
    numbers = {
        "n_entered": 1234, "n_passed": 567, "n_expected_by_chance": 89.1, "observed_over_expected": 6.4,
        "pi0": 0.77, "m": 4567, "rank": 345, "flips_mean": 91.2, "flips_low": 81, "flips_high": 101,
    }  # fmt: skip
    for column, value in numbers.items():
        ledger[column] = ledger[column].astype(float)
        ledger.loc[at, column] = value
    words = read(written(replace(tables, gates=ledger), tmp_path))
    assert (
        "1,234 567 at most 89.1 at least 6.4 91.2 (81 to 101) 0.77 screen, no correction: m 4,567, rank 345"
    ) in words
    assert words.count("The stage did not run.") == 3
