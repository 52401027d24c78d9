"""How often a posterior of one shared variant is right, on simulated loci with known truth.

    OMP_NUM_THREADS=1 PYTHONPATH=. python tests/benchmarks/coloc_calibration.py --loci 2000

writes docs/coloc_calibration.md and docs/images/coloc_calibration.png. A locus is 200 variants with LD,
measured in 3,000 people for trait 1 and 8,000 for trait 2. Its hypothesis, causal variants and effects are
drawn from the priors of the analysis, here so high that all hypotheses occur; in the second half a further
variant is causal for trait 1 alone, which ABF does not allow for and SuSiE does.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.figure import style
from scripts.method.abf import EFFECT_SD_QUANTITATIVE, log_abf
from scripts.method.arrays import FloatArray
from scripts.method.coloc import H0, H1, H2, H3, H4, Priors, colocalise
from scripts.method.coloc_sets import colocalise_sets
from scripts.method.panel_ld import PanelLd
from scripts.method.susie import SusieSettings, susie
from tests.analysis.coloc_study import genotypes

ROOT = Path(__file__).resolve().parents[2]
VARIANTS, PANEL, N = 200, 500, (3_000.0, 8_000.0)
PRIORS = Priors(2e-3, 2e-3, 5e-4)
BINS = np.linspace(0.0, 1.0, 11)
METHODS = ("abf", "susie")


def draw(rng: np.random.Generator, second: bool) -> tuple[int, list[list[int]]]:
    """A hypothesis by its prior weight, and the causal variants of each trait."""
    m = VARIANTS
    weights = np.array(
        [1.0, m * PRIORS.p1, m * PRIORS.p2, m * (m - 1) * PRIORS.p1 * PRIORS.p2, m * PRIORS.p12]
    )
    truth = int(rng.choice([H0, H1, H2, H3, H4], p=weights / weights.sum()))
    one, two, further = (int(k) for k in rng.choice(m, 3, replace=False))
    causal: list[list[int]] = {
        H0: [[], []],
        H1: [[one], []],
        H2: [[], [one]],
        H3: [[one], [two]],
        H4: [[one], [one]],
    }[truth]
    return truth, [causal[0] + [further] * second, causal[1]]


def locus(rng: np.random.Generator, second: bool) -> dict[str, float]:
    """The truth of one simulated locus, and the posterior of H4 by each method (SuSiE: of its best pair)."""
    counts = genotypes(rng, PANEL, VARIANTS, 0.99)
    ld = PanelLd.of(counts, np.ones(VARIANTS))
    frequency = counts.mean(axis=0) / 2
    truth, causal = draw(rng, second)
    log_bf, fits = [], []
    for people, variants in zip(N, causal, strict=True):
        se = 1 / np.sqrt(2 * people * frequency * (1 - frequency))
        z = z_scores(rng, ld, variants, se)
        log_bf.append(log_abf(z * se, se, EFFECT_SD_QUANTITATIVE))
        fits.append(susie(z, ld, people, SusieSettings()))
    pairs = colocalise_sets(fits[0], fits[1], PRIORS)
    return {
        "second": float(second),
        "shared": float(truth == H4),
        "abf": float(colocalise(log_bf[0], log_bf[1], PRIORS).posterior[H4]),
        "susie": float(pairs[0].colocalisation.posterior[H4]) if pairs else np.nan,
    }


def z_scores(rng: np.random.Generator, ld: PanelLd, causal: list[int], se: FloatArray) -> FloatArray:
    """z of all variants: effects from ABF's prior carried by LD, and errors correlated like the variants."""
    true = np.zeros(VARIANTS)
    true[causal] = rng.normal(0, EFFECT_SD_QUANTITATIVE, len(causal)) / se[causal]
    return ld.times(true) + ld.factor.T @ rng.standard_normal(PANEL)


def binned(results: pd.DataFrame, method: str) -> pd.DataFrame:
    """For each bin of the posterior: its mean, the share of shared loci, and how many there are."""
    known = results[results[method].notna()]
    groups = known.groupby(pd.cut(known[method], BINS, include_lowest=True, labels=False))
    return groups.agg(predicted=(method, "mean"), observed=("shared", "mean"), loci=("shared", "size"))


def figure(results: pd.DataFrame) -> object:
    drawn = style.new_figure(style.WIDTH_DOUBLE, 78.0)
    looks = {"abf": ("ABF", style.BLUE, "o"), "susie": ("SuSiE, best pair of sets", style.RED, "s")}
    titles = ("At most one causal variant a trait", "A second causal variant of trait 1")
    for k, title in enumerate(titles):
        axes = style.add_axes(drawn, 16.0 + 90.0 * k, 10.0, 70.0, 54.0)
        axes.plot([0, 1], [0, 1], color=style.PALE, linewidth=0.8, zorder=0)
        for method, (label, colour, marker) in looks.items():
            here = binned(results[results["second"] == k], method)
            error = np.sqrt(here["observed"] * (1 - here["observed"]) / here["loci"])
            axes.errorbar(
                here["predicted"],
                here["observed"],
                yerr=1.96 * error,
                color=colour,
                marker=marker,
                label=label,
            )
        axes.set_title(title)
        axes.set_xlabel("Posterior of one shared variant (H4), mean of a bin")
        axes.set_ylabel("Share of loci that do share one")
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
    axes.legend(loc="upper left")
    return drawn


def document(results: pd.DataFrame, loci: int, seed: int) -> str:
    lines = [
        "# Calibration of colocalisation\n",
        f"{loci:,} simulated loci of each kind, by\n",
        f"    PYTHONPATH=. python tests/benchmarks/coloc_calibration.py --loci {loci} --seed {seed}\n",
        "A locus has 200 variants in LD and a hypothesis, causal variants and effects that are drawn from",
        f"the priors of the analysis (p1 = p2 = {PRIORS.p1:g}, p12 = {PRIORS.p12:g}). In loci of the second",
        "kind a further variant is causal for trait 1 alone. SuSiE's posterior is that of its best pair of",
        "credible sets, where both traits have one.\n",
        "![Share of loci with one shared variant by its posterior](images/coloc_calibration.png)\n",
    ]
    for second, title in enumerate(
        ("At most one causal variant a trait", "A second causal variant of trait 1")
    ):
        lines += [f"## {title}\n", "| method | posterior | loci | mean posterior | share that is shared |"]
        lines += ["|---|---|---:|---:|---:|"]
        for method in METHODS:
            for low, row in binned(results[results["second"] == second], method).iterrows():
                span = f"{BINS[int(str(low))]:.1f}-{BINS[int(str(low)) + 1]:.1f}"
                lines.append(
                    f"| {method} | {span} | {row.loci:.0f} | {row.predicted:.3f} | {row.observed:.3f} |"
                )
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--loci", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    results = pd.DataFrame([locus(rng, second) for second in (False, True) for _ in range(asked.loci)])
    drawn = style.styled(figure)(results)
    style.save(
        drawn,
        ROOT / "docs/images/coloc_calibration.png",
        "Share of loci with one shared variant, by posterior",
    )
    (ROOT / "docs/coloc_calibration.md").write_text(document(results, asked.loci, asked.seed))


if __name__ == "__main__":
    main()
