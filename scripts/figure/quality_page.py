"""The quality page: every source file, what stands out in it, and what was done to its numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from scripts.figure.page import WIDE, framed
from scripts.figure.quality import usable_share
from scripts.figure.quality_findings import Cells, written
from scripts.figure.words import MISSING, Labels, count, number
from scripts.table.status import DropReason

MOST_OF_CHECK = 25  # findings of one check
MOST_TRAITS = 400  # rows of the table of traits
MOST_REASONS = 3  # reasons of dropped rows in one cell
HEADINGS = {
    "p_disagreement": "P beside effect and standard error",
    "eaf_correlation": "Correlation of frequencies with the panel's",
    "panel_alleles": "Alleles that the panel does not have",
    "fst_panel": "Distance of frequencies from the panel's",
    "lambda_gc": "Genomic inflation",
    "source_disagrees": "Otherwise than its server says",
    "biobank_ancestry": "Size of a biobank of another ancestry",
    "build": "Genome build",
    "confounded": "Instruments known for a confounder",
    "eaf_filled": "Frequencies from the panel",
    "linear_model": "Linear model's effects to log odds",
    "strand_turned": "Lifted to the other strand",
    "panel_ancestry": "Ancestry beside the LD panel's",
    "mixed_ancestry": "Cohorts of different ancestry",
}
HEADS = (
    *(("name", "Trait", "name"), ("read", "Rows read", "n"), ("usable", "Usable", "n")),
    *(("dropped", "Dropped, by reason", "lines"), ("build", "Build", ""), ("eaf", "Frequencies", "")),
    *(("scale", "Effects", ""), ("n", "N", "n"), ("n_implied", "N implied", "n")),
    *(("lambda", "λ", "n"), ("correlation", "Correlation of frequencies", "n")),
    *(("panel", "In the panel", "n"), ("ancestry", "Ancestry", ""), ("findings", "Stands out", "lines")),
)
OWN_STYLE = (
    WIDE
    + """
h3 { font-size: 1rem; margin: 1.6rem 0 .2rem; } h3 + p { margin-top: 0; }
th.n { white-space: normal; min-width: 3.4rem; } td.lines { font-size: .92em; }"""
)
TEMPLATE = """\
{%- macro groups(found) -%}
{% for group in found %}<h3>{{ group.head }}</h3>
<p>{{ group.meaning }}</p>
{{ table([("trait", "Trait", "name"), ("found", "Found", "")], group.rows) }}
{% if group.more %}<p class="soft">And {{ "{:,}".format(group.more) }} more: tables/quality_findings.tsv.</p>
{% endif %}{% endfor %}
{%- endmacro -%}
<p class="lead">{{ lead }}</p>

<h2>What stands out</h2>
{{ groups(outstanding) }}
{% if not outstanding %}<p>No file stands out.</p>
{% endif %}

<h2>The files side by side</h2>
<figure>{{ figure }}
<figcaption>Grey bands: what is usual. Red: what stands out. λ: median squared z score over that expected
without any effect. N implied: people that the standard errors speak of, on the declared scale of the effects.
Correlation of frequencies and Fst: with the LD panel's. Panel's alleles: share of rows at the panel's
positions with its alleles. Where files are many, bars count them. Numbers: tables/quality.tsv.
</figcaption></figure>

<h2>Every file</h2>
<p class="soft">Usable: rows that were clean. Build, effects and ancestry: as declared; what was found
follows an arrow where it differs. tables/quality.tsv has all numbers.</p>
{{ table(heads, traits) }}
{% if hidden %}<p class="soft">And {{ hidden }}: tables/quality.tsv.</p>
{% endif %}

