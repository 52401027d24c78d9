"""Error rates, bias, coverage and power of every registered estimator on simulated exposures.

    OMP_NUM_THREADS=1 PYTHONPATH=. python tests/benchmarks/calibration.py --exposures 10000 --jobs 8

writes docs/calibration.md and docs/images/calibration.png. An exposure is 25 independent instruments, with
effects in standard deviations from 50,000 people, and 50,000 people of the outcome.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scripts.analysis.diagnostics import attempt
from scripts.analysis.estimators import ESTIMATORS, Instruments, Pair, Settings, settings_of
from scripts.figure import style
from tests.benchmarks.calibration_page import CAPTION, EFFECT, document, figure

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 50_000
INSTRUMENTS = 25
PHENOTYPIC = 0.5  # correlation of exposure and outcome by confounding, which shared people carry into errors
GENOME_WIDE = 5.451310438  # |z| at P = 5e-8
ALPHAS = (0.05, 0.001, 0.0001)
CHUNK = 100
NUMBERS = ("beta", "ci_low", "ci_high", "neglog10_p")


@dataclass(frozen=True)
class Scenario:
    """`strength`: SD of the true z of variants, of which those beyond `selection` become instruments.

    A share `invalid` of them acts on the outcome directly: with a mean `shift` for the allele that raises the
    exposure and an SD `scatter`, both in standard errors of the outcome, and with `confounded` times the
    effect on the exposure. `overlap`: share of people in both studies.
    """

    name: str
    strength: float = 8.0
    selection: float = GENOME_WIDE
    invalid: float = 0.0
    shift: float = 0.0
    scatter: float = 0.0
    confounded: float = 0.0
    overlap: float = 0.0


WEAK = Scenario("weak, overlap 0%", strength=2.5, selection=0.0)
SCENARIOS = (
    Scenario("valid"),
    Scenario("balanced pleiotropy", invalid=0.3, scatter=4.0),
    Scenario("directional pleiotropy", invalid=0.3, shift=3.0, scatter=1.0),
    Scenario("correlated pleiotropy", invalid=0.3, confounded=0.3),
    WEAK,
    replace(WEAK, name="weak, overlap 50%", overlap=0.5),
    replace(WEAK, name="weak, overlap 100%", overlap=1.0),
)


def how() -> str:
    """What was simulated, for the page."""
    head = (
        f"Each exposure has {INSTRUMENTS} independent instruments; effects on both traits are in standard "
        f"deviations, from {PEOPLE:,} people each. Confounding correlates the traits by {PHENOTYPIC:g}, and "
        "so the errors of people in both studies. Direct effects on the outcome are in its standard errors, "
        "for the allele that raises the exposure; `+ 0.3 x` adds 0.3 times the effect on the exposure."
    )
    lines = [
        "| scenario | SD of true z | selected at | invalid | direct effects | overlap |",
        "|---|---|---|---|---|---|",
    ]
    for one in SCENARIOS:
        selected = f"absolute z above {one.selection:.2f}" if one.selection else "no selection"
        direct = f"mean {one.shift:g}, SD {one.scatter:g}" + (
            f" + {one.confounded:g} x" if one.confounded else ""
        )
        invalid = math.ceil(one.invalid * INSTRUMENTS)
        shares = str(invalid), direct if one.invalid else "none", f"{one.overlap:.0%}"
        lines.append(f"| {one.name} | {one.strength:g} | {selected} | {' | '.join(shares)} |")
    return head + "\n\n" + "\n".join(lines)


def simulate(scenario: Scenario, effect: float, rng: np.random.Generator) -> Instruments:
    """The instruments of one exposure with this effect on the outcome."""
    true, error = np.empty(0), np.empty(0)
    while len(true) < INSTRUMENTS:
        z, noise = rng.normal(0.0, scenario.strength, INSTRUMENTS), rng.standard_normal(INSTRUMENTS)
        kept = np.abs(z + noise) > scenario.selection
        true, error = np.append(true, z[kept]), np.append(error, noise[kept])
    true, error = true[:INSTRUMENTS], error[:INSTRUMENTS]
    invalid = np.arange(INSTRUMENTS) < scenario.invalid * INSTRUMENTS
    direct = np.sign(true) * rng.normal(scenario.shift, scenario.scatter, INSTRUMENTS)
    correlation = scenario.overlap * PHENOTYPIC
    own_error = rng.normal(0.0, math.sqrt(1.0 - correlation**2), INSTRUMENTS)
    z_y = effect * true + invalid * (direct + scenario.confounded * true) + correlation * error + own_error
    se = np.full(INSTRUMENTS, 1 / math.sqrt(PEOPLE))
    return Instruments((true + error) * se, se, z_y * se, se, ld=None, n_ref=None, n_people=PEOPLE)


def estimates(pair: Pair, methods: Sequence[str]) -> np.ndarray:
    """`NUMBERS` of each method (methods, 4); NaN where it has no estimate."""
    table = np.full((len(methods), len(NUMBERS)), np.nan)
    for row, method in enumerate(methods):
        fit, _ = attempt(partial(ESTIMATORS[method], pair))
        if fit is not None:
            table[row] = [getattr(fit, number) for number in NUMBERS]
    return table


def run_chunk(task: tuple[int, float, int, int, Settings]) -> np.ndarray:
    """Estimates (exposures, methods, 4) of one scenario's exposures start to stop, each with its own seed."""
    scenario, effect, start, stop, settings = task
    results = []
    for number in range(start, stop):
        rng = np.random.default_rng([scenario, int(effect > 0), number])
        data = simulate(SCENARIOS[scenario], effect, rng)
        pair = Pair(data, settings, np.random.default_rng([scenario, int(effect > 0), number, 1]))
        results.append(estimates(pair, settings.methods))
    return np.array(results)


