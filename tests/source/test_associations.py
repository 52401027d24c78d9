"""The GWAS Catalog's table of associations: joined variants, new names, unknown alleles, tiny P."""

import zipfile
from pathlib import Path

import pytest

from scripts.source.associations import read_associations
from scripts.source.error import SourceError

HEAD = "\t".join(
    (
        *("PUBMEDID", "DISEASE/TRAIT", "STRONGEST SNP-RISK ALLELE", "SNPS", "MERGED", "SNP_ID_CURRENT"),
        *("P-VALUE", "PVALUE_MLOG"),
    )
)
ROWS = (
    "1\tHeight\trs1-A\trs1\t0\t1\t1E-400\t400",
    '2\tBone density, "heel"\trs2-?; rs3-?\trs2; rs3\t0\t2\t2E-9\t8.69897',
    "3\tGout\trs4-? x rs5-G\trs4 x rs5\t0\t\t1E-8\t8",
    "4\tAsthma\trs60-T\trs60\t1\t6\t1E-8\t8",
    "5\tPlaces\tchr16:68294800-G\tchr16:68294800\t0\t\t1E-9\t9",
    "6\tComma\trs7-?,rs8-?\trs7, rs8\t0\t\t1E-9\t9",
)


def catalog(folder: Path, *rows: str) -> Path:
    path = folder / "associations.tsv"
    path.write_text("\n".join((HEAD, *rows)) + "\n")
    return path


def test_trap_15_joined_variants_are_taken_apart_and_renamed_ones_have_both_names(tmp_path: Path) -> None:
    found = read_associations(catalog(tmp_path, *ROWS))
    assert found[["rsid", "trait"]].to_numpy().tolist() == [
        ["rs1", "Height"],
        ["rs2", 'Bone density, "heel"'],
        ["rs3", 'Bone density, "heel"'],
        ["rs4", "Gout"],
        ["rs5", "Gout"],
        ["rs60", "Asthma"],
        ["rs6", "Asthma"],
        ["rs7", "Comma"],
        ["rs8", "Comma"],
    ]
    assert found["neglog10_p"].tolist() == [400, *[8.69897] * 2, *[8] * 4, *[9] * 2]


def test_trap_15_an_unknown_risk_allele_is_no_part_of_a_name(tmp_path: Path) -> None:
    rows = [ROWS[0].replace("rs1-A", allele) for allele in ("rs1-A", "rs1-?")]
    known, unknown = (read_associations(catalog(tmp_path, row)) for row in rows)
    assert known.equals(unknown) and known["rsid"].tolist() == ["rs1"]


def test_trap_15_the_zip_is_read_as_it_is(tmp_path: Path) -> None:
    path = catalog(tmp_path, *ROWS)
    with zipfile.ZipFile(tmp_path / "full.zip", "w") as archive:
        archive.write(path, "gwas-catalog-associations.tsv")
    assert read_associations(tmp_path / "full.zip").equals(read_associations(path))


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("rsid\ttrait\nrs1\tHeight\n")
    with pytest.raises(SourceError, match="column SNPS, PVALUE_MLOG, DISEASE/TRAIT, PUBMEDID is missing"):
        read_associations(tmp_path / "a.tsv")


def test_published_tables_are_read(shared_data: Path) -> None:
    old = read_associations(shared_data / "catalog_associations" / "ebicat37.tsv.gz")
    assert len(old) > 20_000 and old["rsid"].str.fullmatch(r"rs\d+").mean() > 0.999
    new = read_associations(shared_data / "source_samples/gentropy/gwas_catalog_associations.tsv")
    assert {"rs535680968", "rs10701124"} <= set(new["rsid"])
    assert new["neglog10_p"].notna().all()
