"""GWAS-VCF: effects of ALT, keys that differ by row, the header's build, and faults by line."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pysam
import pytest

from scripts.source import gwas_vcf
from scripts.source.error import SourceError
from scripts.source.readers import READERS, check_header, metadata
from scripts.source.sidecar import Metadata
from scripts.source.standardise import load
from tests.source.raw import trait

TRAIT = trait(format="gwas_vcf", columns={})
HEADER = """\
##fileformat=VCFv4.2
##SIMULATED rows
##FILTER=<ID=PASS,Description="All filters passed">
##FORMAT=<ID=ES,Number=A,Type=Float,Description="Effect">
##FORMAT=<ID=SE,Number=A,Type=Float,Description="Standard error">
##FORMAT=<ID=LP,Number=A,Type=Float,Description="-log10 P">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Frequency of ALT">
##FORMAT=<ID=SS,Number=A,Type=Float,Description="People">
##FORMAT=<ID=NC,Number=A,Type=Float,Description="Cases">
##FORMAT=<ID=ID,Number=1,Type=String,Description="Id">
##META=<ID=TotalCases,Number=1,Type=Integer,Description="Cases">
##SAMPLE=<ID=study,TotalVariants=3,TotalControls=900,TotalCases=100,StudyType=CaseControl>
##contig=<ID=1,length=249250621,assembly=HG19/GRCh37>
##contig=<ID=X,length=155270560,assembly=HG19/GRCh37>
"""
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tstudy\n"
FIRST_LINE = HEADER.count("\n") + 2  # the first below the header
ROWS = [
    "1\t721290\trs1\tG\tC\t.\tPASS\tAF=0.9\tES:SE:LP:AF:SS:ID\t-0.0067:0.0145:0.193006:0.9322:109823.5:rs1",
    "1\t721291\t.\tGA\tG\t.\tPASS\t.\tES:SE:LP:SS:ID\t0.0035:0.0102:350.25:64351.3:rs2",
    "X\t5\trs3\tA\tT\t.\tPASS\t.\tES:SE:LP:AF\t-0:0.0045:-0:0.4333",
]


def write(path: Path, *rows: str, header: str = HEADER, end: str = "\n") -> Path:
    path.write_text(header + COLUMNS + "\n".join(rows or ROWS) + end)
    return path


def read(path: Path, **fields: Any) -> pd.DataFrame:
    return pd.concat(
        list(READERS["gwas_vcf"]([path], trait(**({"format": "gwas_vcf", "columns": {}} | fields))))
    )


def test_exact_rows(tmp_path: Path):
    """Single precision in the library is undone: the numbers are those in the text, to the last digit."""
    table = read(write(tmp_path / "a.vcf"))
    assert table.index.tolist() == [FIRST_LINE, FIRST_LINE + 1, FIRST_LINE + 2]
    assert table["chromosome"].tolist() == ["1", "1", "X"]
    assert table["position"].tolist() == [721290, 721291, 5]
    assert table["effect_allele"].tolist() == ["C", "G", "T"] and table["other_allele"].tolist() == [
        "G",
        "GA",
        "A",
    ]
    assert table["beta"].tolist() == [-0.0067, 0.0035, 0]
    assert table["se"].tolist() == [0.0145, 0.0102, 0.0045]
    assert table["neglog10_p"].tolist() == [0.193006, 350.25, 0]


def test_trap_16_format_differs_by_row_and_id_may_be_a_dot(tmp_path: Path):
    table = read(write(tmp_path / "a.vcf"))
    np.testing.assert_array_equal(table["eaf"], [0.9322, np.nan, 0.4333])
    # SS is absent from the last row: the people of the header's ##SAMPLE, unless the trait table has its own.
    np.testing.assert_array_equal(table["n"], [109823.5, 64351.3, 1000.0])
    np.testing.assert_array_equal(read(tmp_path / "a.vcf", n=5.0)["n"], [109823.5, 64351.3, np.nan])
    assert [None if pd.isna(label) else label for label in table["rsid"]] == ["rs1", None, "rs3"]


def test_trap_8_a_row_without_ss_takes_the_number_of_people_from_the_trait_table(tmp_path: Path):
    table, _ = load(trait(format="auto", columns={}, n=1000.0), [write(tmp_path / "a.vcf")], build="GRCh37")
    assert table["n"].tolist() == [109823.5, 64351.3, 1000.0]
    assert table["neglog10_p"].tolist()[1] == pytest.approx(
        0.1357, abs=1e-3
    )  # LP 350 is not that of the effect


def test_trap_21_bgzip_is_read_to_its_last_block_and_other_gzip_is_refused(tmp_path: Path):
    path = write(tmp_path / "a.vcf", *ROWS * 1000)
    with pysam.BGZFile(str(tmp_path / "b.vcf.gz"), "wb") as packed:
        packed.write(path.read_bytes())
    pd.testing.assert_frame_equal(read(tmp_path / "b.vcf.gz"), read(path))
    (tmp_path / "c.vcf.gz").write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(SourceError, match="is gzip, but not of bgzip"):
        read(tmp_path / "c.vcf.gz")


def test_the_real_file(shared_data: Path):
    path = shared_data / "source_samples" / "gwasvcf" / "data.vcf.gz"
    table, report = load(trait(format="auto", columns={}), [path], build="GRCh37")
    assert report.rows_read == len(table) == 92
    first = table.iloc[0]
    assert (first["effect_allele"], first["other_allele"], first["beta"], first["eaf"]) == (
        "C",
        "G",
        -0.0067,
        0.9322,
    )
    assert table["eaf"].isna().any()
    with gzip.open(path, "rt") as lines:
        texts = [line.split("\t") for line in lines if not line.startswith("#")]
    assert table["beta"].tolist() == [float(text[9].split(":")[0]) for text in texts]


def test_several_alt_alleles_give_a_row_each(tmp_path: Path):
    table = read(write(tmp_path / "a.vcf", "1\t5\trs1\tG\tC,T\t.\tPASS\t.\tES:SE\t0.1,0.2:0.3,0.4"))
    assert table["effect_allele"].tolist() == ["C", "T"] and table["beta"].tolist() == [0.1, 0.2]


def test_build_people_and_cases_of_the_header(tmp_path: Path):
    path = write(tmp_path / "a.vcf")
    assert metadata(path) == Metadata(build="GRCh37", n=1000.0, n_case=100.0)
    with pytest.raises(SourceError, match="is in GRCh37, as its ##contig lines say"):
        check_header([path], trait(format="gwas_vcf", columns={}, build="GRCh38"))
    without = "\n".join(line for line in HEADER.splitlines() if not line.startswith("##contig")) + "\n"
    assert metadata(write(tmp_path / "b.vcf", header=without)).build is None


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("1\t7x\trs1\tG\tC\t.\tPASS\t.\tES:SE\t0.1:0.2", 1),
        ("1\t7\trs1\tG\tC\t.\tPASS\t.\tES:SE\tabc:0.2", 1),
        ("1\t7\trs1", 1),
        ("", 1),
        ("1\t7\trs1\tG\tC,T\t.\tPASS\t.\tES:SE\t0.1:0.2", 1),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, row: str, line: int):
    path = write(tmp_path / "a.vcf", ROWS[0], row, ROWS[1])
    with pytest.raises(SourceError, match=rf"a.vcf, line {FIRST_LINE + line}: not a line of a VCF"):
        read(path)


def test_a_bgzip_file_that_breaks_off_or_is_damaged(tmp_path: Path):
    rows = [f"1\t{at}\trs{at}\tG\tC\t.\tPASS\t.\tES:SE\t{at % 97 / 7:.6f}:0.2" for at in range(1, 9000)]
    with pysam.BGZFile(str(tmp_path / "a.vcf.gz"), "wb") as packed:
        packed.write(write(tmp_path / "a.vcf", *rows).read_bytes())
    data = (tmp_path / "a.vcf.gz").read_bytes()
    for name, bad in (
        ("cut", data[:-40]),
        ("no_end", data[:-28]),
        ("bytes", data[:-90] + b"x" * 9 + data[-81:]),
    ):
        path = tmp_path / f"{name}.vcf.gz"
        path.write_bytes(bad)
        with pytest.raises(
            SourceError, match=rf"{name}.vcf.gz(, line \d+:| is truncated| cannot be read as VCF)"
        ):
            read(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER.replace("ID=ES", "ID=EZ"), "lines for ES and SE, .* .not so: ES"),
        (HEADER.replace('Type=Float,Description="Effect"', 'Type=String,Description="Effect"'), "not so: ES"),
        (HEADER.replace("ID=AF,Number=A,Type=Float", "ID=AF,Number=A,Type=String"), "not so: AF"),
        (HEADER.replace("##fileformat=VCFv4.2", "##something"), "is no VCF: its first line"),
    ],
)
def test_a_header_that_is_not_of_gwas_vcf(tmp_path: Path, header: str, message: str):
    with pytest.raises(SourceError, match=message):
        read(write(tmp_path / "a.vcf", header=header))


def test_a_header_alone_has_no_rows(tmp_path: Path):
    path = tmp_path / "a.vcf"
    path.write_text(HEADER + COLUMNS)
    with pytest.raises(SourceError, match=r"a.vcf has no rows"):
        check_header([path], TRAIT)


def test_a_filter_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="leave `filter` empty"):
        read(write(tmp_path / "a.vcf"), filter=("ID", "rs1"))


def test_blocks_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = read(write(tmp_path / "a.vcf"))
    monkeypatch.setattr(gwas_vcf, "ROWS", 2)
    parts = list(READERS["gwas_vcf"]([tmp_path / "a.vcf"], TRAIT))
    assert [len(part) for part in parts] == [2, 1]
    assert pd.concat(parts)["beta"].tolist() == whole["beta"].tolist()
