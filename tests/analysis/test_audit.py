"""Audit of published tables: rows with a planted fault each, and the tables that the repository ships."""

from pathlib import Path

import pandas as pd
import pytest

from scripts.analysis.audit import audit_table, summary
from scripts.analysis.fingerprint import read_biobanks
from scripts.source.error import SourceError
from scripts.source.published import read_published
from scripts.table.frames import read_tsv
from scripts.table.genes import read_genes
from tests.workflow.conftest import make_checkout

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "config/studies/brain_bone/published"
BANKS = read_biobanks(ROOT / "resources/biobanks.tsv")
GENES = pd.DataFrame(
    [("g1", "NEAR", 1, 1_000, 2_000), ("g2", "AROUND", 1, 500, 90_000), ("g3", "FAR", 1, 500_000, 600_000)],
    columns=["gene", "symbol", "chromosome", "start", "end"],
)
SOUND = {
    **{"exposure": "x", "outcome": "y", "beta": "-0.17", "odds_ratio": "0.84", "ci_low": "0.73"},
    **{"ci_high": "0.97", "p": "0.018", "p_adjusted": "0.036", "n_tests": "2", "expected_sign": "reference"},
}


def findings(tmp_path: Path, *rows: dict[str, str], genes: pd.DataFrame | None = GENES) -> pd.DataFrame:
    path = tmp_path / "published.tsv"
    pd.DataFrame(rows).to_csv(path, sep="\t", index=False)
    return audit_table("t", read_published(path), genes, BANKS)


def verdict(table: pd.DataFrame, check: str) -> list[str]:
    return table.loc[table["check"] == check, "verdict"].tolist()


def test_a_sound_row_agrees_in_everything(tmp_path: Path):
    table = findings(tmp_path, SOUND)
    assert len(table) == 5 and set(table["verdict"]) == {"agrees"}
    assert table["subject"].unique().tolist() == ["x, y"] and table["line"].unique().tolist() == [2]


@pytest.mark.parametrize(
    ("changed", "check", "expected"),
    [
        ({"beta": "-0.16"}, "scales", "contradicts"),
        ({"beta": "-0.20", "odds_ratio": "0.82"}, "centre", "contradicts"),
        ({"p": "0.008"}, "p_of_interval", "contradicts"),
        (
            {"beta": "-0.18", "odds_ratio": "0.83", "ci_low": "0.71", "p": "0.01"},
            "p_of_interval",
            "only_if_cut",
        ),
        ({"p": "<0.05"}, "p_of_interval", "agrees"),
        ({"p_adjusted": "0.01"}, "adjusted_not_below_raw", "contradicts"),
        ({"p_adjusted": "0.018"}, "adjusted_not_below_raw", "agrees"),
        ({"p_adjusted": "<0.05"}, "adjusted_not_below_raw", "not_checked"),
        ({"p_adjusted": "0.05"}, "adjusted_possible", "contradicts"),
    ],
)
def test_one_fault_is_found_where_it_is(
    tmp_path: Path, changed: dict[str, str], check: str, expected: str
):  # fmt: skip
    assert verdict(findings(tmp_path, SOUND | changed), check) == [expected]


def test_signs_are_compared_with_the_reference_row(tmp_path: Path):
    other = SOUND | {"outcome": "density", "expected_sign": "-1"}
    wrong = other | {"exposure": "z"}  # without a reference
    right = {**other, "beta": "0.17", "odds_ratio": "1.19", "ci_low": "1.03", "ci_high": "1.37"}
    table = findings(tmp_path, SOUND, other, right, wrong)
    assert verdict(table, "sign") == ["contradicts", "agrees", "not_checked"]
    assert summary(table).set_index("check").loc["sign", "n_exposures_contradicted"] == 1


def test_other_kinds_of_rows(tmp_path: Path):
    loci = [{"chromosome": "chr1", "position": at, "nearest_gene": gene} for at, gene in (
        ("1,500", "NEAR"), ("1500", "AROUND"), ("1500", "FAR"), ("480000", "FAR"), ("1500", "OTHER"),
    )]  # fmt: skip
    table = findings(tmp_path, *loci)
    expected = ["agrees", "agrees", "contradicts", "agrees", "not_checked"]
    assert verdict(table, "nearest_gene") == expected
    assert "FAR is 498.5 kb away" in table["arithmetic"][2]
    assert verdict(findings(tmp_path, *loci, genes=None), "nearest_gene") == ["not_checked"] * 5
    counts = [{"n_tested": "100", "n_passed": n, "level": "0.05"} for n in ("6", "20", "101")]
    table = findings(tmp_path, *counts)
    assert verdict(table, "more_than_chance") == ["contradicts", "agrees", "agrees"]
    assert verdict(table, "count_possible") == ["agrees", "agrees", "contradicts"]
    people = [{"n": n, "ancestry": "EUR"} for n in ("212453", "342,499".replace(",", ""), "7")]
    assert verdict(findings(tmp_path, *people), "sample") == ["contradicts", "agrees", "not_checked"]


