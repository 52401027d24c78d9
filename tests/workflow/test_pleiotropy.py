"""From the strongest hit to loci with genes, in the small simulated study; and its steps on their own."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.fit_pops import fit_pops
from scripts.place_genes import place_genes
from scripts.source.error import SourceError
from scripts.table.files import read_json
from scripts.table.frames import read_tsv, write_tsv
from scripts.table.pleiotropy import ANNOTATED, LOCUS
from tests.workflow.conftest import Checkout

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "pops"


def test_lead_is_the_strongest_hit_and_all_its_rows_are_there(finished: Checkout) -> None:
    note = read_json(finished.results / "lead_exposure.json")
    screen = read_tsv(finished.results / "tables/screen.tsv")
    hits = screen[screen["hit"]].set_index("exposure")["neglog10_p"]
    assert note["exposure"] == hits.idxmax()
    quality = read_json(finished.results / "reduced" / f"{note['exposure']}.json")["quality"]
    lost = {reason: n for reason, n in quality["counts"].items() if reason != "not_significant"}
    rows = len(pd.read_parquet(finished.results / "lead_exposure.parquet"))
    assert rows == quality["rows_read"] - sum(lost.values())


def test_every_output_is_there_and_loci_have_simulated_genes(finished: Checkout) -> None:
    tables = finished.results / "tables"
    loci, annotated = read_tsv(tables / "loci.tsv"), read_tsv(tables / "pleiotropic_loci.tsv")
    assert list(loci.columns) == LOCUS and list(annotated.columns) == ANNOTATED
    assert len(loci) == len(annotated) > 0
    assert annotated["nearest_gene"].str.startswith("SIM").all()
    assert "Pleiotropy" in (finished.results / "report.html").read_text()
    assert "Variants that affect both" in (finished.results / "pleiotropy.html").read_text()
    tested = pd.read_parquet(finished.results / "placo.parquet")
    shared = pd.read_csv(finished.results / "placo.ssf.tsv.gz", sep="\t", na_values="#NA")
    assert len(shared) == tested["neglog10_p"].notna().sum()


def test_a_named_exposure_does_not_wait_for_the_screen(finished: Checkout, tmp_path: Path) -> None:
    (tmp_path / "change.yaml").write_text("placo: {exposure: sim_003}\n")
    done = finished.run(
        *(
            "--dry-run",
            "--quiet",
            "rules",
            "--configfile",
            "config/small.yaml",
            str(tmp_path / "change.yaml"),
        ),
        *("--", f"results/{finished.results.name}/tables/loci.tsv"),
    )
    rules = {line.split()[0] for line in done.stdout.splitlines() if line[:1].isalpha()}
    assert {"standardise_lead", "find_pleiotropy", "define_loci"} <= rules
    assert "judge_evidence" not in rules


def placed(genes: pd.DataFrame, folder: Path) -> pd.DataFrame:
    write_tsv(genes, folder / "genes.tsv")
    place_genes(table=[folder / "genes.tsv"], chain=[], placed=folder / "placed.tsv", build="GRCh38")
    return read_tsv(folder / "placed.tsv")


def test_genes_on_the_other_build_are_refused_without_a_chain(tmp_path: Path) -> None:
    row = ("ENSG1", "BRCA1", "17", 41_196_312, 41_277_500)
    genes = pd.DataFrame([row], columns=["ENSGID", "NAME", "CHR", "START", "END"])
    with pytest.raises(SourceError, match="is on GRCh37 by the places of well-known genes"):
        placed(genes, tmp_path)
    assert placed(genes.assign(START=43_044_295, END=43_125_483), tmp_path)["symbol"].tolist() == ["BRCA1"]


def test_what_colocalisation_says_stands_beside_each_locus(finished: Checkout) -> None:
    tables = finished.results / "tables"
    annotated = read_tsv(tables / "pleiotropic_loci.tsv").set_index("rsid")
    coloc = read_tsv(tables / "coloc.tsv").set_index("locus")
    tested = coloc[coloc["status"] == "tested"].index
    assert len(tested) and set(annotated.index) == set(coloc.index)
    assert (annotated["coloc_verdict"] == coloc["verdict"].reindex(annotated.index)).all()
    decisive = coloc["susie_pp_h4"].fillna(coloc["pp_h4"])
    assert annotated.loc[tested, "pp_h4"].equals(decisive.loc[tested].rename("pp_h4"))
    gates = read_tsv(tables / "gates.tsv").set_index("gate")
    assert gates.loc["pleiotropic", "n_passed"] == 1
    assert gates.loc["colocalised", "n_passed"] == int((coloc["verdict"] == "shared").any())
    page = (finished.results / "pleiotropy.html").read_text()
    assert "Causal variant" in page and "coloc.html" in page


def test_scores_are_fitted_from_magmas_files_and_munged_features(tmp_path: Path) -> None:
    """The pieces of PoPS' munged layout, in their own order of genes; the fit itself is tested elsewhere."""
    for name in ("magma.genes.out", "magma.genes.raw", "gene_annot.tsv"):
        table = pd.read_csv(REFERENCE / f"{name}.gz", sep="\0", header=None, dtype="str")
        (tmp_path / name).write_text("\n".join(table[0]) + "\n")
    shutil.copy(REFERENCE / "control.txt", tmp_path / "control.txt")
    features = pd.read_csv(REFERENCE / "features.tsv.gz", sep="\t").set_index("ENSGID")
    (tmp_path / "feat.rows.txt").write_text("\n".join(features.index) + "\n")
    for piece, columns in enumerate(np.array_split(features.columns, 2)):
        (tmp_path / f"feat.cols.{piece}.txt").write_text("\n".join(columns) + "\n")
        np.save(tmp_path / f"feat.mat.{piece}.npy", features[columns].to_numpy())
    fit_pops(
        out=[tmp_path / "magma.genes.out"],
        raw=[tmp_path / "magma.genes.raw"],
        genes=[tmp_path / "gene_annot.tsv"],
        control=[tmp_path / "control.txt"],
        scores=tmp_path / "scores.tsv",
        features=str(tmp_path / "feat"),
    )
    found = read_tsv(tmp_path / "scores.tsv").set_index("ENSGID")
    expected = pd.read_csv(REFERENCE / "out_default.preds.gz", sep="\t").set_index("ENSGID")
    np.testing.assert_allclose(found["PoPS_Score_all"], expected["PoPS_Score"], rtol=0, atol=1e-6)


def test_note_is_plain_json(finished: Checkout) -> None:
    assert set(json.loads((finished.results / "lead_exposure.json").read_text())) == {
        *("exposure", "outcome", "message")
    }
