"""The Methods section of every shipped study: whole sentences, valid markup, references that exist."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from docutils.core import publish_doctree

from scripts.figure.methods_text import (
    References,
    limitations,
    methods_page,
    methods_text,
    powers,
    source_table,
)
from scripts.study.config import run_methods
from scripts.table.frames import read_tsv
from scripts.table.methods import METHODS, MULTIVARIABLE

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "report/methods"
ROWS = {
    row["key"]: {k: str(v) for k, v in row.items()}
    for row in read_tsv(FOLDER / "references.tsv").to_dict("records")
}
STUDIES = [None, *sorted((ROOT / "config/studies").glob("*/study.yaml"))]


def merged(base: dict, other: dict) -> dict:
    deep = {
        key: merged(base[key], value)
        for key, value in other.items()
        if isinstance(value, dict) and isinstance(base.get(key), dict)
    }
    return base | other | deep


@pytest.fixture(params=STUDIES, ids=lambda path: path.parent.name if path else "demo")
def config(request: pytest.FixtureRequest) -> dict:
    base = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return merged(base, yaml.safe_load(request.param.read_text())) if request.param else base


def facts(config: dict, full: bool) -> dict:
    return {
        **{"exposures": "60 exposures", "outcomes": "Disease", "simulated": full, "version": "0.1.0"},
        **{"packages": "numpy 2", "meta_analyses": [{"name": "Disease", "cohorts": "A; B"}] if full else []},
        **{"run_methods": run_methods(config), "ldsc": full, "pleiotropy": "the lead" if full else ""},
        **{"colocalised": full, "hidden": "2 sources" if full else "", "n_exposures": 60},
        "sources": source_table([["A", "outcome", "1,000", "–", "EUR", "GRCh37", "a.tsv", "–"]]),
    }


@pytest.mark.parametrize("full", [True, False])
def test_every_study_gets_a_section_without_faults(config: dict, full: bool):
    if config["exposures"] is None:
        pytest.skip("the study pools experiments: it screens nothing")
    cited = References(ROWS)
    text = methods_text((FOLDER / "methods.rst").read_text(), config, facts(config, full), cited)
    tree = publish_doctree(text, settings_overrides={"report_level": 5, "doctitle_xform": False})
    assert not list(tree.findall(lambda node: node.tagname == "system_message"))
    heads = [node.astext() for node in tree.findall(lambda node: node.tagname == "title")]
    assert heads[:4] == [
        "Data sources",
        "Instruments",
        "Mendelian randomization",
        "Multiplicity and validation",
    ]
    assert heads[-1] == "Software" and ("Pleiotropy" in heads) == full
    assert powers(config["instruments"]["p_thresholds"][0]) in text
    for paragraph in tree.findall(lambda node: node.tagname == "paragraph"):
        if paragraph.parent.tagname == "section":
            assert paragraph.astext().endswith("."), paragraph.astext()
    assert len(cited.lines()) == len(cited.used) >= 9
    assert cited.bibtex().count("@article{") == len(cited.used)


def test_variants_that_a_study_leaves_out_are_told():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    config |= {"mhc": "exclude", "confounders": {"traits": ["body height", "gout"], "p_max": 1e-6}}
    cited = References(ROWS)
    text = methods_text((FOLDER / "methods.rst").read_text(), config, facts(config, False), cited)
    assert "Variants in the major histocompatibility complex were left out." in text
    assert "(Sollis et al. 2023) lists at P up to 1×10⁻⁶\nfor body height, gout were left out" in text
    assert "not in\nthe reverse direction or other analyses with instruments of their own" in text


def test_every_method_has_its_paper():
    dois = {row["doi"] for row in ROWS.values()}
    assert {method.doi for method in (METHODS | MULTIVARIABLE).values()} <= dois
    assert len(dois) == len(ROWS)
    for row in ROWS.values():
        assert re.fullmatch(r"(19|20)\d\d", row["year"]) and re.match(r"10\.\d{4,}/", row["doi"]), row


def test_citations_and_numbers_as_readers_write_them():
    cited = References(ROWS)
    assert cited.cite("gsmr", "metal") == "(Zhu et al. 2018; Willer et al. 2010)"
    assert cited.cite("ldsc", "mrlap") == "(Bulik-Sullivan et al. 2015; Mounier & Kutalik 2023)"
    assert cited.used == ["gsmr", "metal", "ldsc", "mrlap"]
    assert "  pages = {2190--2191}," in cited.bibtex()
    assert [powers(p) for p in (5e-8, 1e-6, 0.05)] == ["5×10⁻⁸", "1×10⁻⁶", "0.05"]


def test_limitations_follow_the_tables():
    hits = pd.DataFrame({"flags": ["in_mhc weak_instruments", "in_mhc", None]})
    overlap = pd.DataFrame({"outcome": ["a", "b", "b"], "n_shared_at_most": [0.0, 10.0, 3.0]})
    said = limitations(hits, overlap, ["EUR", "EAS", ""])
    assert said[0] == "1 of 3 hits: at least one instrument has F below 10."
    assert said[1] == "2 of 3 hits: instruments lie in the MHC."
    assert said[2].startswith("1 outcome may share people") and "EAS, EUR" in said[3] and len(said) == 4
    assert limitations(hits.head(0), overlap.head(0), ["EUR"]) == [
        "All sources are of EUR ancestry; other people may differ."
    ]


def test_the_page_lists_every_item_of_the_statement():
    strobe = read_tsv(FOLDER / "strobe_mr.tsv").to_dict("records")
    assert [row["item"] for row in strobe] == list(range(1, 21))
    cited = References(ROWS)
    cited.cite("ivw")
    page = methods_page("t", "Head\n----\n\nA *word*.\n", cited, ["One limit."], strobe)
    for words in (
        "<h2>Head</h2>",
        "<em>word</em>",
        "<li>One limit.</li>",
        "doi:10.1002/gepi.21758",
        "Funding",
    ):
        assert words in page, words