def calibrate(
    exposures: int,
    settings: Settings,
    scenarios: Sequence[int] = range(len(SCENARIOS)),
    jobs: int = 1,
) -> pd.DataFrame:
    """One row for each scenario, effect (0 and `EFFECT`) and method."""
    tasks = [
        (scenario, effect, start, min(start + CHUNK, exposures), settings)
        for scenario in scenarios
        for effect in (0.0, EFFECT)
        for start in range(0, exposures, CHUNK)
    ]
    if jobs == 1:
        chunks = list(map(run_chunk, tasks))
    else:
        with ProcessPoolExecutor(jobs) as pool:
            chunks = list(pool.map(run_chunk, tasks))
    per_cell = math.ceil(exposures / CHUNK)
    rows: list[dict[str, object]] = []
    for first in range(0, len(tasks), per_cell):
        scenario, effect, *_ = tasks[first]
        results = np.concatenate(chunks[first : first + per_cell])
        rows.extend(summaries(SCENARIOS[scenario].name, effect, settings.methods, results))
    return pd.DataFrame(rows)


def summaries(
    scenario: str, effect: float, methods: Sequence[str], results: np.ndarray
) -> Iterator[dict[str, object]]:
    """A method's row: what became of `results` (exposures, methods, 4)."""
    for column, method in enumerate(methods):
        beta, low, high, neglog10_p = results[:, column].T
        known = np.isfinite(beta) & np.isfinite(neglog10_p)  # a number without a P is no estimate
        cell = {"scenario": scenario, "effect": effect, "method": method, "estimated": known.mean()}
        if not known.any():
            yield cell
            continue
        p = 10.0 ** -neglog10_p[known]
        yield cell | {
            # Ratio-like estimators have no mean where instruments are weak; a median always exists.
            "bias": np.median(beta[known]) - effect,
            "coverage": np.mean((low[known] <= effect) & (effect <= high[known])),
            **{f"p<{alpha:g}": np.mean(p < alpha) for alpha in ALPHAS},
        }


def config_settings(methods: Sequence[str], draws: int) -> Settings:
    """The default study's settings for these methods, with as many draws for each that draws."""
    section = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())["estimators"]
    counts = {key: draws for key in section if key.endswith(("_draws", "_perturbations"))}
    return settings_of({**section, **counts, "methods": list(methods)})


def main() -> None:
    """Write the page and its figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--exposures", type=int, default=10_000, help="for each scenario and effect")
    parser.add_argument(
        "--draws", type=int, default=1_000, help="of bootstraps, perturbations and simulated nulls"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    # A Wald ratio is for one instrument.
    every = [method for method in ESTIMATORS if method != "wald_ratio"]
    parser.add_argument("--methods", nargs="+", default=every, choices=every)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    args = parser.parse_args()
    table = calibrate(args.exposures, config_settings(args.methods, args.draws), jobs=args.jobs)
    (args.out / "images").mkdir(parents=True, exist_ok=True)
    (args.out / "calibration.md").write_text(
        document(table, args.exposures, args.draws, how()), encoding="utf-8"
    )
    style.save(figure(table), args.out / "images" / "calibration.png", CAPTION)


if __name__ == "__main__":
    main()
