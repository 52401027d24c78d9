"""The Methods section that a study's config implies, with references, limitations and the STROBE-MR list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from scripts.figure.page import framed
from scripts.figure.report_sections import QUIET
from scripts.figure.words import SUPERSCRIPT, count
from scripts.table.methods import CORRECTION_NAMES, METHODS, method_names
from scripts.table.status import Flag

HEADS = ("Trait", "Role", "People", "Cases", "Ancestry", "Build", "Source", "SHA-256")
PAGE = """\
<p class="soft">Written from the config of this run, for authors to edit. References: references.bib. What is
marked author is not known here.</p>
{{ methods }}
<h2>Limitations that the run itself shows</h2>
<ul>{% for line in limitations %}<li>{{ line }}</li>{% endfor %}</ul>
<h2>References</h2>
<ol>{% for line in references %}<li>{{ line }}</li>{% endfor %}</ol>
<h2>STROBE-MR</h2>
<p>Items of the statement for reports of Mendelian randomization studies, in short, and where this run answers
them.</p>
{{ table([("item", "Item", "n"), ("section", "Section", ""), ("topic", "What is asked", "name"),
  ("filled", "Where it is answered", "")], strobe) }}
"""


@dataclass(slots=True)
class References:
    """Prints citations and remembers which were used, in the order of their first use."""

    rows: Mapping[str, Mapping[str, str]]
    used: list[str] = field(default_factory=list)

    def cite(self, *keys: str) -> str:
        """(Burgess et al. 2013; Lawlor et al. 2008)."""
        self.used += [key for key in keys if key not in self.used]
        return f"({'; '.join(map(self._short, keys))})"

    def _short(self, key: str) -> str:
        names = [name.partition(",")[0] for name in self.rows[key]["authors"].split(" and ")]
        whole = len(names) < 3 and "others" not in names
        return f"{' & '.join(names) if whole else f'{names[0]} et al.'} {self.rows[key]['year']}"

    def by_doi(self, doi: str) -> str:
        """The citation of the paper with this DOI."""
        return self.cite(next(key for key, row in self.rows.items() if row["doi"] == doi))

    def lines(self) -> list[str]:
        """The references that were used, in full."""
        rows = (self.rows[key] for key in self.used)
        return [
            f"{row['authors'].replace(' and ', '; ')}. {row['title']}. {row['journal']} {row['year']};"
            f"{row['volume']}:{row['pages']}. doi:{row['doi']}"
            for row in rows
        ]

    def bibtex(self) -> str:
        """The same as BibTeX."""
        names = {"author": "authors", "pages": "pages", "volume": "volume", "year": "year"}
        names |= {"journal": "journal", "title": "title", "doi": "doi"}
        entries = []
        for key in self.used:
            row = self.rows[key]
            fields = [f"  {name} = {{{_braced(row[column], name)}}}," for name, column in names.items()]
            entries.append("\n".join([f"@article{{{key},", *fields, "}"]))
        return "\n\n".join(entries) + "\n"


def _braced(text: str, name: str) -> str:
    return text.replace("-", "--") if name == "pages" else f"{{{text}}}" if name == "title" else text


def methods_text(
    template: str, config: Mapping[str, Any], facts: Mapping[str, Any], references: References
) -> str:
    """The section as reStructuredText; `facts` are what the template asks besides the config."""
    keys = [method for method in facts["run_methods"] if method in METHODS]
    named = "; ".join(f"{METHODS[key].name} {references.by_doi(METHODS[key].doi)}" for key in keys)
    environment = Environment(undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(template).render(
        config=config,
        cite=references.cite,
        powers=powers,
        correction=lambda key: CORRECTION_NAMES[key],
        methods=named,
        discovery=method_names(list(config["discovery"]["methods"])),
        **facts,
    )


def powers(value: float) -> str:
    """5×10⁻⁸ for very small numbers, plain text for others."""
    mantissa, _, exponent = f"{value:.2g}".partition("e")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPT)}" if exponent else mantissa


def source_table(rows: Sequence[Sequence[str]]) -> str:
    """A list table in reStructuredText; empty without rows."""
    if not rows:
        return ""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (HEADS, *rows):
        lines += [f"   {'*' if i == 0 else ' '} - {cell}" for i, cell in enumerate(row)]
    return "\n".join(lines)


def limitations(hits: pd.DataFrame, overlap: pd.DataFrame, ancestries: Iterable[str]) -> list[str]:
    """What flags, shared people and ancestries say against the hits, in sentences."""
    said = []
    flags = hits["flags"].fillna("").str.split()
    for flag in Flag:
        n = int(flags.map(lambda found, flag=flag: flag.value in found).sum())
        if n:
            said.append(f"{n:,} of {count(len(hits), 'hit')}: {flag.sentence}.")
    shared = overlap.loc[overlap["n_shared_at_most"] > 0, "outcome"].nunique()
    if shared:
        said.append(
            f"{count(shared, 'outcome')} may share people with exposures; estimates then lean towards the "
            "confounded association (tables/overlap.tsv has the bounds)."
        )
    different = sorted({one for one in ancestries if one})
    if len(different) > 1:
        said.append(f"The sources are of several ancestries ({', '.join(different)}).")
    elif different:
        said.append(f"All sources are of {different[0]} ancestry; other people may differ.")
    return said


def methods_page(
    title: str, text: str, references: References, limits: Sequence[str], strobe: Sequence[Mapping[str, str]]
) -> str:
    """The page as HTML text."""
    settings = {**QUIET, "initial_header_level": 2, "doctitle_xform": False}
    body = publish_parts(text, writer="html5", settings_overrides=settings)["body"]
    return framed(
        "Methods",
        title,
        PAGE,
        methods=Markup(body),
        limitations=limits,
        references=references.lines(),
        strobe=strobe,
    )
