"""The page of the colocalisation: what is shared, what is not, and what could not be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from scripts.figure.coloc_overview import in_order
from scripts.figure.coloc_words import method, notes, places, posterior
from scripts.figure.page import framed
from scripts.figure.words import Labels, count, label_of, number, p_value
from scripts.table.coloc import ColocVerdict, LocusStatus, SusieStatus

MOST = 300  # rows of the table of loci
MOST_MATRICES = 30
HEADS = (
    *(("traits", "Trait and outcome", "name"), ("locus", "Locus", ""), ("verdict", "Verdict", "")),
    *(("h3", "H3 (ABF)", "n"), ("h4", "H4 (ABF)", "n"), ("susie_h4", "H4 (SuSiE)", "n")),
    *(("p_1", "P, trait", "n"), ("p_2", "P, outcome", "n"), ("lead", "Lead under H4", "")),
    *(("credible", "Set", "n"), ("p12", "p12 needed", "n"), ("basis", "Rests on", "")),
    ("notes", "Beware", "lines"),
)
TEMPLATE = """\
<p class="lead">{{ lead }}</p>
<p>Two traits that are associated with variants of one region may share one causal variant (H4), or have one
each that are neighbours (H3); only the first fits an effect of one on the other. ABF takes at most one causal
variant a trait; SuSiE takes several and compares their credible sets pair by pair, and has the last word
where it could be run. {{ where }} A hypothesis is the conclusion where its posterior is at least {{ least }}.
Priors of a variant: {{ p1 }} for the trait, {{ p2 }} for the outcome, {{ p12 }} for both ({{ p12_susie }}
between credible sets).</p>

<h2>Verdicts</h2>
{{ table([("sentence", "Verdict", "name"), ("n", "Loci", "n")], verdicts) }}

<h2>The regions</h2>
<figure>{{ figure }}
<figcaption>Both traits along each tested locus, the most probably shared first. Numbers:
tables/coloc_variants.parquet, and one row a locus in tables/coloc.tsv.</figcaption></figure>

<h2>Every tested locus</h2>
<p class="soft">H3 and H4: posteriors. P: each trait's smallest. Set: variants in the credible set. p12
needed: the prior of a shared variant from which on ABF calls the locus shared; the conclusion rests on the
data where it is far below the one in use. Lead and set are those of the most probably shared variant, by the
method that the conclusion rests on. tables/coloc.tsv has all numbers, coloc_sets.tsv the credible sets,
coloc_priors.tsv the sweep of p12, coloc_variants.parquet the variants.</p>
{{ table(heads, loci) }}
{% if hidden %}<p class="soft">And {{ hidden }}: tables/coloc.tsv.</p>
{% endif %}
{% if matrices %}<h2>Several traits at one locus</h2>
<p>PP.H4 of every two traits by ABF: where all of a group are high, one variant is likely behind the whole
group. tables/coloc_pairs.tsv has all numbers{{ unshown }}.</p>
{% for matrix in matrices %}<h3>{{ matrix.locus }}</h3>
{{ table(matrix.heads, matrix.rows) }}
{% endfor %}
{% endif %}
<h2>What could not be tested</h2>
{% if untested %}{{ table([("sentence", "Reason", "name"), ("n", "Loci", "n")], untested) }}
{% else %}<p>Every locus could be tested.</p>
{% endif %}
<h2>What the conclusions rest on</h2>
{{ table([("sentence", "Method, and why not the other", "name"), ("n", "Loci", "n")], methods) }}
"""


def coloc_page(
    title: str,
    loci: pd.DataFrame,
    pairs: pd.DataFrame,
    labels: Labels,
    settings: Mapping[str, Any],
    svg: str,
) -> str:
    """The page as HTML text from coloc.tsv, coloc_pairs.tsv, the config's section and the overview (SVG)."""
    tested = in_order(loci)
    hidden = max(len(tested) - MOST, 0)
    untested = loci[loci["status"] != LocusStatus.TESTED]
    return framed(
        "Colocalisation",
        title,
        TEMPLATE,
        lead=_lead(tested, len(loci)),
        least=f"{settings['min_posterior']:g}",
        **{name: number(settings[name]) for name in ("p1", "p2", "p12", "p12_susie")},
        verdicts=_counted(tested["verdict"], ColocVerdict),
        where=" ".join(places(settings)),
        **_matrices(loci, pairs, labels),
        figure=Markup(svg[svg.index("<svg") :]),
        heads=HEADS,
        loci=[_row(row, labels) for row in tested.head(MOST).to_dict("records")],
        hidden=count(hidden, "more locus", "more loci") if hidden else "",
        untested=_counted(untested["status"], LocusStatus),
        methods=_counted(tested["susie"], SusieStatus),
    )


