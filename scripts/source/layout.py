"""The columns of a delimited file, and whether they are the ones that a reader needs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from scripts.source.error import SourceError
from scripts.source.lines import blocks

VCF = b"##fileformat=VCF"
SHOWN = 4096  # bytes that are looked at for words to show


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a file are divided: its columns, the separator and whether fields may be quoted."""

    columns: tuple[str, ...]
    separator: str
    quoted: bool


def layout(path: Path) -> Layout:
    """Columns and separator (tab, comma, semicolon or spaces) of a file, from its first line."""
    _, first = next(blocks(path), (range(0), b""))
    header = first.partition(b"\n")[0].decode("utf-8-sig", errors="replace").rstrip("\r")
    if not header.strip():
        raise SourceError(f"{path} is empty: expected a header line and one line for each variant")
    _refuse_other_kinds(path, first)
    if "\r" in header or "\0" in header:
        found = "line ends of an old Mac" if "\r" in header else "UTF-16, or no text"
        raise SourceError(
            f"{path} has {found}: expected UTF-8 with the line ends of Unix or Windows; convert it"
        )
    separator = next((candidate for candidate in ("\t", ",", ";") if candidate in header), " ")
    names = header.split() if separator == " " else header.split(separator)
    columns = tuple(name.strip().strip('"') for name in names)
    return Layout(columns, separator, quoted=separator in ",;" or '"' in header)


def _refuse_other_kinds(path: Path, start: bytes) -> None:
    """Raise SourceError for what is no table at all: a VCF, or what a server sends in place of a file."""
    if start.startswith(VCF):
        raise SourceError(f"{path} is a VCF: its `format` is gwas_vcf")
    kinds = {b"<": "a web page", b"{": "a message in JSON", b"[": "a message in JSON"}
    kind = kinds.get(start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1])
    if kind:
        text = re.sub(r"(?s)<[^>]*>", " ", start[:SHOWN].decode(errors="replace"))
        words = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
        said = f": '{words[:100]}'" if words else ""
        raise SourceError(f"{path} is {kind}, no table{said}. Download the file again")


def require(path: Path, found: Layout, wanted: Collection[str]) -> None:
    """Raise SourceError unless the file has each wanted column exactly once."""
    for name in wanted:
        if name not in found.columns:
            near = difflib.get_close_matches(name, found.columns, n=3, cutoff=0.5)
            hint = f" (nearest: {', '.join(near)})" if near else ""
            raise SourceError(f"{path}: no column '{name}'{hint}; the file has: {', '.join(found.columns)}")
        if found.columns.count(name) > 1:
            raise SourceError(
                f"{path}: column '{name}' occurs {found.columns.count(name)} times in the header"
            )
