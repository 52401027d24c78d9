"""Expression of genes: one that an exposure acts through, a neighbour in LD that does nothing, null ones.

The first gene explains one of the outcome's own loci: its cis-eQTL is that variant, so that no effect of the
outcome or of an exposure changes. Genes come in the order of the trait table, the part of a trait's id before
a point being the gene's; a gene's second trait is its expression in another tissue, which has a cis-eQTL of
its own and no part in anything.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.simulation.arrays import BoolArray, FloatArray, IntArray, stream
from scripts.simulation.chain import BuildMap
from scripts.simulation.effects import LOCUS_MAF, Effects, effective_n
from scripts.simulation.formats import write_rows
from scripts.simulation.panel import Panel
from scripts.simulation.roles import Cast, Part
from scripts.simulation.rows import draw_rows
from scripts.simulation.scores import sample_sizes, z_scores
from scripts.table.trait import Trait

STEP_1 = {"mediator": 0.5, "bystander": 0.4}  # SD of expression per SD of the exposure
STEP_2 = 0.2  # outcome units (log odds) per SD of the mediator's expression
LINKED_R2 = 0.5  # sought between the cis-eQTLs of the mediator and of its neighbour
UNLINKED_R2 = 0.02
NULL_CIS = 0.2  # SD of expression per SD of the genotype: 4% of the variance
FREE_Z = 3.0  # an exposure's expected z above which an island is not free of it
GENE_BP = (20_000, 15_000)  # before and behind the cis-eQTL


@dataclass(frozen=True, slots=True)
class Expression:
    """A gene in a tissue: its part, its cis-eQTL (number and effect in SD), and the exposure's effect."""

    trait: Trait
    gene: str
    kind: str
    variant: int
    cis: float
    step_1: float

    @property
    def step_2(self) -> float:
        """Effect on the outcome."""
        return STEP_2 if self.kind == "mediator" else 0.0


@dataclass(frozen=True, slots=True)
class Mediators:
    """The genes, the exposure that acts on them, and z scores (variants, genes)."""

    genes: tuple[Expression, ...]
    exposure: Part
    z: FloatArray


def simulate_mediators(
    traits: Sequence[Trait], cast: Cast, panel: Panel, effects: Effects, seed: int
) -> Mediators:
    """Genes whose first is acted on by the exposure of the largest effect; other traits' draws stay."""
    exposure = max(cast.parts, key=lambda part: part.effect)
    at = [part.exposure for part in cast.parts].index(exposure.exposure)
    column = effects.matrix[:, at]
    busy = np.abs(column) * np.sqrt(effective_n(cast.exposures[at])) > FREE_Z
    locus, neighbour = linked_pair(panel, effects.outcome_own, busy)
    genes = tuple(_genes(traits, panel, effects.outcome_own, (locus, neighbour), exposure.effect > 0, seed))
    matrix = np.zeros((len(column), len(genes)))
    for k, gene in enumerate(genes):
        matrix[:, k] = gene.step_1 * column
        matrix[gene.variant, k] += gene.cis
    noise = np.eye(len(genes))
    z = z_scores(panel, matrix, sample_sizes(traits), noise, seed, "expression noise")
    return Mediators(genes, exposure, z)


def linked_pair(panel: Panel, outcome_own: FloatArray, busy: BoolArray) -> tuple[int, int]:
    """A strong locus of the outcome and a variant whose r2 with it is nearest to LINKED_R2.

    The locus lies on an island where the exposure has none, if there is one.
    """
    loci = np.flatnonzero(outcome_own)
    free = [v for v in loci if not busy[panel.island == panel.island[v]].any()]
    pairs = [(int(v), *_nearest_r2(panel, int(v))) for v in (free or loci)]
    best = min(pairs, key=lambda pair: abs(pair[2] - LINKED_R2))
    return best[0], best[1]


def _nearest_r2(panel: Panel, variant: int) -> tuple[int, float]:
    inside, r2 = _r2_with(panel, variant)
    at = int(np.argmin(np.abs(r2 - LINKED_R2)))
    return int(inside[at]), float(r2[at])


