"""Every reader under damage: counted drops or a clear error, never a traceback, a wrong account or a hang.

MRSCAPE_FUZZ sets the number of damaged files for each format.
"""

import os
import signal
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import pytest

from scripts.source.error import SourceError
from scripts.source.readers import READERS
from scripts.source.standardise import load
from scripts.table import sumstats
from scripts.table.formats import FORMATS, MAPPED, OWN_COLUMNS
from scripts.table.qc import QcReport
from scripts.table.trait import AUTO, Trait
from tests.source import raw
from tests.source.mutate import mutate

INPUTS = int(os.environ.get("MRSCAPE_FUZZ", "2000"))
PATIENCE = 20  # seconds for one small file: what takes longer hangs
LONGEST = 3000  # characters of an error that somebody still reads

VALUES = {
    "chromosome": ["1", "1", "2", "9", "22", "X", "3", "4"],
    "position": ["1000", "2000", "3000", "4000", "5000", "6000", "7000", "8000"],
    "rsid": [f"rs{i}" for i in range(1, 9)],
    "effect_allele": ["A", "G", "T", "ACG", "c", "A", "T", "G"],
    "other_allele": ["G", "T", "A", "A", "t", "C", "C", "A"],
    "eaf": ["0.1", "0.25", "0.5", "0.9", "0.01", "NA", "0.3", "0.4"],
    "beta": ["0.1", "-0.02", "0.003", "1e-3", "0", "0.5", "-1.25", "2.2250738585072014e-308"],
    "odds_ratio": ["1.1", "0.98", "1.003", "1.001", "1", "1.6", "0.3", "1"],
    "hazard_ratio": ["1.1", "0.98", "1.003", "1.001", "1", "1.6", "0.3", "1"],
    "z": ["5", "-2", "0.3", "0.05", "0", "25", "-12.5", "0"],
    "ci_low": ["0.06", "0.9", "0.98", "0.96", "0.5", "0.46", "0.1", "0.9"],
    "ci_high": ["1.2", "1.1", "1.02", "1.04", "1.6", "1.7", "0.5", "1.1"],
    "se": ["0.02", "0.01", "0.01", "0.02", "0.3", "0.02", "0.1", "0.05"],
    "p": ["5.7e-07", "0.0455", "0.764", "0.96", "1", "0", "7.5e-36", "1"],
    "neglog10_p": ["6.24", "1.34", "0.117", "0.0177", "0", "137.9", "35.1", "0"],
    "n": ["5000", "5000", "5000.5", "5001", "NA", "5000", "5000", "5000"],
    "maf": ["0.1", "0.25", "0.5", "0.1", "0.01", "NA", "0.3", "0.4"],
    "ref_factor": ["1", "1", "-1", "1", "1", "1", "-1", "1"],
    "allele_count": ["10", "25", "50", "90", "1", "0", "30", "40"],
    "allele_number": ["100"] * 8,
    "hm_code": ["10", "10", "11", "12", "5", "14", "10", "10"],
}
VALUES["variant_id"] = [
    f"chr{chromosome}_{position}_{ref}_{alt}_b38"
    for chromosome, position, ref, alt in zip(
        VALUES["chromosome"],
        VALUES["position"],
        VALUES["other_allele"],
        VALUES["effect_allele"],
        strict=True,
    )
]
VCF = """##fileformat=VCFv4.2
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele Frequency">
##FORMAT=<ID=ES,Number=A,Type=Float,Description="Effect">
##FORMAT=<ID=SE,Number=A,Type=Float,Description="Standard error">
##FORMAT=<ID=LP,Number=A,Type=Float,Description="-log10 P">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Frequency">
##FORMAT=<ID=SS,Number=A,Type=Float,Description="Sample size">
##FORMAT=<ID=ID,Number=1,Type=String,Description="Study variant identifier">
##SAMPLE=<ID=SIMULATED,TotalVariants=3,StudyType=Continuous>
##contig=<ID=1,assembly=GRCh37>
##contig=<ID=2,assembly=GRCh37>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tSIMULATED
1\t1000\trs1\tG\tA\t.\tPASS\tAF=0.1\tES:SE:LP:AF:SS:ID\t0.1:0.02:6.24:0.1:5000.5:rs1
1\t2000\t.\tT\tG,C\t.\tPASS\t.\tES:SE:LP\t-0.02,0.1:0.01,0.02:1.34,6.2
2\t3000\trs3\tA\tT\t.\tPASS\t.\tES:SE:LP:SS\t0.003:0.01:.:5000
"""


