"""Numbers and names as readers see them."""

import math

import pytest
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.words import (
    Label,
    count,
    effect_unit,
    expected,
    interval,
    intervals,
    label_of,
    labels_of,
    number,
    p_value,
    shared_unit,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.4459, "−0.446"),
        (12.3456, "12.3"),
        (1234.5, "1234"),
        (-2.5e-9, "−2.5×10⁻⁹"),
        (9.99e7, "1.0×10⁸"),
        (math.nan, "–"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("neglog10_p", "text"),
    [(0.0, "1"), (1.30103, "0.05"), (2.0, "0.01"), (3.5, "3.2×10⁻⁴"), (400.3, "5.0×10⁻⁴⁰¹"), (math.nan, "–")],
)
def test_p_value_never_underflows(neglog10_p: float, text: str) -> None:
    assert p_value(neglog10_p) == text


def test_interval_has_two_digits_of_the_standard_error() -> None:
    # BMI on coronary heart disease: IVW 0.44590910, SE 0.05898302
    assert interval(0.44590910, 0.33030, 0.56151) == "0.446 (0.330 to 0.562)"
    assert interval(-2.7e-8, -4.9e-8, -5.6e-9) == "−2.7 (−4.9 to −0.6) ×10⁻⁸"
    assert interval(3.1e6, 2.9e6, 3.3e6) == "3.10 (2.90 to 3.30) ×10⁶"
    assert interval(math.nan, 0.0, 1.0) == "–"


def test_interval_without_an_end_or_with_gaps() -> None:
    assert interval(0.12, -math.inf, math.inf) == "0.120 (−∞ to ∞)"
    assert interval(0.12, -0.3, math.inf) == "0.12 (−0.30 to ∞)"
    assert intervals(0.12, ((-0.3, -0.1), (0.05, 0.2))) == "0.120 (−0.300 to −0.100, 0.050 to 0.200)"
    assert intervals(1.2e-7, ((-3e-7, -1e-7), (5e-8, math.inf))) == "1.2 (−3.0 to −1.0, 0.5 to ∞) ×10⁻⁷"
    assert intervals(0.12, ((-0.3, -0.1), (0.05, 0.2), (0.5, 0.6))) == "0.12 (3 intervals)"


def test_expected_and_count() -> None:
    assert [expected(n) for n in (0.0, 0.031, 2.7, 1234.0)] == ["0", "0.031", "2.7", "1,234.0"]
    assert [count(n, "hit") for n in (0, 1, 1200)] == ["0 hits", "1 hit", "1,200 hits"]


def test_labels_fall_back_on_the_id_and_say_when_units_are_unknown() -> None:
    labels = labels_of({"bmi": "Body mass index", "chd": "Heart disease"}, {"bmi": "SD"})
    assert label_of("bmi", labels) == Label("Body mass index", "SD")
    assert label_of("other", labels) == Label("other", "")
    assert effect_unit(labels["bmi"], labels["chd"]) == "outcome units per SD"
    assert shared_unit(["bmi"], labels).unit == "SD"
    assert shared_unit(["bmi", "chd"], labels).unit == "unit of each exposure"


@pytest.fixture
def figure() -> Figure:
    return style.new_figure(style.WIDTH_DOUBLE, 50.0)


def test_fit_and_wrap_never_exceed_the_width(figure: Figure) -> None:
    text = "Total cholesterol in medium very-low-density lipoproteins " * 4
    for width in (10.0, 30.0, 60.0):
        assert style.text_width(figure, style.fit(figure, text, width)) <= width
        assert style.text_width(figure, style.fit_middle(figure, text, width)) <= width
        lines = style.wrap(figure, text, width, lines=3).split("\n")
        assert len(lines) <= 3
        assert all(style.text_width(figure, line) <= width for line in lines)
    assert style.fit(figure, "Ferritin", 30.0) == "Ferritin"
    assert style.fit_middle(figure, text.strip(), 40.0).endswith("ins")
