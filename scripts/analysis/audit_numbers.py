"""The checks of an audit that one row can answer by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.method.multiplicity import chance_of_as_many
from scripts.method.printed import Printed, as_printed
from scripts.method.printed_claims import Z95, Span, adjusted_span, p_of, se_of_interval
from scripts.method.printed_proportion import Printed as WithInterval
from scripts.method.printed_proportion import check_printed_proportion
from scripts.table.audit import AuditVerdict

Found = tuple[str, str]  # verdict, arithmetic
CHANCE_LEVEL = 0.05  # as many by chance alone, less often than this, are more than chance


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of a published table, as printed, with its line in the file."""

    line: int
    values: Mapping[str, str]

    def text(self, column: str) -> str:
        """As printed; empty where the table has no such column."""
        return str(self.values.get(column, ""))

    def has(self, *columns: str) -> bool:
        """Whether all are there."""
        return all(self.text(column) for column in columns)

    def printed(self, column: str) -> Printed:
        """A number with its digits; raises ValueError where it is none."""
        try:
            return as_printed(self.text(column))
        except ValueError:
            raise ValueError(
                f"line {self.line}, column {column}: {self.text(column)!r} is not a number; expected one as "
                "printed, such as 0.87, 1.3E-07 or <0.001"
            ) from None

    def number(self, column: str) -> float:
        """Its value."""
        return self.printed(column).value

    def span(self, column: str) -> Span:
        """All that is printed so."""
        return Span.of(self.printed(column))

    def log_span(self, column: str) -> Span:
        """The logarithms of all that is printed so."""
        try:
            return self.span(column).log()
        except ValueError as error:
            raise ValueError(f"line {self.line}, column {column}: {error}") from None

    @property
    def is_ratio(self) -> bool:
        """Whether the interval is one of a ratio."""
        return self.has("odds_ratio")

    @property
    def subject(self) -> str:
        """What the row is about."""
        parts = [self.text(name) for name in ("exposure", "outcome", "method", "rsid", "subject")]
        return ", ".join(part for part in parts if part)


def effect(claim: Claim) -> Span | None:
    """The effect, on the log scale for ratios: what both scales allow, or either where they contradict."""
    beta = claim.span("beta") if claim.has("beta") else None
    ratio = claim.log_span("odds_ratio") if claim.is_ratio else None
    if beta is None or ratio is None:
        return beta or ratio
    if beta.meets(ratio):
        return Span(max(beta.low, ratio.low), min(beta.high, ratio.high))
    return beta.with_all_of(ratio)


def interval(claim: Claim) -> tuple[Span, Span] | None:
    """Both ends of the interval, on the scale of `effect`."""
    if not claim.has("ci_low", "ci_high"):
        return None
    if claim.is_ratio:
        return claim.log_span("ci_low"), claim.log_span("ci_high")
    return claim.span("ci_low"), claim.span("ci_high")


def scales(claim: Claim) -> Found | None:
    """Effect against ratio."""
    if not claim.has("beta", "odds_ratio"):
        return None
    beta, ratio = claim.span("beta"), claim.log_span("odds_ratio")
    arithmetic = (
        f"ln {claim.text('odds_ratio')} = {math.log(claim.number('odds_ratio')):.3f} (with rounding "
        f"{ratio.low:.3f} to {ratio.high:.3f}); printed effect {claim.text('beta')} ({beta.low:.3f} to "
        f"{beta.high:.3f})."
    )
    return _verdict(beta.meets(ratio)), arithmetic


def centre(claim: Claim) -> Found | None:
    """Estimate against the middle of the interval."""
    own, ends = effect(claim), interval(claim)
    if own is None or ends is None:
        return None
    low, high = ends
    middle = Span(0.5 * (low.low + high.low), 0.5 * (low.high + high.high))
    scale = " of the logarithms" if claim.is_ratio else ""
    arithmetic = (
        f"The middle{scale} of {claim.text('ci_low')} to {claim.text('ci_high')} is {middle.low:.3f} to "
        f"{middle.high:.3f} with rounding, the estimate {own.low:.3f} to {own.high:.3f}."
    )
    return _verdict(own.meets(middle)), arithmetic


