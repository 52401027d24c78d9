"""The report in one file: its sections, and in a browser, where there is one."""

import gzip
import json
import re
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from scripts.figure.page import framed
from scripts.figure.report_hits import hit_sections
from scripts.figure.report_page import report_page
from scripts.figure.report_sections import (
    Section,
    Shown,
    drawings_of,
    figure_section,
    page_section,
    table_section,
)
from scripts.figure.words import Label

ROOT = Path(__file__).resolve().parents[2]
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><title>{0}</title></svg>'
LABELS = {
    "x_1": Label("Exposure <one>", "SD"),
    "y": Label("Disease", "log odds"),
    "v": Label("Density", "SD"),
}
TABLES = ("tables/estimates.tsv", "tables/larger.tsv", "tables/estimates.parquet")
NUMBERS = {"beta": 0.2, "se": 0.05, "ci_low": 0.1, "ci_high": 0.3, "neglog10_p": 4.2, "p": 6e-5}


def draw(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SVG.format(path.stem))
    return path


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A small report: a page, a figure by itself, folders of figures of a hit and another stage, a table."""
    caption = tmp_path / "caption.rst"
    caption.write_text("``{{ snakemake.wildcards.figure }}`` below {{ snakemake.config['level'] }}\n")
    plain = tmp_path / "plain.rst"
    plain.write_text("*A* figure\n")
    for name in ("forest", "scatter"):
        draw(tmp_path / "hits/x_1/y" / f"{name}.svg")
    draw(tmp_path / "coloc/x_1/y/locus.svg")
    page = tmp_path / "quality.html"
    rows = [{"name": f"row {i}", "n": str(i), "effect": "", "unit": ""} for i in (10, 9, 100, *range(11, 20))]
    body = '{{ table([("name", "Name", ""), ("n", "N", "n")], rows) }}'
    page.write_text(framed("Quality & checks", "t", body, rows=rows))
    hits = Shown(tmp_path / "hits", "3 Hits", caption, "{exposure}/{outcome}/{figure}.svg", TABLES)
    coloc = Shown(tmp_path / "coloc", "7 Coloc", plain, "{trait}/{outcome}/{locus}.svg")
    alone = Shown(draw(tmp_path / "overview.svg"), "2 Screen", plain)
    drawn = {one.category: list(drawings_of(one, {"level": 0.05})) for one in (hits, coloc, alone)}
    pair = {"exposure": "x_1", "outcome": "y"}
    hit = pd.DataFrame([{**pair, **NUMBERS, "worth": "with reservations", "sentence": "One <b> sentence."}])
    estimates = pd.DataFrame(
        [{**pair, **NUMBERS, "method": "ivw", "status": "estimated", "n_instruments": 7}]
    )
    tests = pd.DataFrame([
        {**pair, **NUMBERS, "validation_outcome": "v", "p_adjusted": 0.01, "verdict": "concordant"}
    ])  # fmt: skip
    places = {"rsid": "rs1", "chromosome": 1, "position": 5, "effect_allele": "A", "other_allele": "C"}
    numbers = dict.fromkeys(("beta_exposure", "se_exposure", "beta_outcome", "se_outcome"), 0.1234567)
    kept = pd.DataFrame([{**pair, **places, **numbers, "f_statistic": np.nan, "status": "kept"}])
    everything = [one for part in drawn.values() for one in part]
    sections = list(hit_sections(hit, estimates, tests, kept, everything, LABELS))
    others = [
        page_section(Shown(page, "1 Summary", plain), "quality"),
        figure_section("overview", "2 Screen", "Overview", drawn["2 Screen"]),
        figure_section("coloc-x_1", "7 Coloc", "Coloc: x_1", drawn["7 Coloc"]),
        table_section("estimates"),
    ]
    style, script = (ROOT / "report" / f"report.{kind}" for kind in ("css", "js"))
    tables = {"estimates": "exposure\tbeta\nx_1\t0.2\nx_2\t-3e-5\n"}
    home = Section("summary", "1 Summary", "Home", "<h1>What was found</h1>")
    files = (style.read_text(), script.read_text())
    text = report_page("A <title>", home, sections, others, tables, "tables.xlsx", *files)
    path = tmp_path / "report.html"
    path.write_text(text, encoding="utf-8")
    return path


def content(report: Path) -> dict:
    packed = re.search(r'id="content">([^<]*)<', report.read_text(encoding="utf-8"))
    assert packed
    return json.loads(gzip.decompress(b64decode(packed[1])))


def test_every_link_leads_somewhere_and_every_figure_is_there(report: Path):
    found, text = content(report), report.read_text(encoding="utf-8")
    links = {unquote(link) for link in re.findall(r'href="#([^"]+)"', text)}
    inside = {
        link for part in found["sections"].values() for link in re.findall(r'href="#([^"]+)"', part["html"])
    }
    assert links | inside <= {*found["sections"], "home", "all", "view"}
    assert set(found["sections"]) <= links
    figures = {
        key
        for part in found["sections"].values()
        for key in re.findall(r'data-figure="([^"]+)"', part["html"])
    }
    assert figures == set(found["figures"]) and len(figures) == 4
    assert set(re.findall(r'href="([^#"][^"]*)"', text)) == {"tables.xlsx"}
    assert "http://" not in re.sub(r"http://www\.w3\.org/\S+", "", text) and "https://" not in text


def test_a_hit_has_all_its_evidence(report: Path):
    html = content(report)["sections"]["hit-x_1-y"]["html"]
    assert "<h1>Exposure &lt;one&gt; on Disease</h1>" in html and "One &lt;b&gt; sentence." in html
    for words in (
        "forest",
        "scatter",
        "locus",
        "below 0.05",
        "0.200 (0.100 to 0.300)",
        "Density",
        "rs1",
        "0.1235",
    ):
        assert words in html, words
    assert html.index("forest.svg") < html.index("scatter.svg") < html.index("locus.svg")


def test_same_in_same_out_and_what_is_no_page_is_told(report: Path, tmp_path: Path):
    bad = tmp_path / "bad.html"
    bad.write_text("<p>")
    with pytest.raises(ValueError, match=r"bad\.html is no page"):
        page_section(Shown(bad, "", bad), "bad")
    assert "<em>A</em>" in content(report)["sections"]["overview"]["html"]


def in_browser(report: Path, address: str, tmp_path: Path, script: str = "") -> tuple[str, str]:
    """What the page holds at last (its section's text in body[data-told]), and what the console said."""
    assert BROWSER
    probe = tmp_path / "probe.html"
    told = (
        "<script>addEventListener('load', () => setTimeout(() => {"
        "const root = document.querySelector('#view article')?.shadowRoot;"
        f"{script};"
        "document.body.dataset.told = root ? root.textContent : '';"
        "const images = [...(root?.querySelectorAll('img') ?? [])];"
        "document.body.dataset.images = images.map((image) => image.naturalWidth);"
        "}, 1500));</script></body>"
    )
    probe.write_text(report.read_text(encoding="utf-8").replace("</body>", told), encoding="utf-8")
    done = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(f"--user-data-dir={tmp_path}/profile", "--virtual-time-budget=6000"),
            *("--enable-logging=stderr", "--dump-dom", f"file://{probe}#{address}"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_in_a_browser(report: Path, tmp_path: Path):
    dom, console = in_browser(report, "hit-x_1-y", tmp_path)
    assert console == "" and 'data-ready="yes"' in dom
    told = re.search(r'data-told="([^"]*)"', dom)
    assert told and "Estimates by method" in told[1]
    assert 'data-images="40,40,40"' in dom
    dom, console = in_browser(report, "table-estimates", tmp_path)
    assert console == "" and "2 of 2 matching rows; 2 in all." in dom
    sort = "root.querySelectorAll('th button')[1].click()"
    dom, _ = in_browser(report, "table-estimates", tmp_path, sort)
    assert re.search(r"x_2-3e-5.*x_10\.2", dom, re.DOTALL)
    dom, console = in_browser(report, "quality", tmp_path, sort)
    assert console == "" and re.search(r"row 9\s*9.*row 10\s*10.*row 100\s*100", dom, re.DOTALL)


def test_numbers_are_linked_where_they_are(report: Path):
    html = content(report)["sections"]["hit-x_1-y"]["html"]
    assert html.count('<a href="#table-estimates">tables/estimates.tsv</a>') == 2
    for beside in TABLES[1:]:
        assert f'<a href="{beside}">{beside}</a> (beside the report)' in html
