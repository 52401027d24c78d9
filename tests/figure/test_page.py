"""The summary page: complete, self-contained, escaped, and careful in its words."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import OUTCOME, Tables, make_tables

from scripts.figure.words import Label
from scripts.summarise import summarise

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
    names = ("screen", "estimates", "validation", "gates", "diagnostics", "quality_counts")
    summarise(
        **{name: paths[name] for name in names},
        truth_check=[paths["truth_check"]] if simulated else [],
        page=folder / "summary.html",
        title=title,
        labels=tables.names,
        units=tables.units,
        discovery={"methods": ["gsmr", "ivw"], "p_max": 0.0345, "correction": correction},
        validate_fdr=0.0789,
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
        "Benjamini-Hochberg adjusted P is below 0.0345 too",
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
    wrong.loc[[0, 1], ["class", "effect"]] = ["reverse", 0.0]
    wrong.loc[2, ["class", "effect"]] = ["directional_pleiotropy", 0.0]
    words = read(written(replace(tables, truth_check=wrong), tmp_path))
    assert "Of the 12 that passed every gate, 3 do not act on the outcome:" in words
    assert "directional pleiotropy (1), caused by the outcome (2)." in words
