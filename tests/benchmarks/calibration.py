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
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scripts.analysis.diagnostics import attempt
from scripts.analysis.estimators import ESTIMATORS, Pair, Settings, settings_of
from scripts.figure import style
from tests.benchmarks.calibration_page import CAPTION, EFFECT, document, figure
from tests.benchmarks.mixture_psi import by_psi, psi_section
from tests.benchmarks.scenarios import SCENARIOS, how, simulate

ROOT = Path(__file__).resolve().parents[2]
ALPHAS = (0.05, 0.001, 0.0001)
CHUNK = 100
NUMBERS = ("beta", "ci_low", "ci_high", "neglog10_p")


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
    page = document(table, args.exposures, args.draws, how())
    if "contamination_mixture" in args.methods:
        page += "\n" + psi_section(by_psi(args.exposures))
    (args.out / "calibration.md").write_text(page, encoding="utf-8")
    style.save(figure(table), args.out / "images" / "calibration.png", CAPTION)


if __name__ == "__main__":
    main()
