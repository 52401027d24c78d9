"""Where the simulated genome has variants: small islands, far apart on chromosomes of real length."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.simulation.arrays import stream

# GRCh37 lengths of chromosomes 1 to 22, in base pairs (Genome Reference Consortium, GCA_000001405.1).
CHROMOSOME_LENGTHS = (
    *(249_250_621, 243_199_373, 198_022_430, 191_154_276, 180_915_260, 171_115_067, 159_138_663, 146_364_022),
    *(141_213_431, 135_534_747, 135_006_516, 133_851_895, 115_169_878, 107_349_540, 102_531_392, 90_354_753),
    *(81_195_210, 78_077_248, 59_128_983, 63_025_520, 48_129_895, 51_304_566),
)

# Loci of neighbouring islands must never share a clumping window of 10 Mb.
MIN_GAP_BP = 11_000_000
SPACING_JITTER = 0.18  # share of the mean spacing


@dataclass(frozen=True, slots=True)
class Size:
    """How large the simulated study is.

    `people` in the LD panel; chromosomes 1 to `chromosomes`; one island of `island_kb` about every
    `island_spacing_mb` (at least 11 Mb between two), with at most `variants_per_island` common variants.
    """

    people: int
    chromosomes: int
    island_spacing_mb: float
    island_kb: int
    variants_per_island: int


@dataclass(frozen=True, slots=True)
class Island:
    """A stretch of a chromosome that has variants: 1-based, both ends included."""

    chromosome: int
    start: int
    end: int


def place_islands(size: Size, seed: int) -> list[Island]:
    """Islands along each chromosome at random distances around the mean spacing."""
    rng = stream(seed, "islands")
    length = size.island_kb * 1000
    spacing = size.island_spacing_mb * 1e6
    islands = []
    for chromosome in range(1, size.chromosomes + 1):
        start = 1_000_000 + int(rng.uniform(0, 0.5 * spacing))
        while start + length < CHROMOSOME_LENGTHS[chromosome - 1] - 1_000_000:
            islands.append(Island(chromosome, start, start + length - 1))
            step = spacing * rng.uniform(1 - SPACING_JITTER, 1 + SPACING_JITTER)
            start += max(length + MIN_GAP_BP, int(step))
    return islands
