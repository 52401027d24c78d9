"""A section of the report for each hit: what it is worth, its numbers, its figures, all that names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from scripts.figure.page import laid_out
from scripts.figure.report_sections import FIGURE_STYLE, Drawing, Section, gallery
from scripts.figure.words import MISSING, Labels, effect_unit, interval, label_of, p_value
from scripts.table.methods import METHODS
from scripts.table.status import MethodStatus

GROUP = "3 Hits"
HIT = {"exposure", "outcome", "figure"}  # wildcards of the figures of a hit
NAMED_BY = ("exposure", "trait", "trait_1")  # wildcards of figures that name an exposure
PLACES = ("rsid", "chromosome", "position", "effect_allele", "other_allele")
NUMBERS = ("beta_exposure", "se_exposure", "beta_outcome", "se_outcome", "f_statistic")
TEMPLATE = """\
<h1>{{ title }}</h1>
<p class="lead">{{ hit.sentence }}</p>
<p>Worth: <b>{{ hit.worth }}</b>.</p>
{{ figures }}
<h2>Estimates by method</h2>
{{ table([("method", "Method", "name"), ("n", "Instruments", "n"),
  ("effect", "Effect (95% interval)", "effect"), ("p", "P", "n"), ("status", "Status", "")], estimates) }}
<p class="soft">In {{ unit }}.</p>
{% if validation %}<h2>Validation outcomes</h2>
{{ table([("outcome", "Outcome", "name"), ("effect", "Effect (95% interval)", "effect"), ("p", "P", "n"),
  ("p_adjusted", "Adjusted P", "n"), ("verdict", "Verdict", "")], validation) }}{% endif %}
{% if others %}<h2>In other stages</h2>
{{ others }}{% endif %}
<h2>Everything that is known of it</h2>
{{ table([("name", "Column of hits.tsv", "name"), ("value", "Value", "")], facts) }}
<h2>Instruments</h2>
{{ table(instrument_heads, instruments) }}
"""


def hit_sections(
    hits: pd.DataFrame,
    estimates: pd.DataFrame,
    validation: pd.DataFrame,
    instruments: pd.DataFrame,
    drawings: Sequence[Drawing],
    labels: Labels,
) -> Iterator[Section]:
    """The sections, in the order of `hits`; `drawings` are all figures of the report."""
    heads = [(name, name.replace("_", " "), "n" if name in NUMBERS else "") for name in (*PLACES, *NUMBERS)]
    records: list[dict[Any, Any]] = hits.to_dict("records")
    for hit in records:
        exposure, outcome = hit["exposure"], hit["outcome"]
        of_pair = _pairs(estimates, exposure, outcome)
        named = [one for one in drawings if exposure in (one.wildcards.get(name) for name in NAMED_BY)]
        own = [one for one in named if set(one.wildcards) == HIT and one.wildcards["outcome"] == outcome]
        others = [one for one in named if set(one.wildcards) != HIT]
        title = f"{label_of(exposure, labels).name} on {label_of(outcome, labels).name}"
        html = laid_out(
            TEMPLATE,
            title=title,
            hit=hit,
            figures=_markup(own),
            others=_markup(others),
            estimates=[_estimate(row) for row in of_pair],
            unit=effect_unit(label_of(exposure, labels), label_of(outcome, labels)),
            validation=[_validated(row, labels) for row in _pairs(validation, exposure, outcome)],
            facts=[{"name": name, "value": _plain(value)} for name, value in hit.items()],
            instrument_heads=heads,
            instruments=[
                {name: _plain(row[name]) for name, *_ in heads}
                for row in _pairs(instruments, exposure, outcome)
                if row["status"] == "kept"
            ],
        )
        ident = f"hit-{exposure}-{outcome}"
        yield Section(ident, GROUP, title, html, FIGURE_STYLE, drawings=[*own, *others])


def _markup(drawings: Sequence[Drawing]) -> Markup | None:
    return Markup(gallery(drawings)) if drawings else None


def _pairs(table: pd.DataFrame, exposure: str, outcome: str) -> list[dict[Any, Any]]:
    chosen: list[dict[Any, Any]] = table[
        (table["exposure"] == exposure) & (table["outcome"] == outcome)
    ].to_dict("records")
    return chosen


def _estimate(row: Mapping[Any, Any]) -> dict[str, str]:
    return {
        "method": METHODS[row["method"]].name,
        "n": _plain(row["n_instruments"]),
        "effect": interval(row["beta"], row["ci_low"], row["ci_high"]),
        "unit": "",
        "p": p_value(row["neglog10_p"]),
        "status": MethodStatus.of(row["status"]).sentence,
    }


def _validated(row: Mapping[Any, Any], labels: Labels) -> dict[str, str]:
    return {
        "outcome": label_of(row["validation_outcome"], labels).name,
        "effect": interval(row["beta"], row["ci_low"], row["ci_high"]),
        "unit": "",
        "p": p_value(row["neglog10_p"]),
        "p_adjusted": _plain(row["p_adjusted"]),
        "verdict": row["verdict"],
    }


def _plain(value: Any) -> str:
    """A cell as text; numbers to four digits, whole ones in full."""
    if isinstance(value, float):
        if pd.isna(value):
            return MISSING
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.4g}"
    return MISSING if value is None else str(value)
