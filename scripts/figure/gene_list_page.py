"""The page of the instruments' genes and the user's list."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scripts.figure.page import framed
from scripts.figure.svg import embedded
from scripts.figure.words import (
    MISSING,
    Labels,
    count,
    effect_unit,
    expected,
    interval,
    label_of,
    number,
    p_value,
)
from scripts.table.gene_list import GeneStatus

HEADING = "Genes of the instruments, and whose expression differs"
TESTED = (
    *(("exposure", "Exposure", "name"), ("outcome", "Outcome", ""), ("instruments", "Instruments", "n")),
    *(("near", "Their genes in the list", "n"), ("differing", "Genes that differ", "n")),
    *(("universe", "Genes in all", "n"), ("shared", "Shared", "n"), ("expected", "Expected", "n")),
    ("p", "P (hypergeometric)", "n"),
)
PAIR = (("exposure", "Exposure", ""), ("outcome", "Outcome", ""))
GENES = (
    *(("gene", "Gene", "name"), ("distance", "Distance", "n"), ("rsid", "Instrument", "")),
    *(("place", "Place", ""), ("allele", "Raising allele", "")),
    *(("effect", "Effect by this instrument (95% interval)", "effect"), ("change", "log₂ fold change", "n")),
    *(("p", "Adjusted P", "n"), ("expression", "Expression", "")),
)
BODY = """
<p class="lead">{{ lead }}</p>
<p>The gene of an instrument is the nearest one, which need not be the one that it acts on; long genes are
nearest to a variant more often than short ones, and genes that are expressed are not a random choice of all.
The test asks only whether the two lists share more genes than chance gives.</p>
<h2>Do the lists share more than chance gives?</h2>
{{ table(tested, tests) }}
<h2>Genes that both lists have</h2>
<figure><img alt="Effects by instrument and fold changes" src="{{ figure }}">
<figcaption>Each instrument's effect on the outcome beside the change of its nearest gene's expression.
Numbers: tables/gene_list.tsv.</figcaption></figure>
{% if rows %}{{ table(heads, rows) }}
{% else %}<p>There is none.</p>
{% endif %}<p class="soft">Distance: to the gene's body, 0 inside it. Effects are for the allele that raises
the exposure. A gene differs where its adjusted P is below {{ level }}, or where the list has no P and names
it. tables/gene_list.tsv has every instrument with its gene.</p>
<h2>Instruments by what is known of their gene</h2>
{{ table([("sentence", "Gene", "name"), ("n", "Instruments", "n")], counts) }}
"""


def gene_list_page(
    crossed: pd.DataFrame, tests: pd.DataFrame, title: str, labels: Labels, level: float, figure: str
) -> str:
    """The page as HTML; the tables as the step writes them, `figure` as SVG."""
    used = crossed[crossed["used"].astype(bool)]
    both = used[used["status"] == GeneStatus.DIFFERS]
    counts = used["status"].value_counts()
    return framed(
        HEADING,
        title,
        BODY,
        lead=_lead(tests, labels),
        level=f"{level:g}",
        tested=TESTED,
        heads=[*(PAIR if len(tests) > 1 else ()), *GENES],
        figure=embedded(figure),
        tests=[_test(row, labels) for row in tests.to_dict("records")],
        rows=[_gene(row, labels) for row in both.to_dict("records")],
        counts=[{"sentence": one.sentence, "n": f"{counts.get(one.value, 0):,}"} for one in GeneStatus],
    )


def _lead(tests: pd.DataFrame, labels: Labels) -> str:
    if tests.empty:
        return "No exposure has an instrument."
    row = tests.sort_values("neglog10_p", ascending=False, kind="stable").iloc[0]
    shared, exposure = count(int(row["n_shared"]), "gene"), label_of(row["exposure"], labels).name
    return (
        f"{shared} nearest to an instrument of {exposure} differ in expression, "
        f"where chance alone gives {expected(row['n_expected'])} (P = {p_value(row['neglog10_p'])})."
    )


def _test(row: dict[Any, Any], labels: Labels) -> dict[str, str]:
    return {
        "exposure": label_of(row["exposure"], labels).name,
        "outcome": label_of(row["outcome"], labels).name,
        "instruments": f"{row['n_instruments']:,}",
        "near": f"{row['n_near']:,}",
        "differing": f"{row['n_differing']:,}",
        "universe": f"{row['n_universe']:,}",
        "shared": f"{row['n_shared']:,}",
        "expected": expected(row["n_expected"]),
        "p": p_value(row["neglog10_p"]),
    }


def _gene(row: dict[Any, Any], labels: Labels) -> dict[str, str]:
    half = 1.96 * row["se_outcome"] / abs(row["beta_exposure"]) if row["beta_exposure"] else float("nan")
    return {
        "gene": row["symbol"],
        "distance": "inside" if row["distance"] == 0 else f"{row['distance'] / 1000:,.1f} kb",
        "rsid": row["rsid"],
        "place": f"{row['chromosome']}:{row['position']:,}",
        "allele": row["raising_allele"],
        "exposure": label_of(row["exposure"], labels).name,
        "outcome": label_of(row["outcome"], labels).name,
        "unit": effect_unit(label_of(row["exposure"], labels), label_of(row["outcome"], labels)),
        "effect": interval(row["ratio"], row["ratio"] - half, row["ratio"] + half),
        "change": number(row["log2_fold_change"], 2),
        "p": MISSING if pd.isna(row["p_adjusted"]) else f"{row['p_adjusted']:.2g}",
        "expression": row["expression"],
    }
