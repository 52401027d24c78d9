"""The page of the mediation: what passes through which mediator, which gate stopped what, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.figure.mediation_words import (
    caveats,
    effect,
    in_order,
    names_of,
    percent,
    proportion,
    verdict,
)
from scripts.figure.page import framed
from scripts.figure.svg import embedded
from scripts.figure.words import MISSING, Labels, count, effect_unit, label_of, number, p_value
from scripts.table.mediation import TRIPLE, Gate, GateStatus, MediationStatus, ProportionStatus

MOST = 200  # rows of the tables
EFFECTS = {"total": "total", "direct": "direct", "indirect": "mediated"}
HEADS = (
    *(("triple", "Exposure, mediator, outcome", "name"), ("said", "Verdict", "name")),
    *(("steps", "Step 1, step 2 (95% interval)", "lines"), ("effects", "Effects (95% interval)", "lines")),
    *(("proportion", "Proportion (Fieller's interval)", ""), ("caveats", "Keep in mind", "lines")),
)
FIRST = {"nominal": "nominally", "fdr": "at the same false discovery rate over an outcome's mediators"}
TEMPLATE = """\
<p class="lead">{{ lead }}</p>
<p>An effect passes through a mediator where the exposure acts on the mediator (step 1) and the mediator on
the outcome with the exposure held (step 2, by multivariable regression). The mediated part is the product of
both steps. A pair is followed where step 1 has an adjusted P below {{ fdr }} over all pairs, and counts as
mediated where step 2 has one too and no gate says no: instruments of its own, for a gene a causal variant
that it shares with the outcome, no effect in reverse, a silent negative control. A share of the total effect
is printed only where the total is at least 3 standard errors from 0 and no part works against another; its
interval holds the total's own error.{% if first %} Mediators are asked first: only those that act on the
outcome by themselves, {{ first }}, and on which it does not act, are followed.{% endif %}</p>

<h2>At a glance</h2>
<figure><img src="{{ heatmap }}" alt="Exposures by mediators: which effects are mediated">
<figcaption>The weaker of both steps for each exposure and each mediator that has instruments; marked where
the effect is mediated. Numbers: tables/mediation.tsv.</figcaption></figure>

<h2>Paths</h2>
<figure><img src="{{ paths }}" alt="Paths from exposure to mediator to outcome">
<figcaption>a, b: steps 1 and 2; the mediated effect is their product. Numbers: tables/mediation.tsv.
</figcaption></figure>

<h2>Verdicts</h2>
{{ table([("sentence", "Verdict", "name"), ("n", "Triples", "n")], verdicts) }}