def good_files(key: str) -> list[bytes]:
    """Files of a format without a fault, with every column that the format knows."""
    if key == "gwas_vcf":
        return [VCF.encode()]
    if key in OWN_COLUMNS:
        return [_table({name: VALUES[name] for name in mapped(key)})]
    columns = {name: ["x"] * 8 for name in FORMATS[key].signature}
    for quantity, names in FORMATS[key].columns.items():
        columns[names[0]] = VALUES[quantity]
    if key != "big40":
        return [_table(columns)]
    frequency = columns.pop("af")
    places = {name: columns[name] for name in ("chr", "rsid", "pos", "a1", "a2")}
    return [_table(columns), _table(places | {"af": frequency, "info": ["1"] * 8})]


def mapped(key: str) -> tuple[str, ...]:
    """The quantities of the column map: all that one may name, or the usual ones."""
    return MAPPED if key == "plain" else raw.STANDARD


def _table(columns: dict[str, list[str]]) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "".join("\t".join(row) + "\n" for row in [tuple(columns), *rows]).encode()


def trait_of(key: str) -> Trait:
    """A trait whose files fit the format."""
    build = FORMATS[key].build if key in FORMATS and FORMATS[key].build_by is None else None
    return raw.trait(
        format=key,
        columns={name: name for name in mapped(key)} if key in OWN_COLUMNS else {},
        n=5000.0,
        build="GRCh38" if key.startswith("gtex") else build or "GRCh37",
    )


def outcome(trait: Trait, paths: list[Path]) -> str:
    """How reading ends, `error` or `table`, having checked what a user would get."""
    try:
        rows, report = load(trait, paths, build=trait.build)
    except SourceError as error:
        message = str(error)
        assert any(path.name in message for path in paths), f"names no file: {message}"
        assert len(message) < LONGEST, f"{len(message)} characters: {message[:200]}"
        return "error"
    sumstats.check(rows)
    assert report.rows_kept == len(rows)
    assert QcReport.from_json(report.to_json()) == report
    return "table"


@contextmanager
def patience(seconds: int, what: str) -> Iterator[None]:
    """Fail when the block takes longer."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"{what} hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("key", [key for key in READERS if key != AUTO])
def test_a_damaged_file_ends_in_counted_drops_or_a_clear_error(key: str, tmp_path: Path) -> None:
    good, trait, ends = good_files(key), trait_of(key), Counter[str]()
    paths = [tmp_path / f"{key}.{i}" for i in range(len(good))]
    for seed in range(crc32(key.encode()), crc32(key.encode()) + INPUTS):
        damaged = seed % len(good)
        for i, path in enumerate(paths):
            path.write_bytes(mutate(good[i], seed) if i == damaged else good[i])
        with warnings.catch_warnings(), patience(PATIENCE, f"{key}, seed {seed}"):
            warnings.simplefilter("error")
            try:
                ends[outcome(trait, paths)] += 1
            except Exception as error:
                raise AssertionError(f"{key}, seed {seed}: {type(error).__name__}: {error}") from error
    # Both ends occur, or the damage was none or all.
    assert min(ends["error"], ends["table"]) > INPUTS / 100, ends


@pytest.mark.parametrize("key", [key for key in READERS if key != AUTO])
def test_the_file_without_damage_is_read(key: str, tmp_path: Path) -> None:
    paths = []
    for i, content in enumerate(good_files(key)):
        paths.append(tmp_path / f"{key}.{i}")
        paths[-1].write_bytes(content)
    assert outcome(trait_of(key), paths) == "table"
