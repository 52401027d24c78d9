"""Lists of variants of any layout give their places."""

import gzip
from pathlib import Path

import pytest

from scripts.source.error import SourceError
from scripts.source.places import read_places


def test_ld_score_file_and_other_spellings(tmp_path: Path):
    scores = tmp_path / "1.l2.ldscore.gz"
    scores.write_bytes(
        gzip.compress(b"CHR\tSNP\tBP\tCM\tMAF\tL2\n1\trs1\t721290\t0.4\t0.04\t1.2\nX\trs2\t7\t0\t0\t1\n")
    )
    assert read_places(scores).to_numpy().tolist() == [[1, 721290], [23, 7]]
    (tmp_path / "list.txt").write_text("#chrom pos rsid\nchr2 30 rs3\n")
    assert read_places(tmp_path / "list.txt").to_numpy().tolist() == [[2, 30]]


def test_a_row_without_a_place_and_a_table_without_columns(tmp_path: Path):
    (tmp_path / "a.tsv").write_text("CHR\tBP\n1\t5\nHLA\t6\n")
    with pytest.raises(SourceError, match="line 3: CHR and BP give no place"):
        read_places(tmp_path / "a.tsv")
    (tmp_path / "b.tsv").write_text("CHR\tSNP\n1\trs5\n")
    with pytest.raises(SourceError, match=r"no column of positions .*the file has: CHR, SNP"):
        read_places(tmp_path / "b.tsv")
