"""One locus of two traits: both regions, genes, one trait against the other, and what the prior decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scripts.figure import style
from scripts.figure.coloc_points import COLOURS, LABELS, UNKNOWN, draw_points, lead_of, mark_lead, ring
from scripts.figure.coloc_words import basis, conclusion, posterior, title
from scripts.figure.gene_track import LINE_HEIGHT, LINES, draw_genes, genes_within
from scripts.figure.words import SUPERSCRIPT, Labels, label_of, number

LEFT, TOP, WIDTH, HEIGHT, GAP = 14.0, 15.0, 100.0, 32.0, 5.0  # mm
RATES_WIDTH = 9.0  # mm that the axis of recombination takes of WIDTH
SIDE, SIDE_WIDTH = 133.0, 46.0
GENES = LINES * LINE_HEIGHT
COMPARED, COMPARED_GAP, PRIOR_HEIGHT = 44.0, 20.0, 30.0
FOOT = 25.0
HYPOTHESES: dict[str, tuple[str, str, Any]] = {
    "pp_h0": ("H0 neither", style.PALE, ":"),
    "pp_h1": ("H1 trait 1 only", style.GREY, "--"),
    "pp_h2": ("H2 trait 2 only", style.GREY, "-."),
    "pp_h3": ("H3 two variants", style.YELLOW, "-"),
    "pp_h4": ("H4 one shared", style.BLUE, "-"),
}


@dataclass(frozen=True, slots=True)
class Along:
    """What is known along the genome: genes, and recombination rates (cM/Mb); either may be empty."""

    genes: pd.DataFrame
    rates: pd.DataFrame

    def inside(self, chromosome: int, low: int, high: int) -> Along:
        """What reaches into a stretch of a chromosome; of rates also the one that holds at its start."""
        rates = self.rates[self.rates["chromosome"] == chromosome]
        first, last = np.searchsorted(rates["position"], [low, high], side="right")
        genes = genes_within(self.genes, chromosome, low, high) if len(self.genes) else self.genes
        return Along(genes, rates.iloc[max(first - 1, 0) : last])


@style.styled
def draw_locus(
    row: Mapping[str, Any],
    variants: pd.DataFrame,
    priors: pd.DataFrame,
    along: Along,
    labels: Labels,
    least: float,
) -> Figure:
    """A tested locus: its row of coloc.tsv, its variants, its sweep of p12, and what lies along the genome.

    `least` is the posterior from which on a hypothesis is the conclusion.
    """
    low, high = int(variants["position"].min()), int(variants["position"].max())
    here = along.inside(int(row["chromosome"]), low, high)
    below = GENES if len(along.genes) else 0.0
    width = WIDTH - RATES_WIDTH if len(here.rates) else WIDTH
    deep = max(2 * HEIGHT + GAP + below, COMPARED + COMPARED_GAP + PRIOR_HEIGHT)
    figure = style.new_figure(style.WIDTH_DOUBLE, TOP + deep + FOOT)
    style.add_text(
        figure,
        3.0,
        3.0,
        style.fit(figure, title(row, labels), 177.0, style.SIZE_TITLE),
        fontsize=style.SIZE_TITLE,
        fontweight="bold",
    )
    style.add_text(figure, 3.0, 7.5, f"{conclusion(row)} {basis(row)}.", fontsize=style.SIZE_TEXT)
    names = [label_of(row[f"trait_{k}"], labels).name for k in (1, 2)]
    lead = lead_of(variants)
    for k in (1, 2):
        axes = style.add_axes(figure, LEFT, TOP + (k - 1) * (HEIGHT + GAP), width, HEIGHT)
        _region(figure, axes, variants, lead, k, names[k - 1], (low, high))
        if len(here.rates):
            _recombination(axes, here.rates, high)
        if k == 1 or below:
            axes.tick_params(labelbottom=False)
    if below:
        track = style.add_axes(figure, LEFT, TOP + 2 * HEIGHT + GAP + 2.0, width, GENES)
        track.set_xlim(low / 1e6, high / 1e6)
        draw_genes(figure, track, here.genes, low, high, width)
        axes = track
    axes.set_xlabel(f"Position on chromosome {row['chromosome']} (Mb)")
    compared = style.add_axes(figure, SIDE, TOP, SIDE_WIDTH, COMPARED)
    _compare(figure, compared, variants, lead, names)
    swept = style.add_axes(figure, SIDE, TOP + COMPARED + COMPARED_GAP, SIDE_WIDTH, PRIOR_HEIGHT)
    _sweep(swept, row, priors, least)
    _legend(figure, variants)
    return figure


def _region(
    figure: Figure,
    axes: Axes,
    variants: pd.DataFrame,
    lead: int,
    trait: int,
    name: str,
    bounds: tuple[int, int],
) -> None:
    """-log10 P along the chromosome, the credible set ringed and the lead named."""
    x, y = variants["position"].to_numpy(float) / 1e6, variants[f"neglog10_p_{trait}"].to_numpy(float)
    axes.set_xlim(bounds[0] / 1e6, bounds[1] / 1e6)
    axes.set_ylim(0, 1.18 * max(float(y.max()), 2.0))
    draw_points(axes, x, y, variants["r2"].to_numpy(float))
    credible = variants["in_credible_set"].to_numpy(bool)
    ring(axes, x[credible], y[credible])
    mark_lead(axes, x[lead], y[lead])
    axes.set_ylabel("−log10 P")
    axes.set_title(style.fit(figure, name, WIDTH, style.SIZE_TEXT), fontsize=style.SIZE_TEXT, pad=2.0)


def _recombination(axes: Axes, rates: pd.DataFrame, high: int) -> None:
    """The recombination rate as steps behind the points, with its axis on the right."""
    behind = axes.twinx()
    x = np.append(rates["position"].to_numpy(float), high) / 1e6
    y = np.append(rates["rate"].to_numpy(float), rates["rate"].iloc[-1])
    behind.step(x, y, where="post", color=style.YELLOW, linewidth=0.8)
    behind.set_ylim(0, max(1.1 * float(y.max()), 10.0))
    behind.locator_params(axis="y", nbins=4)
    behind.spines["right"].set_visible(True)
    behind.set_ylabel("cM/Mb", fontsize=style.SIZE_SMALL)
    behind.tick_params(labelsize=style.SIZE_SMALL)
    axes.set_zorder(behind.get_zorder() + 1)
    axes.patch.set_visible(False)


def _compare(figure: Figure, axes: Axes, variants: pd.DataFrame, lead: int, names: list[str]) -> None:
    """One trait's -log10 P against the other's."""
    x, y = (variants[f"neglog10_p_{k}"].to_numpy(float) for k in (2, 1))
    axes.set_xlim(0, 1.08 * max(float(x.max()), 2.0))
    axes.set_ylim(0, 1.08 * max(float(y.max()), 2.0))
    draw_points(axes, x, y, variants["r2"].to_numpy(float))
    credible = variants["in_credible_set"].to_numpy(bool)
    ring(axes, x[credible], y[credible])
    mark_lead(axes, x[lead], y[lead])
    right = x[lead] > 0.6 * axes.get_xlim()[1]
    axes.annotate(
        _name(variants.iloc[lead]),
        (x[lead], y[lead]),
        xytext=(-5 if right else 5, 3),
        textcoords="offset points",
        ha="right" if right else "left",
        fontsize=style.SIZE_SMALL,
    )
    for set_label, name, room in (
        (axes.set_xlabel, names[1], SIDE_WIDTH),
        (axes.set_ylabel, names[0], COMPARED),
    ):
        set_label(f"{style.wrap(figure, name, room, lines=2)}\n(−log10 P)")


def _name(variant: pd.Series[Any]) -> str:
    rsid = variant["rsid"]
    return rsid if isinstance(rsid, str) and rsid else f"{variant['chromosome']}:{variant['position']}"


def _sweep(axes: Axes, row: Mapping[str, Any], priors: pd.DataFrame, least: float) -> None:
    """Posteriors of the hypotheses over the prior of a shared variant."""
    for key, (label, colour, line) in HYPOTHESES.items():
        axes.plot(
            np.log10(priors["p12"]), priors[key], color=colour, linestyle=line, label=label, clip_on=False
        )
    low, high = (float(np.log10(end)) for end in (priors["p12"].min(), priors["p12"].max()))
    axes.set_xlim(low, high)
    axes.set_ylim(0, 1)
    axes.set_xticks(range(round(low), round(high) + 1))
    axes.set_xticklabels(
        [f"10{str(tick).translate(SUPERSCRIPT)}" for tick in range(round(low), round(high) + 1)]
    )
    axes.axvline(float(np.log10(row["p12"])), color=style.BLACK, linewidth=0.6)
    axes.axhline(least, color=style.PALE, linewidth=0.6, zorder=0)
    axes.set_xlabel("Prior p12 (vertical line: in use)")
    axes.set_ylabel("Posterior (ABF)")
    axes.set_title(_turning(row, priors, least), fontsize=style.SIZE_SMALL, fontweight="normal", pad=3.0)


def _turning(row: Mapping[str, Any], priors: pd.DataFrame, least: float) -> str:
    needed = float(row["p12_needed"])
    if needed > priors["p12"].max():
        return f"H4 below {least:g} for every p12 up to 10⁻⁴"
    if needed < priors["p12"].min():
        return f"H4 above {least:g} for every p12 from 10⁻⁷"
    return f"H4 reaches {least:g} at p12 = {number(needed)}"


def _legend(figure: Figure, variants: pd.DataFrame) -> None:
    """Colours of r2, and the marks, along the foot."""
    shown = variants["r2"].notna().any()
    classes = list(zip(LABELS, COLOURS, strict=True)) if shown else []
    classes += (
        [("not in the panel" if shown else "LD not known", UNKNOWN)] if variants["r2"].isna().any() else []
    )
    marks = [
        Line2D([], [], linestyle="", marker="o", color=colour, markersize=4, label=label)
        for label, colour in classes
    ]
    marks.append(
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markerfacecolor="none",
            markeredgecolor=style.RED,
            markersize=5,
            label="credible set",
        )
    )
    marks.append(
        Line2D([], [], linestyle="", marker="D", color=style.RED, markersize=4.5, label="lead under H4")
    )
    figure.legend(
        handles=marks,
        loc="lower left",
        bbox_to_anchor=(0.02, 0.0),
        ncols=5,
        handletextpad=0.1,
        columnspacing=0.8,
        fontsize=style.SIZE_SMALL,
        title="r2 with the lead" if shown else None,
        title_fontsize=style.SIZE_SMALL,
        alignment="left",
    )
    lines = [
        Line2D([], [], color=colour, linestyle=line, label=label)
        for label, colour, line in HYPOTHESES.values()
    ]
    figure.legend(
        handles=lines,
        loc="lower right",
        bbox_to_anchor=(0.99, 0.0),
        ncols=2,
        fontsize=style.SIZE_SMALL,
        columnspacing=0.8,
        handlelength=1.6,
    )


def caption_of(row: Mapping[str, Any], labels: Labels) -> str:
    """What the figure shows, for readers who cannot see it."""
    return (
        f"{title(row, labels)}: {conclusion(row)} Posterior of one shared variant {posterior(row['pp_h4'])}."
    )
