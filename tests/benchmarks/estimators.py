"""CPU time of the univariable estimators, method by method and all together, on one simulated pair.

    OMP_NUM_THREADS=1 PYTHONPATH=. python tests/benchmarks/estimators.py [bootstrap draws] [repeats]

Each method is timed alone, with what it shares with others computed for it; "all" is one pair with every
method of a preset, diagnostics and leave-one-out, which computes the shared parts once. The smallest of the
repeats counts, also as a ratio to IVW in the same run, which depends less on the machine; start-up does not.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from scripts.analysis.diagnostics import attempt
from scripts.analysis.estimates import analyse, generator
from scripts.analysis.estimators import ESTIMATORS, Instruments, Pair, Settings
from scripts.table.methods import PRESETS

INSTRUMENTS = (20, 100)


def simulated(n: int) -> Instruments:
    """Strong instruments with balanced pleiotropy and no linkage disequilibrium."""
    rng = np.random.default_rng(n)
    se_x, se_y = np.full(n, 0.01), rng.uniform(0.008, 0.016, n)
    true = rng.uniform(0.05, 0.2, n)
    return Instruments(
        rng.normal(true, se_x), se_x, rng.normal(0.3 * true, 1.5 * se_y), se_y, None, None, 50_000.0
    )


def settings(methods: tuple[str, ...], draws: int) -> Settings:
    return Settings(methods, draws, 0.05, 4, 0.01, 0.05, 0.05, 1e-6, 10_000, "substitution", 200)


def cpu_seconds(run: Callable[[], object], repeats: int) -> float:
    """The smallest CPU time of several runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def main(draws: int = 1000, repeats: int = 7) -> None:
    for n in INSTRUMENTS:
        data = simulated(n)
        all_methods = settings(PRESETS["full"], draws)

        def alone(key: str, data: Instruments = data, chosen: Settings = all_methods) -> object:
            return attempt(lambda: ESTIMATORS[key](Pair(data, chosen, generator(1, "x", "y"))))

        keys = [key for key in ESTIMATORS if key != "wald_ratio"]
        seconds = {key: cpu_seconds(lambda key=key: alone(key), repeats) for key in keys}
        for preset, methods in PRESETS.items():
            chosen = settings(methods, draws)
            seconds[f"all of {preset}"] = cpu_seconds(
                lambda chosen=chosen, data=data: analyse(data, chosen, generator(1, "x", "y")), repeats
            )
        print(f"{n} instruments, {draws} bootstrap draws")
        for key, value in seconds.items():
            print(f"  {key:26s} {1e3 * value:9.2f} ms {value / seconds['ivw']:10.0f} x ivw")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