<h2>What was done to their numbers</h2>
{{ groups(notes) }}
{% if not notes %}<p>Nothing: all numbers are those of the files.</p>
{% endif %}
"""


def quality_page(title: str, table: pd.DataFrame, findings: pd.DataFrame, labels: Labels, svg: str) -> str:
    """The page as HTML text from quality.tsv, quality_findings.tsv and the figure (SVG text)."""
    noted = findings["severity"] == "note"
    flagged_first = table["findings"].isna().to_numpy().argsort(kind="stable")
    hidden = max(len(table) - MOST_TRAITS, 0)
    shown = table.iloc[flagged_first[:MOST_TRAITS]] if hidden else table
    return framed(
        "Quality of the source files",
        title,
        TEMPLATE,
        own_style=OWN_STYLE,
        lead=_lead(table, findings),
        outstanding=_groups(findings[~noted], labels),
        notes=_groups(findings[noted], labels),
        heads=HEADS,
        traits=_traits(shown),
        hidden=count(hidden, "more file") if hidden else "",
        figure=Markup(svg[svg.index("<svg") :]),
    )


def _lead(table: pd.DataFrame, findings: pd.DataFrame) -> str:
    stopped = findings.loc[findings["severity"] == "stop", "trait"].nunique()
    flagged = int(table["findings"].notna().sum())
    allowed = int((findings["severity"] == "allowed").sum())
    parts = [f"{count(len(table), 'source file')}: something stands out in {flagged:,} of them"]
    parts += [f"{stopped:,} cannot be used" if stopped else ""]
    parts += [
        f"{count(allowed, 'check')} that would stop the study allowed by its configuration" if allowed else ""
    ]
    return "; ".join(part for part in parts if part) + "."


def _groups(findings: pd.DataFrame, labels: Labels) -> list[dict[str, Any]]:
    """The findings of each check and meaning together, at most MOST_OF_CHECK of them written out."""
    return [
        {
            "head": _head(str(check), len(rows)),
            "meaning": meaning,
            "rows": written(rows.head(MOST_OF_CHECK), labels),
            "more": max(len(rows) - MOST_OF_CHECK, 0),
        }
        for (check, meaning), rows in findings.groupby(["check", "meaning"], sort=False)
    ]


def _head(check: str, n: int) -> str:
    words = HEADINGS.get(check, check.replace("_", " ").capitalize())
    return f"{words} ({n:,})" if n > 1 else words


def _traits(table: pd.DataFrame) -> list[Cells]:
    usable = usable_share(table)
    rows: list[dict[Any, Any]] = table.to_dict("records")
    return [_trait(row, float(share)) for row, share in zip(rows, usable, strict=True)]


def _trait(row: dict[Any, Any], usable: float) -> Cells:
    return {
        "name": row["name"],
        "read": _count(row["rows_read"]),
        "usable": MISSING if pd.isna(usable) else f"{number(usable)}%",
        "dropped": _dropped(row),
        "build": _changed(row["build_declared"], row["build_used"]),
        "eaf": {"both": "file and panel"}.get(row["eaf_source"], _text(row["eaf_source"])),
        "scale": _changed(row["scale_declared"], row["scale_found"]),
        "n": _count(row["n"]),
        "n_implied": _count(row["n_implied"]),
        "lambda": _number(row["lambda_gc"]),
        "correlation": _number(row["eaf_correlation"]),
        "panel": MISSING if pd.isna(row["panel_share"]) else f"{number(100 * row['panel_share'])}%",
        "ancestry": _changed(row["ancestry_declared"], row["ancestry_found"]),
        "findings": _text(row["findings"]).replace(";", "\n").replace("_", " "),
    }


def _dropped(row: dict[Any, Any]) -> str:
    """The most frequent reasons of dropped rows, one a line; to be not significant is no loss."""
    reasons = [reason for reason in DropReason if reason != DropReason.NOT_SIGNIFICANT]
    counts = [(row[f"dropped_{reason}"], reason) for reason in reasons]
    lost = sorted((one for one in counts if not pd.isna(one[0]) and one[0]), key=lambda one: -one[0])
    lines = [f"{n:,.0f} {reason.replace('_', ' ')}" for n, reason in lost[:MOST_REASONS]]
    rest = sum(n for n, _ in lost[MOST_REASONS:])
    return "\n".join([*lines, *([f"{rest:,.0f} others"] if rest else [])]) or MISSING


def _changed(declared: Any, found: Any) -> str:
    return _text(declared) if pd.isna(found) or found == declared else f"{declared} → {found}"


def _text(value: Any) -> str:
    return MISSING if pd.isna(value) else str(value)


def _number(value: float) -> str:
    return MISSING if pd.isna(value) else number(value)


def _count(value: float) -> str:
    return MISSING if pd.isna(value) else f"{value:,.0f}"
