"""Figures and page of a meta-analysis: what is drawn, where, and what is said."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Polygon

from scripts.figure.pooled_forest import Line, Summary, draw_pooled
from scripts.figure.pooled_funnel import draw_pooled_funnel
from scripts.figure.pooled_outcomes import draw_family, strongest
from scripts.figure.pooled_page import pooled_page
from scripts.figure.pooled_published import restoration_words
from scripts.figure.pooled_tables import Names, PooledTables
from scripts.figure.words import Label

LINES = [
    Line("First et al.", 0.5, 0.1, 0.9, 60.0),
    Line("Second et al.", 1.5, 0.5, 2.5, 30.0, outlier=True),
    Line("Third et al.", -0.2, -90.0, 89.6, 10.0),
]
SUMMARY = Summary("Pooled", 0.6, 0.2, 1.0, 2.0, (-0.4, 1.6), leads=True)
NAMES = Names({"m": "Measure"}, {"age": "Mean age"})


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_forest_has_each_experiment_with_its_weight_and_the_diamond() -> None:
    figure = draw_pooled("Title", LINES, [SUMMARY], "Effect", "Key")
    (axes,) = figure.axes
    assert {"First et al.", "0.50 (0.10 to 0.90)", "60.0%", "Pooled", "0.60 (0.20 to 1.00)"} <= set(
        texts(figure)
    )
    (diamond,) = [patch for patch in axes.patches if isinstance(patch, Polygon)]
    assert set(diamond.get_xy()[:, 0]) == {0.2, 0.6, 1.0}
    squares = [line for line in axes.lines if line.get_marker() == "s"]
    assert [line.get_xdata()[0] for line in squares] == [0.5, 1.5, -0.2]
    assert squares[0].get_markersize() > squares[1].get_markersize() > squares[2].get_markersize()
    assert squares[1].get_markerfacecolor() == "white"


def test_a_very_long_interval_ends_in_arrow_heads() -> None:
    (axes,) = draw_pooled("Title", LINES, [SUMMARY], "Effect", "Key").axes
    low, high = axes.get_xlim()
    assert low > -10 and high < 10
    assert {line.get_marker() for line in axes.lines} >= {"<", ">"}


def test_a_summary_without_number_is_left_out() -> None:
    empty = Summary("None", np.nan, np.nan, np.nan, np.nan, (np.nan, np.nan))
    (axes,) = draw_pooled("Title", LINES, [empty], "Effect", "Key").axes
    assert not axes.patches


def test_funnel_has_the_precise_on_top_and_names_outliers() -> None:
    effects = pd.DataFrame(
        {
            **{"experiment": ["A", "B", "C"], "g": [0.1, 0.4, 3.0], "se": [0.1, 0.2, 0.5]},
            "outlier": [False, False, True],
        }
    )
    (axes,) = draw_pooled_funnel("Title", effects, 0.3, "Note").axes
    top, bottom = axes.get_ylim()[::-1]
    assert top == 0.0 and bottom > 0.5
    assert [text.get_text() for text in axes.texts] == ["C"]
    slopes = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert all(
        abs(line.get_xdata()[1] - 0.3) == pytest.approx(1.959964 * bottom, rel=1e-6) for line in slopes
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            {"kind": "effect", "experiment": "A", "printed": "0.9", "restored_by": 0.94}
            | {"restored_low": 0.934, "restored_high": 0.953, "n_restored": 13, "n_printed": 13},
            "Measure: 13 of 13 published numbers would come out if A's effect of 0.9 were 0.94 "
            "(anything from 0.934 to 0.953 does).",
        ),
        (
            {"kind": "moderator", "experiment": "B", "printed": "20.3", "restored_low": np.nan}
            | {"restored_high": 15.8, "n_restored": 16, "n_printed": 16},
            "Mean age: 16 of 16 published numbers would come out if B's 20.3 were below 15.8.",
        ),
        (
            {"kind": "moderator", "experiment": "B", "printed": "20.3", "restored_low": 21.0}
            | {"restored_high": np.nan, "n_restored": 3, "n_printed": 4},
            "Mean age: 3 of 4 published numbers would come out if B's 20.3 were above 21.0.",
        ),
        (
            {"kind": "effect", "experiment": np.nan, "n_restored": 0, "n_printed": 5},
            "Measure: no other value of a single experiment restores",
        ),
    ],
)
def test_restorations_in_words(row: dict[str, object], words: str) -> None:
    assert restoration_words({"measure": "m", "moderator": "age"} | row, NAMES).startswith(words)


def test_page_without_experiments_enough_and_without_publication_says_so() -> None:
    pooled = pd.DataFrame(
        [
            {
                "measure": "m",
                "set": "all",
                "status": "too_few",
                "leads": True,
                "ci_low": np.nan,
                "ci_high": np.nan,
            }
        ]
    )
    influence = pd.DataFrame([{"measure": "m", "status": "incomplete"}])
    none = pd.DataFrame(columns=["measure", "moderator", "set", "status", "p"])
    tables = PooledTables(pooled, influence, none, none, none, None, None)
    page = pooled_page("Title <1>", tables, NAMES, ("reml", "knapp_hartung"), {})
    assert "No measure has experiments enough to be pooled." in page
    assert "Not estimated: too few experiments." in page and "Title &lt;1&gt;" in page
    assert "restricted maximum likelihood, Knapp-Hartung test" in page
    assert "Beside the published results" not in page and "neither mean and standard deviation" in page


def test_forest_of_a_family_and_which_exposures_are_drawn() -> None:
    row = {"exposure": "x", "status": "estimated", "k": 2, "beta": 0.2, "ci_low": 0.1, "ci_high": 0.3}
    row |= {
        "neglog10_p": 3.0,
        "tau2": 0.0,
        "i2_percent": 0.0,
        "prediction_low": np.nan,
        "prediction_high": np.nan,
    }
    table = pd.DataFrame([row | {"exposure": f"x{i}", "neglog10_p": float(i % 30)} for i in range(40)])
    chosen = strongest(table)
    assert len(chosen) == 20 and [one["exposure"] for one in chosen[:2]] == ["x29", "x28"]
    assert strongest(table.assign(status="too_few")) == []
    primary = pd.DataFrame(
        {
            **{"exposure": ["x", "x", "y"], "outcome": ["b", "a", "a"], "beta": [0.3, 0.1, 9.0]},
            **{"se": [0.1, 0.1, 0.1], "ci_low": [0.1, -0.1, 8.0], "ci_high": [0.5, 0.3, 10.0]},
        }
    )
    labels = {
        "x": Label("Ferritin", "SD"),
        "a": Label("Registry A", "log odds"),
        "b": Label("Registry B", "log odds"),
    }
    figure = draw_family(row, primary, {"name": "gout", "outcomes": ["a", "b", "c"]}, labels)
    shown = texts(figure)
    assert shown.index("Registry A") < shown.index("Registry B") and shown.count("50.0%") == 2
    assert "Genetically predicted Ferritin on gout" in shown
    assert figure.axes[0].get_xlabel() == "Effect, 95% interval (log odds per SD)"
