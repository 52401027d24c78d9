"""Plain decimal numbers in text, read many at once and exactly.

Most numbers of summary statistics are a sign, digits and a point after the first digit. Eight digits are taken
from the text as one 64-bit number and turned into their value by three multiplications (Langdale and Lemire
2019, doi 10.1007/s00778-019-00578-5). Up to 2**53 the digits as a whole and up to 1e22 the power of ten are
exact doubles, so that their quotient, correctly rounded, is the double nearest to the decimal (Clinger 1990,
doi 10.1145/93542.93557).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import BoolArray, FloatArray, IntArray

WordArray = npt.NDArray[np.uint64]

REACH = 16  # bytes before a number's end that are looked at: digits at most
LARGEST = np.int64(2**53)
ZEROS, SIX, HIGH = (np.uint64(0x0101010101010101 * byte) for byte in (0x30, 0x06, 0xF0))
PAIRS = np.uint64(0x000000FF000000FF)
HUNDRED_MILLION = np.int64(10**8)
POWERS = 10.0 ** np.arange(REACH + 1)
WHOLE_POWERS = np.array([10**power for power in range(REACH + 1)], dtype=np.int64)
# Masks of the last n bytes of a little-endian word, whose first character is its lowest byte.
LAST = np.array([(2**64 - 1) ^ (2 ** (64 - 8 * n) - 1) for n in range(9)], dtype=np.uint64)
LAST_WORD = LAST[np.minimum(np.arange(REACH + 1), 8)]
WORD_BEFORE = LAST[np.maximum(np.arange(REACH + 1) - 8, 0)]


def words_of(text: bytes) -> WordArray:
    """The eight bytes from each place of a text, as one number."""
    return np.ndarray(len(text) - 7, dtype="<u8", buffer=text, strides=(1,))


def decimals(text: bytes, words: WordArray, start: IntArray, end: IntArray) -> tuple[FloatArray, BoolArray]:
    """Numbers of the fields text[start:end] (k,), and which of them are plain decimals (k,).

    Plain is an optional minus, then up to 15 digits, without a point or with one after the first digit. The
    others have no value here. `words` is `words_of(text)`; the text begins with REACH bytes of no field.
    """
    characters = np.frombuffer(text, dtype=np.uint8)
    negative = characters[start] == ord("-")
    lead = start + negative
    pointed = characters[lead + 1] == ord(".")
    n_digits = end - lead
    n_digits -= 2 * pointed
    plain = (n_digits > 0) & (n_digits < REACH)
    if not plain.all():
        n_digits = np.where(plain, n_digits, 1)
    digits, good = _eight(words[end - 8], LAST_WORD[n_digits])
    plain &= good
    if n_digits.max(initial=0) > 8:
        before, good = _eight(words[end - 16], WORD_BEFORE[n_digits])
        digits += HUNDRED_MILLION * before
        plain &= good
    first = (characters[lead] - np.uint8(ord("0"))).astype(np.int64)
    first *= pointed
    plain &= first < 10
    digits += first * WHOLE_POWERS[n_digits]
    plain &= digits < LARGEST
    values = digits / POWERS[n_digits * pointed]
    return np.negative(values, out=values, where=negative), plain


def _eight(word: WordArray, mask: WordArray) -> tuple[IntArray, BoolArray]:
    """The value of the characters that the mask shows, and whether all of them are digits."""
    word = word ^ ZEROS
    word &= mask
    good = ((word | (word + SIX)) & HIGH) == 0
    word = word * np.uint64(10) + (word >> np.uint64(8))
    hundreds = (word & PAIRS) * np.uint64(0x000F424000000064)
    ones = ((word >> np.uint64(16)) & PAIRS) * np.uint64(0x0000271000000001)
    return ((hundreds + ones) >> np.uint64(32)).astype(np.int64), good
