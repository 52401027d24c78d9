"""The page of a meta-analysis of published experiments: what they give together, and what that hangs on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from scripts.figure.page import framed
from scripts.figure.pooled_published import published_cells
from scripts.figure.pooled_tables import Names, PooledTables, set_words
from scripts.figure.words import MISSING, count, interval, number, p_value
from scripts.table.experiments import EffectStatus
from scripts.table.pooling import TAU2_NAMES, TEST_NAMES, PooledSet, PooledStatus

Cells = dict[str, Any]
POOLED_HEADS = (
    *(("measure", "Measure", "name"), ("set", "Experiments", ""), ("k", "k", "n"), ("people", "People", "n")),
    *(("effect", "Effect (95% interval)", "effect"), ("p", "P", "n"), ("i2", "I² (95% interval), %", "n")),
    *(("tau2", "τ²", "n"), ("prediction", "Prediction interval", "n"), ("egger", "Egger P", "n")),
    ("without", "Without one experiment", "n"),
)
OWN_STYLE = """\
body { max-width: 92rem; } .wide table { font-size: .84rem; }
.figures { display: flex; flex-wrap: wrap; gap: .8rem; align-items: flex-start; }
.figures img { background: #fff; width: 29rem; max-width: 100%; height: auto; }
.figures figure.broad img { width: 59rem; } .figures figure { margin: 0; }"""
TEMPLATE = """\
<p class="lead">{{ lead }}</p>
<p>Each effect is Hedges' g, cases minus controls. Pooled by random effects ({{ tau2 }}, {{ test }}): the mean
of the true effects of experiments that differ. The prediction interval is where the true effect of a further
experiment would lie. Egger: whether small experiments show other effects than large ones, as they do when
some are not published; weights of the random-effects model. Without one experiment: the least and the
greatest pooled effect that leaving out one gives.</p>

<h2>Pooled effects</h2>
{{ table(pooled_heads, pooled) }}
<p class="soft">tables/pooled.tsv has every estimator of τ² with both tests, pooled_experiments.tsv each
experiment's effect, weight and the pooled effect without it, pooled_small_study.tsv Egger's test with
fixed-effect weights too.</p>

{% for measure in measures %}<h2>{{ measure.name }}</h2>
<div class="figures">{% for figure in measure.figures %}<figure class="{{ figure.look }}">
<img alt="{{ figure.alt }}" src="data:image/svg+xml;base64,{{ figure.data }}">
<figcaption>{{ figure.alt }}. Numbers: tables/pooled_experiments.tsv.</figcaption></figure>{% endfor %}</div>
{% endfor %}
{% if correlations %}<h2>Effects beside moderators</h2>
<p>Spearman's rank correlation over experiments. P is exact up to 9 experiments without ties, by an Edgeworth
series above, by Student's t with ties. It is not corrected for the number of rows.</p>
{{ table([("moderator", "Moderator", "name"), ("measure", "Measure", ""), ("set", "Experiments", ""),
  ("k", "k", "n"), ("rho", "ρ", "n"), ("p", "P", "n")], correlations) }}
<p class="soft">{{ comparisons }}</p>
{% endif %}
{% if published %}<h2>Beside the published results</h2>
<p>{{ published.lead }}</p>
{% for line in published.restored %}<p>{{ line }}</p>
{% endfor %}{{ table([("measure", "Measure", "name"), ("set", "Experiments", ""),
  ("moderator", "Moderator", ""), ("quantity", "Quantity", ""),
  ("printed", "Printed", "n"), ("computed", "From the printed effects", "n"),
  ("reach", "Rounding can move it by", "n"), ("agreement", "", "")], published.rows) }}
<p class="soft">Results that agree to the last digit are left out; tables/pooled_published.tsv has all,
pooled_restorations.tsv further changes that restore fewer.</p>
{% endif %}
<h2>Where the effects come from</h2>
{{ table([("sentence", "Effect", "name"), ("n", "Effects", "n")], sources) }}
"""


def pooled_page(
    title: str,
    tables: PooledTables,
    names: Names,
    how: tuple[str, str],
    figures: Mapping[str, Sequence[tuple[str, str]]],
) -> str:
    """The page as HTML text; `how`: estimator and test, `figures`: description and SVG text by measure."""
    leading = tables.pooled[tables.pooled["leads"]]
    return framed(
        "Meta-analysis of experiments",
        title,
        TEMPLATE,
        own_style=OWN_STYLE,
        lead=_lead(leading, names),
        tau2=TAU2_NAMES[how[0]],
        test=TEST_NAMES[how[1]],
        pooled_heads=POOLED_HEADS,
        pooled=[_pooled(row, tables, names) for row in leading.to_dict("records")],
        measures=[
            {"name": names.measure(measure), "figures": [_image(alt, svg) for alt, svg in drawn]}
            for measure, drawn in figures.items()
        ],
        correlations=[_correlation(row, names) for row in tables.correlations.to_dict("records")],
        comparisons=_comparisons(tables.comparisons, names),
        published=published_cells(tables, names),
        sources=_sources(tables.influence),
    )


def _lead(leading: pd.DataFrame, names: Names) -> str:
    every = leading[(leading["set"] == PooledSet.ALL) & (leading["status"] == PooledStatus.ESTIMATED)]
    if every.empty:
        return "No measure has experiments enough to be pooled."
    clear = every[(every["ci_low"] > 0) | (every["ci_high"] < 0)]
    words = f"{count(len(every), 'measure')} pooled; the mean effect differs from 0 in {len(clear)} of them"
    rerun = leading[leading["set"] == PooledSet.WITHOUT_OUTLIERS].set_index("measure")
    kept = rerun["ci_low"] * rerun["ci_high"] > 0
    lost = [m for m in clear["measure"] if rerun.loc[m, "status"] == PooledStatus.ESTIMATED and not kept[m]]
    listed = ", ".join(names.measure(measure) for measure in lost)
    return f"{words}{f'; without outliers it no longer does in: {listed}' if lost else ''}."


def _pooled(row: Mapping[Any, Any], tables: PooledTables, names: Names) -> Cells:
    first: Cells = {"measure": names.measure(row["measure"]), "set": set_words(row["set"]), "unit": ""}
    if row["status"] != PooledStatus.ESTIMATED:
        words = PooledStatus.of(row["status"]).sentence
        return dict.fromkeys((key for key, _, _ in POOLED_HEADS), "") | first | {"effect": words}
    i2 = f"{number(row['i2_percent'], 1)} ({_range(row, 'i2_low_percent', 'i2_high_percent', 1)})"
    return first | {
        "k": row["k"],
        "people": f"{row['n_case'] + row['n_control']:,}",
        "effect": interval(row["beta"], row["ci_low"], row["ci_high"]),
        "p": p_value(row["neglog10_p"]),
        "i2": i2,
        "tau2": number(row["tau2"], 3),
        "prediction": _range(row, "prediction_low", "prediction_high", 2),
        "egger": _egger(row, tables.small_studies),
        "without": _without(row, tables.influence),
    }


def _range(row: Mapping[Any, Any], low: str, high: str, decimals: int) -> str:
    return f"{number(row[low], decimals)} to {number(row[high], decimals)}"


def _egger(row: Mapping[Any, Any], tests: pd.DataFrame) -> str:
    same = (tests["measure"] == row["measure"]) & (tests["set"] == row["set"])
    return p_value(float(tests.loc[same & (tests["weights"] == "random"), "neglog10_p"].iloc[0]))


def _without(row: Mapping[Any, Any], influence: pd.DataFrame) -> str:
    """Only of the set of all experiments, of which one was left out in turn."""
    found = influence.loc[influence["measure"] == row["measure"], "without_beta"].dropna()
    if row["set"] != PooledSet.ALL or found.empty:
        return MISSING
    return f"{number(found.min(), 2)} to {number(found.max(), 2)}"


def _image(alt: str, svg: str) -> Cells:
    broad = "broad" if alt.startswith("Forest") else ""
    return {"alt": alt, "look": broad, "data": b64encode(svg.encode()).decode()}


def _correlation(row: Mapping[Any, Any], names: Names) -> Cells:
    first = {"moderator": names.moderator(row["moderator"]), "measure": names.measure(row["measure"])}
    first |= {"set": set_words(row["set"]), "k": row["k"]}
    if row["status"] != PooledStatus.ESTIMATED:
        return first | {"rho": PooledStatus.of(row["status"]).sentence, "p": ""}
    return first | {"rho": number(row["rho"], 3), "p": number(row["p"], 3)}


def _comparisons(table: pd.DataFrame, names: Names) -> str:
    """How many pairs of measures differ in their correlation with a moderator."""
    known = table[table["p"].notna()]
    if known.empty:
        return ""
    least = known.sort_values("p").to_dict("records")[0]
    low = int((known["p"] < 0.05).sum())
    pair = f"{names.measure(least['measure_1'])} and {names.measure(least['measure_2'])}"
    return (
        f"Comparison of correlations between measures, as if of separate experiments: {low} of "
        f"{count(len(known), 'pair')} with P < 0.05; least P {number(least['p'], 3)} ({pair}). Measures "
        "share experiments, which this leaves out of account. tables/pooled_comparisons.tsv has all pairs."
    )


def _sources(influence: pd.DataFrame) -> list[Cells]:
    counts = influence["status"].value_counts()
    return [{"sentence": each.sentence, "n": int(counts[each])} for each in EffectStatus if each in counts]
