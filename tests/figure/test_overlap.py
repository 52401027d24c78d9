"""Estimates before and after correction for overlap: what is drawn, and what is not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.figure.overlap import before_and_after, draw_overlap
from scripts.plot_overlap import plot_overlap
from scripts.table.frames import write_tsv
from tests.figure.test_figures import check_layout, texts_of

ESTIMATES = pd.DataFrame(
    [
        ("a", "y", "ivw", 0.2, 0.02),
        ("a", "y", "simss_ivw", 0.17, 0.03),
        ("a", "y", "mrlap_observed", 0.1, 0.01),
        ("a", "y", "mrlap", 0.12, 0.02),
        ("b", "y", "ivw", -0.3, 0.05),
        ("b", "y", "simss_ivw", np.nan, np.nan),
        ("b", "y", "mrlap", np.nan, np.nan),
    ],
    columns=["exposure", "outcome", "method", "beta", "se"],
)


def test_each_correction_is_beside_what_it_corrects() -> None:
    pairs = before_and_after(ESTIMATES, "mrlap_observed", "mrlap")
    assert pairs.loc[("a", "y")].to_list() == [0.12, 0.02, 0.1, 0.01]
    assert pairs.loc[("b", "y")].isna().all()
    figure = draw_overlap(ESTIMATES)
    check_layout(figure)
    texts = [text for text, _ in texts_of(figure)]
    assert "MR-SimSS: 1 of 2 pairs" in texts and "MRlap: 1 of 2 pairs" in texts
    (points,) = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert points.get_xydata().tolist() == [[0.2, 0.17]]  # type: ignore[union-attr]


@pytest.mark.parametrize("methods", [(), ("ivw", "simss_ivw")])
def test_only_what_was_asked_is_drawn(methods: tuple[str, ...]) -> None:
    figure = draw_overlap(ESTIMATES[ESTIMATES["method"].isin(methods)])
    check_layout(figure)
    assert [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes if methods] == (
        ["MR-SimSS: 1 of 2 pairs"] if methods else []
    )


def test_the_step_writes_the_figure_where_nothing_could_be_corrected(tmp_path: Path) -> None:
    write_tsv(ESTIMATES.assign(beta=np.nan, se=np.nan), tmp_path / "estimates.tsv")
    plot_overlap(tmp_path / "estimates.tsv", tmp_path / "overlap.svg")
    assert (tmp_path / "overlap.svg").stat().st_size > 1000
    texts = [text for text, _ in texts_of(draw_overlap(ESTIMATES.assign(beta=np.nan, se=np.nan)))]
    assert "MR-SimSS: 0 of 2 pairs" in texts and "MRlap: 0 of 2 pairs" in texts


def test_all_three_corrections_fit() -> None:
    third = ESTIMATES[ESTIMATES["method"] == "simss_ivw"].assign(method="simss_raps")
    figure = draw_overlap(pd.concat([ESTIMATES, third]))
    check_layout(figure)
    assert len(figure.axes) == 3
