"""Recombination maps as they are published: HapMap's, SHAPEIT's and deCODE's."""

import gzip
from pathlib import Path

import pytest

from scripts.source.error import SourceError
from scripts.source.recombination import read_recombination

HAPMAP = "Chromosome\tPosition(bp)\tRate(cM/Mb)\tMap(cM)\nchr2\t200\t0.5\t0.1\nchr2\t100\t2.25\t0.0\n"
SHAPEIT = "position COMBINED_rate(cM/Mb) Genetic_Map(cM)\n300 1.5 0.2\n"
DECODE = "#Chr\tBegin\tEnd\tcMperMb\tcM\nchrX\t10\t20\t3\t0.1\nchrUn\t10\t20\t3\t0.1\n"


def test_three_layouts(tmp_path: Path) -> None:
    hapmap, shapeit, decode = (
        tmp_path / name for name in ("a.txt", "genetic_map_chr22_combined_b37.txt.gz", "d.txt")
    )
    hapmap.write_text(HAPMAP)
    shapeit.write_bytes(gzip.compress(SHAPEIT.encode()))
    decode.write_text(DECODE)
    found = read_recombination([shapeit, decode, hapmap])
    assert found.to_numpy().tolist() == [[2, 100, 2.25], [2, 200, 0.5], [22, 300, 1.5], [23, 10, 3]]
    assert list(found.columns) == ["chromosome", "position", "rate"]
    assert read_recombination([]).empty


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("map.txt", SHAPEIT, "no column of chromosome among position"),
        ("chr2.txt", "position\tcM\n1\t0.1\n", "no column of rate among position, cM"),
        ("a.txt", HAPMAP.replace("200\t0.5", "200\tx"), "line 2 has no position and rate that are numbers"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=said):
        read_recombination([tmp_path / name])
