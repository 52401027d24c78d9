"""Where in the genome variants affect both traits: -log10 P along the chromosomes, loci by their gene."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.hit_names import write_names
from scripts.figure.words import CHROMOSOME_NAMES, count
from scripts.method.arrays import FloatArray

LEFT, TOP, WIDTH, HEIGHT = 12.0, 8.0, 168.0, 62.0  # mm
BELOW = 12.0
CELL = 0.28  # mm: of the points in one cell of this size one is drawn
GAP = 0.004  # between chromosomes, as a share of the genome
MOST_NAMES = 40
SMALL_CHROMOSOMES = 0.022  # share of the axis below which every second name is left out


@style.styled
def draw_manhattan(tested: pd.DataFrame, loci: pd.DataFrame, title: str, p_lead: float) -> Figure:
    """`tested` has chromosome, position, neglog10_p; `loci` the columns ANNOTATED."""
    figure = style.new_figure(style.WIDTH_DOUBLE, TOP + HEIGHT + BELOW)
    axes = style.add_axes(figure, LEFT, TOP, WIDTH, HEIGHT)
    points = tested[tested["neglog10_p"].notna()]
    starts, ends = _spans(points)
    x = _along(points, starts)
    y = points["neglog10_p"].to_numpy(float)
    margin = GAP * max(ends.values())
    axes.set_xlim(-margin, max(ends.values()) + margin)
    axes.set_ylim(0, 1.22 * max(float(y.max()), -np.log10(p_lead)))
    axes.set_title(style.fit(figure, title, WIDTH, style.SIZE_TITLE))
    axes.axhline(-np.log10(p_lead), color=style.BLACK, linestyle="--", linewidth=0.7, zorder=1)
    kept = thinned(x / max(ends.values()) * WIDTH / CELL, y / axes.get_ylim()[1] * HEIGHT / CELL)
    _points(axes, x[kept], y[kept], points["chromosome"].to_numpy()[kept])
    _chromosomes(axes, starts, ends)
    _leads(figure, axes, loci, starts)
    axes.set_ylabel("−log₁₀ P")
    axes.set_xlabel("Chromosome")
    return figure


def thinned(across: FloatArray, up: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """One row for each cell of a grid that holds any: the highest one. Coordinates are in cells."""
    order = np.argsort(-up, kind="stable")
    cell = np.floor(across[order]).astype(np.int64) * 1_000_000 + np.floor(up[order]).astype(np.int64)
    return np.sort(order[np.unique(cell, return_index=True)[1]])


def _spans(points: pd.DataFrame) -> tuple[dict[int, float], dict[int, float]]:
    """Where each chromosome starts and ends along the axis (base pairs), from its first variant on."""
    last = points.groupby("chromosome")["position"].max()
    first = points.groupby("chromosome")["position"].min()
    gap = GAP * float((last - first).sum())
    starts, ends, at = {}, {}, 0.0
    for chromosome in last.index:
        starts[int(chromosome)] = at - float(first[chromosome])
        ends[int(chromosome)] = at + float(last[chromosome] - first[chromosome])
        at = ends[int(chromosome)] + gap
    return starts, ends


def _along(rows: pd.DataFrame, starts: dict[int, float]) -> FloatArray:
    offset = rows["chromosome"].map(starts).to_numpy(float)
    return np.asarray(offset + rows["position"].to_numpy(float))


def _points(axes: Axes, x: FloatArray, y: FloatArray, chromosome: np.ndarray) -> None:
    colours = (style.BLUE, style.GREY)
    for turn, colour in enumerate(colours):
        ranks = pd.factorize(chromosome)[0]
        inside = ranks % 2 == turn
        axes.plot(x[inside], y[inside], linestyle="none", marker=".", markersize=2.0, markeredgewidth=0,
                  color=colour, zorder=2)  # fmt: skip


def _chromosomes(axes: Axes, starts: dict[int, float], ends: dict[int, float]) -> None:
    whole = max(ends.values())
    names = list(ends)
    begins = [0.0, *list(ends.values())[:-1]]
    middles = [(begin + end) / 2 for begin, end in zip(begins, ends.values(), strict=True)]
    shown = [
        (middle, CHROMOSOME_NAMES.get(name, str(name)))
        for k, (middle, name, begin, end) in enumerate(
            zip(middles, names, begins, ends.values(), strict=True)
        )
        if (end - begin) / whole >= SMALL_CHROMOSOMES or k % 2 == 0
    ]
    axes.set_xticks([place for place, _ in shown], [name for _, name in shown])
    axes.tick_params(axis="x", length=0)


def _leads(figure: Figure, axes: Axes, loci: pd.DataFrame, starts: dict[int, float]) -> None:
    """The lead of each locus as a diamond, and its gene where there is room, the most significant first."""
    if loci.empty:
        return
    leads = loci.sort_values("neglog10_p", ascending=False, kind="stable")
    x, y = _along(leads, starts), leads["neglog10_p"].to_numpy(float)
    both = leads["both_traits"].astype(bool).to_numpy()
    for chosen, face in ((both, style.RED), (~both, "white")):
        axes.plot(x[chosen], y[chosen], linestyle="none", marker="D", markersize=3.2, markeredgewidth=0.6,
                  markerfacecolor=face, markeredgecolor=style.RED, zorder=4)  # fmt: skip
    names = leads["nearest_gene"].fillna(leads["rsid"]).astype("str")
    hits = leads.assign(x=x, name=names, exposure=leads["rsid"])
    named = min(len(hits), MOST_NAMES) - write_names(figure, axes, hits.head(MOST_NAMES))
    if named < len(hits):
        unnamed = f"{count(len(hits) - named, 'locus', 'loci')} without room for a name"
        axes.set_title(unnamed, loc="right", fontsize=style.SIZE_SMALL, fontweight="normal")
