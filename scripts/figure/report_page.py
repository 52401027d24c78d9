"""The report: one HTML file that holds every page, figure and table, packed, and needs nothing else."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from urllib.parse import quote

from markupsafe import Markup

from scripts.figure.page import laid_out
from scripts.figure.report_sections import Section, linked

SHELL = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style id="style">{{ style }}
{{ own_style }}</style>
</head>
<body data-title="{{ title }}">
<a class="skip" href="#view">To the content</a>
<nav aria-label="Sections">
<input type="search" id="find" placeholder="Find a section" aria-label="Find a section">
<ul><li><a href="#home">What was found</a></li>
<li><a href="{{ workbook }}">Tables of a paper (workbook)</a></li></ul>
{% for group, sections in groups %}<details{{ " open" if sections | length < 9 }}>
<summary>{{ group }}</summary>
<ul>{% for section in sections %}<li><a href="#{{ section.address }}">{{ section.title }}</a></li>
{% endfor %}</ul></details>
{% endfor %}<ul id="everything" hidden><li><a href="#all">Everything, to print</a></li></ul>
</nav>
<main>
<p id="old" hidden>This browser is too old to unpack the figures and tables; one of 2023 or later can. The
folder of this file has them too.</p>
<noscript><p>Figures and tables are unpacked by JavaScript, which is turned off. The folder of this file has
them too.</p></noscript>
<div id="home">{{ home }}
<p>The tables as a paper numbers them, with units and notes, are in the workbook
<a href="{{ workbook }}">{{ workbook }}</a> beside this file.</p>
{% if hits %}<h2>Evidence of each hit</h2>
<ul>{% for section in hits %}<li><a href="#{{ section.address }}">{{ section.title }}</a></li>
{% endfor %}</ul>{% endif %}</div>
<div id="view" tabindex="-1"></div>
</main>
<script type="application/gzip" id="content">{{ content }}</script>
<script>{{ script }}</script>
</body>
</html>
"""


def report_page(
    title: str,
    home: Section,
    hits: Sequence[Section],
    others: Sequence[Section],
    tables: Mapping[str, str],
    workbook: str,
    style: str,
    script: str,
) -> str:
    """The report as HTML text. It opens with `home`, which names the `hits`; `tables` are texts by name.

    `workbook` is the name of a file beside the report, which has the tables of a paper.
    Sections are listed by group, in their order; a group's leading number is its place and not shown.
    """
    ordered = sorted([*hits, *others], key=lambda section: section.group)
    groups = [
        (name.lstrip("0123456789 "), _links(part))
        for name, part in groupby(ordered, key=lambda section: section.group)
    ]
    content = {
        "sections": {
            one.id: {"html": linked(one.html, tables), "style": one.style, "aside": one.aside}
            for one in ordered
        },
        "figures": {
            str(one.path): one.path.read_text(encoding="utf-8")
            for section in ordered
            for one in section.drawings
        },
        "tables": dict(tables),
    }
    return laid_out(
        SHELL,
        title=title,
        own_style=Markup(style),
        groups=groups,
        hits=_links(hits),
        home=Markup(linked(home.html, tables)),
        workbook=workbook,
        content=Markup(packed(json.dumps(content, ensure_ascii=False))),
        script=Markup(script),
    )


def _links(sections: Iterable[Section]) -> list[dict[str, str]]:
    return [{"title": one.title, "address": quote(one.id)} for one in sections]


def packed(text: str) -> str:
    """Text as base64 of gzip, the same for the same text."""
    return b64encode(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)).decode("ascii")