def _lead(tested: pd.DataFrame, n_loci: int) -> str:
    shared = int((tested["verdict"] == ColocVerdict.SHARED).sum())
    distinct = int((tested["verdict"] == ColocVerdict.DISTINCT).sum())
    return (
        f"{len(tested):,} of {count(n_loci, 'locus', 'loci')} could be tested: {shared:,} with one variant "
        f"for both traits, {distinct:,} with two neighbours."
    )


def _matrices(loci: pd.DataFrame, pairs: pd.DataFrame, labels: Labels) -> dict[str, Any]:
    """The first matrices, and the words for those that are not shown."""
    every = list(pairs.groupby(["outcome", "locus"], sort=False))
    shown = [_matrix(str(key[1]), str(key[0]), own, loci, labels) for key, own in every[:MOST_MATRICES]]
    left = len(every) - len(shown)
    return {"matrices": shown, "unshown": f", and {count(left, 'more locus', 'more loci')}" if left else ""}


def _matrix(
    locus: str, outcome: str, pairs: pd.DataFrame, loci: pd.DataFrame, labels: Labels
) -> dict[str, Any]:
    """PP.H4 of each trait (a row) with each other one and the outcome (a column)."""
    h4 = {(one, two): h4 for one, two, h4 in pairs[["trait_1", "trait_2", "pp_h4"]].to_numpy()}
    h4 |= {(two, one): value for (one, two), value in h4.items()}
    own = loci[(loci["locus"] == locus) & (loci["trait_2"] == outcome)]
    h4 |= {(one, outcome): value for one, value in own[["trait_1", "pp_h4"]].to_numpy()}
    traits = list(dict.fromkeys(pairs[["trait_1", "trait_2"]].to_numpy().ravel()))
    heads = [
        ("of", "PP.H4", "name"),
        *((trait, label_of(trait, labels).name, "n") for trait in [*traits, outcome]),
    ]
    rows = [
        {"of": label_of(one, labels).name}
        | {other: posterior(h4.get((one, other), float("nan"))) for other in [*traits, outcome]}
        for one in traits
    ]
    return {"locus": locus, "heads": heads, "rows": rows}


def _counted(keys: pd.Series[str], kind: Any) -> list[dict[str, Any]]:
    """Each member of a status that occurs, in its own order, with its number."""
    numbers = keys.value_counts()
    return [
        {"sentence": member.sentence, "n": f"{numbers[member.value]:,}"}
        for member in kind
        if member.value in numbers
    ]


def _row(row: Mapping[Any, Any], labels: Labels) -> dict[str, str]:
    names = [label_of(row[f"trait_{k}"], labels).name for k in (1, 2)]
    return {
        "traits": f"{names[0]} and {names[1]}",
        "locus": f"{row['locus']} ({row['chromosome']}:{row['start'] / 1e6:.2f}–{row['end'] / 1e6:.2f} Mb)",
        "verdict": str(row["verdict"]),
        "h3": posterior(row["pp_h3"]),
        "h4": posterior(row["pp_h4"]),
        "susie_h4": posterior(row["susie_pp_h4"]),
        **{f"p_{k}": p_value(row[f"neglog10_p_{k}"]) for k in (1, 2)},
        "lead": f"{row['top_h4']} ({posterior(row['top_h4_pp'])})",
        "credible": f"{row['n_credible']:,.0f}",
        "p12": number(row["p12_needed"]) if row["p12_needed"] <= 1 else "none",
        "basis": method(row),
        "notes": "\n".join(notes(row)),
    }
