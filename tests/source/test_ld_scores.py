"""LD scores from files of ldsc's layout, whole or by chromosome."""

import gzip
from pathlib import Path

import pytest

from scripts.source.error import SourceError
from scripts.source.ld_scores import lifted, read_ld_scores, read_m


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_files_by_chromosome_become_one_table_in_genome_order(tmp_path: Path) -> None:
    two = write(tmp_path / "2.l2.ldscore.gz", "CHR\tSNP\tBP\tCM\tMAF\tL2\n2\trs3\t7\t0\t0.1\t3.5\n")
    one = write(tmp_path / "1.l2.ldscore.gz", "CHR SNP BP baseL2\n1 rs2 90 1.25\n1 rs1 10 0.5\n1 rs9 95 NA\n")
    found = read_ld_scores([two, one])
    assert found.values.tolist() == [[1, 10, 0.5], [1, 90, 1.25], [2, 7, 3.5]]
    assert [str(kind) for kind in found.dtypes] == ["int8", "int32", "float64"]


def test_m_is_summed_over_files(tmp_path: Path) -> None:
    paths = [tmp_path / "1.l2.M_5_50", tmp_path / "2.l2.M_5_50"]
    paths[0].write_text("93642\n")
    paths[1].write_text("1000.0")
    assert read_m(paths) == 94_642.0
    paths[1].write_text("12\t13\n")
    with pytest.raises(SourceError, match=r"2\.l2\.M_5_50: '12.*13', expected one number"):
        read_m(paths)
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        read_m([tmp_path / "absent"])


def test_partitioned_scores_and_other_tables_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "p.l2.ldscore.gz", "CHR\tSNP\tBP\tbaseL2\tcodingL2\n1\trs1\t5\t1\t1\n")
    with pytest.raises(SourceError, match=r"2 columns of LD scores .* expected one"):
        read_ld_scores([path])


def test_lifting_keeps_what_has_one_counterpart(tmp_path: Path) -> None:
    path = write(tmp_path / "l.l2.ldscore.gz", "CHR\tBP\tL2\n1\t150\t1\n1\t950\t2\n1\t250\t3\n")
    chain = tmp_path / "SIMULATED.chain"
    chain.write_text("chain 1 chr1 1000 + 100 300 chr1 2000 + 1100 1300 1\n200\n\n")
    assert lifted(read_ld_scores([path]), chain).values.tolist() == [[1, 1150, 1.0], [1, 1250, 3.0]]


def test_published_scores(shared_data: Path) -> None:
    folder = shared_data / "ldscores_eur"
    found = read_ld_scores([folder / "22.l2.ldscore.gz", folder / "21.l2.ldscore.gz"])
    assert found["chromosome"].value_counts().to_dict()[22] == 18_613
    assert read_m([folder / f"{number}.l2.M_5_50" for number in range(1, 23)]) == 1_173_569
