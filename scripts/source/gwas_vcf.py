"""GWAS-VCF (Lyon et al. 2021, doi 10.1186/s13059-020-02248-0), read with pysam.

The library keeps numbers in single precision. The values were written with six digits, which it keeps, so
each is given back as the shortest decimal that it could have been.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scripts.source.delimited import check_build
from scripts.source.error import SourceError
from scripts.source.layout import VCF
from scripts.source.lines import blocks
from scripts.source.sidecar import Metadata, build_named
from scripts.table.trait import Trait

ROWS = 200_000  # in a block
HEADER = re.compile(rb"(?:#[^\n]*\n)*")
VALUES = {"beta": ("ES",), "se": ("SE",), "neglog10_p": ("LP",), "eaf": ("AF",), "n": ("SS", "NS")}
NEEDED = ("ES", "SE")
COLUMNS = ("line", "chromosome", "position", "rsid", "other_allele", "effect_allele", *VALUES)


def is_vcf(path: Path) -> bool:
    """Whether the file's first line is that of a VCF."""
    _, first = next(blocks(path), (range(0), b""))
    return first.startswith(VCF)


def read(paths: Sequence[Path], trait: Trait) -> Iterator[pd.DataFrame]:
    """Yield blocks of GWAS-VCF files under standard names; the index is the line number in its file.

    The effect is that of ALT. A value that FORMAT does not name in a row is missing there, but for the number
    of people, which the header may give where the trait does not. A row with several ALT alleles gives one
    for each. Raises SourceError for a file that is no VCF of one study, that is in another build than the
    trait's, or that breaks off, naming the line.
    """
    if trait.filter is not None:
        raise SourceError(f"trait {trait.id}: format gwas_vcf has one trait in a file: leave `filter` empty")
    for path in paths:
        said = metadata(path)
        check_build(path, trait, said.build, "its ##contig lines")
        rows = _rows(path)
        while block := list(islice(rows, ROWS)):
            frame = _frame(block)
            lacking = ~(frame["n"] > 0)
            if trait.n is None and said.n is not None and lacking.any():
                frame["n"] = frame["n"].mask(lacking, said.n)
            yield frame


def metadata(path: Path) -> Metadata:
    """What the header says: the build in ##contig, people and cases in ##SAMPLE."""
    with _opened(path) as file:
        assemblies = {build_named(str(contig.header_record.get("assembly"))) for contig in _contigs(file)}
        sample = next((dict(record) for record in file.header.records if record.key == "SAMPLE"), {})
    cases, controls = (_count(sample.get(name)) for name in ("TotalCases", "TotalControls"))
    binary = sample.get("StudyType") == "CaseControl"
    return Metadata(
        build=assemblies.pop() if len(assemblies) == 1 else None,
        n=(controls + (cases or 0.0)) if controls and (cases or not binary) else None,
        n_case=cases if binary else None,
    )


def _contigs(file: Any) -> list[Any]:
    return list(file.header.contigs.values())


def _count(value: str | None) -> float | None:
    try:
        count = float(value or "")
    except ValueError:
        return None
    return count if 0 < count < float("inf") else None


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The file, open for pysam, which says on standard error what it also raises."""
    if not is_vcf(path):
        raise SourceError(f"{path} is no VCF: its first line does not begin with ##fileformat=VCF")
    import pysam  # here, since no other format needs it

    before = pysam.set_verbosity(0)
    try:
        file = pysam.VariantFile(str(path))
        try:
            yield file
            file.close()
        finally:
            with suppress(OSError):  # damage that closing would find again
                file.close()
    except NotImplementedError as error:
        raise SourceError(
            f"{path} is gzip, but not of bgzip as a VCF must be: gzip -dc FILE | bgzip"
        ) from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as VCF: {error}") from error
    finally:
        pysam.set_verbosity(before)


def _rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the values of COLUMNS for each ALT allele of each line."""
    line = _header_lines(path) + 1
    with _opened(path) as file:
        keys = _keys(path, file)
        try:
            while (record := next(file, None)) is not None:
                yield from _values(line, record, keys)
                line += 1
        except (OSError, ValueError, IndexError) as error:
            raise SourceError(
                f"{path}, line {line}: not a line of a VCF as its header declares it ({error}); if the file "
                "breaks off there, download it again"
            ) from error


def _values(line: int, record: Any, keys: list[str | None]) -> Iterator[tuple[Any, ...]]:
    get = record.samples[0].get
    fields = [get(key) if key else None for key in keys]
    for at, alt in enumerate(record.alts or (None,)):
        values = (None if field is None else field[at] for field in fields)
        yield (line, record.chrom, record.pos, record.id, record.ref, alt, *values)


def _keys(path: Path, file: Any) -> list[str | None]:
    """The FORMAT key of each of VALUES; SourceError where the header does not declare what is needed."""
    formats = file.header.formats
    keys = [next((key for key in names if key in formats), None) for names in VALUES.values()]
    wrong = [key for key in NEEDED if key not in formats]
    wrong += [key for key in keys if key and formats[key].type not in ("Float", "Integer")]
    if len(file.header.samples) != 1 or wrong:
        raise SourceError(
            f"{path} is no GWAS-VCF: expected one sample column (found {len(file.header.samples)}) and "
            f"##FORMAT lines for ES and SE, with Float as the type of numbers"
            + (f" (not so: {', '.join(wrong)})" if wrong else "")
        )
    return keys


def _header_lines(path: Path) -> int:
    """Number of lines that begin with #."""
    count = 0
    for _, block in blocks(path):
        end = HEADER.match(block).end()  # type: ignore[union-attr]  # it matches nothing, too
        count += block.count(b"\n", 0, end)
        if end < len(block):
            break
    return count


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    return pd.DataFrame(
        {
            "chromosome": pd.Categorical(table["chromosome"]),
            "position": np.array(table["position"], dtype=np.float64),
            "rsid": pd.array(table["rsid"], dtype="str"),
            "effect_allele": pd.Categorical(table["effect_allele"]),
            "other_allele": pd.Categorical(table["other_allele"]),
            **{name: _decimal(table[name]) for name in VALUES},
        },
        index=pd.Index(table["line"]),
    )


def _decimal(values: tuple[float | None, ...]) -> Any:
    """In double precision, the shortest decimals that round to these numbers of single precision."""
    single = pa.array(values, type=pa.float32(), from_pandas=True)
    return single.cast(pa.string()).cast(pa.float64()).to_numpy(zero_copy_only=False)
