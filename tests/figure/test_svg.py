"""The smaller SVG draws what matplotlib wrote."""

import re
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

from scripts.figure import style
from scripts.figure.hits import draw_hit
from scripts.figure.svg import GLYPH_SCALE, HREF, relative_path, shrink
from tests.figure.conftest import OUTCOME, Tables
from tests.figure.test_figures import hit_tables

TOLERANCE = 0.02  # pt, where 1 pt is 0.35 mm: half a unit of rounding in a place, a glyph and its scale


def slow_points(svg: str) -> np.ndarray:
    """Page coordinates of the ends of every drawn path, in the order of drawing: a slow renderer."""
    root = ElementTree.fromstring(svg)
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    points: list[np.ndarray] = []

    def walk(element: ElementTree.Element, matrix: np.ndarray) -> None:
        tag = element.tag.split("}")[1]
        if tag in {"defs", "metadata", "title"}:
            return
        matrix = matrix @ matrix_of(element.get("transform", ""))
        if tag == "use":
            shift = f"translate({element.get('x', 0)} {element.get('y', 0)})"
            walk(named[element.get(HREF, "").removeprefix("#")], matrix @ matrix_of(shift))
        if tag == "path":
            ends = ends_of(element.get("d", ""))
            points.extend(matrix[:2, :2] @ end + matrix[:2, 2] for end in ends)
        for child in element:
            walk(child, matrix)

    walk(root, np.eye(3))
    return np.array(points)


def matrix_of(transform: str) -> np.ndarray:
    matrix = np.eye(3)
    for kind, text in re.findall(r"(\w+)\(([^)]*)\)", transform):
        numbers = [float(number) for number in re.split(r"[ ,]+", text)]
        step = np.eye(3)
        if kind == "translate":
            step[:2, 2] = numbers
        elif kind == "scale":
            step[[0, 1], [0, 1]] = numbers[0], numbers[-1]
        else:
            assert kind == "rotate"
            turn = np.deg2rad(numbers[0])
            step[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
        matrix = matrix @ step
    return matrix


def ends_of(d: str) -> list[np.ndarray]:
    """All points of a path, control points too, whether its commands are absolute or relative."""
    here = start = np.zeros(2)
    ends: list[np.ndarray] = []
    for command, text in re.findall(r"([MLQCZmlqcz])([^MLQCZmlqcz]*)", d):
        if command in "zZ":
            here = start
            continue
        numbers = np.array([float(number) for number in re.findall(r"-?[0-9.]+", text)]).reshape(-1, 2)
        per_step = {"m": 1, "l": 1, "q": 2, "c": 3}[command.lower()]
        for k in range(0, len(numbers), per_step):
            step = numbers[k : k + per_step] + (here if command.islower() else 0.0)
            ends.extend(step)
            here = step[-1]
        start = here if command in "mM" else start
    return ends


def raw(figure) -> str:  # type: ignore[no-untyped-def]
    written = StringIO()
    with matplotlib.rc_context(style.RC):
        figure.savefig(written, format="svg", metadata={"Title": "a <title> & more", "Date": None})
    return written.getvalue()


@pytest.mark.parametrize("name", ["forest", "scatter", "funnel", "leave_one_out"])
def test_smaller_svg_draws_the_same_in_less_than_half(name: str, tables: Tables, tmp_path: Path) -> None:
    figure = draw_hit("exposure.00", OUTCOME, "ivw", hit_tables(tables), tables.labels)[name]
    svg = raw(figure)
    small = shrink(svg)
    before, after = slow_points(svg), slow_points(small)
    assert len(before) > 1000
    np.testing.assert_allclose(after, before, atol=TOLERANCE)
    assert len(small) < 0.5 * len(svg)
    assert "<title>a &lt;title&gt; &amp; more</title>" in small
    style.save(figure, tmp_path / "figure.svg", "a <title> & more")
    assert (tmp_path / "figure.svg").read_text().startswith(small[:40])


def test_every_reference_has_its_definition(tables: Tables) -> None:
    figure = draw_hit("exposure.00", OUTCOME, "ivw", hit_tables(tables), tables.labels)["scatter"]
    small = shrink(raw(figure))
    ids = re.findall(r' id="([^"]+)"', small)
    used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', small)
    assert len(ids) == len(set(ids))
    assert {one or other for one, other in used} == set(ids)
    assert GLYPH_SCALE not in small


def test_a_word_that_comes_again_is_defined_once() -> None:
    figure = style.new_figure(80, 30)
    for top in (2, 12, 22):
        style.add_text(figure, 3, top, f"density {top}")
    svg = raw(figure)
    small = shrink(svg)
    assert svg.count("<use") == 3 * 8 + 5  # seven letters and a space in each line, five digits
    assert small.count("<use") == 7 + 3 + 5  # the word's letters, its three uses, the digits
    np.testing.assert_allclose(slow_points(small), slow_points(svg), atol=TOLERANCE)


def test_paths_become_relative_without_growing_errors() -> None:
    assert relative_path("M 1 2 \nL 3 2 \nL 3 -4.5 \nz\n") == "m1 2l2 0 0-6.5z"
    assert relative_path("M 1 1 L 2 2 z M 5 5 Q 6 6 7 5 Q 8 4 9 5") == "m1 1l1 1zm4 4q1 1 2 0q1-1 2 0"
    assert relative_path("M 10 20 L 30 44", 0.1, 0) == "m1 2l2 2"
    assert relative_path("") == ""
    steps = " L ".join(f"{0.004 * k:.3f} 0" for k in range(1, 1001))
    assert ends_of(relative_path(f"M 0 0 L {steps}"))[-1][0] == pytest.approx(4.0, abs=1e-9)
