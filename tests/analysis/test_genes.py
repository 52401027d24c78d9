"""Genes of loci: distances, scores, builds, and the printed table of a paper checked with real genes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.annotation import annotate, known_associations, shared_signals
from scripts.analysis.gene_build import ANCHORS, build_of
from scripts.analysis.genes import best_scored_gene, distances, nearest_gene
from scripts.source.associations import read_associations
from scripts.source.genes import lift_genes
from scripts.source.liftover import open_chain
from scripts.source.pops import read_scores
from scripts.table.coloc import LOCI as COLOC
from scripts.table.genes import read_genes
from scripts.table.pleiotropy import ANNOTATED

GENES = pd.DataFrame(
    {
        "gene": ["E1", "E2", "E3", "E4"],
        "symbol": ["LONG", "SHORT", "FAR", None],
        "chromosome": [1, 1, 1, 2],
        "start": [1_000, 4_000, 900_000, 10],
        "end": [9_000, 5_000, 950_000, 20],
    }
)
SCORES = pd.DataFrame({"gene": ["E1", "E2", "E3"], "score": [0.5, 0.2, 3.0]})
# Lead variants of a published table of pleiotropic variants, as printed (no build is stated there).
PRINTED = {
    "rs2566752": (1, 68_191_014),
    "rs2894381": (6, 32_714_451),
    "rs3020333": (6, 151_689_119),
    "rs35989399": (11, 68_622_433),
    "rs4869741": (6, 151_585_158),
    "rs7125263": (11, 112_564_656),
}


def test_distance_is_to_the_body() -> None:
    np.testing.assert_array_equal(distances(GENES[:3], 4_500), [0, 0, 895_500])
    np.testing.assert_array_equal(distances(GENES[:3], 9_001), [1, 4_001, 890_999])


def test_nearest_of_overlapping_genes_is_the_shortest() -> None:
    inside = nearest_gene(GENES, 1, 4_500)
    assert inside and (inside.name, inside.distance) == ("SHORT", 0)
    beside = nearest_gene(GENES, 1, 9_100)
    assert beside and (beside.name, beside.distance) == ("LONG", 100)
    unnamed = nearest_gene(GENES, 2, 100)
    assert unnamed and (unnamed.name, unnamed.distance) == ("E4", 80)
    assert nearest_gene(GENES, 3, 100) is None


def test_best_score_counts_within_the_window_only() -> None:
    near = best_scored_gene(GENES, SCORES, 1, 4_500, 500)
    assert near and (near.name, near.score) == ("LONG", 0.5)
    wide = best_scored_gene(GENES, SCORES, 1, 4_500, 1_000)
    assert wide and (wide.name, wide.distance) == ("FAR", 895_500)
    assert best_scored_gene(GENES, SCORES, 2, 15, 500) is None


def loci(chromosome: int = 1, position: int = 4_500) -> pd.DataFrame:
    row = {"locus": 1, "chromosome": chromosome, "lead_rsid": "rs1", "lead_position": position, "p": 1e-9,
           "neglog10_p": 9.0, "p_exposure": 1e-6, "p_outcome": 1e-6, "neglog10_p_exposure": 6.0,
           "neglog10_p_outcome": 6.0, "both_traits": True, "in_mhc": False}  # fmt: skip
    return pd.DataFrame([row])


NOTHING_KNOWN = pd.DataFrame({"locus": [], "trait": []})
NOTHING_SHARED = shared_signals(pd.DataFrame(columns=COLOC), None, "disease", {})


@pytest.mark.parametrize(
    ("genes", "scores", "said"),
    [
        (GENES, SCORES, "disagree"),
        (GENES, None, "one_source"),
        (None, None, "none"),
        (GENES, SCORES, "agree"),
    ],
)
def test_sources_side_by_side(genes: pd.DataFrame, scores: pd.DataFrame, said: str) -> None:
    table = annotate(
        loci(position=8_000 if said == "agree" else 4_500), NOTHING_KNOWN, genes, scores, NOTHING_SHARED, 500
    )
    assert list(table.columns) == ANNOTATED
    assert table["genes"].iloc[0] == said


def test_what_is_known_of_the_variants_of_a_locus(tmp_path: Path) -> None:
    header = "SNPS\tPVALUE_MLOG\tDISEASE/TRAIT\tPUBMEDID\n"
    rows = [
        "rs1\t400\tHeight\t1",
        "rs2; rs9\t12\tBone density, heel\t2",
        "rs3 x rs1\t8\tHeight\t3",
        "chr1:5\t9\tNone\t4",
    ]
    (tmp_path / "associations.tsv").write_text(header + "\n".join(rows) + "\n")
    catalog = read_associations(tmp_path / "associations.tsv")
    variants = pd.DataFrame(
        {
            "locus": [1, 1, None],
            "rsid": ["rs1", "rs2", "rs9"],
            "role": ["lead", "candidate", "not_in_panel"],
            "r2": [1.0, 0.7, np.nan],
            "independent_rsid": ["rs1", "rs1", ""],
        }
    )
    known = known_associations(variants, catalog)
    assert list(known["trait"]) == ["Height", "Bone density, heel", "Height"]
    assert list(known["neglog10_p"]) == [400, 12, 8]
    row = annotate(loci(), known, None, None, NOTHING_SHARED, 500).iloc[0]
    assert (row["n_known_associations"], row["known_traits"]) == (3, "Height; Bone density, heel")


def test_genes_are_lifted_by_both_ends(tmp_path: Path) -> None:
    """The chain moves 1:1-100,000 by 1,000 and drops what is beyond."""
    chain = tmp_path / "a.chain"
    chain.write_text("chain 1 chr1 200000 + 0 100000 chr1 200000 + 1000 101000 1\n100000\n")
    moved = lift_genes(GENES, open_chain(chain))
    assert list(moved["gene"]) == ["E1", "E2"]
    assert list(moved["start"]) == [2_000, 5_000] and list(moved["end"]) == [10_000, 6_000]


def test_build_of_a_table_without_known_genes_is_not_told() -> None:
    assert build_of(GENES) is None


def test_build_is_told_by_where_known_genes_lie() -> None:
    for build, place in (("GRCh37", 1), ("GRCh38", 2)):
        table = pd.DataFrame(
            [(name, spot[0], spot[place] - 500, spot[place] + 500) for name, spot in ANCHORS.items()],
            columns=["symbol", "chromosome", "start", "end"],
        )
        assert build_of(table) == build


@pytest.fixture(scope="module")
def genes(shared_data: Path) -> pd.DataFrame:
    return read_genes(shared_data / "genes" / "gene_annot_jun10.txt")


@pytest.fixture(scope="module")
def both_builds(shared_data: Path) -> pd.DataFrame:
    """Places of the Catalog's variants on both builds: its own GRCh38 beside GRCh37."""
    table = pd.read_csv(
        shared_data / "catalog_associations" / "ebicat37.tsv.gz",
        sep="\t",
        usecols=["CHR_ID", "CHR_POS", "hg19_start"],
        dtype="str",
        quoting=3,
    )
    return table.apply(pd.to_numeric, errors="coerce").dropna().astype(int).drop_duplicates()


