"""Labels beside points, without overlaps: each takes the nearest free place, the most important first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray

# Right and left first, then the diagonals, then every direction in steps of 10 degrees.
ANGLES = np.deg2rad([0, 180, 45, 135, -45, -135, 90, -90, *range(-170, 180, 10)])
RINGS = 18  # rings of candidate places
CLEARANCE = 1.0  # empty pixels kept around every label

Box = tuple[float, float, float, float]  # x0, y0, x1, y1


@dataclass(frozen=True, slots=True)
class Place:
    """The box of a label and where its leader line ends, in pixels."""

    box: Box
    anchor: tuple[float, float]
    distance: float


def place_labels(
    points: FloatArray, sizes: FloatArray, obstacles: FloatArray, bounds: Box
) -> list[Place | None]:
    """A place for each label, or None where every candidate is taken.

    points (n, 2) and sizes (n, 2: width, height) in pixels, most important first; obstacles (m, 4) are boxes
    that labels must not cover, though leader lines may; every label stays within bounds. Greedy, so the
    result depends on the order alone.
    """
    fixed = obstacles.reshape(-1, 4)
    placed: list[Place] = []
    leaders: list[FloatArray] = []
    places: list[Place | None] = []
    for point, size in zip(points, sizes, strict=True):
        place = _first_free(point, size, fixed, placed, leaders, bounds)
        places.append(place)
        if place is not None:
            placed.append(place)
            leaders.append(np.array([*point, *place.anchor]))
    return places


def _first_free(
    point: FloatArray,
    size: FloatArray,
    fixed: FloatArray,
    placed: list[Place],
    leaders: list[FloatArray],
    bounds: Box,
) -> Place | None:
    for ring in range(RINGS):
        reach = (0.7 + 0.9 * ring) * size[1]
        for angle in ANGLES:
            place = _candidate(point, size, float(angle), float(reach))
            if _inside(place.box, bounds) and _is_free(place, point, fixed, placed, leaders):
                return place
    return None


def _candidate(point: FloatArray, size: FloatArray, angle: float, reach: float) -> Place:
    """The label whose nearest side is `reach` pixels from the point in the direction of `angle`."""
    width, height = size
    x = point[0] + reach * np.cos(angle)
    y = point[1] + reach * np.sin(angle)
    left = x - width / 2 * (1 - np.sign(np.round(np.cos(angle), 6)))
    bottom = y - height / 2 * (1 - np.round(np.sin(angle), 6))
    return Place((left, bottom, left + width, bottom + height), (x, y), reach)


def _inside(box: Box, bounds: Box) -> bool:
    return box[0] >= bounds[0] and box[1] >= bounds[1] and box[2] <= bounds[2] and box[3] <= bounds[3]


def _is_free(
    place: Place, point: FloatArray, fixed: FloatArray, placed: list[Place], leaders: list[FloatArray]
) -> bool:
    """True where the label covers nothing and its leader crosses neither a label nor a leader."""
    x0, y0, x1, y1 = place.box
    grown = (x0 - CLEARANCE, y0 - CLEARANCE, x1 + CLEARANCE, y1 + CLEARANCE)
    own = np.array([*point, *place.anchor])
    if _overlap(grown, fixed) or _overlap(grown, np.array([label.box for label in placed]).reshape(-1, 4)):
        return False
    if any(_crosses(leader, grown) or _intersect(own, leader) for leader in leaders):
        return False
    return not any(_crosses(own, label.box) for label in placed)


def _overlap(box: Box, boxes: FloatArray) -> bool:
    x0, y0, x1, y1 = boxes.T
    return bool(np.any((box[0] < x1) & (box[2] > x0) & (box[1] < y1) & (box[3] > y0)))


def _crosses(segment: FloatArray, box: Box) -> bool:
    """True where the segment enters the box (Liang and Barsky's clipping)."""
    x, y, x_end, y_end = segment
    enter, leave = 0.0, 1.0
    for start, step, low, high in ((x, x_end - x, box[0], box[2]), (y, y_end - y, box[1], box[3])):
        if step == 0:
            if not low < start < high:
                return False
            continue
        near, far = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, near), min(leave, far)
    return enter < leave


def _intersect(one: FloatArray, other: FloatArray) -> bool:
    """True where two segments cross."""
    return _separates(one, other) and _separates(other, one)


def _separates(line: FloatArray, segment: FloatArray) -> bool:
    """True where the segment's ends lie on different sides of the line."""
    direction = line[2:] - line[:2]
    sides = [
        direction[0] * (end[1] - line[1]) - direction[1] * (end[0] - line[0])
        for end in (segment[:2], segment[2:])
    ]
    return bool(sides[0] * sides[1] < 0)
