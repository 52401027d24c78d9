"""The rows of a trait's file as a GWAS would report them, before any trap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import log_ndtr

from scripts.simulation.arrays import BoolArray, FloatArray, IntArray
from scripts.simulation.chain import BuildMap
from scripts.simulation.effects import effective_n
from scripts.simulation.panel import Panel
from scripts.table.trait import Trait

ABSENT = (0.02, 0.05)  # share of variants that a file lacks, between these
FREQUENCY_DRIFT = 0.0005  # variance of a frequency between populations, in f (1 - f): an F_ST
DIGITS = {"beta": 6, "odds_ratio": 7, "se": 6, "eaf": 5, "neglog10_p": 6}  # significant, as files print them
COMPLEMENT = str.maketrans("ACGT", "TGCA")
P_DIGITS = 4
UNDERFLOWING = 0.5  # share of files that print 0 for a P that a double cannot hold; others keep its digits
SMALLEST_NEGLOG10_P = 323
MANTISSAS = pa.array([f"{number / 1000:.3f}" for number in range(10_001)])


def draw_rows(
    trait: Trait, panel: Panel, z: FloatArray, build_map: BuildMap, rng: np.random.Generator
) -> pd.DataFrame:
    """One row per reported variant, in the order of the file's build, effect alleles at random.

    Columns: the standard names, z, and `mapped` (the chain file knows the position).
    """
    chromosome, position, turned, mapped = _places(trait, panel, build_map)
    swapped = rng.random(z.size) < 0.5
    frequency = panel.frequency
    per_allele = 1 / np.sqrt(2 * frequency * (1 - frequency) * effective_n(trait))
    observed = _observed(frequency, trait, rng)
    rows = pd.DataFrame(
        {
            "chromosome": chromosome.astype(str).astype(object),
            "position": position,
            "rsid": panel.variant_id,
            "effect_allele": np.where(swapped, panel.allele_2, panel.allele_1),
            "other_allele": np.where(swapped, panel.allele_1, panel.allele_2),
            "eaf": rounded(np.where(swapped, 1 - observed, observed), DIGITS["eaf"]),
            "beta": np.where(swapped, -z, z) * per_allele,
            "se": per_allele,
            "z": z,
            "n": np.full(z.size, trait.n),
            "mapped": mapped,
        }
    )
    on_other_strand(rows, turned)
    kept = rows[rng.random(z.size) >= rng.uniform(*ABSENT)]
    order = np.lexsort((kept["position"].to_numpy(), chromosome[kept.index]))
    printed = finished(kept.iloc[order].reset_index(drop=True))
    if rng.random() < UNDERFLOWING:
        printed["p"] = printed["p"].mask(printed["neglog10_p"] > SMALLEST_NEGLOG10_P, "0")
    return printed


def finished(rows: pd.DataFrame) -> pd.DataFrame:
    """Numbers rounded as printed, odds ratio, P as text and as -log10."""
    neglog10_p = neglog10_p_of(rows["z"].to_numpy())
    return rows.assign(
        odds_ratio=rounded(np.exp(rows["beta"].to_numpy()), DIGITS["odds_ratio"]),
        beta=rounded(rows["beta"].to_numpy(), DIGITS["beta"]),
        se=rounded(rows["se"].to_numpy(), DIGITS["se"]),
        p=p_text(neglog10_p).to_numpy(zero_copy_only=False),
        neglog10_p=rounded(neglog10_p, DIGITS["neglog10_p"]),
    )


def on_other_strand(rows: pd.DataFrame, turned: BoolArray) -> None:
    """Spell the alleles of these rows as the reverse strand has them (in place)."""
    for name in ("effect_allele", "other_allele"):
        spelled = rows[name].to_numpy(dtype=object).copy()
        spelled[turned] = [allele.translate(COMPLEMENT)[::-1] for allele in spelled[turned]]
        rows[name] = spelled


def neglog10_p_of(z: FloatArray) -> FloatArray:
    """-log10 of the two-sided normal P; never underflows."""
    return np.asarray(-(np.log(2) + log_ndtr(-np.abs(z))) / np.log(10))


def p_text(neglog10_p: FloatArray) -> pa.Array:
    """P in scientific notation with four digits, also where a double would be 0."""
    exponent = np.ceil(np.maximum(neglog10_p, 0)).astype(np.int64)
    thousandths = np.rint(10 ** (exponent - neglog10_p + P_DIGITS - 1)).astype(np.int64)
    carried = thousandths >= 10_000
    thousandths, exponent = np.where(carried, 1000, thousandths), exponent - carried
    sign = pa.array(np.where(exponent > 0, "e-", "e+"))
    size = pc.utf8_lpad(pc.cast(pa.array(np.abs(exponent)), pa.string()), 2, "0")
    return pc.binary_join_element_wise(MANTISSAS.take(pa.array(thousandths)), sign, size, "")


def rounded(values: FloatArray, digits: int) -> FloatArray:
    """To significant digits; the result prints without a tail."""
    size = np.floor(np.log10(np.abs(np.where(values == 0, 1.0, values))))
    scale = 10.0 ** (digits - 1 - size)
    return np.asarray(np.rint(values * scale) / scale)


def _places(
    trait: Trait, panel: Panel, build_map: BuildMap
) -> tuple[IntArray, IntArray, BoolArray, BoolArray]:
    """Chromosome, position, strand turned and known to the chain, in the trait's build; each (m,)."""
    if trait.build == "GRCh38":
        return panel.chromosome, *build_map.to_grch38(panel.chromosome, panel.position)
    none = np.zeros(panel.position.size, dtype=np.bool_)
    return panel.chromosome, panel.position, none, ~none


def _observed(frequency: FloatArray, trait: Trait, rng: np.random.Generator) -> FloatArray:
    """Frequencies in the trait's own people: sampling of 2N chromosomes and a little drift."""
    variance = frequency * (1 - frequency) * (FREQUENCY_DRIFT + 1 / (2 * (trait.n or 1)))
    drawn = rng.normal(frequency, np.sqrt(variance))
    return np.asarray(np.clip(drawn, 1e-4, 1 - 1e-4))
