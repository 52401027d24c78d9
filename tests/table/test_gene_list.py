"""A list of genes as people make it, and what is wrong with one by line and column."""

from pathlib import Path

import pytest

from scripts.table.gene_list import read_gene_list

HEAD = "gene\tlog2_fold_change\tp_adjusted\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "list.tsv"
    path.write_text(text)
    return path


def test_versions_doubles_and_untested_genes(tmp_path: Path):
    text = (
        "gene\tlog2_fold_change\tp_adjusted\tbaseMean\n"
        "ENSG00000142168.15\t-0.5\t0.2\t9\n"
        "BACH1\t1.2\t0.03\t9\n"
        "BACH1\t1.4\t0.001\t9\n"
        "GENE.5\t2\tNA\t9\n"
    )
    found = read_gene_list(written(tmp_path, text))
    assert found["gene"].tolist() == ["BACH1", "ENSG00000142168"]
    assert found["log2_fold_change"].tolist() == [1.4, -0.5]
    assert found["direction"].tolist() == ["up", "down"]


def test_a_list_of_genes_that_differ_needs_a_direction_alone(tmp_path: Path):
    found = read_gene_list(written(tmp_path, "gene\tdirection\nBACH1\tup\nTRIM58\tdown\n"))
    assert found["direction"].tolist() == ["up", "down"]
    assert found["p_adjusted"].isna().all() and found["log2_fold_change"].isna().all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("symbol\tlog2_fold_change\nA\t1\n", "line 1: found symbol, log2_fold_change"),
        ("gene\tp_adjusted\nA\t0.1\n", "line 1: found gene, p_adjusted"),
        (
            "gene\tlog2_fold_change\tp_adjusted\nA\t1\t0.1\nB\tlots\t0.1\n",
            "line 3: `log2_fold_change` is 'lots'",
        ),
        (f"{HEAD}A\t1\t1.1\n", "line 2: `p_adjusted` is '1.1', expected 0 to 1"),
        ("gene\tdirection\nA\thigher\n", "line 2: `direction` is 'higher', expected up or down"),
    ],
)
def test_a_fault_is_named_by_line_and_column(tmp_path: Path, text: str, message: str):
    with pytest.raises(ValueError, match=message):
        read_gene_list(written(tmp_path, text))
