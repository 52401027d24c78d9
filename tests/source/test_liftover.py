"""Positions in the other build, by a tiny chain with every kind of place."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.source import liftover
from scripts.source.error import SourceError
from scripts.source.standardise import load
from scripts.table.status import DropReason
from tests.source.raw import row, trait, write

# Old 0-based ranges of chr1: [100, 300) -> [600, 800); [400, 500) -> [900, 1000) reversed;
# [600, 700) -> chr2; [800, 900) -> two places; chrX: [0, 100) -> [5, 105).
CHAIN = """chain 9 chr1 1000 + 100 300 chr1 2000 + 600 800 1
200

chain 8 chr1 1000 + 400 500 chr1 2000 - 1000 1100 2
100

chain 7 chr1 1000 + 600 700 chr2 500 + 0 100 3
100

chain 6 chr1 1000 + 800 900 chr1 2000 + 1200 1300 4
100

chain 5 chr1 1000 + 800 900 chr1 2000 + 1500 1600 5
100

chain 4 chrX 1000 + 0 100 chrX 1000 + 5 105 6
100

"""
CASES = [
    # chromosome, old position, new position, reversed, reason
    (1, 100, 0, False, DropReason.LIFTOVER_UNMAPPED),
    (1, 101, 601, False, None),
    (1, 300, 800, False, None),
    (1, 301, 0, False, DropReason.LIFTOVER_UNMAPPED),
    (1, 401, 1000, True, None),
    (1, 500, 901, True, None),
    (1, 650, 0, False, DropReason.LIFTOVER_OTHER_CHROMOSOME),
    (1, 850, 0, False, DropReason.LIFTOVER_AMBIGUOUS),
    (2, 101, 0, False, DropReason.LIFTOVER_UNMAPPED),
    (23, 1, 6, False, None),
]


@pytest.fixture(params=["chr1", "1"])
def chain(request: Any, tmp_path: Path) -> Path:
    """The chain, with UCSC's contig names and with Ensembl's."""
    path = tmp_path / "tiny.chain"
    path.write_text(CHAIN if request.param == "chr1" else CHAIN.replace("chr", ""))
    return path


def test_each_kind_of_place(chain: Path):
    chromosome, position = (np.array([case[i] for case in CASES] * 2) for i in (0, 1))
    lifted = liftover.lift(liftover.open_chain(chain), chromosome, position)
    assert lifted.position.tolist() == [case[2] for case in CASES] * 2
    assert lifted.reversed.tolist() == [case[3] for case in CASES] * 2
    for reason, rows in lifted.dropped.items():
        assert rows.tolist() == [case[4] is reason for case in CASES] * 2


def load_38(tmp_path: Path, chain: Path, rows: list[dict[str, Any]], **options: Any) -> Any:
    path = write(tmp_path / "a.tsv", rows)
    return load(trait(build="GRCh38"), [path], build="GRCh37", chain=chain, **options)


def test_table_is_lifted_and_losses_counted(tmp_path: Path, chain: Path):
    rows = [row(chromosome=case[0], position=case[1]) for case in CASES]
    table, report = load_38(tmp_path, chain, rows)
    lifted = list(zip(table["chromosome"], table["position"], strict=True))
    assert lifted == [(1, 601), (1, 800), (1, 901), (1, 1000), (23, 6)]
    assert table["effect_allele"].tolist() == ["A", "A", "T", "T", "A"]  # reversed stretch: complement
    assert table["other_allele"].tolist() == ["G", "G", "C", "C", "G"]
    assert (table["beta"] == 0.1).all()  # the effect of an allele does not depend on how it is spelled
    counts = {reason: n for reason, n in report.counts.items() if n}
    assert counts == {"liftover_unmapped": 3, "liftover_ambiguous": 1, "liftover_other_chromosome": 1}


def test_indel_in_a_reversed_stretch_is_left_out(tmp_path: Path, chain: Path):
    rows = [row(position=450, effect_allele="AT"), row(position=150, effect_allele="AT")]
    table, report = load_38(tmp_path, chain, rows)
    assert table["position"].tolist() == [650]
    assert report.counts["liftover_ambiguous"] == 1


def test_two_places_that_become_one_are_duplicates(tmp_path: Path):
    path = tmp_path / "fold.chain"
    parts = ("0 100 chr1 2000 + 600 700 1", "200 300 chr1 2000 + 600 700 2")
    path.write_text("".join(f"chain 9 chr1 1000 + {part}\n100\n\n" for part in parts))
    table, report = load_38(tmp_path, path, [row(position=251), row(position=51)])
    assert table["position"].tolist() == [651] and report.counts["duplicate"] == 1


def test_places_of_another_trait_are_in_the_studys_build_already(tmp_path: Path, chain: Path):
    positions = pd.DataFrame({"rsid": ["rs7"], "chromosome": [1], "position": [150]})
    rows = [row(position=150), row(rsid="rs7", position=None)]
    table, _ = load_38(tmp_path, chain, rows, positions=positions)
    assert dict(zip(table["rsid"], table["position"], strict=True)) == {"rs7": 150, "rs1": 650}


def test_chain_is_not_applied_where_builds_agree(tmp_path: Path, chain: Path):
    table, _ = load(trait(), [write(tmp_path / "a.tsv", [row(position=150)])], build="GRCh37", chain=chain)
    assert table["position"].tolist() == [150]


def test_chain_that_is_not_there(tmp_path: Path):
    with pytest.raises(SourceError, match=r"chain file .*none\.chain does not exist"):
        liftover.open_chain(tmp_path / "none.chain")
