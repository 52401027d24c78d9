"""Files of PoPS and MAGMA: scores of genes, gene-level association with its correlations, gene features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray
from scripts.method.pops import Genes, covariates_of
from scripts.source.error import SourceError

RAW_COLUMNS = 9  # of .genes.raw before the correlations with earlier genes
ID, CHROMOSOME, N_VARIANTS, N_PARAMETERS, ALLELE_COUNT, Z = 0, 1, 4, 5, 7, 8


@dataclass(frozen=True, slots=True)
class MagmaGenes:
    """Ids of the genes, in the file's order, and what PoPS needs of them."""

    ids: tuple[str, ...]
    genes: Genes


def read_scores(path: Path) -> pd.DataFrame:
    """Columns gene and score of a .preds file of PoPS, or of any table with ENSGID and PoPS_Score."""
    table = pd.read_csv(path, sep=r"\s+")
    missing = [name for name in ("ENSGID", "PoPS_Score") if name not in table]
    if missing:
        found = ", ".join(map(str, table.columns))
        raise SourceError(f"{path}: no column {' and '.join(missing)} among {found}; expected PoPS' .preds")
    ids = table["ENSGID"].astype("str").str.partition(".")[0]
    return pd.DataFrame({"gene": ids, "score": table["PoPS_Score"].astype("float64")})


def read_magma(out: Path, raw: Path) -> MagmaGenes:
    """MAGMA's .genes.out (the z of each gene) with .genes.raw (covariates and correlations)."""
    lines = [line.split() for line in raw.read_text().splitlines() if line and not line.startswith("#")]
    for number, line in enumerate(lines, 1):
        if len(line) < RAW_COLUMNS:
            raise SourceError(f"{raw}: gene {number} has {len(line)} columns, expected {RAW_COLUMNS} or more")
    ids = tuple(line[ID] for line in lines)
    table = pd.read_csv(out, sep=r"\s+")
    if list(table["GENE"].astype("str")) != list(ids):
        raise SourceError(f"{out} and {raw} do not list the same genes in the same order")
    chromosome = np.array([int(line[CHROMOSOME]) for line in lines], dtype=np.int64)
    size, parameters, count = (
        np.array([float(line[column]) for line in lines])
        for column in (N_VARIANTS, N_PARAMETERS, ALLELE_COUNT)
    )
    genes = Genes(
        z=table["ZSTAT"].to_numpy(np.float64),
        chromosome=chromosome,
        covariates=covariates_of(size, parameters, count),
        correlation={
            int(name): _correlations([line for line in lines if int(line[CHROMOSOME]) == name], raw)
            for name in dict.fromkeys(chromosome.tolist())
        },
    )
    return MagmaGenes(ids, genes)


def _correlations(lines: Sequence[Sequence[str]], path: Path) -> FloatArray:
    """The symmetric matrix of a chromosome: each line ends in correlations with the genes before it."""
    matrix = np.eye(len(lines))
    for row, line in enumerate(lines):
        values = np.array(line[RAW_COLUMNS:], dtype=np.float64)
        if len(values) > row:
            raise SourceError(f"{path}: gene {line[ID]} is correlated with more genes than come before it")
        matrix[row, row - len(values) : row] = values
        matrix[row - len(values) : row, row] = values
    return matrix


@dataclass(frozen=True, slots=True)
class Features:
    """A gene-by-feature matrix in PoPS' munged form, in pieces that are not read before they are needed."""

    genes: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    paths: tuple[Path, ...]

    def pieces(self) -> Iterator[FloatArray]:
        """The matrix (genes, some features), piece by piece."""
        for path in self.paths:
            yield np.load(path, mmap_mode="r")

    def columns(self, chosen: Sequence[bool]) -> FloatArray:
        """The chosen features of all pieces, (genes, chosen)."""
        taken, start = [], 0
        for names, piece in zip(self.names, self.pieces(), strict=True):
            inside = np.asarray(chosen[start : start + len(names)], dtype=bool)
            taken.append(np.asarray(piece[:, inside], dtype=np.float64))
            start += len(names)
        return np.concatenate(taken, axis=1)


def open_features(prefix: str) -> Features:
    """The files PREFIX.rows.txt, PREFIX.cols.K.txt and PREFIX.mat.K.npy for K = 0, 1, ..."""
    rows = Path(f"{prefix}.rows.txt")
    if not rows.is_file():
        raise SourceError(
            f"there is no file {rows}: munge the features with PoPS' munge_feature_directory.py"
        )
    paths: list[Path] = []
    names: list[tuple[str, ...]] = []
    while (path := Path(f"{prefix}.mat.{len(paths)}.npy")).is_file():
        names.append(tuple(Path(f"{prefix}.cols.{len(paths)}.txt").read_text().split()))
        paths.append(path)
    if not paths:
        raise SourceError(f"there is no file {prefix}.mat.0.npy beside {rows}")
    return Features(tuple(rows.read_text().split()), tuple(names), tuple(paths))
