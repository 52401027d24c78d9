"""Observed P of pleiotropy against what is expected without any, and against permuted genomes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scripts.figure import style

LEFT, TOP, SIZE, BELOW, RIGHT = 12.0, 8.0, 62.0, 11.0, 15.0  # mm


@style.styled
def draw_qq(qq: pd.DataFrame, inflation: float, permuted_inflation: float) -> Figure:
    """`qq` has the columns of tables/placo_qq.tsv; inflation as lambda, NaN where nothing was permuted."""
    figure = style.new_figure(style.WIDTH_SINGLE, TOP + SIZE + BELOW)
    axes = style.add_axes(figure, LEFT, TOP, SIZE, SIZE)
    axes.set_title("Observed and expected P")
    expected, observed = qq["expected"].to_numpy(float), qq["observed"].to_numpy(float)
    limit = 1.04 * float(expected.max())
    axes.plot([0, limit], [0, limit], color=style.BLACK, linewidth=0.7, linestyle="--", zorder=2,
              label="no pleiotropy")  # fmt: skip
    if qq["permuted_high"].notna().any():
        low, high = qq["permuted_low"], qq["permuted_high"]
        axes.fill_between(expected, low, high, color=style.YELLOW, linewidth=0.8, zorder=1,
                          label=f"permuted (λ {permuted_inflation:.2f})")  # fmt: skip
    axes.plot(expected, observed, linestyle="none", marker=".", markersize=2.6, markeredgewidth=0,
              color=style.BLUE, zorder=3, label=f"observed (λ {inflation:.2f})")  # fmt: skip
    axes.set_xlim(0, limit)
    axes.set_ylim(0, 1.05 * max(limit, float(np.nanmax(observed))))
    axes.set_xlabel("Expected −log₁₀ P")
    axes.set_ylabel("Observed −log₁₀ P")
    axes.legend(loc="upper left", handlelength=1.4)
    return figure
