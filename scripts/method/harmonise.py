"""Allele alignment: the outcome's effect made to count the exposure's effect allele.

x is the exposure, y the outcome; arrays have one entry a variant. Alleles are strings of any case; None,
NaN and "" are missing. Insertions and deletions may be spelled out or coded I and D. A missing frequency
decides nothing.

The three modes have the meaning of actions 1, 2, 3 of TwoSampleMR's harmonise_data. All of them try the other
strand where alleles do not match; they differ in palindromes (A/T, C/G), which look alike on both strands:
forward takes their letters literally, infer lets the frequencies decide the strand, drop leaves them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import BoolArray, FloatArray

AlleleColumn = Sequence[str | None] | npt.NDArray[np.object_]
AlleleArray = npt.NDArray[np.object_]

MODES = ("forward", "infer", "drop")
COMPLEMENT = str.maketrans("ACGT", "TGCA")
MISSING = ""
# A frequency on the limit is not within it, though 1 - 0.42 is not 0.58 in binary.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Alignment:
    """What aligning did to each variant.

    `flip`: negate beta_y and take 1 - eaf_y. `remove`: the alleles cannot be matched, in any mode.
    `palindromic`: A/T or C/G. `ambiguous`: the frequencies do not settle which allele is which. `keep`:
    usable in the chosen mode. `status`: kept, palindromic_ambiguous, one_allele_ambiguous (an other allele
    is missing and the frequencies do not confirm the match) or allele_mismatch.
    """

    flip: BoolArray
    remove: BoolArray
    palindromic: BoolArray
    ambiguous: BoolArray
    keep: BoolArray
    status: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class _Alleles:
    """Upper-case alleles of one trait, "" where missing."""

    effect: AlleleArray
    other: AlleleArray

    @property
    def lacks_other(self) -> BoolArray:
        return np.asarray(self.other == MISSING, dtype=np.bool_)

    @property
    def palindromic(self) -> BoolArray:
        pairs = (("A", "T"), ("T", "A"), ("C", "G"), ("G", "C"))
        found = [(self.effect == effect) & (self.other == other) for effect, other in pairs]
        return np.asarray(np.any(found, axis=0), dtype=np.bool_)

    @property
    def impossible(self) -> BoolArray:
        """No effect allele, or the same allele twice."""
        return np.asarray((self.effect == MISSING) | (self.effect == self.other), dtype=np.bool_)

    def complemented(self, rows: BoolArray) -> _Alleles:
        """The alleles of the other strand at `rows`: letter by letter and not reversed, as the peer does."""
        effect, other = self.effect.copy(), self.other.copy()
        for row in np.flatnonzero(rows):
            effect[row] = effect[row].translate(COMPLEMENT)
            other[row] = other[row].translate(COMPLEMENT)
        return _Alleles(effect, other)


def align(
    effect_allele_x: AlleleColumn,
    other_allele_x: AlleleColumn,
    eaf_x: FloatArray,
    effect_allele_y: AlleleColumn,
    other_allele_y: AlleleColumn,
    eaf_y: FloatArray,
    *,
    palindromic: str = "infer",
    maf_max: float = 0.42,
) -> Alignment:
    """Align the outcome with the exposure, which is never changed.

    With both alleles on both sides, a palindrome is ambiguous where a minor allele frequency is above
    `maf_max` or missing; infer flips it where the frequencies lie on opposite sides of one half. Where a
    side lacks its other allele, a match is unambiguous only if both frequencies are beyond `maf_max` on one
    side of one half after alignment, never on the other strand, and palindromes are removed. Forward keeps
    what is ambiguous, infer and drop do not. Where the peer changes the exposure (its other allele is
    missing and its effect allele is the outcome's other allele), the outcome is flipped here: the ratio of
    the effects is the same. Raises ValueError for an unknown mode.
    """
    if palindromic not in MODES:
        raise ValueError(f"palindromic is {palindromic!r}, expected one of {', '.join(MODES)}")
    x, y = _read(effect_allele_x, other_allele_x), _read(effect_allele_y, other_allele_y)
    x, y = _spell_out(x, y), _spell_out(y, x)
    match = _match(x, y)
    freq_x = np.where(np.isnan(eaf_x), 0.5, eaf_x)
    freq_y = np.where(np.isnan(eaf_y), 0.5, np.where(match.flip, 1.0 - eaf_y, eaf_y))
    ambiguous = np.where(
        match.one_allele,
        match.matched & ~(_same_clear_side(freq_x, freq_y, maf_max) & match.sure),
        match.palindromic & (_is_intermediate(freq_x, maf_max) | _is_intermediate(freq_y, maf_max)),
    )
    remove = ~match.matched | (match.one_allele & match.palindromic)
    opposite = (freq_x - 0.5) * (freq_y - 0.5) < 0
    flip = match.flip ^ ((palindromic == "infer") & match.palindromic & ~remove & opposite)
    dropped = {"forward": remove, "infer": remove | ambiguous, "drop": remove | ambiguous | match.palindromic}
    keep = ~dropped[palindromic]
    reasons = [keep, ~match.matched, match.palindromic]
    status = np.select(reasons, ["kept", "allele_mismatch", "palindromic_ambiguous"], "one_allele_ambiguous")
    return Alignment(flip, remove, match.palindromic, ambiguous, keep, status)


@dataclass(frozen=True, slots=True)
class _Match:
    """What the letters alone say; `sure`: the match needs neither the other strand nor a palindrome."""

    matched: BoolArray
    flip: BoolArray
    palindromic: BoolArray
    one_allele: BoolArray
    sure: BoolArray


def _match(x: _Alleles, y: _Alleles) -> _Match:
    """Match as written, then, but for palindromes and pairs of lone effect alleles, on the other strand."""
    palindromic = x.palindromic | (x.lacks_other & y.palindromic)
    same, swapped = _compare(x, y)
    other_strand = ~(same | swapped | palindromic | (x.lacks_other & y.lacks_other))
    same_after, swapped_after = _compare(x, y.complemented(other_strand))
    possible = ~(x.impossible | y.impossible | _lone_code(x, y) | _lone_code(y, x))
    return _Match(
        matched=(same_after | swapped_after) & possible,
        flip=swapped_after,
        palindromic=palindromic,
        one_allele=x.lacks_other | y.lacks_other,
        sure=~(other_strand | palindromic),
    )


def _compare(x: _Alleles, y: _Alleles) -> tuple[BoolArray, BoolArray]:
    """Whether y has the alleles of x in the same order, or swapped; a missing other allele fits anything."""
    same = (x.effect == y.effect) & ((x.other == y.other) | x.lacks_other | y.lacks_other)
    crossed = ((x.effect == y.other) | y.lacks_other) & ((x.other == y.effect) | x.lacks_other)
    swapped = crossed & ~same & ~(x.lacks_other & y.lacks_other)
    return np.asarray(same, dtype=np.bool_), np.asarray(swapped, dtype=np.bool_)


def _lone_code(side: _Alleles, partner: _Alleles) -> BoolArray:
    """An I/D pair whose partner has one allele: nothing tells which sequence is meant."""
    codes = [(side.effect == effect) & (side.other == other) for effect, other in (("I", "D"), ("D", "I"))]
    return np.asarray((codes[0] | codes[1]) & partner.lacks_other, dtype=np.bool_)


def _read(effect: AlleleColumn, other: AlleleColumn) -> _Alleles:
    return _Alleles(_upper(effect), _upper(other))


def _upper(column: AlleleColumn) -> AlleleArray:
    result = np.empty(len(column), dtype=np.object_)
    result[:] = [allele.upper() if isinstance(allele, str) else MISSING for allele in column]
    return result


def _spell_out(side: _Alleles, partner: _Alleles) -> _Alleles:
    """Replace I and D by the longer and the shorter of the partner's alleles, where they differ in length."""
    effect, other = side.effect.copy(), side.other.copy()
    for row in np.flatnonzero((effect == "I") | (effect == "D")):
        shorter, longer = sorted((partner.effect[row], partner.other[row]), key=len)
        if shorter and len(shorter) < len(longer):
            letters = {"D": shorter, "I": longer}
            effect[row] = letters[effect[row]]
            other[row] = letters.get(other[row], other[row])
    return _Alleles(effect, other)


def _is_intermediate(frequency: FloatArray, maf_max: float) -> BoolArray:
    """Minor allele frequency above `maf_max`; the limit itself is not."""
    return np.minimum(frequency, 1.0 - frequency) > maf_max + ROUNDING


def _same_clear_side(freq_x: FloatArray, freq_y: FloatArray, maf_max: float) -> BoolArray:
    """Both frequencies below `maf_max`, or both above 1 - `maf_max`; the limits themselves are not."""
    low, high = maf_max - ROUNDING, 1.0 - maf_max + ROUNDING
    return ((freq_x < low) & (freq_y < low)) | ((freq_x > high) & (freq_y > high))
