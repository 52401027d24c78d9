"""The simulated genes: parts, linkage, and that they change nothing else."""

import numpy as np
import pytest

from scripts.simulation.genome import Size
from scripts.simulation.mediators import (
    LINKED_R2,
    STEP_1,
    STEP_2,
    Mediators,
    gene_rows,
    mediation_truth,
    simulate_mediators,
)
from scripts.simulation.study import Simulation, make_cast, simulate
from tests.simulation.small_study import COHORTS, SIZE, make_exposures, make_genes, make_traits

SEED = 7


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    cast = make_cast(make_exposures(12), make_traits(), COHORTS, {"density": -1}, SEED)
    return simulate(cast, Size(**SIZE), SEED)


@pytest.fixture(scope="module")
def mediators(simulation: Simulation) -> Mediators:
    return simulate_mediators(make_genes(), simulation.cast, simulation.panel, simulation.effects, SEED)


def r2(simulation: Simulation, first: int, second: int) -> float:
    x = simulation.panel.standardised(np.array([first, second]))
    return float((x[:, 0] @ x[:, 1] / len(x)) ** 2)


def test_each_gene_has_its_part(mediators: Mediators) -> None:
    assert [gene.kind for gene in mediators.genes] == ["mediator", "bystander", "no_effect", "other_tissue"]
    assert [gene.step_1 for gene in mediators.genes] == [*STEP_1.values(), 0.0, 0.0]
    assert [gene.step_2 for gene in mediators.genes] == [STEP_2, 0.0, 0.0, 0.0]
    assert mediators.exposure.effect == max(part.effect for part in mediators_parts(mediators))


def mediators_parts(mediators: Mediators) -> list:
    return [mediators.exposure]


def test_the_mediator_explains_a_locus_of_the_outcome(simulation: Simulation, mediators: Mediators) -> None:
    gene = mediators.genes[0]
    own = simulation.effects.outcome_own[gene.variant]
    assert own != 0 and gene.cis * STEP_2 == pytest.approx(own)


def test_the_neighbour_is_linked_and_the_others_are_not(simulation: Simulation, mediators: Mediators) -> None:
    mediator, neighbour, nothing, elsewhere = mediators.genes
    assert abs(r2(simulation, mediator.variant, neighbour.variant) - LINKED_R2) < 0.25
    assert neighbour.cis == mediator.cis
    island = simulation.panel.island
    assert island[nothing.variant] != island[mediator.variant] == island[elsewhere.variant]
    assert r2(simulation, mediator.variant, elsewhere.variant) < 0.1


def test_z_scores_show_the_parts(simulation: Simulation, mediators: Mediators) -> None:
    """The exposure's strong loci move mediator and neighbour, by the sizes of their first steps."""
    at = [part.exposure for part in simulation.cast.parts].index(mediators.exposure.exposure)
    column = simulation.effects.matrix[:, at]
    strong = np.argsort(-np.abs(column))[:10]
    slope = column[strong] @ mediators.z[strong] / np.sqrt(30_000) / (column[strong] @ column[strong])
    # An effect at one of ten loci of about 0.07 SD has an error of 1/sqrt(30000)/0.22 = 0.03; loci are in LD.
    np.testing.assert_allclose(slope, [0.5, 0.4, 0.0, 0.0], atol=0.15)
    peak = np.abs(mediators.z[:, 0]).argmax()
    assert r2(simulation, int(peak), mediators.genes[0].variant) > 0.8


def test_files_of_genes_and_truth(simulation: Simulation, mediators: Mediators) -> None:
    rows = gene_rows(mediators, simulation.panel).set_index("ENSGID")
    assert sorted(rows.index) == ["GENE1", "GENE2", "GENE3"]
    gene = mediators.genes[0]
    assert rows.loc["GENE1", "START"] <= simulation.panel.position[gene.variant] <= rows.loc["GENE1", "END"]
    truth = mediation_truth(mediators, simulation.panel)
    assert truth["indirect"].tolist() == pytest.approx([0.1, 0.0, 0.0, 0.0])
    assert set(truth["SIMULATED"]) == {"yes"}
