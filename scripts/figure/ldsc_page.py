"""The page of LD score regression: genetic correlations, heritabilities, and the variants behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from scripts.figure.page import framed
from scripts.figure.words import MISSING, Labels, count, interval, label_of, number, p_value
from scripts.method.estimate import confidence_quantile
from scripts.table.status import RegressionStatus

MOST_ROWS = 400  # of a table
TEMPLATE = """\
<p class="lead">{{ lead }}</p>
<p>A genetic correlation is that of all common variants' effects, not of instruments; it shows shared
heritability and no direction. Cause in either direction raises it, and so does what acts on both traits.</p>

<h2>Genetic correlation with the outcome</h2>
<figure>{{ svg }}
<figcaption>Genetic correlation with 95% interval; open marks: few variants, little power, or an estimate out
of range. Numbers: tables/genetic_correlation.tsv.</figcaption></figure>
{% if pairs.rows %}{{ table([("exposure", "Trait", "name"), ("outcome", "With", "name"),
  ("rg", "rg (95% interval)", "effect"), ("p", "P", "n"), ("detectable", "Detectable rg", "n"),
  ("intercept", "Intercept", "effect"), ("h2", "Heritabilities", "effect"), ("variants", "Variants", "n"),
  ("status", "Status", "")], pairs.rows) }}
{{ more(pairs, "genetic_correlation.tsv") }}
{% if others %}<p class="soft">And {{ others }} between exposures, or that other methods
asked for: tables/genetic_correlation.tsv.</p>
{% endif %}
<p class="soft">Detectable rg: what would be found with a power of 0.8. Intercept: of the covariance, in
brackets its standard error; people in both samples move it from 0. Heritabilities: of both traits, from the
variants that they share.</p>
{% endif %}
<h2>Heritability</h2>
{{ table([("trait", "Trait", "name"), ("h2", "h2 (95% interval)", "effect"),
  ("liability", "h2 of liability", "effect"), ("intercept", "Intercept (95% interval)", "effect"),
  ("ratio", "Ratio", "n"), ("chi2", "Mean χ²", "n"), ("lambda", "λ", "n"), ("n", "N", "n"),
  ("variants", "Variants", "n"), ("detectable", "Detectable h2", "n"), ("status", "Status", "")], h2.rows) }}
{{ more(h2, "heritability.tsv") }}
<p class="soft">On the observed scale; of liability where the trait table gives the prevalence. Intercept
above 1: inflation that is not polygenic; ratio: its share of all inflation.</p>

<h2>Statuses</h2>
<ul>{% for name, sentence in statuses %}<li><b>{{ name }}</b>: {{ sentence }}</li>{% endfor %}</ul>

<h2>Variants, by what became of them</h2>
<p class="soft">Summed over all traits.</p>
{{ table([("sentence", "Rows at hand", "name"), ("n", "Number", "n")], variants) }}
"""
MORE = """\
{%- macro more(found, file) -%}
{% if found.more %}<p class="soft">And {{ "{:,}".format(found.more) }} more: tables/{{ file }}.</p>{% endif %}
{%- endmacro -%}
"""


def ldsc_page(
    title: str,
    heritability: pd.DataFrame,
    pairs: pd.DataFrame,
    variants: pd.DataFrame,
    labels: Labels,
    svg: str,
) -> str:
    """The page as HTML text, from heritability.tsv, genetic_correlation.tsv and ldsc_variants.tsv."""
    told = pairs[pairs["hit"].astype(bool)]
    beside = len(pairs) - len(told)
    return framed(
        "LD score regression",
        title,
        MORE + TEMPLATE,
        lead=_lead(heritability, pairs),
        pairs=_shown([_pair(row, labels) for row in told.itertuples()]),
        others=count(beside, "genetic correlation") if beside else "",
        statuses=_statuses([*heritability["status"], *told["status"]]),
        h2=_shown([_trait(row, labels) for row in heritability.itertuples()]),
        variants=_variants(variants),
        svg=Markup(svg[svg.index("<svg") :]),
    )


def _lead(heritability: pd.DataFrame, pairs: pd.DataFrame) -> str:
    known, told = int(heritability["h2"].notna().sum()), int(pairs["rg"].notna().sum())
    all_known = known == len(heritability) and told == len(pairs)
    return (
        f"Heritability of {known:,} of {count(len(heritability), 'trait')}, and {told:,} of "
        f"{count(len(pairs), 'genetic correlation')}, could be estimated"
        + ("." if all_known else "; the status of each other one says why not.")
    )


def _status(row: Any) -> str:
    """The status in a word or two, or the trait's own trouble."""
    usual = row.message == RegressionStatus.of(row.status).sentence
    return row.status.replace("_", " ") if usual else str(row.message)


def _statuses(keys: list[str]) -> list[tuple[str, str]]:
    """The statuses that occur, in words."""
    return [(one.value.replace("_", " "), one.sentence) for one in RegressionStatus if one.value in keys]


def _shown(rows: list[dict[str, str]]) -> dict[str, Any]:
    return {"rows": rows[:MOST_ROWS], "more": len(rows[MOST_ROWS:])}


def _pair(row: Any, labels: Labels) -> dict[str, str]:
    return {
        "exposure": label_of(str(row.trait_1), labels).name,
        "outcome": label_of(str(row.trait_2), labels).name,
        "rg": _with_interval(row.rg, row.rg_se),
        "p": p_value(row.neglog10_p),
        "detectable": number(row.rg_detectable),
        "intercept": _with_se(row.covariance_intercept, row.covariance_intercept_se),
        "h2": f"{_with_se(row.h2_1, row.h2_se_1)}; {_with_se(row.h2_2, row.h2_se_2)}",
        "variants": f"{int(row.n_variants):,}",
        "status": _status(row),
    }


def _trait(row: Any, labels: Labels) -> dict[str, str]:
    return {
        "trait": label_of(str(row.trait), labels).name,
        "h2": _with_interval(row.h2, row.h2_se),
        "liability": _with_se(row.h2_liability, row.h2_liability_se),
        "intercept": _with_interval(row.intercept, row.intercept_se),
        "ratio": number(row.ratio, 2),
        "chi2": number(row.mean_chi2, 3),
        "lambda": number(row.lambda_gc, 3),
        "n": MISSING if pd.isna(row.n) else f"{int(row.n):,}",
        "variants": MISSING if pd.isna(row.n_variants) else f"{int(row.n_variants):,}",
        "detectable": number(row.h2_detectable),
        "status": _status(row),
    }


def _with_interval(value: float, se: float) -> str:
    half = confidence_quantile(np.inf) * se
    return interval(value, value - half, value + half)


def _with_se(value: float, se: float) -> str:
    return MISSING if pd.isna(value) else f"{number(value, 3)} ({number(se, 3)})"


def _variants(table: pd.DataFrame) -> list[dict[str, str]]:
    sums = table.groupby("sentence", sort=False)["n_rows"].sum()
    return [{"sentence": str(sentence), "n": f"{n:,}"} for sentence, n in sums.items()]
