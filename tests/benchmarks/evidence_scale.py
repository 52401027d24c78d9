"""What judging a whole study's evidence costs: synthetic estimates of 3,935 exposures on 7 outcomes.

    PYTHONPATH=. python tests/benchmarks/evidence_scale.py [exposures]

The number of independent exposures from 1,000 null variants, and the steps judge_evidence, flip_signs (1,000
draws) and weigh_evidence from files to files, in one process: CPU seconds of each, and the peak memory of all
and of making the tables.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.null_z import effective_number_of
from scripts.analysis.reverse import untested
from scripts.analysis.worth import CORRECTED_COLUMNS
from scripts.flip_signs import flip_signs
from scripts.judge_evidence import judge_evidence
from scripts.method.normal import neglog10_p_from_z
from scripts.study.config import schema_of
from scripts.table.files import write_json
from scripts.table.frames import read_tsv, write_parquet, write_tsv
from scripts.weigh_evidence import weigh_evidence

OUTCOMES = ["disease", *(f"density_{i}" for i in range(5)), "control"]
SIGNS = dict.fromkeys(OUTCOMES[1:6], -1)
METHODS = ["gsmr", "ivw"]
INSTRUMENTS = 15
BUDGET: dict[str, Any] = {
    name: part.get("default") or {key: inner["default"] for key, inner in part["properties"].items()}
    for name, part in schema_of("config")["properties"]["error_budget"]["properties"].items()
}


def estimates(pairs: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Four methods of each pair, which agree as methods do; no exposure has an effect."""
    z = rng.standard_normal(len(pairs))
    parts = []
    for method, noise in (("ivw", 0.0), ("gsmr", 0.4), ("egger", 1.0), ("weighted_median", 0.6)):
        beta = 0.05 * (z + noise * rng.standard_normal(len(pairs))) / np.hypot(1.0, noise)
        logs = neglog10_p_from_z(beta / 0.05)
        numbers = {"beta": beta, "se": 0.05, "ci_low": beta - 0.1, "ci_high": beta + 0.1}
        numbers |= {"neglog10_p": logs, "p": 10.0**-logs}
        parts.append(pairs.assign(method=method, status="estimated", n_instruments=INSTRUMENTS, **numbers))
    return pd.concat(parts, ignore_index=True)


