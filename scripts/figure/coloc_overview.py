"""All loci at a glance: one trait's region upwards, the other's downwards, the most probably shared first."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scripts.figure import style
from scripts.figure.coloc_points import COLOURS, LABELS, UNKNOWN, draw_points, lead_of, mark_lead
from scripts.figure.coloc_words import posterior
from scripts.figure.words import Labels, label_of
from scripts.table.coloc import PAIR, ColocVerdict, SusieStatus

COLUMNS, MOST = 3, 12  # that one page holds
LEFT, TOP, WIDTH, HALF, STEP_X, STEP_Y = 13.0, 24.0, 46.0, 14.0, 60.0, 47.0  # mm
ORDER = [ColocVerdict.SHARED, ColocVerdict.DISTINCT, ColocVerdict.UNDECIDED]  # then the others


def in_order(loci: pd.DataFrame) -> pd.DataFrame:
    """Tested loci: shared, distinct, undecided, others; each by the posterior of one shared variant."""
    tested = loci[loci["verdict"] != ColocVerdict.NOT_TESTED]
    fitted = tested["susie"] == SusieStatus.FITTED
    h4 = tested["susie_pp_h4"].where(fitted, tested["pp_h4"])
    rank = tested["verdict"].map({verdict.value: k for k, verdict in enumerate(ORDER)}).fillna(len(ORDER))
    ordered = tested.assign(h4=h4, rank=rank)
    return ordered.sort_values(["rank", "h4"], ascending=[True, False], kind="stable")


@style.styled
def draw_overview(loci: pd.DataFrame, variants: pd.DataFrame, labels: Labels) -> Figure:
    """A panel for each of the first loci of coloc.tsv, in their order, with their variants."""
    shown = in_order(loci).head(MOST)
    if shown.empty:
        return style.message_figure("No locus could be tested for colocalisation.")
    rows = -(-len(shown) // COLUMNS)
    figure = style.new_figure(style.WIDTH_DOUBLE, TOP + rows * STEP_Y + 6.0)
    here = variants.set_index(PAIR).sort_index()
    for k, row in enumerate(shown.to_dict("records")):
        left, top = LEFT + (k % COLUMNS) * STEP_X, TOP + (k // COLUMNS) * STEP_Y
        own = here.loc[[tuple(row[name] for name in PAIR)]]
        letter = ascii_uppercase[k]
        _panel(figure, left, top, letter, {str(name): value for name, value in row.items()}, own, labels)
    hidden = len(in_order(loci)) - len(shown)
    more = f" The first {len(shown)} of {len(shown) + hidden} tested loci." if hidden else ""
    text = f"Upwards: the trait; downwards: the outcome (−log10 P). Diamond: lead under H4.{more}"
    style.add_text(figure, 3.0, 3.0, text, fontsize=style.SIZE_SMALL)
    _legend(figure, bool(variants["r2"].notna().any()))
    return figure


def _panel(
    figure: Figure,
    left: float,
    top: float,
    letter: str,
    row: Mapping[str, Any],
    variants: pd.DataFrame,
    labels: Labels,
) -> None:
    names = [label_of(row[f"trait_{k}"], labels).name for k in (1, 2)]
    fitted = row["susie"] == SusieStatus.FITTED
    h4 = row["susie_pp_h4"] if fitted else row["pp_h4"]
    head = f"{letter}  {style.fit(figure, names[0], WIDTH - 8.0)}"
    style.add_text(figure, left - 8.0, top - 8.0, head, fontsize=style.SIZE_TEXT, fontweight="bold")
    said = f"{row['locus']}: PP.H4 {posterior(h4)} ({'SuSiE' if fitted else 'ABF'}), {_verdict(row)}"
    fitting = style.fit(figure, said, WIDTH + 8.0, style.SIZE_SMALL)
    style.add_text(figure, left - 8.0, top - 4.3, fitting, fontsize=style.SIZE_SMALL)
    lead = lead_of(variants)
    x = variants["position"].to_numpy(float) / 1e6
    for k in (1, 2):
        axes = style.add_axes(figure, left, top + (k - 1) * HALF, WIDTH, HALF)
        y = variants[f"neglog10_p_{k}"].to_numpy(float)
        _half(axes, x, y, variants["r2"].to_numpy(float), lead, downwards=k == 2)
    below = f"chr{row['chromosome']} (Mb); {names[1]} below"
    axes.set_xlabel(style.fit(figure, below, WIDTH + 8.0, style.SIZE_SMALL), fontsize=style.SIZE_SMALL)


def _half(axes: Axes, x: Any, y: Any, r2: Any, lead: int, downwards: bool) -> None:
    """One trait's points, the axis turned over where they go downwards."""
    top = 1.1 * max(float(y.max()), 2.0)
    axes.set_xlim(float(x.min()), float(x.max()))
    axes.set_ylim((top, 0) if downwards else (0, top))
    draw_points(axes, x, y, r2, size=4.0)
    mark_lead(axes, x[lead], y[lead], size=14.0)
    axes.tick_params(labelsize=style.SIZE_SMALL, labelbottom=downwards, bottom=downwards)
    axes.locator_params(axis="y", nbins=3)
    if downwards:  # the zero is written above
        axes.set_yticks([tick for tick in axes.get_yticks() if 0 < tick <= top])
    axes.locator_params(axis="x", nbins=4)


def _verdict(row: Mapping[str, Any]) -> str:
    return str(row["verdict"]).replace("_", " ")


def _legend(figure: Figure, known: bool) -> None:
    classes = [*zip(LABELS, COLOURS, strict=True)] if known else []
    classes.append(("not known", UNKNOWN))
    marks = [
        Line2D([], [], linestyle="", marker="o", color=colour, markersize=4, label=label)
        for label, colour in classes
    ]
    figure.legend(
        handles=marks,
        loc="upper left",
        bbox_to_anchor=(0.01, 1 - 6.0 / style.size_of(figure)[1]),
        ncols=len(marks),
        alignment="left",
        handletextpad=0.1,
        columnspacing=0.8,
        fontsize=style.SIZE_SMALL,
        title="r2 with the lead",
        title_fontsize=style.SIZE_SMALL,
    )
