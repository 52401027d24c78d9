"""Whole lines of a file, plain or gzip, with their line numbers."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np
from isal import igzip, isal_zlib

from scripts.method.arrays import IntArray
from scripts.source.error import SourceError

BLOCK_BYTES = 8 << 20  # what a processor's cache holds
PROGRESS_SECONDS = 5.0
NEWLINE = ord("\n")
GZIP = b"\x1f\x8b"
# isal's stub gives its exception as an instance.
DAMAGE: tuple[type[Exception], ...] = (EOFError, OSError, cast("type[Exception]", isal_zlib.error))
ARCHIVES = {b"PK\x03\x04": "a zip archive", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"(\xb5/\xfd": "zstd"}


def blocks(path: Path) -> Iterator[tuple[range, bytes]]:
    """Yield (line numbers, whole lines); the last line gets its newline if it has none."""
    line, rest, told = 1, b"", time.monotonic()
    for piece, share in _pieces(path):
        cut = piece.rfind(b"\n") + 1
        block = b"".join((rest, memoryview(piece)[:cut])) if cut else b""
        rest = piece[cut:] if cut else rest + piece
        if block:
            numbers = range(line, line + _count_lines(block))
            yield numbers, block
            line = numbers.stop
        if time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            logging.info("%s: %s lines, %.0f%% of its bytes", path.name, f"{line - 1:,}", 100 * share)
    if rest:
        yield range(line, line + 1), rest + b"\n"


def _pieces(path: Path) -> Iterator[tuple[bytes, float]]:
    """Yield the file's bytes, unpacked if they are gzip (several members too, as bgzip writes).

    With each piece comes the share of the file that has been read.
    """
    if not path.is_file():
        raise SourceError(f"{path} is a folder, not a file" if path.is_dir() else f"{path} does not exist")
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise SourceError(f"{path} cannot be opened: {error.strerror}") from error
    for magic, name in ARCHIVES.items():
        if start.startswith(magic):
            raise SourceError(f"{path} is {name}: expected plain text or gzip; unpack it first")
    n_bytes = path.stat().st_size
    with path.open("rb") as file:
        stream = cast("IO[bytes]", igzip.open(file)) if start.startswith(GZIP) else file  # type: ignore[no-untyped-call]
        try:
            while piece := stream.read(BLOCK_BYTES):
                yield piece, file.tell() / n_bytes
        except DAMAGE as error:
            raise SourceError(f"{path} is truncated or damaged ({error}): download it again") from error


def data_lines(block: bytes, numbers: range, needle: bytes) -> tuple[bytes, IntArray]:
    """Lines of a block below the header (and with the needle), and their numbers; blank ones may be left."""
    if numbers.start == 1:
        block, numbers = block[block.find(b"\n") + 1 :], numbers[1:]
    if needle:
        return _lines_with(block, numbers.start, needle)
    return block, np.arange(numbers.start, numbers.stop, dtype=np.int64)


def without_blank(block: bytes, at: IntArray) -> tuple[bytes, IntArray]:
    """The lines that are not blank, and their numbers."""
    numbered = [(number, line) for number, line in zip(at, block.split(b"\n"), strict=False) if line.strip()]
    numbers = np.array([number for number, _ in numbered], dtype=np.int64)
    return b"".join(line + b"\n" for _, line in numbered), numbers


def _count_lines(block: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == NEWLINE))


def _lines_with(block: bytes, first_line: int, needle: bytes) -> tuple[bytes, IntArray]:
    """The lines that contain the needle anywhere: a search of bytes, far cheaper than parsing."""
    lines, at, line, counted = [], [], first_line, 0
    hit = block.find(needle)
    while hit >= 0:
        start, end = block.rfind(b"\n", 0, hit) + 1, block.find(b"\n", hit) + 1
        line += block.count(b"\n", counted, start)
        counted = start
        lines.append(block[start:end])
        at.append(line)
        hit = block.find(needle, end)
    return b"".join(lines), np.array(at, dtype=np.int64)