<h2>Mediators by themselves</h2>
<p>The effect of each mediator on the outcome by its own instruments, whatever the exposure does, and the
reverse; P adjusted over an outcome's mediators.</p>
{% if alone %}{{ table([("mediator", "Mediator", "name"), ("outcome", "Outcome", "name"),
  ("n", "Instruments", "n"), ("effect", "Effect (95% interval)", "effect"), ("p", "Adjusted P", "n"),
  ("reverse", "Reverse: adjusted P", "n")], alone) }}
{% else %}<p>None.</p>
{% endif %}
<h2>Every triple with a second step</h2>
{% if triples %}{{ table(heads, triples) }}
<p class="soft">tables/mediation.tsv has all numbers and every interval, tables/mediation_gates.tsv all
gates.</p>
{% else %}<p>No exposure acts on a mediator that has instruments of its own.</p>
{% endif %}
{% if shares %}<h2>What a proportion's interval must hold</h2>
<p>Delta: with the error of the mediated and of the total effect. Too narrow: as if the total were known, as
often printed.</p>
{{ table([("triple", "Exposure, mediator, outcome", "name"), ("share", "Proportion", "n"),
  ("fieller", "Fieller", "n"), ("delta", "Delta", "n"), ("drawn", "Monte Carlo", "n"),
  ("narrow", "Too narrow", "n")], shares) }}
{% endif %}
<h2>Gates of every triple with a second step</h2>
{% if gates %}{{ table([("triple", "Exposure, mediator, outcome", "name"), ("gate", "Asked", ""),
  ("answer", "Answer", ""), ("value", "By", "")], gates) }}
{% else %}<p>None.</p>
{% endif %}
{% if truth %}<h2>Beside the truth of this simulated study</h2>
<p>The first gene explains a locus of the outcome and is acted on by one exposure; its neighbour in linkage
disequilibrium is acted on as well and does nothing; the others have no part in anything.</p>
{{ table([("mediator", "Mediator", "name"), ("class", "What it truly is", ""),
  ("exposure", "Acted on by", ""), ("true", "True mediated effect", "n"), ("found", "Found", "effect"),
  ("said", "Verdict", "")], truth) }}
{% if beyond %}<p>Found beyond that: {{ beyond }}.</p>
{% endif %}{% endif %}
"""


def mediation_page(
    title: str,
    table: pd.DataFrame,
    gates: pd.DataFrame,
    truth: pd.DataFrame | None,
    labels: Labels,
    settings: Mapping[str, Any],
    drawings: Mapping[str, str],
) -> str:
    """The page as HTML text from mediation.tsv and its gates; `drawings` are the heat map and paths (SVG)."""
    ordered = in_order(table)
    second = [_plain(row) for row in ordered[ordered["step_2_beta"].notna()].head(MOST).to_dict("records")]
    printed = [row for row in second if row["proportion_status"] == ProportionStatus.PRINTED]
    return framed(
        "Mediation",
        title,
        TEMPLATE,
        lead=_lead(table),
        fdr=f"{settings['fdr']:g}",
        first=FIRST.get(settings["mediators_act"]),
        heads=HEADS,
        **{name: embedded(svg) for name, svg in drawings.items()},
        verdicts=_verdicts(table),
        alone=_alone(table, labels),
        triples=[_row(row, labels) for row in second],
        shares=[_share(row, labels) for row in printed],
        gates=_gates(second, gates, labels),
        truth=[] if truth is None else [_true(row, table, labels) for row in truth.to_dict("records")],
        beyond="" if truth is None else _beyond(truth, table, labels),
    )


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def _lead(table: pd.DataFrame) -> str:
    mediated = table[table["status"] == MediationStatus.MEDIATED]
    followed = int(table["step_2_beta"].notna().sum())
    n_exposures, n_mediators = table["exposure"].nunique(), table["mediator"].nunique()
    return (
        f"{count(n_exposures, 'exposure')} and {count(n_mediators, 'mediator')}: "
        f"{count(followed, 'triple')} with a second step, {len(mediated):,} mediated."
    )


def _verdicts(table: pd.DataFrame) -> list[dict[str, str]]:
    numbers = table["status"].value_counts()
    return [
        {"sentence": status.sentence, "n": f"{numbers[status.value]:,}"}
        for status in MediationStatus
        if status.value in numbers
    ]


def _alone(table: pd.DataFrame, labels: Labels) -> list[dict[str, str]]:
    """Each mediator with each outcome once."""
    pairs = table.drop_duplicates(["mediator", "outcome"]).head(MOST)
    return [_alone_row(_plain(row), labels) for row in pairs.to_dict("records")]


def _alone_row(row: dict[str, Any], labels: Labels) -> dict[str, str]:
    mediator, outcome = (label_of(str(row[role]), labels) for role in ("mediator", "outcome"))
    return {
        "mediator": mediator.name,
        "outcome": outcome.name,
        "n": f"{row['alone_n']:,}",
        "effect": effect(row, "alone"),
        "unit": effect_unit(mediator, outcome),
        "p": _p(row["alone_p_adjusted"]),
        "reverse": _p(row["alone_reverse_p_adjusted"]),
    }


def _p(p: float) -> str:
    return MISSING if math.isnan(p) else p_value(-math.log10(p)) if p > 0.0 else "0"


def _triple(row: Mapping[str, Any], labels: Labels) -> str:
    exposure, mediator, outcome = names_of(row, labels)
    return f"{exposure} → {mediator} → {outcome}"


def _row(row: Mapping[str, Any], labels: Labels) -> dict[str, str]:
    return {
        "triple": _triple(row, labels),
        "said": verdict(row),
        "steps": f"1: {effect(row, 'step_1')}\n2: {effect(row, 'step_2')}",
        "effects": "\n".join(f"{word}: {effect(row, name)}" for name, word in EFFECTS.items()),
        "proportion": proportion(row),
        "caveats": "\n".join(caveats(row)),
    }


def _share(row: Mapping[str, Any], labels: Labels) -> dict[str, str]:
    keys = {"fieller": "fieller_", "delta": "", "drawn": "mc_", "narrow": "too_narrow_"}
    ends = {
        name: " to ".join(percent(row[f"proportion_{key}{end}"]) for end in ("low", "high"))
        for name, key in keys.items()
    }
    return {"triple": _triple(row, labels), "share": percent(row["proportion"]), **ends}


def _gates(rows: list[dict[str, Any]], gates: pd.DataFrame, labels: Labels) -> list[dict[str, str]]:
    """The gates of these triples; the triple is named at the first of them."""
    known = dict(list(gates.groupby(TRIPLE, sort=False)))
    lines = []
    for row in rows:
        name = _triple(row, labels)
        for gate in known[tuple(row[role] for role in TRIPLE)].to_dict("records"):
            answer = GateStatus.of(gate["status"]).sentence
            asked, value = Gate.of(gate["gate"]).sentence, str(gate["value"])
            lines.append({"triple": name, "gate": asked, "answer": answer, "value": value})
            name = ""
    return lines


def _true(row: Mapping[Any, Any], table: pd.DataFrame, labels: Labels) -> dict[str, str]:
    """A simulated mediator beside what was found with the exposure that acts on it."""
    pair = (table["exposure"] == row["exposure"]) & (table["mediator"] == row["mediator"])
    found = [_plain(one) for one in table[pair].head(1).to_dict("records")]
    return {
        "mediator": label_of(row["mediator"], labels).name,
        "class": str(row["class"]).replace("_", " "),
        "exposure": label_of(row["exposure"], labels).name if row["step_1"] else "none",
        "true": number(row["indirect"]),
        "found": effect(found[0], "indirect") if found else "not followed",
        "said": verdict(found[0]) if found else "",
    }


def _beyond(truth: pd.DataFrame, table: pd.DataFrame, labels: Labels) -> str:
    """Triples that are said to be mediated and are not so simulated."""
    real = truth[truth["indirect"] != 0.0]
    known = set(zip(real["exposure"], real["mediator"], strict=True))
    found = table[table["status"] == MediationStatus.MEDIATED].to_dict("records")
    wrong = [_plain(row) for row in found if (row["exposure"], row["mediator"]) not in known]
    return "; ".join(f"{_triple(row, labels)} ({_doubts(row)})" for row in wrong)


def _doubts(row: Mapping[str, Any]) -> str:
    """The caveats of a triple in one line."""
    return " ".join(caveats(row)) or "without a caveat"
