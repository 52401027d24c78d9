"""The format of a file by its header: recognised, ambiguous or unknown, with the reason."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.source.error import SourceError
from scripts.source.gwas_vcf import is_vcf
from scripts.source.layout import layout
from scripts.source.lines import blocks
from scripts.table.formats import FORMATS, Format

LOG = logging.getLogger(__name__)
LINES, FEWEST_COLUMNS = 100, 4  # that are looked at to see a table; that no summary statistics go without


@dataclass(frozen=True, slots=True)
class Detection:
    """The key of a format, and in words why a file is of it."""

    format: str
    reason: str


def detect(path: Path) -> Detection:
    """The format of a file, by its first line.

    Raises SourceError where the header fits several formats, with what tells them apart, or none, with the
    nearest.
    """
    if is_vcf(path):
        return Detection("gwas_vcf", "its first line is that of a VCF")
    columns = layout(path).columns
    fitting = [form for form in FORMATS.values() if form.signature and form.fits(columns)]
    best = [form for form in fitting if not any(form.key in other.over for other in fitting)]
    if not best:
        raise SourceError(_unknown(path, columns))
    if len(best) > 1:
        raise SourceError(_ambiguous(path, best))
    return Detection(best[0].key, f"its header has {', '.join(best[0].signature)}")


def looks_like_table(path: Path) -> bool:
    """Whether a file is a VCF, or begins with lines of as many fields, as no server's message does."""
    try:
        if is_vcf(path):
            return True
        found = layout(path)
    except SourceError:
        return False
    separator = None if found.separator == " " else found.separator.encode()
    _, first = next(blocks(path))
    lines = [line for line in first.split(b"\n")[:LINES] if line.strip()]
    widths = {len(line.split(separator)) for line in lines}
    return len(lines) > 1 and widths == {len(found.columns)} and len(found.columns) >= FEWEST_COLUMNS


def logged(path: Path) -> str:
    """The format of a file, by its header, with a line in the log that says why."""
    found = detect(path)
    LOG.info("%s is read as %s: %s", path, found.format, found.reason)
    return found.format


def _ambiguous(path: Path, candidates: Sequence[Format]) -> str:
    described = []
    for form in candidates:
        others = {name for other in candidates if other is not form for name in other.signature}
        own = [name for name in form.signature if name not in others] or ["no column of its own"]
        described.append(f"{form.key} ({', '.join(own)}; effect allele: {form.effect_allele})")
    return (
        f"{path}: its header fits several formats: {' or '.join(described)}. Name the right one in `format` "
        "of the trait table, or read it as plain with a column map"
    )


def _unknown(path: Path, columns: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in columns[:40]) + (", ..." if len(columns) > 40 else "")
    known = [form for form in FORMATS.values() if form.signature]
    near = max(known, key=lambda form: len(set(form.signature) & set(columns)) / len(form.signature))
    lacking = [name for name in near.signature if name not in columns]
    hint = (
        f"the nearest is {near.key} ({near.title}), which also needs {', '.join(lacking)}"
        if len(lacking) < len(near.signature)
        else "no format has any of them"
    )
    return (
        f"{path}: its header is of no known format; it has: {shown}; {hint}. Read it as plain, "
        "with a column map"
    )
