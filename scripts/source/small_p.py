"""P values that are too small for a double, from their text."""

from __future__ import annotations

import math
import re

SCIENTIFIC = re.compile(r"\s*(\d+\.?\d*|\.\d+)[eE]-(\d{1,9})\s*")
SMALLEST = 2.2250738585072014e-308  # of the doubles that have all their digits


def neglog10_of_text(text: str) -> float:
    """-log10 of a number such as 1.2e-400; NaN for 0 and for what is not written so."""
    found = SCIENTIFIC.fullmatch(text)
    if found is None or not float(found[1]):
        return math.nan
    return int(found[2]) - math.log10(float(found[1]))
