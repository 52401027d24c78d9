"""Labels of axes of causal effects."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.words import Label, effect_unit


def effect_label(figure: Figure, exposure: Label, outcome: Label, width: float) -> str:
    """Axis label of a causal effect in at most two lines of `width` mm, and its unit in one of its own."""
    title = f"Effect of genetically predicted {exposure.name} on {outcome.name}"
    return style.wrap(figure, title, width, lines=2) + f"\n({effect_unit(exposure, outcome)})"


def has_power(figure: Figure, axes: Axes) -> bool:
    """True where the ticks need a power of ten, which stands under the right end of the horizontal axis."""
    figure.draw_without_rendering()
    return bool(axes.xaxis.get_offset_text().get_text())
