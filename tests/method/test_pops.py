"""PoPS against the program's scores in every setting, and a slow twin of its regressions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.gene_scores import FeatureMatrix, chosen_features, score_genes
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.pops import (
    Genes,
    fit_model,
    marginal_associations,
    regularised,
    without_covariates,
)
from scripts.source.error import SourceError
from scripts.source.pops import read_magma
from scripts.table.files import read_json

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "pops"
RUNS = read_json(REFERENCE / "expected.json")
SCORE = 1e-6  # what is asked for; the digits of the printed features allow 6e-9
CONTROL = (REFERENCE / "control.txt").read_text().split()


class Case:
    """MAGMA's results and the features of the same genes in the same order."""

    def __init__(self, folder: Path) -> None:
        for name in ("magma.genes.out", "magma.genes.raw"):
            table = pd.read_csv(REFERENCE / f"{name}.gz", sep="\0", header=None, dtype="str")
            (folder / name).write_text("\n".join(table[0]) + "\n")
        magma = read_magma(folder / "magma.genes.out", folder / "magma.genes.raw")
        self.ids, self.genes = list(magma.ids), magma.genes
        self.all = pd.read_csv(REFERENCE / "features.tsv.gz", sep="\t").set_index("ENSGID")
        self.features = self.all.loc[self.ids].to_numpy()
        places = pd.read_csv(REFERENCE / "gene_annot.tsv.gz", sep="\t").set_index("ENSGID").loc[self.ids]
        self.hla: BoolArray = ((places["CHR"] == 6) & places["TSS"].between(20e6, 40e6)).to_numpy()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("magma"))


def given(case: Case, arguments: list[str]) -> tuple[Genes, BoolArray]:
    """The genes as a setting takes them, and those that the model learns from."""
    genes = Genes(
        case.genes.z,
        case.genes.chromosome,
        None if "--ignore_magma_covariates" in arguments else case.genes.covariates,
        None if "--ignore_magma_error_cov" in arguments else case.genes.correlation,
    )
    everyone = np.ones(len(case.ids), dtype=bool)
    return regularised(genes), everyone if "--training_keep_hla" in arguments else ~case.hla


def expected(setting: str, kind: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / f"out_{setting}.{kind}.gz", sep="\t", index_col=0)


@pytest.mark.parametrize("setting", RUNS)
def test_scores_are_those_of_pops(case: Case, setting: str) -> None:
    arguments = RUNS[setting]["args"]
    genes, learn = given(case, arguments)
    target = without_covariates(genes, learn)
    preds, marginals = expected(setting, "preds"), expected(setting, "marginals")
    if "Y_proj" in preds:
        np.testing.assert_allclose(target, preds.loc[case.ids, "Y_proj"], rtol=0, atol=1e-12)
    found = marginal_associations(genes, target, learn, np.array_split(case.features, 3, axis=1))
    np.testing.assert_allclose(found.beta, marginals["beta"], rtol=0, atol=SCORE)
    np.testing.assert_allclose(found.p, marginals["pval"], rtol=SCORE)
    fewer = {"p_max": 0.01, "most": 20} if "--feature_selection_max_num" in arguments else {}
    control = CONTROL if "--control_features_path" in arguments else []
    chosen = chosen_features(found, list(case.all.columns), control, **fewer)  # type: ignore[arg-type]
    np.testing.assert_array_equal(chosen, marginals["selected"])
    train = learn & (genes.chromosome != 1) if "--training_chromosomes" in arguments else learn
    model = fit_model(genes, target, train, case.features[:, chosen], ridge="linreg" not in arguments)
    coefficients = RUNS[setting]["coefs"]
    if model.penalty is not None:
        assert model.penalty == pytest.approx(float(coefficients["SELECTED_CV_ALPHA"]))
        assert model.score == pytest.approx(float(coefficients["BEST_CV_SCORE"]), abs=SCORE)
    scores = case.all.to_numpy()[:, chosen] @ model.coefficients
    np.testing.assert_allclose(scores, preds["PoPS_Score"], rtol=0, atol=SCORE)


def test_each_chromosome_is_scored_by_a_model_of_the_others(case: Case) -> None:
    """On chromosome 1 as PoPS with --training_chromosomes 2 to 22; score_all is its default."""
    rows = np.array([case.all.index.get_loc(gene) for gene in case.ids])
    chromosome = np.zeros(len(case.all), dtype=np.int64)
    chromosome[rows] = case.genes.chromosome
    matrix = case.all.to_numpy()
    features = FeatureMatrix(
        list(case.all.columns),
        lambda: np.array_split(matrix, 4, axis=1),
        lambda chosen: matrix[:, chosen],
        rows,
        chromosome,
    )
    found = score_genes(case.genes, ~case.hla, features, [])
    left_out = score_twin(case, 1)
    np.testing.assert_allclose(found["score"][rows[case.genes.chromosome == 1]], left_out, rtol=0, atol=1e-9)
    peer = expected("loco_chr1", "preds")["PoPS_Score"].to_numpy()[chromosome == 1]
    np.testing.assert_allclose(found["score"][chromosome == 1], peer, rtol=0, atol=SCORE)
    assert not np.allclose(found["score"], found["score_all"])


def score_twin(case: Case, chromosome: int) -> FloatArray:
    """Generalised ridge regression in its normal equations, with whole matrices inverted."""
    genes, learn = regularised(case.genes), ~case.hla
    target = without_covariates(genes, learn)
    marginal = marginal_associations(genes, target, learn, [case.features])
    chosen = marginal.p < 0.05
    train = learn & (genes.chromosome != chromosome)
    covariance = np.zeros((len(case.ids), len(case.ids)))
    assert genes.correlation is not None
    for name, block in genes.correlation.items():
        inside = np.flatnonzero(genes.chromosome == name)
        covariance[np.ix_(inside, inside)] = block
    weights = np.linalg.inv(covariance[np.ix_(train, train)])
    one, x = np.ones((train.sum(), 1)), case.features[train][:, chosen]
    projector = weights - weights @ one @ np.linalg.inv(one.T @ weights @ one) @ one.T @ weights
    gram = x.T @ projector @ x + 100.0 * np.eye(int(chosen.sum()))
    coefficients = np.linalg.solve(gram, x.T @ projector @ target[train])
    return np.asarray(case.features[genes.chromosome == chromosome][:, chosen] @ coefficients)


def test_magma_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    raw = "# VERSION = 108\n# COVAR = NSAMP MAC\nA 1 1 2 10 5 100 20 0.5\nB 1 3 4 10 5 100 20 1.5 0.3\n"
    (tmp_path / "raw").write_text(raw)
    (tmp_path / "out").write_text("GENE CHR ZSTAT\nB 1 1.5\nA 1 0.5\n")
    with pytest.raises(SourceError, match="same genes in the same order"):
        read_magma(tmp_path / "out", tmp_path / "raw")
