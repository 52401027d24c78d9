"""The report's sections: pages, figures with captions, tables, and each hit with all its evidence."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

STYLE, BODY = re.compile(r"<style>(.*?)</style>", re.DOTALL), re.compile(r"<body>(.*)</body>", re.DOTALL)
HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
WILDCARD = re.compile(r"\{(\w+)\}")
NUMBERS = re.compile(r"\btables/(?P<name>\w+)\.(?P<kind>tsv|parquet)\b")
QUIET = {"raw_enabled": False, "file_insertion_enabled": False, "report_level": 5}
FIGURE_STYLE = """\
figure { margin: 1rem 0 2rem; }
figure img { background: #fff; max-width: 100%; height: auto; }
figcaption { max-width: 60rem; font-size: .9rem; } figcaption p { max-width: none; margin: .2rem 0; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
.figures figure { margin: 0; } .figures figcaption { max-width: 34rem; }"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a rule puts into the report: a file, or a folder with files of a pattern such as {exposure}.svg.

    `category` begins with its place among the others; `caption` is the file of its caption, `tables` are
    the files with the numbers behind it, relative to the report.
    """

    path: Path
    category: str
    caption: Path
    pattern: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: its file, the wildcards in its name, caption as HTML, and tables behind it."""

    path: Path
    wildcards: Mapping[str, str]
    caption: str
    tables: tuple[str, ...]


@dataclass(slots=True)
class Section:
    """A part of the report with an address; `aside`: left out where everything is shown at once."""

    id: str
    group: str
    title: str
    html: str
    style: str = ""
    aside: bool = False
    drawings: list[Drawing] = field(default_factory=list)


def page_section(shown: Shown, ident: str) -> Section:
    """A page that was written by itself: its body, with its own style."""
    text = shown.path.read_text(encoding="utf-8")
    body, style, heading = (pattern.search(text) for pattern in (BODY, STYLE, HEADING))
    if not (body and style and heading):
        raise ValueError(f"{shown.path} is no page with a style, a body and a heading")
    return Section(ident, shown.category, str(Markup(heading[1]).unescape()), body[1], style[1])


def drawings_of(shown: Shown, config: Mapping[str, Any]) -> Iterator[Drawing]:
    """The figures of an item, in the order of their names."""
    if not shown.pattern:
        yield Drawing(shown.path, {}, caption(shown.caption, config, {}), shown.tables)
        return
    pattern = re.compile(WILDCARD.sub(r"(?P<\1>[^/]+)", shown.pattern.replace(".", r"\.")))
    for path in sorted(shown.path.rglob("*.svg")):
        found = pattern.fullmatch(path.relative_to(shown.path).as_posix())
        if found:
            named = found.groupdict()
            yield Drawing(path, named, caption(shown.caption, config, named), shown.tables)


def caption(path: Path, config: Mapping[str, Any], wildcards: Mapping[str, str]) -> str:
    """A caption (reStructuredText that Jinja fills in, as Snakemake's own report reads it) as HTML."""
    return _html(_filled(path, config, wildcards))


def _filled(path: Path, config: Mapping[str, Any], wildcards: Mapping[str, str]) -> str:
    template = Environment(undefined=StrictUndefined).from_string(_text(path))
    return template.render(snakemake=SimpleNamespace(config=config, wildcards=SimpleNamespace(**wildcards)))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _html(text: str) -> str:
    return str(publish_parts(text, writer="html5", settings_overrides=QUIET)["body"])


def figure_section(ident: str, group: str, title: str, drawings: Iterable[Drawing]) -> Section:
    """Figures under a heading."""
    drawn = list(drawings)
    body = f"<h1>{escape(title)}</h1>\n{gallery(drawn)}"
    return Section(ident, group, title, body, FIGURE_STYLE, drawings=drawn)


def gallery(drawings: Iterable[Drawing]) -> str:
    """Figures side by side, each with its caption and links to save it and to its numbers."""
    figures = "\n".join(
        f'<figure><img data-figure="{escape(str(one.path))}" alt="{escape(_alt(one))}">'
        f'<figcaption>{one.caption}<p class="soft"><a class="save" download="{escape(_file_name(one))}">'
        f"Save the figure</a>{_numbers(one.tables)}</p></figcaption></figure>"
        for one in drawings
    )
    return f'<div class="figures">{figures}</div>'


def _alt(drawing: Drawing) -> str:
    return " ".join([*drawing.wildcards.values()] or [drawing.path.stem]).replace("_", " ")


def _file_name(drawing: Drawing) -> str:
    return f"{'_'.join(drawing.wildcards.values()) or drawing.path.stem}.svg"


def _numbers(tables: Iterable[str]) -> str:
    named = ", ".join(map(escape, tables))
    return f" · Numbers: {named}" if named else ""


def linked(html: str, inside: Container[str]) -> str:
    """With a link where a file of numbers is named: to its section if it is `inside`, else to the file."""

    def link(found: re.Match[str]) -> str:
        if found["kind"] == "tsv" and found["name"] in inside:
            return f'<a href="#table-{found["name"]}">{found[0]}</a>'
        return f'<a href="{found[0]}">{found[0]}</a> (beside the report)'

    return NUMBERS.sub(link, html)


def table_section(name: str) -> Section:
    """A table of results, drawn in the browser."""
    body = f'<h1>{escape(name)}.tsv</h1>\n<div data-table="{escape(name)}"></div>'
    return Section(f"table-{name}", "Tables", name, body, aside=True)
