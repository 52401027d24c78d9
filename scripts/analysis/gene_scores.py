"""PoPS scores of genes: features chosen one by one, then a ridge regression for each chromosome left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.pops import (
    Genes,
    Marginal,
    fit_model,
    marginal_associations,
    regularised,
    without_covariates,
)

FEATURE_P = 0.05
HLA = (6, 20_000_000, 40_000_000)  # by the gene's first base; its genes teach the model nothing


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """Features by name, for genes of which the MAGMA results have some.

    `pieces` gives the matrix (genes, features) in parts, `columns` some features of all genes. `rows` says
    where MAGMA's genes are in it, `chromosome` on which chromosome each of its genes lies (0: unknown).
    """

    names: Sequence[str]
    pieces: Callable[[], Iterable[FloatArray]]
    columns: Callable[[BoolArray], FloatArray]
    rows: IntArray
    chromosome: IntArray


def score_genes(
    genes: Genes, learn: BoolArray, features: FeatureMatrix, control: Collection[str]
) -> pd.DataFrame:
    """Columns score (each chromosome's model is learned from the other ones) and score_all (one model).

    One row a gene of the matrix; a gene of an unknown chromosome has the one model's score twice. The model
    learns from those of MAGMA's `genes` that are in `learn`. Control features are always in the model.
    Features are chosen on all chromosomes, as PoPS does.
    """
    wide = regularised(genes)
    target = without_covariates(wide, learn)
    known = (np.asarray(piece)[features.rows] for piece in features.pieces())
    marginal = marginal_associations(wide, target, learn, known)
    matrix = features.columns(chosen_features(marginal, features.names, control))
    inside = matrix[features.rows]
    whole = matrix @ fit_model(wide, target, learn, inside).coefficients
    score = whole.copy()
    for chromosome in np.unique(genes.chromosome):
        model = fit_model(wide, target, learn & (genes.chromosome != chromosome), inside)
        here = features.chromosome == chromosome
        score[here] = matrix[here] @ model.coefficients
    return pd.DataFrame({"score": score, "score_all": whole})


def chosen_features(
    marginal: Marginal,
    names: Sequence[str],
    control: Collection[str],
    p_max: float = FEATURE_P,
    most: int | None = None,
) -> BoolArray:
    """Features with P below `p_max` (the `most` strongest of them) and control features that vary."""
    always = np.isin(np.asarray(names), list(control))
    significant = ~always & (marginal.p < p_max)
    if most is not None and significant.sum() > most:
        order = np.argsort(np.where(significant, marginal.p, np.inf), kind="stable")
        significant = np.zeros(len(names), dtype=bool)
        significant[order[:most]] = True
    return np.asarray(significant | (always & ~np.isnan(marginal.p)), dtype=bool)


def outside_hla(places: pd.DataFrame) -> BoolArray:
    """Genes (columns chromosome and start) that the model may learn from."""
    chromosome, first, last = HLA
    inside = (places["chromosome"] == chromosome) & places["start"].between(first, last)
    return ~inside.to_numpy(bool)