def _r2_with(panel: Panel, variant: int) -> tuple[IntArray, FloatArray]:
    """Common variants of a variant's island, and their r2 with it."""
    same = panel.island == panel.island[variant]
    inside = np.flatnonzero(same & (panel.maf >= LOCUS_MAF))
    x, one = panel.standardised(inside), panel.standardised(np.array([variant]))
    return inside, np.asarray((x.T @ one)[:, 0] / len(x)) ** 2


def _genes(
    traits: Sequence[Trait],
    panel: Panel,
    outcome_own: FloatArray,
    pair: tuple[int, int],
    acts: bool,
    seed: int,
) -> list[Expression]:
    found: list[Expression] = []
    effect = outcome_own[pair[0]] / STEP_2
    for trait in traits:
        gene, seen = gene_of(trait), [one.gene for one in found]
        number = len(dict.fromkeys(seen))
        if gene in seen:
            variant = _unlinked(panel, pair[0], stream(seed, "expression", trait.id))
            found.append(Expression(trait, gene, "other_tissue", variant, NULL_CIS, 0.0))
        elif number < len(STEP_1):
            kind = list(STEP_1)[number]
            step_1 = STEP_1[kind] if acts else 0.0
            found.append(Expression(trait, gene, kind, pair[number], effect, step_1))
        else:
            variant = _elsewhere(panel, outcome_own, stream(seed, "expression", trait.id))
            found.append(Expression(trait, gene, "no_effect", variant, NULL_CIS, 0.0))
    return found


def gene_of(trait: Trait) -> str:
    """The gene whose expression a trait is."""
    return trait.id.partition(".")[0]


def _unlinked(panel: Panel, variant: int, rng: np.random.Generator) -> int:
    """A variant of the same island with hardly any LD."""
    inside, r2 = _r2_with(panel, variant)
    free = inside[r2 < UNLINKED_R2]
    return int(rng.choice(free if free.size else inside))


def _elsewhere(panel: Panel, outcome_own: FloatArray, rng: np.random.Generator) -> int:
    """A common variant of an island where the outcome has no strong locus, if there is one."""
    taken = np.isin(panel.island, panel.island[outcome_own != 0])
    common = panel.maf >= LOCUS_MAF
    free = np.flatnonzero(common & ~taken)
    return int(rng.choice(free if free.size else np.flatnonzero(common)))


def gene_rows(mediators: Mediators, panel: Panel) -> pd.DataFrame:
    """The genes in the layout of `genes.simulate_genes`, each around its first cis-eQTL."""
    rows, before, behind = [], *GENE_BP
    for one in {gene.gene: gene for gene in reversed(mediators.genes)}.values():
        chromosome, place = int(panel.chromosome[one.variant]), int(panel.position[one.variant])
        rows.append((one.gene, one.gene, chromosome, max(1, place - before), place + behind, place))
    return pd.DataFrame(rows, columns=["ENSGID", "NAME", "CHR", "START", "END", "TSS"])


def write_mediators(mediators: Mediators, panel: Panel, build_map: BuildMap, folder: Path, seed: int) -> None:
    """Write the file or files of every gene under `folder`."""
    for k, gene in enumerate(mediators.genes):
        z = np.ascontiguousarray(mediators.z[:, k])
        rows = draw_rows(gene.trait, panel, z, build_map, stream(seed, "rows", gene.trait.id))
        write_rows(gene.trait, rows, [folder / path for path in gene.trait.paths])
        logging.info("%s: %d rows, %s", gene.trait.id, len(rows), gene.kind)


def mediation_truth(mediators: Mediators, panel: Panel) -> pd.DataFrame:
    """The known answers: part of each gene, effect of the exposure on it, and of it on the outcome."""
    exposure = mediators.exposure
    return pd.DataFrame(
        [
            {
                "mediator": one.trait.id,
                "class": one.kind,
                "exposure": exposure.exposure,
                "step_1": one.step_1,
                "step_2": one.step_2,
                "total": exposure.effect,
                "indirect": one.step_1 * one.step_2,
                "cis_eqtl": panel.variant_id[one.variant],
                "SIMULATED": "yes",
            }
            for one in mediators.genes
        ]
    )