def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path):
    with pytest.raises(
        ValueError, match=r"line 2, column p: 'n\.s\.' is not a number; expected one as printed"
    ):
        findings(tmp_path, SOUND | {"p": "n.s."})
    with pytest.raises(ValueError, match="line 2, column ci_low: a ratio is not above 0"):
        findings(tmp_path, SOUND | {"ci_low": "-0.1"})
    with pytest.raises(SourceError, match="line 2: 1:x is no place"):
        findings(tmp_path, {"chromosome": "1", "position": "x", "nearest_gene": "NEAR"})
    with pytest.raises(SourceError, match="nothing to audit in the columns name"):
        findings(tmp_path, {"name": "a"})
    with pytest.raises(SourceError, match=r"none\.tsv"):
        read_published(tmp_path / "none.tsv")


def test_the_shipped_tables():
    """Table 1 and the text of the paper on imaging phenotypes and osteoporosis."""
    table1 = audit_table("1", read_published(PUBLISHED / "table1.tsv"), None, BANKS)
    told = summary(table1).set_index("check")
    against = told["n_contradicts"].to_dict()
    assert against["adjusted_not_below_raw"] == 11 and told.loc["adjusted_not_below_raw", "n_checked"] == 42
    assert against["sign"] == told.loc["sign", "n_exposures_contradicted"] == 5
    # Seven rows whose P is not that of their interval, of which three would be if digits were cut off.
    assert against["p_of_interval"] == 4 and told.loc["p_of_interval", "n_only_if_cut"] == 3
    assert told.loc["p_of_interval", "n_checked"] == 59
    assert against["scales"] == 9 and against["centre"] == 1
    text = audit_table("text", read_published(PUBLISHED / "text.tsv"), None, BANKS)
    wrong = text[text["verdict"] == "contradicts"]["arithmetic"].tolist()
    assert len(wrong) == 3
    assert "3,935 x 0.05 = 197 pass" in wrong[0] and "212,453 people is BioBank Japan" in wrong[1]
    assert "cannot contain the total's own error" in wrong[2]


# Blocks around the six loci of Table 2 where GRCh38 and GRCh37 differ by a constant. The shifts are those of
# rs2566752, rs3020333 and rs4869741 and of the genes HLA-DQA2, PPP6R3 and NCAM1 (NCBI Gene).
SHIFTS = {"1:68191014": 465_683, "6:32714451": -32_223, "6:151689119": 321_135, "6:151585158": 321_135,
          "11:68622433": -232_532, "11:112564656": -129_278}  # fmt: skip


def write_chain(path: Path) -> Path:
    """GRCh38 to GRCh37 for a kilobase around each locus."""
    blocks = []
    for number, (place, shift) in enumerate(SHIFTS.items(), 1):
        code, at = place.split(":")
        start, end = int(at) - 500, int(at) + 500
        span = f"{start + shift} {end + shift}"
        blocks.append(
            f"chain 1000 chr{code} 300000000 + {start} {end} chr{code} 300000000 + {span} {number}\n1000\n"
        )
    path.write_text("\n".join(blocks) + "\n")
    return path


def test_nearest_genes_of_the_shipped_loci(tmp_path: Path, shared_data: Path):
    genes = read_genes(shared_data / "genes" / "NCBI37.3.gene.loc")
    chain = [write_chain(tmp_path / "few.chain")]
    table = audit_table("2", read_published(PUBLISHED / "table2.tsv", True, chain), genes, BANKS)
    found = table.set_index("subject")[["verdict", "arithmetic"]]
    assert found["verdict"].to_dict() == {
        "rs2566752": "contradicts", "rs2894381": "contradicts", "rs3020333": "agrees",
        "rs35989399": "agrees", "rs4869741": "contradicts", "rs7125263": "contradicts",
    }  # fmt: skip
    for locus, gene in {"rs2566752": "WLS", "rs2894381": "HLA-DQA2", "rs4869741": "CCDC170"}.items():
        assert f" is {gene} (" in found.loc[locus, "arithmetic"]


def test_the_audit_runs_alone(shared_data: Path, tmp_path: Path):
    """As a user would, with genes and chain at hand: no GWAS is fetched or read."""
    checkout = make_checkout(tmp_path / "mrscape")
    write_chain(checkout.folder / "few.chain")
    study = checkout.folder / "config/here.yaml"
    study.write_text(
        f"chain_file: {checkout.folder}/few.chain\ngenes: {{table: {shared_data}/genes/NCBI37.3.gene.loc}}\n"
    )
    done = checkout.run("audit", "--configfile", "config/studies/brain_bone/study.yaml", str(study))
    assert done.returncode == 0, done.stdout
    results = checkout.folder / "results/brain_bone"
    counts = read_tsv(results / "tables/audit_counts.tsv").groupby("check")["n_contradicts"].sum()
    assert counts[["adjusted_not_below_raw", "sign", "nearest_gene"]].tolist() == [11, 5, 4]
    page = (results / "audit.html").read_text(encoding="utf-8")
    assert "P = 0.03, adjusted P = 0.02; no correction lowers P." in page
    assert sorted(path.name for path in results.glob("tables/*")) == ["audit.tsv", "audit_counts.tsv"]
