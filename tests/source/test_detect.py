"""Formats by their headers: the reason in the log, candidates of an ambiguous one, nearest of an unknown."""

import logging
from pathlib import Path

import pytest

from scripts.source.detect import detect, looks_like_table
from scripts.source.error import SourceError
from scripts.source.readers import READERS, check_header
from scripts.table.formats import FORMATS
from tests.source.raw import SAME_NAMES, trait
from tests.source.test_formats import CASES, write

AUTO = trait(format="auto", columns={})


def headed(folder: Path, header: str) -> Path:
    path = folder / "SIMULATED.txt"
    path.write_text(header + "\n")
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_header_is_recognised_in_any_order_of_its_columns(tmp_path: Path, name: str):
    _, header, _ = CASES[name]
    separator = "\t" if "\t" in header else " "
    for columns in (header.split(separator), header.split(separator)[::-1]):
        found = detect(headed(tmp_path, separator.join(columns)))
        assert found.format == name
        assert all(column in found.reason for column in FORMATS[name].signature)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("source_samples/gentropy/old_format_GCST006090.h.tsv.gz", "gwas_catalog_old"),
        ("source_samples/gentropy/new_format_GCST90293086.h.tsv.gz", "gwas_ssf"),
        ("source_samples/gentropy/finngen_R9_AB1_ACTINOMYCOSIS.gz", "finngen"),
        ("source_samples/gwasvcf/data.vcf.gz", "gwas_vcf"),
        ("source_samples/text/big40_stats33k.head.txt", "big40"),
        ("source_samples/text/gwama_header_gefos2015_layout.txt", "gwama"),
        ("source_samples/text/gwas_ssf_example.tsv", "gwas_ssf"),
        ("source_samples/text/imsgc2019_discovery_metav3.0.meta.two_rows.txt", "imsgc"),
        ("gwas_height_22regions/bolt.sumstats.txt.gz", "bolt_lmm"),
        ("gwas_height_chr22/ukb_height_chr22.fastGWA.gz", "fastgwa"),
        ("bmd_mark3/mark3_eqtl.tsv.gz", "gtex_pairs"),
    ],
)
def test_real_headers(shared_data: Path, path: str, name: str):
    assert detect(shared_data / path).format == name


def test_the_reason_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = write(tmp_path / "a.txt", "fastgwa")
    with caplog.at_level(logging.INFO):
        next(READERS["auto"]([path], AUTO))
    assert (
        f"{path} is read as fastgwa: its header has CHR, SNP, POS, A1, A2, N, AF1, BETA, SE, P" in caplog.text
    )


def test_an_ambiguous_header_lists_the_candidates_and_what_tells_them_apart(tmp_path: Path):
    path = headed(tmp_path, "SNP CHR BP POS A1 A2 N AF1 ALLELE1 ALLELE0 A1FREQ BETA SE P")
    with pytest.raises(SourceError, match="fits several formats") as error:
        check_header([path], AUTO)
    assert "fastgwa (POS, A1, A2, N, AF1, P; effect allele: A1)" in str(error.value)
    assert "bolt_lmm (BP, ALLELE1, ALLELE0, A1FREQ; effect allele: ALLELE1)" in str(error.value)
    assert "`format` of the trait table" in str(error.value)


def test_an_unknown_header_lists_its_columns_and_the_nearest_format(tmp_path: Path):
    path = headed(tmp_path, "CHR\tSNP\tPOS\tA1\tA2\tNMISS\tFRQ\tBETA\tSE\tP")
    with pytest.raises(SourceError, match="of no known format") as error:
        detect(path)
    message = str(error.value)
    assert "CHR, SNP, POS, A1, A2, NMISS, FRQ, BETA, SE, P" in message
    assert "the nearest is fastgwa (fastGWA, fastGWA-GLMM), which also needs N, AF1" in message
    assert "plain, with a column map" in message


def test_a_header_that_is_none(tmp_path: Path):
    with pytest.raises(SourceError, match="no format has any of them"):
        detect(headed(tmp_path, "Out for maintenance"))
    with pytest.raises(SourceError, match=r"is a web page, no table[.] Download"):
        detect(headed(tmp_path, "<!DOCTYPE html>"))
    with pytest.raises(SourceError, match="is empty"):
        detect(headed(tmp_path, ""))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("##fileformat=VCFv4.2\n##SIMULATED\n", r"a\.tsv is a VCF: its `format` is gwas_vcf"),
        (
            "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<body><p>Wait</p>\n",
            "is a web page, no table: 'Sign in Wait'. Download",
        ),
        ('{"message": "no\\tsuch id"}\n', 'is a message in JSON, no table: \'{"message": '),
    ],
)
@pytest.mark.parametrize(("key", "build"), [("plain", "GRCh37"), ("finngen", "GRCh38"), ("big40", "GRCh37")])
def test_what_is_no_table_is_named(tmp_path: Path, key: str, build: str, content: str, words: str):
    path = tmp_path / "a.tsv"
    path.write_text(content)
    columns = SAME_NAMES if key == "plain" else {}
    with pytest.raises(SourceError, match=words):
        check_header([path], trait(format=key, columns=columns, build=build))


def test_a_header_of_another_format_is_recognised(tmp_path: Path):
    path = write(tmp_path / "a.tsv", "finngen")
    with pytest.raises(
        SourceError, match=r"no column 'chr'.*; its header is that of format finngen, not big40"
    ):
        check_header([path], trait(format="big40", columns={}, n=1.0))


def test_a_huge_header_does_not_fill_the_screen(tmp_path: Path):
    with pytest.raises(SourceError) as error:
        detect(headed(tmp_path, "\t".join(["x" * 10_000] * 1000)))
    assert len(str(error.value)) < 3000


def test_the_variants_file_of_big40_is_no_trait_of_its_own(tmp_path: Path):
    path = headed(tmp_path, "chr rsid pos a1 a2 af info")
    with pytest.raises(SourceError, match=r"the nearest is big40 .*which also needs beta, se"):
        detect(path)


def test_check_header_reads_the_first_rows_too(tmp_path: Path):
    path = write(tmp_path / "a.txt", "fastgwa", ["22\trs4\tx\tA\tG\t1\t0.1\t1\t2\t0.9\t-0.5\t0.25\t0.42\t1"])
    with pytest.raises(SourceError, match="line 2, column POS: found 'x', expected a number"):
        check_header([path], AUTO)


@pytest.mark.parametrize(
    ("content", "table"),
    [
        (b"a\tb\tc\td\n1\t2\t3\t4\n", True),
        (b"a b c d\n  1 2  3 4\n\n", True),
        (b"##fileformat=VCFv4.2\n", True),
        (b"a\tb\tc\td\n", False),
        (b"a\tb\tc\td\n1\t2\n", False),
        (b"Please try again later.\nThe service is down for now.\n", False),
        (b"Error\n", False),
        (b"", False),
        (b"PK\x03\x04", False),
    ],
)
def test_a_table_looks_otherwise_than_a_message(tmp_path: Path, content: bytes, table: bool):
    (tmp_path / "x").write_bytes(content)
    assert looks_like_table(tmp_path / "x") is table
