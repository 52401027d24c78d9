"""Label placement: no overlaps, inside the bounds, the same each time."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.figure.place import place_labels

BOUNDS = (0.0, 0.0, 400.0, 300.0)
coordinates = st.tuples(st.floats(5, 395), st.floats(5, 295))


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@settings(max_examples=30, deadline=None)
@given(st.lists(coordinates, min_size=1, max_size=25))
def test_labels_overlap_neither_each_other_nor_marks_and_stay_inside(
    points: list[tuple[float, float]],
) -> None:
    at = np.array(points)
    marks = np.hstack([at - 3, at + 3])
    places = place_labels(at, np.tile([60.0, 8.0], (len(at), 1)), marks, BOUNDS)
    boxes = [place.box for place in places if place is not None]
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    assert not any(overlap(box, tuple(mark)) for box in boxes for mark in marks)
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= 400 and box[3] <= 300 for box in boxes)


def test_a_lone_label_stands_right_of_its_point() -> None:
    (place,) = place_labels(np.array([[100.0, 100.0]]), np.array([[50.0, 10.0]]), np.empty((0, 4)), BOUNDS)
    assert place is not None
    np.testing.assert_allclose(place.box, (107.0, 95.0, 157.0, 105.0))


def test_a_label_without_room_is_none() -> None:
    everywhere = np.array([[0.0, 0.0, 400.0, 300.0]])
    assert place_labels(np.array([[100.0, 100.0]]), np.array([[50.0, 10.0]]), everywhere, BOUNDS) == [None]
