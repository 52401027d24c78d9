"""GWAS-SSF files: the format's columns in its order, whole, and the same bytes each time."""

import gzip
import hashlib
from pathlib import Path

import pandas as pd
import yaml

from scripts.table.gwas_ssf import write_metadata, write_ssf

ROWS = pd.DataFrame(
    {
        "chromosome": [1, 1],
        "position": [5, 70],
        "rsid": ["rs1", "rs2"],
        "effect_allele": ["A", "T"],
        "other_allele": ["G", "TC"],
        "eaf": [0.25, float("nan")],
        "z_exposure": [1.5, -2.0],
        "neglog10_p": [0.5, 321.25],
    }
)


def test_columns_are_the_formats_and_unknown_numbers_are_said_to_be(tmp_path: Path) -> None:
    write_ssf([ROWS, ROWS.assign(chromosome=2)], tmp_path / "a.tsv.gz")
    lines = gzip.decompress((tmp_path / "a.tsv.gz").read_bytes()).decode().splitlines()
    assert lines[0].split("\t") == [
        *("chromosome", "base_pair_location", "effect_allele", "other_allele", "beta", "standard_error"),
        *("effect_allele_frequency", "neg_log_10_p_value", "rsid", "z_exposure"),
    ]
    assert lines[1].split("\t") == ["1", "5", "A", "G", "#NA", "#NA", "0.25", "0.5", "rs1", "1.5"]
    assert lines[4].split("\t") == ["2", "70", "T", "TC", "#NA", "#NA", "#NA", "321.25", "rs2", "-2"]
    assert len(lines) == 5


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    for name in ("a.tsv.gz", "b.tsv.gz"):
        write_ssf([ROWS], tmp_path / name)
    assert (tmp_path / "a.tsv.gz").read_bytes() == (tmp_path / "b.tsv.gz").read_bytes()


def test_metadata_has_the_checksum_of_its_file(tmp_path: Path) -> None:
    write_ssf([ROWS], tmp_path / "a.tsv.gz")
    write_metadata({"genome_assembly": "GRCh37"}, tmp_path / "a.tsv.gz", tmp_path / "a.yaml")
    told = yaml.safe_load((tmp_path / "a.yaml").read_text())
    assert told["data_file_md5sum"] == hashlib.md5((tmp_path / "a.tsv.gz").read_bytes()).hexdigest()
    assert told["data_file_name"] == "a.tsv.gz" and told["file_type"] == "GWAS-SSF v1.0"
