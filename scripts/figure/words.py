"""How traits, methods and numbers are written in figures and in the summary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALLEST_PLAIN_P = 1e-3
MISSING = "–"
CHROMOSOME_NAMES = {23: "X", 24: "Y", 25: "MT"}  # of those that are not called by their number


@dataclass(frozen=True, slots=True)
class Label:
    """What readers call a trait, and the unit of its effects (`SD`, `log odds`; '' where not stated)."""

    name: str
    unit: str


Labels = Mapping[str, Label]


def labels_of(names: Mapping[str, str], units: Mapping[str, str]) -> dict[str, Label]:
    """The label of each trait in `names`; a trait that is not in `units` has no stated unit."""
    return {trait: Label(name, units.get(trait, "")) for trait, name in names.items()}


def label_of(trait: str, labels: Labels) -> Label:
    """Name and unit of a trait; a trait without a label is called by its id."""
    return labels.get(trait, Label(trait, ""))


def shared_unit(exposures: Iterable[str], labels: Labels) -> Label:
    """All exposures as one, with the unit that they share or words for the unit of each."""
    units = {label_of(exposure, labels).unit for exposure in exposures}
    return Label("exposure", units.pop() if len(units) == 1 else "unit of each exposure")


def effect_unit(exposure: Label, outcome: Label) -> str:
    """Unit of a causal effect: outcome units per exposure unit."""
    return f"{outcome.unit or 'outcome units'} per {exposure.unit or 'exposure unit'}"


def number(value: float, decimals: int | None = None) -> str:
    """A number for readers: true minus sign, powers of ten where it is very large or very small."""
    if not math.isfinite(value):
        return MISSING
    size = abs(value)
    if size >= 1e5 or (0 < size < 1e-4 and decimals is None):
        return _power(math.copysign(1.0, value), math.log10(size))
    if decimals is None:
        decimals = 0 if size == 0 else min(5, max(0, 2 - math.floor(math.log10(size))))
    return f"{value:.{decimals}f}".replace("-", "−")


def interval(beta: float, ci_low: float, ci_high: float) -> str:
    """An effect with its 95% confidence interval, to two digits of its standard error; it may be open."""
    return intervals(beta, ((ci_low, ci_high),))


def intervals(beta: float, parts: Sequence[tuple[float, float]]) -> str:
    """An effect with a 95% confidence set of one interval or more; of three or more only their number."""
    ends = [end for part in parts for end in part]
    if not math.isfinite(beta) or any(map(math.isnan, ends)):
        return MISSING
    largest = max(abs(end) for end in (beta, *ends) if math.isfinite(end))
    exponent = math.floor(math.log10(largest)) if largest > 0 else 0
    if -4 < exponent < 5:
        return _intervals(beta, parts)
    unit = 10.0**exponent
    scaled = [(low / unit, high / unit) for low, high in parts]
    return f"{_intervals(beta / unit, scaled)} ×10{str(exponent).translate(SUPERSCRIPT)}"


def _intervals(beta: float, parts: Sequence[tuple[float, float]]) -> str:
    half = [abs(end - beta) for part in parts for end in part if math.isfinite(end)] or [abs(beta)]
    se = sum(half) / len(half) / 2
    decimals = min(5, max(0, 1 - math.floor(math.log10(se)))) if se > 0 else 2
    sides = [f"{_end(low, decimals)} to {_end(high, decimals)}" for low, high in parts]
    shown = ", ".join(sides) if len(sides) < 3 else f"{len(sides)} intervals"
    return f"{number(beta, decimals)} ({shown})"


def _end(value: float, decimals: int) -> str:
    """An end of an interval, which may have none."""
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    return number(value, decimals)


def p_value(neglog10_p: float) -> str:
    """P from its -log10, which does not underflow: 0.012, 3.4×10⁻⁹."""
    if not math.isfinite(neglog10_p):
        return MISSING
    if 10**-neglog10_p >= SMALLEST_PLAIN_P:
        return f"{10**-neglog10_p:.2g}"
    return _power(1.0, -neglog10_p)


def expected(n: float) -> str:
    """A number of exposures expected by chance: one decimal, two digits where it is small."""
    return f"{n:.2g}" if n < 0.1 else f"{n:,.1f}"


def count(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 exposure, 2 exposures."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _power(sign: float, log10: float) -> str:
    """sign x 10**log10 as 1.2×10³."""
    exponent = math.floor(log10)
    mantissa = f"{10 ** (log10 - exponent):.1f}"
    if mantissa == "10.0":
        mantissa, exponent = "1.0", exponent + 1
    minus = "−" if sign < 0 else ""
    return f"{minus}{mantissa}×10{str(exponent).translate(SUPERSCRIPT)}"
