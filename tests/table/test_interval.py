"""Confidence sets with gaps come back from text as they were."""

import math

from scripts.table.interval import parts_of, to_text


def test_a_set_with_gaps_survives_and_a_single_interval_needs_no_text() -> None:
    parts = ((-math.inf, -0.1), (0.1 + 0.2, 1e-300), (2.0, math.inf))
    assert parts_of(to_text(parts), -math.inf, math.inf) == parts
    assert to_text(((-1.0, 2.0),)) == to_text(()) == ""
    for missing in ("", math.nan, None):
        assert parts_of(missing, -1.0, 2.0) == ((-1.0, 2.0),)
