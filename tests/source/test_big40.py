"""BIG40: frequencies from the shared variants file, whose rows must be those of the statistics."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from scripts.source import lines
from scripts.source.error import SourceError
from scripts.source.readers import READERS
from tests.source.raw import trait

TRAIT = trait(format="big40", columns={})
STATISTICS = [
    "chr rsid pos a1 a2 beta se pval(-log10)",
    "01 rs1 10177 A AC -0.014576 0.014648 0.49525",
    "01 rs2 10352 T TA -0.011981 0.015092 0.3693",
    "0X rs3 10511 G A -0.04015 0.20085 0.074913",
]
VARIANTS = [
    "chr rsid pos a1 a2 af info",
    "01 rs1 10177 A AC 0.400522 0.465752",
    "01 rs2 10352 T TA 0.39659 0.44294",
    "0X rs3 10511 G A 0.0013354 0.463",
]


def read(folder: Path, statistics: list[str], variants: list[str]) -> pd.DataFrame:
    paths = [folder / "SIMULATED_0019.txt.gz", folder / "SIMULATED_variants.txt.gz"]
    for path, rows in zip(paths, (statistics, variants), strict=True):
        path.write_bytes(gzip.compress("\n".join([*rows, ""]).encode()))
    return pd.concat(list(READERS["big40"](paths, TRAIT)))


def test_frequencies_are_those_of_a2(tmp_path: Path):
    table = read(tmp_path, STATISTICS, VARIANTS)
    assert table["effect_allele"].tolist() == ["AC", "TA", "A"]
    assert table["eaf"].tolist() == [0.400522, 0.39659, 0.0013354]
    assert table["neglog10_p"].tolist() == [0.49525, 0.3693, 0.074913]
    assert table.index.tolist() == [2, 3, 4]


def test_the_first_rows_of_the_real_files(shared_data: Path):
    folder = shared_data / "source_samples" / "text"
    paths = [folder / "big40_stats33k.head.txt", folder / "big40_variants.head.txt"]
    table = next(READERS["auto"](paths, trait(format="auto", columns={})))
    assert table[["effect_allele", "other_allele", "eaf"]].iloc[0].tolist() == ["AC", "A", 0.400522]


def test_blocks_of_the_two_files_end_at_different_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 61)
    statistics = STATISTICS[:1] + [f"01 rs{at} {at} A C 0.5 0.25 {at}" for at in range(1, 50)]
    variants = VARIANTS[:1] + [f"01 rs{at} {at} A C 0.{at:02} 0.123456789" for at in range(1, 50)]
    table = read(tmp_path, statistics, variants)
    assert table["eaf"].tolist() == [at / 100 for at in range(1, 50)]
    assert table["position"].tolist() == table["neglog10_p"].tolist() == list(range(1, 50))


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("01 rs2 10353 T TA 0.39659 0.44294", "chr 01, pos 10353.0, a1 T, a2 TA"),
        ("02 rs2 10352 T TA 0.39659 0.44294", "chr 02, pos 10352.0, a1 T, a2 TA"),
        ("01 rs2 10352 TA T 0.39659 0.44294", "chr 01, pos 10352.0, a1 TA, a2 T"),
        ("01 rs2 NA T TA 0.39659 0.44294", "chr 01, pos nan, a1 T, a2 TA"),
    ],
)
def test_the_first_row_that_differs_is_named(tmp_path: Path, row: str, found: str):
    with pytest.raises(
        SourceError, match=r"0019.txt.gz, line 3 is chr 01, pos 10352.0, a1 T, a2 TA, but"
    ) as error:
        read(tmp_path, STATISTICS, [*VARIANTS[:2], row, *VARIANTS[3:]])
    assert f"variants.txt.gz, line 3 is {found}: the two files" in str(error.value)


def test_a_file_that_is_shorter(tmp_path: Path):
    with pytest.raises(SourceError, match=r"0019.txt.gz, line 4: .*variants.txt.gz has no more rows"):
        read(tmp_path, STATISTICS, VARIANTS[:-1])
    with pytest.raises(SourceError, match=r"variants.txt.gz, line 4: .*0019.txt.gz has no more rows"):
        read(tmp_path, STATISTICS[:-1], VARIANTS)


def test_filter_and_a_third_file_are_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="takes one statistics file"):
        next(READERS["big40"]([tmp_path / "a"], trait(format="big40", columns={}, filter=("chr", "01"))))
    with pytest.raises(SourceError, match="takes one statistics file"):
        next(READERS["big40"]([tmp_path / "a"] * 3, TRAIT))
