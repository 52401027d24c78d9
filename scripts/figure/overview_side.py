"""Beside a panel of the overview: what its marks mean, and what it does not show."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scripts.figure import style
from scripts.figure.words import count
from scripts.table.status import ExposureStatus

LEFT = 135.0  # mm, the column
NOTES_BELOW = 48.0  # mm from the panel's top to the notes, under the longest legend


@dataclass(frozen=True, slots=True)
class Kind:
    """How the exposures with one result of the screen are drawn and called."""

    text: str
    marker: str
    face: str
    edge: str
    size: float


KINDS = {
    "validated": Kind("Validated", "o", style.BLUE, style.BLUE, 5.0),
    "conflicting": Kind("Validation conflicting", "s", style.YELLOW, style.BLACK, 4.4),
    "discordant": Kind("Validation discordant", "X", style.RED, style.RED, 5.4),
    "silent": Kind("Validation silent", "D", "white", style.BLACK, 4.0),
    "not_tested": Kind("Validation not tested", "^", "white", style.BLACK, 4.8),
    "other": Kind("Not discovered", "o", style.PALE, style.GREY, 2.8),
}

NOT_TESTABLE = {
    ExposureStatus.TOO_FEW_INSTRUMENTS: "too few instruments",
    ExposureStatus.SINGULAR: "singular covariance",
    ExposureStatus.NO_INSTRUMENTS: "no instruments",
    ExposureStatus.ALL_IN_MHC: "all in the MHC",
    ExposureStatus.ALL_CONFOUNDED: "all of confounders",
    ExposureStatus.NONE_IN_PANEL: "none in the LD panel",
    ExposureStatus.NONE_IN_OUTCOME: "none in the outcome",
    ExposureStatus.UNREADABLE: "unreadable file",
    ExposureStatus.NOT_ASKED: "not asked",
}


def draw_legend(figure: Figure, top: float, lines: list[Line2D], tested: pd.DataFrame) -> None:
    """The marks with their counts, then the lines, from `top` mm down; `tested` has the column kind."""
    counts = tested["kind"].value_counts()
    handles = [_handle(kind, f"{kind.text} ({counts[key]})") for key, kind in KINDS.items() if key in counts]
    width, height = style.size_of(figure)
    figure.legend(
        handles=[*handles, *lines],
        loc="upper left",
        bbox_to_anchor=(LEFT / width, 1 - top / height),
        borderaxespad=0,
        borderpad=0,
        fontsize=style.SIZE_SMALL,
        labelspacing=0.7,
    )


def _handle(kind: Kind, text: str) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=kind.marker,
        markersize=kind.size,
        markerfacecolor=kind.face,
        markeredgecolor=kind.edge,
        markeredgewidth=0.7,
        label=text,
    )


def write_notes(figure: Figure, top: float, rows: pd.DataFrame, beyond: int, unplaced: int) -> None:
    """What the panel does not show, in words under its legend."""
    statuses = rows["status"].value_counts()
    lost = [f"{statuses[key]} {text}" for key, text in NOT_TESTABLE.items() if key in statuses]
    total = int((rows["status"] != ExposureStatus.ESTIMATED).sum())
    notes = [f"Not testable, not drawn ({total}):", *(f"   {line}" for line in lost)] if total else []
    if beyond:
        notes.append(f"Arrow heads: {count(beyond, 'effect')} beyond the axis")
    if unplaced:
        notes.append(f"{count(unplaced, 'hit')} without room for a name")
    text = "\n".join(notes)
    style.add_text(figure, LEFT, top + NOTES_BELOW, text, fontsize=style.SIZE_SMALL, linespacing=1.5)
