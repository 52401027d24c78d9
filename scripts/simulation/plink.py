"""Write the panel as PLINK 1 files, with some genotypes missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from scripts.simulation.arrays import GenotypeArray, stream
from scripts.simulation.panel import Panel
from scripts.table.files import atomic, write_text

VARIANTS_WITH_MISSING = 1 / 3
MISSING_SHARE = 0.01
MISSING = -1
MAGIC = bytes([0x6C, 0x1B, 0x01])  # PLINK 1 .bed, variant after variant
CODES = np.array([3, 2, 0, 1], dtype=np.uint8)  # two-bit codes of 0, 1, 2 copies of allele_1, and of missing


def write_panel(panel: Panel, bed: Path, bim: Path, fam: Path, seed: int) -> None:
    """Write .bed (allele_1 counted), .bim and .fam; family ids and variant ids say SIMULATED."""
    rng = stream(seed, "missing genotypes")
    with atomic(bed) as part:
        part.write_bytes(MAGIC + packed(with_missing(panel.genotypes, rng)).tobytes())
    variants = zip(
        panel.chromosome, panel.variant_id, panel.position, panel.allele_1, panel.allele_2, strict=True
    )
    write_text("".join(f"{c}\t{name}\t0\t{bp}\t{a}\t{b}\n" for c, name, bp, a, b in variants), bim)
    people = range(1, panel.genotypes.shape[0] + 1)
    write_text("".join(f"SIMULATED\tSIMULATED_{i}\t0\t0\t{i % 2 + 1}\t-9\n" for i in people), fam)


def with_missing(genotypes: GenotypeArray, rng: np.random.Generator) -> GenotypeArray:
    """A copy in which a third of the variants lack about 1% of their genotypes (coded -1)."""
    holed = genotypes.copy()
    for variant in np.flatnonzero(rng.random(genotypes.shape[1]) < VARIANTS_WITH_MISSING):
        holed[rng.random(genotypes.shape[0]) < MISSING_SHARE, variant] = MISSING
    return holed


def packed(genotypes: GenotypeArray) -> npt.NDArray[np.uint8]:
    """Genotypes (n, m) in -1, 0, 1, 2 as PLINK bytes (m, ceil(n / 4)): four people a byte, first lowest."""
    people, variants = genotypes.shape
    codes = np.zeros((variants, -(-people // 4) * 4), dtype=np.uint8)
    codes[:, :people] = CODES[genotypes.T]  # index -1 is the last code: missing
    quads = codes.reshape(variants, -1, 4)
    return np.asarray(quads[..., 0] | quads[..., 1] << 2 | quads[..., 2] << 4 | quads[..., 3] << 6)
