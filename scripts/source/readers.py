"""The readers of all raw formats, and what the files say of themselves."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from scripts.source import big40, delimited, gwas_vcf, plain, sidecar
from scripts.source.detect import detect, logged
from scripts.source.error import SourceError
from scripts.source.layout import layout
from scripts.source.sidecar import Metadata
from scripts.table.formats import FORMATS
from scripts.table.trait import AUTO, Trait

Reader = Callable[[Sequence[Path], Trait], Iterator[pd.DataFrame]]
"""From all files of a trait to blocks of rows under standard names, indexed by line number."""


def read_detected(paths: Sequence[Path], trait: Trait) -> Iterator[pd.DataFrame]:
    """Read files in the format that the header of the first has; the log says which and why."""
    return READERS[logged(paths[0])](paths, trait)


# A table of selected variants has no layout of its own: what differs is what is done with it.
READERS: dict[str, Reader] = {
    **{key: partial(delimited.read, form) for key, form in FORMATS.items()},
    "big40": big40.read,
    "gwas_vcf": gwas_vcf.read,
    "plain": plain.read,
    "instruments": plain.read,
    AUTO: read_detected,
}


def check_header(paths: Sequence[Path], trait: Trait) -> None:
    """Raise SourceError unless the files of a trait begin as its format says, in header and first rows."""
    key = detect(paths[0]).format if trait.format == AUTO else trait.format
    side_by_side = key == "big40"
    for files in [paths] if side_by_side else [[path] for path in paths]:
        if next(READERS[key](files, trait), None) is None:
            raise SourceError(f"{files[0]} has no rows")


def build_said(path: Path, trait: Trait) -> str | None:
    """The genome build that the trait's format fixes, or that the file or its sidecar names."""
    key = detect(path).format if trait.format == AUTO else trait.format
    fixed = FORMATS[key].build_of(layout(path).columns) if key in FORMATS and FORMATS[key].signature else None
    return fixed or metadata(path).build


def metadata(path: Path) -> Metadata:
    """What a file's own header, or the -meta.yaml beside it, says of build, coordinates and people."""
    return gwas_vcf.metadata(path) if gwas_vcf.is_vcf(path) else sidecar.metadata(path)
