"""Damage to raw files, as networks, editors and people cause it, from a seed."""

import gzip
from collections.abc import Callable
from random import Random

NUMBERS = (
    *[
        "NaN",
        "inf",
        "-inf",
        "1e-400",
        "1e400",
        "-1",
        "0",
        "1e308",
        "5e-324",
        "0x1F",
        "1_000",
        "1,5",
        "+1",
        "١",
        "NA",
        ".",
        "None",
        "é",
        "😀",
        "'",
        "=1+1",
        "--",
        "1e",
    ],
    *("", "\u00a0", "a b", '"', '"A', "\x00", "1\r2", "9" * 400),
)


def mutate(raw: bytes, seed: int, separator: bytes = b"\t") -> bytes:
    """The file after one to three accidents; the same seed gives the same bytes."""
    rng = Random(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        raw = rng.choice(ACCIDENTS)(raw, rng, separator)
    return raw


def _lines(raw: bytes) -> list[bytes]:
    return raw.split(b"\n")


def flip_bytes(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """A few bytes change."""
    damaged = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        if damaged:
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def replace_cell(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """A field holds something else."""
    lines = _lines(raw)
    at = rng.randrange(len(lines))
    fields = lines[at].split(separator)
    fields[rng.randrange(len(fields))] = rng.choice(NUMBERS).encode()
    lines[at] = separator.join(fields)
    return b"\n".join(lines)


def huge_field(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """A field is a hundred thousand characters long."""
    lines = _lines(raw)
    at = rng.randrange(len(lines))
    fields = lines[at].split(separator)
    fields[rng.randrange(len(fields))] = rng.choice((b"A", b"9", b" ")) * 100_000
    lines[at] = separator.join(fields)
    return b"\n".join(lines)


def _columns(raw: bytes, separator: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """The same change to the fields of every line; lines of VCF meta-information have none."""
    return b"\n".join(
        line if line.startswith(b"##") or not line else separator.join(change(line.split(separator)))
        for line in _lines(raw)
    )


def drop_column(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """A column is gone."""
    at = rng.randrange(20)
    return _columns(raw, separator, lambda fields: [f for i, f in enumerate(fields) if i != at % len(fields)])


def double_column(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """A column stands there twice."""
    at = rng.randrange(20)
    return _columns(raw, separator, lambda fields: [*fields, fields[at % len(fields)]])


def reorder_columns(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """The columns come in another order."""
    order = rng.random()
    return _columns(raw, separator, lambda fields: Random(order).sample(fields, len(fields)))


def drop_field(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """One line has a field less, or one more."""
    lines = _lines(raw)
    at = rng.randrange(len(lines))
    fields = lines[at].split(separator)
    if rng.random() < 0.5:
        fields.pop(rng.randrange(len(fields)))
    else:
        fields.append(b"x")
    lines[at] = separator.join(fields)
    return b"\n".join(lines)


def line_ends(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """Line ends of other systems, on all lines or on one; or no final newline."""
    match rng.randrange(4):
        case 0:
            return raw.replace(b"\n", b"\r\n")
        case 1:
            return raw.replace(b"\n", b"\r")
        case 2:
            return raw.rstrip(b"\n")
    lines = _lines(raw)
    at = rng.randrange(len(lines))
    lines[at] += b"\r"
    return b"\n".join(lines)


def move_lines(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """Lines doubled, lost, empty or in another order, the header among them."""
    lines = _lines(raw)
    at = rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            lines.insert(at, lines[rng.randrange(len(lines))])
        case 1:
            lines.pop(at)
        case 2:
            lines.insert(at, rng.choice((b"", b"   ", b"\t\t\t", b"# a remark")))
        case 3:
            rng.shuffle(lines)
    return b"\n".join(lines)


def truncate(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """The file ends early."""
    return raw[: rng.randrange(len(raw) + 1)]


def other_separator(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """Another separator, as after a spreadsheet."""
    return raw.replace(separator, rng.choice((b",", b";", b" ", b"\t", b"  ")))


def other_encoding(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """A byte order mark, UTF-16, or something before the header."""
    text = raw.decode("utf-8", errors="replace")
    return rng.choice(
        (b"\xef\xbb\xbf" + raw, text.encode("utf-16"), b"<html><body>503</body></html>\n" + raw)
    )


def pack(raw: bytes, rng: Random, separator: bytes) -> bytes:
    """Gzip in one member or several, perhaps cut or damaged."""
    half = len(raw) // 2
    packed = gzip.compress(raw[:half], mtime=0) + gzip.compress(raw[half:], mtime=0)
    if rng.random() < 0.5:
        return packed
    return truncate(packed, rng, separator) if rng.random() < 0.5 else flip_bytes(packed, rng, separator)


ACCIDENTS = (
    *(replace_cell, replace_cell, replace_cell, flip_bytes, huge_field, drop_column, double_column),
    *(reorder_columns, drop_field, line_ends, move_lines, truncate, other_separator, other_encoding, pack),
)