def p_of_interval(claim: Claim) -> Found | None:
    """P against estimate and interval (or standard error)."""
    own, ends = effect(claim), interval(claim)
    if own is None or not claim.has("p") or not (ends or claim.has("se")):
        return None
    se = se_of_interval(*ends) if ends else claim.span("se")
    p = claim.printed("p")
    possible = p_of(own, se)
    logs = "ln " if claim.is_ratio else ""
    by = (
        f"SE = ({logs}{claim.text('ci_high')} - {logs}{claim.text('ci_low')})/{2 * Z95:.2f} = {se.middle:.4g}"
        if ends
        else f"SE = {claim.text('se')}"
    )
    arithmetic = (
        f"{by}, z = {own.middle:.3g}/{se.middle:.4g} = {own.middle / se.middle:.2f}, P = "
        f"{p_of(Span(own.middle, own.middle), Span(se.middle, se.middle)).low:.2g}; with rounding "
        f"{possible.low:.2g} to {possible.high:.2g}; printed P = {p.text}."
    )
    if possible.meets(Span.of(p)):
        return AuditVerdict.AGREES.value, arithmetic
    cut = possible.meets(Span.cut(p))
    return (AuditVerdict.ONLY_IF_CUT if cut else AuditVerdict.CONTRADICTS).value, arithmetic


def adjusted_not_below_raw(claim: Claim) -> Found | None:
    """Adjusted against raw P."""
    if not claim.has("p", "p_adjusted"):
        return None
    raw, adjusted = claim.printed("p"), claim.printed("p_adjusted")
    if raw.below or adjusted.below:
        return AuditVerdict.NOT_CHECKED.value, f"P = {raw.text}, adjusted {adjusted.text}: no numbers."
    # Ends that only touch would need both to be halves of a digit, rounded to different sides.
    fine = adjusted.value + adjusted.half > (raw.value - raw.half) * (1.0 + 1e-9)
    return _verdict(fine), f"P = {raw.text}, adjusted P = {adjusted.text}; no correction lowers P."


def adjusted_possible(claim: Claim) -> Found | None:
    """Adjusted P against what the number of tests allows."""
    if not claim.has("p", "p_adjusted", "n_tests"):
        return None
    n = int(claim.number("n_tests"))
    most = adjusted_span(claim.span("p"), n).high
    arithmetic = (
        f"P = {claim.text('p')} as one of {n:,} tests can become at most {n:,} x {claim.text('p')} = "
        f"{most:.2g}, within rounding (Bonferroni; Benjamini-Hochberg gives no more); printed "
        f"{claim.text('p_adjusted')}."
    )
    return _verdict(claim.span("p_adjusted").low <= most), arithmetic


def count_possible(claim: Claim) -> Found | None:
    """How many passed against how many there were."""
    if not claim.has("n_tested", "n_passed"):
        return None
    tested, passed = claim.number("n_tested"), claim.number("n_passed")
    return _verdict(passed <= tested), f"{passed:,.0f} of {tested:,.0f} passed."


def more_than_chance(claim: Claim) -> Found | None:
    """How many passed against how many chance alone lets pass."""
    if not claim.has("n_tested", "n_passed", "level"):
        return None
    tested, passed, level = (claim.number(name) for name in ("n_tested", "n_passed", "level"))
    p = chance_of_as_many(int(passed), int(tested), level)
    arithmetic = (
        f"{passed:,.0f} of {tested:,.0f} passed at {level:g}; chance alone lets {tested:,.0f} x {level:g} = "
        f"{tested * level:,.0f} pass, and as many as {passed:,.0f} with probability {p:.2g}."
    )
    return _verdict(p < CHANCE_LEVEL), arithmetic


def proportion(claim: Claim) -> Found | None:
    """The interval of a proportion mediated against the error of the total effect."""
    names = ("proportion", "proportion_low", "proportion_high")
    totals = ("total", "total_low", "total_high")
    if not claim.has(*names, *totals):
        return None
    try:
        found = check_printed_proportion(
            _with_interval(claim, names),
            _with_interval(claim, totals),
            ratio=claim.text("total_scale") == "ratio",
        )
    except ValueError as error:
        raise ValueError(f"line {claim.line}: {error}") from None
    return _verdict(found.possible), found.sentence


def _with_interval(claim: Claim, columns: tuple[str, str, str]) -> WithInterval:
    """With as few decimals as any of the three has, which is kindest."""
    printed = [claim.printed(column) for column in columns]
    decimals = round(-math.log10(2.0 * max(one.half for one in printed)))
    value, low, high = (one.value for one in printed)
    return WithInterval(value, low, high, decimals)


def _verdict(holds: bool) -> str:
    return (AuditVerdict.AGREES if holds else AuditVerdict.CONTRADICTS).value
