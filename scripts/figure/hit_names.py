"""Names beside points: of the hits in the overview, of outliers among a hit's instruments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.place import Box, place_labels
from scripts.method.arrays import FloatArray

HIT = "hit-name"
LABEL_WIDTH = 42.0  # mm, longer names are shortened in the middle


def write_names(figure: Figure, axes: Axes, hits: pd.DataFrame) -> int:
    """Write the hits' names, the smallest P first; how many found no free place is returned."""
    hits = hits.sort_values(["neglog10_p", "exposure"], ascending=[False, True])
    return write_labels(figure, axes, list(hits["name"]), hits[["x", "neglog10_p"]].to_numpy(float), HIT)


def write_labels(
    figure: Figure,
    axes: Axes,
    names: Sequence[str],
    points: FloatArray,
    gid: str,
    width: float = LABEL_WIDTH,
    gap: float = 0.0,
) -> int:
    """Write names beside their points (n, 2), the first ones first; how many found no place is returned.

    Names are at most `width` mm, with `gap` mm free at both ends. Every marker that is drawn already stays
    free. The limits of the axes are set before.
    """
    texts = [style.fit_middle(figure, name, width, style.SIZE_SMALL) for name in names]
    if not texts:
        return 0
    pixels_per_mm = figure.dpi / style.MM_PER_INCH
    sizes = (
        np.array([[style.text_width(figure, text, style.SIZE_SMALL) + 2 * gap, 2.3] for text in texts])
        * pixels_per_mm
    )
    at = axes.transData.transform(points)
    marked = np.vstack(
        [np.asarray(line.get_xydata(), float) for line in axes.lines if line.get_marker() != "None"]
    )
    marks = axes.transData.transform(marked)
    half = 0.8 * pixels_per_mm
    places = place_labels(at, sizes, np.hstack([marks - half, marks + half]), _bounds(axes))
    for text, point, place in zip(texts, at, places, strict=True):
        if place is not None:
            _write(axes, text, tuple(point), place.box, place.anchor, gid)
    return sum(place is None for place in places)


def _bounds(axes: Axes) -> Box:
    box = axes.get_window_extent()
    return (box.x0 + 2, box.y0 + 2, box.x1, box.y1)


def _write(
    axes: Axes, text: str, point: tuple[float, ...], box: Box, anchor: tuple[float, float], gid: str
) -> None:
    to_data = axes.transData.inverted()
    ends = to_data.transform([point, anchor])
    if np.hypot(anchor[0] - point[0], anchor[1] - point[1]) > box[3] - box[1]:
        axes.plot(ends[:, 0], ends[:, 1], color=style.GREY, linewidth=0.4, zorder=2)
    x, y = to_data.transform(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}  # interrupts the lines behind the name
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": style.SIZE_SMALL, "bbox": ground}
    axes.text(x, y, text, zorder=2.5, gid=gid, **look)
