"""The table of correlations: pairs in either order, what is not there, and what cannot be."""

from pathlib import Path

import numpy as np
import pytest

from scripts.table.correlations import read_correlations

TABLE = """trait_1\ttrait_2\tintercept\tintercept_se\tcovariance\tcovariance_se
a\ta\t1.02\t0.01\t0.2\t0.03
a\tb\t0.3\t0.02\t\t
0017\ta\t-0.1\t\t0.05\t0.01
"""


def written(path: Path, text: str) -> list[Path]:
    path.write_text(text)
    return [path]


def test_pairs_are_found_in_either_order(tmp_path: Path) -> None:
    found = read_correlations(written(tmp_path / "c.tsv", TABLE))
    for pair in (("a", "b"), ("b", "a")):
        error = found.error(*pair)
        assert error and (error.value, error.se) == (0.3, 0.02)
    error, h2 = found.error("a", "0017"), found.heritability("a")
    assert error and (error.value, error.se) == (-0.1, 0.0)  # no standard error: taken as known
    assert h2 and (h2.value, h2.se) == (0.2, 0.03)
    assert found.error("b", "0017") is None and found.heritability("b") is None
    assert found.known(["a", "b"]) and not found.known(["a", "b", "0017"])
    expected = np.array([[1.0, 0.3, -0.1], [0.3, 1.0, 0.0], [-0.1, 0.0, 1.0]])
    assert (found.matrix(["a", "b", "0017"]) == expected).all()


def test_a_study_without_a_table_knows_nothing() -> None:
    found = read_correlations([])
    assert found.error("a", "b") is None and not found.known(["a", "b"])
    assert (found.matrix(["a", "b"]) == np.eye(2)).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trait_1\tintercept\na\t0.1\n", "column trait_2 is missing"),
        (TABLE + "b\ta\t0.3\t\t\t\n", "line 5: a and b are in an earlier row"),
        (TABLE + "b\tc\t1.2\t\t\t\n", "line 5: intercept is 1.2, expected -1 to 1"),
    ],
)
def test_a_wrong_table_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_correlations(written(tmp_path / "c.tsv", text))


def test_correlations_that_cannot_hold_together_are_said(tmp_path: Path) -> None:
    rows = "a\tb\t0.9\na\tc\t0.9\nb\tc\t-0.9\n"
    found = read_correlations(written(tmp_path / "c.tsv", "trait_1\ttrait_2\tintercept\n" + rows))
    with pytest.raises(ValueError, match="a, b, c cannot be correlations"):
        found.matrix(["a", "b", "c"])
