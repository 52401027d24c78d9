"""The page of pleiotropy: loci with their genes, how far to trust them, and the figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.figure.coloc_words import posterior
from scripts.figure.page import framed
from scripts.figure.svg import embedded
from scripts.figure.words import MISSING, count, expected, number, p_value
from scripts.table.pleiotropy import LocusRole, Quantity

SKEWED = 5.0  # times as many people; the method's simulations go to about this
FEW_VARIANTS = 100_000
CALIBRATED = (0.95, 1.05)  # lambda
RELATED = 0.02  # correlation of z that PLACO should know of
HEADS = (
    *(("rsid", "Lead variant", "name"), ("place", "Place", ""), ("p", "P", "n")),
    *(("p_exposure", "P exposure", "n"), ("p_outcome", "P outcome", "n"), ("nearest", "Nearest gene", "")),
    *(("pops", "Best scored gene", ""), ("eqtl", "Colocalised genes", ""), ("agreement", "Genes", "")),
    *(("pp_h4", "PP.H4", "n"), ("verdict", "Causal variant", ""), ("known", "Known for", "lines")),
)
# Heads, and what they need.
OPTIONAL = {
    **{"eqtl": "eqtl_genes", "pp_h4": "pp_h4", "verdict": "coloc_verdict", "known": "known_traits"},
}
HEADING = "Variants that affect both"
OWN_STYLE = """\
figure { margin: 1rem 0; background: #fff; overflow-x: auto; }
figure img { width: 100%; height: auto; display: block; }
figure.narrow { max-width: 30rem; } figure.broad img { min-width: 40rem; }
td.lines { font-size: .92em; }"""
EMPTY = """<p class="lead">{{ message }}</p>
"""
TEMPLATE = """\
<p class="lead">{{ lead }}</p>
{% if cautions %}<h2>What to beware of</h2>
<ul>{% for caution in cautions %}<li>{{ caution }}</li>
{% endfor %}</ul>
{% endif %}
<h2>Loci</h2>
{% if rows %}<figure class="broad"><img alt="P along the genome" src="{{ manhattan }}">
<figcaption>Diamonds: lead variants by their nearest gene; filled where each trait alone has P &lt; 10⁻⁴
there, hollow where the evidence rests on one trait. Dashed: P = {{ p_lead }}. Of points in one place only the
highest is drawn. Numbers: placo.ssf.tsv.gz, and of each locus tables/pleiotropic_loci.tsv.
</figcaption></figure>
{{ table(heads, rows) }}
<p class="soft">Distances are to the body of the gene. The best scored gene has the highest PoPS score within
{{ window_kb }} kb; genes agree where all that are named are one.{% if colocalised %} PP.H4 is the probability
that both traits share one causal variant there, not two neighbours: by SuSiE's credible sets where they could
be compared, else by ABF (coloc.html).{% endif %} {{ absent }} tables/pleiotropic_loci.tsv has all
columns, tables/loci_variants.tsv every variant of each locus.</p>
{% else %}<p>There is no locus.</p>
{% endif %}
<h2>Is the test calibrated here?</h2>
<figure class="narrow"><img alt="Observed and expected P" src="{{ qq }}">
<figcaption>Permuted: blocks of the outcome's genome changed places, so that no variant can affect both
traits but by chance, while each keeps its effects on its own trait. Numbers: tables/placo_qq.tsv.
</figcaption></figure>
{{ table([("meaning", "Number", "name"), ("value", "Value", "n")], numbers) }}
"""


def pleiotropy_page(
    title: str,
    names: tuple[str, str],
    loci: pd.DataFrame,
    variants: pd.DataFrame,
    numbers: Mapping[str, float],
    settings: Mapping[str, Any],
    figures: Mapping[str, str],
) -> str:
    """The page as HTML text. `settings`: p_lead and window_kb; `figures`: the SVG of manhattan and qq."""
    absent = int((variants["role"] == LocusRole.NOT_IN_PANEL).sum())
    told = f"{count(absent, 'significant variant')} the panel lacks: in no locus." if absent else ""
    return framed(
        HEADING,
        title,
        TEMPLATE,
        own_style=OWN_STYLE,
        lead=lead(names, loci, numbers),
        cautions=cautions(loci, numbers),
        heads=[head for head in HEADS if head[0] not in OPTIONAL or loci[OPTIONAL[head[0]]].notna().any()],
        rows=[_row(locus) for locus in loci.to_dict("records")],
        numbers=[_number(name, value) for name, value in numbers.items()],
        p_lead=p_value(-math.log10(settings["p_lead"])),
        window_kb=f"{settings['window_kb']:g}",
        absent=told,
        colocalised=loci["pp_h4"].notna().any(),
        **{name: embedded(svg) for name, svg in figures.items()},
    )


def empty_page(title: str, message: str) -> str:
    """The page where there was no exposure to follow."""
    return framed(HEADING, title, EMPTY, own_style=OWN_STYLE, message=message)


def cautions(loci: pd.DataFrame, numbers: Mapping[str, float]) -> list[str]:
    """What should make a reader doubt the P values of this pair of traits."""
    found = []
    n = [numbers[Quantity.MEDIAN_N_EXPOSURE], numbers[Quantity.MEDIAN_N_OUTCOME]]
    if max(n) > SKEWED * min(n):
        found.append(
            f"The traits' sample sizes differ {max(n) / min(n):.0f}-fold ({n[0]:,.0f} and {n[1]:,.0f}): the "
            "test was examined up to about fivefold, and is too bold where z of one trait is large."
        )
    if numbers[Quantity.N_TESTED] < FEW_VARIANTS:
        found.append(
            f"Only {numbers[Quantity.N_TESTED]:,.0f} variants were tested: the variances of z, on which P "
            "rests, are those of few regions and not of a genome."
        )
    found += _miscalibration(numbers)
    unmodelled = abs(numbers[Quantity.CORRELATION_ESTIMATED] - numbers[Quantity.CORRELATION_USED])
    if unmodelled > RELATED:
        found.append(
            f"The z scores correlate by {number(numbers[Quantity.CORRELATION_ESTIMATED])}; the test assumed "
            f"{number(numbers[Quantity.CORRELATION_USED])}."
        )
    one_sided = int((~loci["both_traits"].astype(bool)).sum())
    if one_sided:
        found.append(
            f"At {one_sided} of {count(len(loci), 'locus', 'loci')} one of the traits has P of 10⁻⁴ or more: "
            "there the evidence rests on the other."
        )
    return found


def _miscalibration(numbers: Mapping[str, float]) -> list[str]:
    inflation, drawn = numbers[Quantity.LAMBDA_PERMUTED], numbers[Quantity.N_SIGNIFICANT_PERMUTED]
    if pd.isna(inflation):
        return ["The test's calibration is not known: nothing was permuted, or there are too few variants."]
    found = []
    if not CALIBRATED[0] <= inflation <= CALIBRATED[1]:
        found.append(
            f"The test is not calibrated for these traits: without pleiotropy (permuted genomes) λ is "
            f"{inflation:.2f}, not 1. PLACO's formula is exact only where few variants have effects."
        )
    if drawn > max(1.0, 10 * numbers[Quantity.N_SIGNIFICANT_EXPECTED]):
        found.append(
            f"In a permuted genome {expected(drawn)} variants have P below 5×10⁻⁸, where "
            f"{expected(numbers[Quantity.N_SIGNIFICANT_EXPECTED])} are expected: so many of the "
            f"{numbers[Quantity.N_SIGNIFICANT]:,.0f} observed need no pleiotropy."
        )
    return found


def lead(names: tuple[str, str], loci: pd.DataFrame, numbers: Mapping[str, float]) -> str:
    """The result in two sentences."""
    both = int(loci["both_traits"].astype(bool).sum())
    have = "has" if both == 1 else "have"
    return (
        f"{names[0]} and {names[1]}: {numbers[Quantity.N_TESTED]:,.0f} variants were tested for effects on "
        f"both; {numbers[Quantity.N_SIGNIFICANT]:,.0f} have P below 5×10⁻⁸. They lie in "
        f"{count(len(loci), 'locus', 'loci')}, of which {both} {have} P below 10⁻⁴ in each trait "
        "alone."
    )


def _row(locus: Mapping[Any, Any]) -> dict[str, str]:
    return {
        "rsid": locus["rsid"],
        "place": f"{locus['chromosome']}:{locus['position']:,}{' (MHC)' if locus['in_mhc'] else ''}",
        "p": p_value(locus["neglog10_p"]),
        "p_exposure": p_value(locus["neglog10_p_exposure"]),
        "p_outcome": p_value(locus["neglog10_p_outcome"]),
        "nearest": _gene(locus["nearest_gene"], locus["nearest_gene_distance"]),
        "pops": _gene(locus["pops_gene"], locus["pops_gene_distance"], locus["pops_score"]),
        "eqtl": MISSING if pd.isna(locus["eqtl_genes"]) else locus["eqtl_genes"],
        "pp_h4": posterior(locus["pp_h4"]),
        "verdict": MISSING if pd.isna(locus["coloc_verdict"]) else locus["coloc_verdict"],
        "agreement": locus["genes"].replace("_", " "),
        "known": MISSING if pd.isna(locus["known_traits"]) else locus["known_traits"].replace("; ", "\n"),
    }


def _gene(name: Any, distance: float, score: float | None = None) -> str:
    if pd.isna(name):
        return MISSING
    where = "inside" if distance == 0 else f"{distance / 1000:,.0f} kb"
    return f"{name} ({where})" if score is None else f"{name} ({where}, score {number(score)})"


def _number(name: str, value: float) -> dict[str, str]:
    whole = name.startswith(("n_", "median_n")) and value % 1 == 0
    return {"meaning": Quantity.of(name).sentence, "value": f"{value:,.0f}" if whole else number(value)}
