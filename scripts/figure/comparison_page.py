"""The page of known results beside those that the study found."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from scripts.figure.page import framed
from scripts.figure.words import MISSING, Labels, interval, label_of, p_value
from scripts.table.comparison import MEDIATION, REVERSE, SCREEN, Agreement, LocusFound
from scripts.table.methods import METHODS, method_name

ANALYSES = {SCREEN: "Screen", REVERSE: "Reverse direction", MEDIATION: "Mediation"}
BODY = """
<p class="lead">{{ lead }}</p>
<p>A known result agrees where it lies within the study's own 95% interval. Of true values 95% are expected
to; printed ones have errors of their own.</p>
{{ table([("analysis", "Analysis", ""), ("exposure", "Exposure", "name"), ("mediator", "Through", ""),
  ("outcome", "Outcome", ""), ("method", "Method", ""), ("quantity", "Quantity", ""),
  ("known", "Known (95% interval)", "effect"),
  ("known_p", "P", "n"), ("found", "Found (95% interval)", "effect"), ("found_p", "P", "n"),
  ("verdict", "Verdict", "")], rows) }}
{% if loci %}<h2>Printed loci</h2>
{{ table([("rsid_printed", "Printed lead", "name"), ("nearest_gene_printed", "Nearest gene", ""),
  ("pops_gene_printed", "PoPS", ""), ("pp_h4_printed", "PP.H4", "n"), ("rsid_found", "Lead found", ""),
  ("nearest_gene_found", "Nearest gene", ""), ("pops_gene_found", "PoPS", ""), ("pp_h4_found", "PP.H4", "n"),
  ("verdict", "Verdict", "")], loci) }}
{% endif %}{% if counts %}<h2>Printed counts</h2>
{{ table([("subject", "Count", "name"), ("outcome", "Outcome", ""), ("n_printed", "Printed", "n"),
  ("n_found", "Found", "n")], counts) }}
{% endif %}<h2>What the verdicts mean</h2>
{{ table([("verdict", "Verdict", ""), ("sentence", "Meaning", "")], verdicts) }}
"""


def comparison_page(
    table: pd.DataFrame, loci: pd.DataFrame, counts: pd.DataFrame, title: str, labels: Labels
) -> str:
    """The page as HTML; `table` and `loci` by `analysis.compared`, `counts` by `analysis.compared_counts`."""
    agreeing = int((table["verdict"] == Agreement.AGREES).sum())
    estimated = int((table["verdict"] != Agreement.NOT_ESTIMATED).sum())
    lead = f"{agreeing:,} of {estimated:,} known results that the study has an estimate of agree with it"
    lead += f"; {len(table) - estimated:,} have none." if estimated < len(table) else "."
    return framed(
        "Known results beside those of this study",
        title,
        BODY,
        lead=lead,
        rows=[_cells(row, labels) for row in table.to_dict("records")],
        loci=[{name: _shown(value) for name, value in row.items()} for row in loci.to_dict("records")],
        counts=[_count(row, labels) for row in counts.to_dict("records")],
        verdicts=[
            {"verdict": one.value.replace("_", " "), "sentence": one.sentence}
            for one in (*Agreement, *(LocusFound if len(loci) else ()))
        ],
    )


def _cells(row: dict[Any, Any], labels: Labels) -> dict[str, str]:
    mediator = row["mediator"] if isinstance(row["mediator"], str) else ""
    backwards = row["analysis"] == REVERSE
    first, last = ("outcome", "exposure") if backwards else ("exposure", "outcome")
    return {
        "analysis": ANALYSES.get(row["analysis"], f"Multivariable: {row['analysis']}"),
        "exposure": label_of(row[first], labels).name,
        "mediator": label_of(mediator, labels).name if mediator else "",
        "outcome": label_of(row[last], labels).name,
        "method": method_name(row["method"]) if row["method"] in METHODS else "",
        "quantity": row["quantity"].replace("_", " "),
        "known": _known(row),
        "known_p": MISSING if pd.isna(row["p"]) else f"{row['p']:g}",
        "found": interval(row["found"], row["found_low"], row["found_high"]),
        "found_p": MISSING if pd.isna(row["found_p"]) else _p(row["found_p"]),
        "verdict": row["verdict"],
    }


def _count(row: dict[Any, Any], labels: Labels) -> dict[str, str]:
    outcome = label_of(row["outcome"], labels).name if row["outcome"] else ""
    return {name: _shown(value) for name, value in row.items()} | {"outcome": outcome}


def _known(row: dict[Any, Any]) -> str:
    value, low, high = (_plain(row[name]) for name in ("value", "low", "high"))
    return value if pd.isna(row["low"]) or pd.isna(row["high"]) else f"{value} ({low} to {high})"


def _plain(number: float) -> str:
    """A number as a person types it."""
    return f"{round(number, 10):g}".replace("-", "−")


def _p(p: float) -> str:
    return "< 10⁻³⁰⁰" if p == 0 else p_value(-math.log10(p))


def _shown(value: Any) -> str:
    if pd.isna(value) or value == "":
        return MISSING
    return f"{value:.3g}" if isinstance(value, float) else str(value)
