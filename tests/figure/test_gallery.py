"""Every kind of figure at three sizes: laid out well, on a journal page, and in the gallery."""

import ast
from pathlib import Path

import pytest

from scripts.figure import style
from tests.benchmarks.gallery import IMAGES, file_of, page
from tests.figure.gallery_kinds import KINDS, SIZES, Kind
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
