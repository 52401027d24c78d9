"""Step: the report, every page, figure and table of the study in one file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from scripts.figure.report_hits import GROUP, hit_sections
from scripts.figure.report_page import report_page
from scripts.figure.report_sections import (
    Drawing,
    Section,
    Shown,
    drawings_of,
    figure_section,
    page_section,
    table_section,
)
from scripts.figure.words import Labels, label_of, labels_of
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv

TITLES = {  # of figures whose files are named otherwise
    "overview": "Effects and their significance",
    "discovery_sets": "Discovery and validation",
    "validated": "Hits on every outcome",
    "multivariable": "Total and direct effects",
    "overlap": "Corrected estimates",
    "placo_manhattan": "PLACO: Manhattan plot",
    "placo_qq": "PLACO: QQ plot",
    "coloc": "Loci",
    "coloc_overview": "All loci",
    "mediation": "Both steps",
    "mediation_heatmap": "All triples",
    "mediation_paths": "Paths",
    "pooled": "Pooled effects",
    "pooled_outcomes": "Families of outcomes",
    "truth": "Truth and findings",
    "quality": "Files side by side",
}
TABLE_MOST = 2_000_000  # bytes of a table that is in the report; larger ones stay beside it


def build_report(
    frozen: Path,
    hits: Path,
    estimates: Path,
    validation: Path,
    instruments: Path,
    captions: list[Path],
    script: Path,
    style: Path,
    workbook: Path,
    report: Path,
    shown: list[dict[str, Any]],
    labels: dict[str, str],
    units: dict[str, str],
) -> None:
    """Write the report; `shown` are the items of the rules, of which the page summary.html opens it.

    The tables are those in the folder of `hits`.
    """
    traits = labels_of(labels, units)
    config = yaml.safe_load(frozen.read_text(encoding="utf-8"))
    files = {path.name: path for path in captions}
    tables = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(hits.parent.glob("*.tsv"))
        if path.stat().st_size <= TABLE_MOST
    }
    items = [_item(fields, files) for fields in shown]
    pages = [page_section(one, one.path.stem) for one in items if one.path.suffix == ".html"]
    home = next(page for page in pages if page.id == "summary")
    sections = [page for page in pages if page is not home]
    drawings: list[Drawing] = []
    for one in items:
        if one.path.suffix != ".html":
            drawn = list(drawings_of(one, config))
            drawings += drawn
            sections += _galleries(one, drawn, traits)
    pairs = (read_tsv(hits), read_tsv(estimates), read_tsv(validation), pd.read_parquet(instruments))
    page = report_page(
        config["title"],
        home,
        list(hit_sections(*pairs, drawings, traits)),
        [*sections, *map(table_section, tables)],
        tables,
        workbook.name,
        style.read_text(encoding="utf-8"),
        script.read_text(encoding="utf-8"),
    )
    write_text(page, report)


def _item(fields: dict[str, Any], captions: dict[str, Path]) -> Shown:
    caption, tables = captions[fields["caption"]], tuple(fields["tables"])
    return Shown(Path(fields["path"]), fields["category"], caption, fields["pattern"], tables)


def _galleries(item: Shown, drawings: list[Drawing], traits: Labels) -> Iterator[Section]:
    """A section for each first wildcard of a folder's figures; those of hits are in the sections of hits."""
    if item.category == GROUP:
        return
    for first in dict.fromkeys(next(iter(one.wildcards.values()), "") for one in drawings):
        part = [one for one in drawings if next(iter(one.wildcards.values()), "") == first]
        name = TITLES.get(item.path.stem, item.path.stem.replace("_", " ").capitalize())
        title = f"{name}: {label_of(first, traits).name}" if first else name
        yield figure_section(
            f"{item.path.stem}-{first}" if first else item.path.stem, item.category, title, part
        )


if __name__ == "__main__":
    run(build_report)