def on_grch37(both: pd.DataFrame, chromosome: int, position: int) -> int:
    """A GRCh38 position moved as far as the nearest variant that is known on both builds."""
    near = both[both["CHR_ID"] == chromosome]
    nearest = near.iloc[(near["CHR_POS"] - position).abs().argmin()]
    return int(position + nearest["hg19_start"] - nearest["CHR_POS"])


def test_anchors_are_where_real_variants_say(genes: pd.DataFrame, both_builds: pd.DataFrame) -> None:
    assert build_of(genes) == "GRCh37"
    for chromosome, before, after in ANCHORS.values():
        assert abs(on_grch37(both_builds, chromosome, after) - before) < 5_000


def test_printed_positions_are_of_grch38(shared_data: Path, both_builds: pd.DataFrame) -> None:
    """Two of the six are among the LD scores, which are on GRCh37: lifted, not as printed, they are there."""
    scores = pd.read_csv(
        shared_data / "ldscores_eur" / "6.l2.ldscore.gz", sep="\t", usecols=["SNP", "BP"]
    ).set_index("SNP")["BP"]
    for rsid in ("rs3020333", "rs4869741"):
        chromosome, printed = PRINTED[rsid]
        assert scores[rsid] != printed
        assert scores[rsid] == on_grch37(both_builds, chromosome, printed)


def test_six_printed_leads_with_their_genes(
    genes: pd.DataFrame, both_builds: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    """As printed the positions fall on other genes than where the variants are: the build decides."""
    named, misread = {}, {}
    for rsid, (chromosome, printed) in PRINTED.items():
        place = on_grch37(both_builds, chromosome, printed)
        right, wrong = nearest_gene(genes, chromosome, place), nearest_gene(genes, chromosome, printed)
        assert right and wrong
        named[rsid], misread[rsid] = (right.name, right.distance), (wrong.name, wrong.distance)
        with capsys.disabled():
            print(f"\n{rsid} {chromosome}:{place} (GRCh37) {right.name}, {right.distance} bp; read as GRCh37 "
                  f"the printed {printed} would be {wrong.name}, {wrong.distance} bp", end="")  # fmt: skip
    assert named["rs2566752"] == ("WLS", 0) and misread["rs2566752"] == ("GNG12", 0)
    assert named["rs4869741"] == ("CCDC170", 0) and misread["rs4869741"] == ("AKAP12", 0)
    assert named["rs3020333"] == ("ESR1", 0) and misread["rs3020333"][0] == "ZBTB2"
    assert sum(named[rsid][0] != misread[rsid][0] for rsid in PRINTED) >= 5


def test_scores_are_read_by_gene_id_without_version(shared_data: Path, tmp_path: Path) -> None:
    head = (shared_data / "source_samples" / "pops" / "preds.head").read_text()
    (tmp_path / "preds").write_text(head)
    scores = read_scores(tmp_path / "preds")
    assert scores["gene"].str.fullmatch(r"ENSG\d+").all() and scores["score"].notna().all()