def instruments(pairs: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """As many independent instruments of each pair, anywhere in the genome."""
    rows = pairs.loc[pairs.index.repeat(INSTRUMENTS)].reset_index(drop=True)
    n = len(rows)
    return rows.assign(
        chromosome=rng.integers(1, 23, n),
        position=rng.integers(1, 120_000_000, n),
        status="kept",
        gsmr_status="used",
        beta_exposure=rng.choice([-1, 1], n) * rng.uniform(0.05, 0.2, n),
        se_exposure=0.01,
        beta_outcome=rng.normal(0, 0.01, n),
        se_outcome=0.01,
    )


def write_inputs(exposures: list[str], folder: Path) -> None:
    rng = np.random.default_rng(1)
    pairs = pd.MultiIndex.from_product([exposures, OUTCOMES], names=["exposure", "outcome"]).to_frame(
        index=False
    )
    facts = {
        "n_instruments": INSTRUMENTS,
        "f_min": 31.0,
        "i2": 0.1,
        "egger_intercept_neglog10_p": 0.3,
        "n_in_mhc": 0,
    }
    single = pairs.loc[pairs.index.repeat(INSTRUMENTS + 1)].assign(rsid="rs1", beta=0.1, neglog10_p=0.5)
    write_tsv(estimates(pairs, rng), folder / "estimates.tsv")
    write_tsv(pairs.assign(**facts, steiger_direction="forward"), folder / "diagnostics.tsv")
    write_parquet(single, folder / "leave_one_out.parquet")
    write_parquet(instruments(pairs, rng), folder / "instruments.parquet")
    write_tsv(pd.DataFrame(columns=["first", "second", "r"]), folder / "correlations.tsv")
    write_tsv(
        pd.DataFrame(columns=["name", "study", "ancestry", "n", "certain", "names"]), folder / "biobanks.tsv"
    )
    shared = {"n_exposure": 30_000.0, "n_shared_at_most": 30_000.0, "bias_bound": 0.001}
    write_tsv(pairs[pairs["outcome"] == "disease"].assign(**shared), folder / "overlap.tsv")
    write_tsv(pd.DataFrame(columns=CORRECTED_COLUMNS), folder / "overlap_estimates.tsv")
    told = {"status": "reduced", "message": "", "p_threshold": 5e-8, "relaxed_threshold": False}
    write_json([{"exposure": name, **told} for name in exposures], folder / "0.json")


def steps(exposures: list[str], folder: Path) -> dict[str, Callable[[], None]]:
    """The three steps with their arguments."""
    names = {name: name for name in [*exposures, *OUTCOMES]}
    at = {name: folder / f"{name}.tsv" for name in ("screen", "validation", "estimates", "effective_number")}
    plan = {"methods": METHODS, "validation_signs": SIGNS, "error_budget": BUDGET}
    controls = {"negative_outcomes": ["control"], "negative_exposures": exposures[:20], "positive": []}

    def weigh() -> None:
        screen = read_tsv(at["screen"])
        hits = screen[screen["hit"].astype(bool)]
        write_tsv(untested(hits, BUDGET["reverse"]), folder / "reverse.tsv")
        made = ("gates", "hits", "adjusted", "corrections")
        weigh_evidence(
            **at,
            **plan,
            reverse_direction=folder / "reverse.tsv",
            sign_flips=folder / "sign_flips.tsv",
            overlap=folder / "overlap.tsv",
            overlap_estimates=folder / "overlap_estimates.tsv",
            correlated=[],
            pleiotropy=[],
            coloc=[],
            **{name: folder / f"{name}.tsv" for name in made},
            controls_table=folder / "controls.tsv",
            controls=controls,
            names=names,
            units={},
        )

    z = np.random.default_rng(2).standard_normal((1_000, len(exposures)))
    return {
        "effective_number": lambda: write_tsv(effective_number_of(z), at["effective_number"]),
        "judge_evidence": lambda: judge_evidence(
            **at,
            **plan,
            diagnostics=folder / "diagnostics.tsv",
            leave_one_out=folder / "leave_one_out.parquet",
            selections=[folder / "0.json"],
            sets=folder / "discovery_sets.tsv",
            correlations=folder / "correlations.tsv",
            biobanks=folder / "biobanks.tsv",
            names={name: name for name in exposures},
            outcomes=["disease"],
            negative_exposures=exposures[:20],
            people={outcome: [] for outcome in OUTCOMES[:6]},
            first=[],
            mhc="flag",
        ),
        "flip_signs": lambda: flip_signs(
            screen=at["screen"],
            instruments=folder / "instruments.parquet",
            effective_number=at["effective_number"],
            table=folder / "sign_flips.tsv",
            pairs=folder / "flipped_pairs.tsv",
            **plan,
            ridge=1e-6,
            seed=1,
        ),
        "weigh_evidence": weigh,
    }


def main(n: int) -> None:
    exposures = [f"x{i:04d}" for i in range(n)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(exposures, folder)
        total = 0.0
        for step, call in steps(exposures, folder).items():
            started = time.process_time()
            call()
            spent = time.process_time() - started
            total += spent
            print(f"{step}: {spent:.1f} CPU s", flush=True)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{n:,} exposures, {len(OUTCOMES)} outcomes: {total:.1f} CPU s, peak {peak:,.0f} MB")
        gates = read_tsv(folder / "gates.tsv").iloc[:6]
        print(gates[["gate", "n_entered", "n_passed", "n_expected_by_chance", "flips_mean"]].to_string())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_935)
