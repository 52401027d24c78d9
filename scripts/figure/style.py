"""One look for every figure: journal widths, readable sizes, colours that separate in grey, stable bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scripts.figure.svg import shrink
from scripts.table.files import atomic

WIDTH_SINGLE = 89.0  # mm, one journal column
WIDTH_DOUBLE = 183.0  # mm, two journal columns
PAGE_HEIGHT = 247.0  # mm, of a journal page
MM_PER_INCH = 25.4

# Paul Tol's high-contrast scheme (Technical Note SRON/EPS/TN/09-002): safe for colour-blind readers, and its
# three colours stay dark, middle and light in grey.
BLUE = "#004488"
RED = "#BB5566"
YELLOW = "#DDAA33"
BLACK = "#000000"
GREY = "#767676"
PALE = "#BBBBBB"
FAINT = "#EDEDED"

SIZE_SMALL = 6.0  # pt, the smallest text in any figure
SIZE_TEXT = 7.0
SIZE_TITLE = 8.0
ROW_LEAST = 3.0  # mm, of the smallest text

# Text becomes outlines of the font that matplotlib ships, so that a figure looks the same on every machine.
RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": SIZE_TEXT,
    "axes.titlesize": SIZE_TITLE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": SIZE_TEXT,
    "axes.labelpad": 3.0,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": [-4, 5],
    "xtick.labelsize": SIZE_TEXT,
    "ytick.labelsize": SIZE_TEXT,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.fontsize": SIZE_TEXT,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "lines.linewidth": 1.0,
    "lines.markersize": 4.0,
    "patch.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100.0,
    "savefig.dpi": 300.0,
    "text.hinting": "none",
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "mrscape",
    "pdf.fonttype": 42,  # TrueType: text stays text, which journals ask for
}
# Of each format, what would differ between two runs or name the program.
UNSAID: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
_ALSO: ContextVar[tuple[str, ...]] = ContextVar("formats that are also written", default=())

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw with the settings of this module, whatever the settings of the caller."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with matplotlib.rc_context(RC):
            return draw(*args, **kwargs)

    return drawn


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of `width` x `height` mm that can be measured and saved without a display."""
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
    FigureCanvasAgg(figure)
    return figure


def size_of(figure: Figure) -> tuple[float, float]:
    """Width and height of the figure in mm."""
    width, height = figure.get_size_inches()
    return float(width) * MM_PER_INCH, float(height) * MM_PER_INCH


def row_height(rows: int, others: float, usual: float) -> float:
    """mm of a row of text: the usual, or less where they would not fit on a page with `others` mm beside."""
    return min(usual, max(ROW_LEAST, (PAGE_HEIGHT - others) / max(rows, 1)))


def add_axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes placed in mm; `left` and `top` are the distances from the figure's left and upper edges."""
    total_width, total_height = size_of(figure)
    bottom = total_height - top - height
    box = (left / total_width, bottom / total_height, width / total_width, height / total_height)
    return figure.add_axes(box)


def add_text(figure: Figure, left: float, top: float, text: str, **style: Any) -> None:
    """Text placed in mm from the figure's left and upper edges; its upper left corner is there by default."""
    width, height = size_of(figure)
    placed = {"va": "top", "ha": "left", **style}
    figure.text(left / width, 1 - top / height, text, **placed)


def text_width(figure: Figure, text: str, size: float = SIZE_TEXT, weight: str = "normal") -> float:
    """Width of one line of text in mm."""
    artist = figure.text(0, 0, text, fontsize=size, fontweight=weight)
    width = artist.get_window_extent(_renderer(figure)).width
    artist.remove()
    return float(width) / figure.dpi * MM_PER_INCH


def _renderer(figure: Figure) -> Any:
    return figure.canvas.get_renderer()  # type: ignore[attr-defined]


def fit(figure: Figure, text: str, width: float, size: float = SIZE_TEXT) -> str:
    """The text, or its beginning and an ellipsis, so that it is at most `width` mm wide."""
    if text_width(figure, text, size) <= width:
        return text
    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        if text_width(figure, text[:middle].rstrip() + "…", size) <= width:
            fitting = middle
        else:
            too_long = middle
    return text[:fitting].rstrip() + "…"


def fit_middle(figure: Figure, text: str, width: float, size: float = SIZE_TEXT) -> str:
    """The text, or both its ends around an ellipsis: names that begin alike often differ at the end."""
    half = len(text) // 2
    shorter = text
    while half > 1 and text_width(figure, shorter, size) > width:
        half -= 1
        shorter = f"{text[:half].rstrip()}…{text[-half:].lstrip()}"
    return shorter


def wrap(figure: Figure, text: str, width: float, size: float = SIZE_TEXT, lines: int = 3) -> str:
    """The text broken at spaces into at most `lines` lines of at most `width` mm; the last one is fitted."""
    words, broken = text.split(), [""]
    for word in words:
        longer = f"{broken[-1]} {word}".strip()
        if broken[-1] and len(broken) < lines and text_width(figure, longer, size) > width:
            broken.append(word)
        else:
            broken[-1] = longer
    return "\n".join(fit(figure, line, width, size) for line in broken)


@styled
def message_figure(text: str, width: float = WIDTH_DOUBLE) -> Figure:
    """A figure that says in words why there is nothing to draw."""
    figure = new_figure(width, 24.0)
    written = wrap(figure, text, width - 12.0, SIZE_TITLE, lines=3)
    figure.text(0.5, 0.5, written, ha="center", va="center", fontsize=SIZE_TITLE, color=BLACK)
    return figure


def plain_spines(axes: Axes, keep: Sequence[str] = ("bottom",)) -> None:
    """Hide the axes' frame but for the sides in `keep`."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in keep)


@contextmanager
def also_as(*kinds: str) -> Iterator[None]:
    """Within it, `save` writes every figure in these formats too, beside the one that it is asked for."""
    before = _ALSO.set(kinds)
    try:
        yield
    finally:
        _ALSO.reset(before)


def save(figure: Figure, path: Path, title: str) -> None:
    """Write an SVG, PDF or PNG, by the path's ending, whole or not at all: same figure, same bytes.

    `title` says in a sentence what is drawn, for readers who cannot see the figure.
    """
    for file in (Path(path), *(Path(path).with_suffix(f".{kind}") for kind in _ALSO.get())):
        kind = file.suffix.removeprefix(".")
        with matplotlib.rc_context(RC), atomic(file) as part:
            figure.savefig(part, format=kind, metadata={"Title": title} | UNSAID[kind])
            if kind == "svg":
                part.write_text(shrink(part.read_text(encoding="utf-8")), encoding="utf-8")
