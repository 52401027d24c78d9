"""A confidence set with gaps, as text in one column of a table."""

from __future__ import annotations

from collections.abc import Sequence

Parts = tuple[tuple[float, float], ...]


def to_text(parts: Sequence[tuple[float, float]]) -> str:
    """`low:high;low:high` with every digit; empty for a single interval, which ci_low and ci_high give."""
    return ";".join(f"{low!r}:{high!r}" for low, high in parts) if len(parts) > 1 else ""


def parts_of(text: object, ci_low: float, ci_high: float) -> Parts:
    """The intervals in order: those of the text, or the one between the ends where it is empty or missing."""
    if not isinstance(text, str) or not text:
        return ((ci_low, ci_high),)
    pairs = (part.split(":") for part in text.split(";"))
    return tuple((float(low), float(high)) for low, high in pairs)
