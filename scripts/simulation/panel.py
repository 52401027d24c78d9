"""The LD panel: people whose haplotypes come from the coalescent, with alleles as real panels have them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import msprime
import numpy as np

from scripts.simulation.arrays import BoolArray, FloatArray, GenotypeArray, IntArray, TextArray, stream
from scripts.simulation.genome import Island, Size

RECOMBINATION_RATE = 1e-8  # per base pair and generation
MUTATION_RATE = 1.25e-8
MIN_MAF = 0.01
PALINDROMIC_SHARE = 0.15
INDEL_SHARE = 0.02
MULTI_ALLELIC_SHARE = 0.004
NON_PALINDROMIC = ("AC", "AG", "CA", "CT", "GA", "GT", "TC", "TG")
PALINDROMIC = ("AT", "TA", "CG", "GC")


@dataclass(frozen=True, slots=True)
class Panel:
    """Variants (m) in order of position and the complete genotypes of n people.

    `genotypes` (n, m) counts allele_1; `island` (m,) numbers the islands from 0; positions are GRCh37.
    """

    chromosome: IntArray
    position: IntArray
    variant_id: TextArray
    allele_1: TextArray
    allele_2: TextArray
    island: IntArray
    genotypes: GenotypeArray

    @property
    def frequency(self) -> FloatArray:
        """Frequency of allele_1, shape (m,)."""
        return np.asarray(self.genotypes.mean(axis=0, dtype=np.float64) / 2)

    @property
    def maf(self) -> FloatArray:
        """Minor allele frequency, shape (m,)."""
        return np.minimum(self.frequency, 1 - self.frequency)

    def standardised(self, variants: IntArray | BoolArray) -> FloatArray:
        """Genotypes of these variants with mean 0 and variance 1, shape (n, k)."""
        x = self.genotypes[:, variants].astype(np.float64)
        return np.asarray((x - x.mean(axis=0)) / x.std(axis=0))


def simulate_panel(islands: list[Island], size: Size, seed: int) -> Panel:
    """Common variants of all islands. Islands are independent: nothing links them but the people."""
    logging.getLogger("msprime").setLevel(logging.WARNING)  # it would tell five lines an island
    parts = [_island(island, number, size, seed) for number, island in enumerate(islands)]
    position = np.concatenate([part[0] for part in parts])
    counts = [part[0].size for part in parts]
    allele_1, allele_2 = _alleles(position.size, stream(seed, "alleles"))
    numbers = np.repeat(np.arange(len(parts)), counts)
    _make_multi_allelic(position, numbers, allele_1, allele_2, stream(seed, "multi-allelic"))
    return Panel(
        chromosome=np.repeat([island.chromosome for island in islands], counts).astype(np.int64),
        position=position,
        variant_id=np.array([f"SIMULATED_{number}" for number in range(1, position.size + 1)], dtype=object),
        allele_1=allele_1,
        allele_2=allele_2,
        island=numbers.astype(np.int64),
        genotypes=np.concatenate([part[1] for part in parts], axis=1),
    )


def european_history() -> msprime.Demography:
    """One population with the sizes of European ancestors (Gravel et al. 2011, doi 10.1073/pnas.1019276108).

    Growth in Africa, the bottleneck out of Africa, a second one, then exponential growth until today.
    """
    history = msprime.Demography()
    history.add_population(name="european", initial_size=1032 * np.exp(0.0038 * 920), growth_rate=0.0038)
    history.add_population_parameters_change(time=920, initial_size=1861, growth_rate=0)
    history.add_population_parameters_change(time=2040, initial_size=14_474)
    history.add_population_parameters_change(time=5920, initial_size=7310)
    return history


def _island(island: Island, number: int, size: Size, seed: int) -> tuple[IntArray, GenotypeArray]:
    """Positions (k,) and genotypes (n, k) of the island's common variants, thinned at random."""
    rng = stream(seed, "haplotypes", number)
    ancestry_seed, mutation_seed = (int(draw) for draw in rng.integers(1, 2**31, size=2))
    trees = msprime.sim_ancestry(
        size.people,
        demography=european_history(),
        sequence_length=island.end - island.start + 1,
        recombination_rate=RECOMBINATION_RATE,
        random_seed=ancestry_seed,
    )
    model = msprime.BinaryMutationModel()
    trees = msprime.sim_mutations(trees, rate=MUTATION_RATE, model=model, random_seed=mutation_seed)
    haplotypes = trees.genotype_matrix()
    genotypes = (haplotypes[:, 0::2] + haplotypes[:, 1::2]).T.astype(np.int8)
    frequency = genotypes.mean(axis=0, dtype=np.float64) / 2
    common = np.flatnonzero(np.minimum(frequency, 1 - frequency) >= MIN_MAF)
    kept = np.sort(rng.permutation(common)[: size.variants_per_island])
    position = island.start + trees.sites_position[kept].astype(np.int64)
    return position, np.ascontiguousarray(genotypes[:, kept])


def _alleles(count: int, rng: np.random.Generator) -> tuple[TextArray, TextArray]:
    """Random allele pairs: mostly ordinary SNPs, some palindromic, a few short insertions and deletions."""
    kind = rng.random(count)
    palindromic = np.array(PALINDROMIC)[rng.integers(len(PALINDROMIC), size=count)]
    ordinary = np.array(NON_PALINDROMIC)[rng.integers(len(NON_PALINDROMIC), size=count)]
    pairs = np.where(kind < PALINDROMIC_SHARE, palindromic, ordinary)
    allele_1 = np.array([pair[0] for pair in pairs], dtype=object)
    allele_2 = np.array([pair[1] for pair in pairs], dtype=object)
    for index in np.flatnonzero(kind > 1 - INDEL_SHARE):
        inserted = "".join(rng.choice(list("ACGT"), size=rng.integers(1, 4)))
        longer = allele_2[index] + inserted
        if rng.random() < 0.5:
            allele_1[index] = longer
        else:
            allele_1[index], allele_2[index] = allele_2[index], longer
    return allele_1, allele_2


def _make_multi_allelic(
    position: IntArray, island: IntArray, allele_1: TextArray, allele_2: TextArray, rng: np.random.Generator
) -> None:
    """Move some SNPs onto the position of the SNP before them, as another alternative allele (in place)."""
    lengths = np.array([len(a) + len(b) for a, b in zip(allele_1, allele_2, strict=True)])
    first = np.arange(0, position.size - 1, 2)
    able = (island[first] == island[first + 1]) & (lengths[first] == 2) & (lengths[first + 1] == 2)
    for index in first[able & (rng.random(first.size) < 2 * MULTI_ALLELIC_SHARE)]:
        position[index + 1] = position[index]
        allele_2[index + 1] = allele_2[index]
        taken = {allele_1[index], allele_2[index]}
        allele_1[index + 1] = rng.choice(sorted(set("ACGT") - taken))
