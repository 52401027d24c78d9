"""Every kind of figure at three sizes: laid out well, on a journal page, and in the gallery."""

import ast
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.validated import MOST_ROWS, draw_validated
from tests.benchmarks.gallery import IMAGES, file_of, page
from tests.figure.conftest import OUTCOME, UNITS
from tests.figure.gallery_kinds import KINDS, OUTCOMES, SIZES, Kind, study, validation
from tests.figure.test_figures import check_layout

ROOT = Path(__file__).resolve().parents[2]
# Parts that several figures share, and what draws all figures of a hit, a triple or a measure.
SHARED = {"style.styled", "style.new_figure", "style.message_figure", "forest.draw_blocks"}
TOGETHER = {"hits.draw_hit", "mediation_triple.draw_triple", "pooled_measure.draw_measure"}


def drawing_functions() -> set[str]:
    """module.function of all public functions of scripts/figure that return figures."""
    return {
        f"{path.stem}.{node.name}"
        for path in sorted((ROOT / "scripts/figure").glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns
        if "Figure" in {name.id for name in ast.walk(node.returns) if isinstance(name, ast.Name)}
    }


def test_the_gallery_knows_every_drawing_function() -> None:
    assert {kind.name for kind in KINDS} == drawing_functions() - SHARED - TOGETHER


def test_the_gallery_is_as_its_command_writes_it() -> None:
    """Its words; the images are drawn by hand of `python -m tests.benchmarks.gallery`, and are small."""
    assert (ROOT / "docs/gallery.md").read_text() == page(), "run python -m tests.benchmarks.gallery"
    sizes = {path.name: path.stat().st_size for path in IMAGES.iterdir()}
    assert set(sizes) == {file_of(kind, n) for kind in KINDS for n in SIZES}
    assert max(sizes.values()) < 70_000 and sum(sizes.values()) < 3_000_000


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_figure_is_laid_out_well_on_a_journal_page(kind: Kind, n: int) -> None:
    figure = kind.make(n)
    width, height = style.size_of(figure)
    assert any(abs(width - journal) < 1e-6 for journal in (style.WIDTH_SINGLE, style.WIDTH_DOUBLE))
    assert height <= style.PAGE_HEIGHT + 1e-6
    check_layout(figure)


def validated(n: int) -> list[Figure]:
    return list(draw_validated(OUTCOME, study(n).screen, validation(n), study(n).labels))


def test_hits_are_in_the_same_rows_of_every_panel_from_the_largest_effect() -> None:
    (figure,) = validated(8)
    hits = study(8).screen.head(8).sort_values("beta", ascending=False)
    names = [text.get_text() for text in figure.texts[:8]]
    assert names[0][:8] == study(8).labels[hits["exposure"].iloc[0]].name[:8]
    first, *others = figure.axes
    marks = [line for line in first.lines if line.get_marker() == "s"]
    assert [line.get_xdata()[0] for line in marks] == pytest.approx(hits["beta"].to_list())
    assert len(others) == len(OUTCOMES) and {axes.get_ylim() for axes in others} == {first.get_ylim()}


def test_diseases_have_odds_ratios_and_quantities_their_unit() -> None:
    (figure,) = validated(8)
    figure.draw_without_rendering()
    for axes, unit in zip(
        figure.axes, ["log odds", *(UNITS | {"admission": "log odds"}).values()], strict=True
    ):
        ticks = [text.get_text() for text in axes.get_xticklabels()]
        odds = unit == "log odds"
        assert axes.get_xlabel() == ("Odds ratio per SD" if odds else "SD per SD")
        assert ("1" if odds else "0") in ticks and len(ticks) > 1


def test_many_hits_and_outcomes_go_over_parts() -> None:
    screen = study(60).screen.assign(hit=lambda table: table["discovered"])
    pages = list(draw_validated(OUTCOME, screen, validation(60), study(60).labels))
    assert len(pages) == -(-int(screen["hit"].sum()) // MOST_ROWS) > 1
    again = validation(1).assign(validation_outcome=lambda table: "other_" + table["validation_outcome"])
    more = pd.concat([validation(1), again])
    assert len(list(draw_validated(OUTCOME, study(1).screen, more, study(1).labels))) == 2
    assert not list(draw_validated("none", screen, validation(60), {}))
