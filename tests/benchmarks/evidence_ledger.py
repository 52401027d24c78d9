"""Whether the ledger's expected numbers are those of the exposures without effect: the demo, seed by seed.

    PYTHONPATH=. python tests/benchmarks/evidence_ledger.py [seeds] [first seed]

The demo is simulated and run as a user would, with another seed each time. The primary method must find as
many of the null exposures nominal as the ledger says for their number (testable nulls times the nominal P),
within the binomial error over all seeds; the later gates pass at most as many. GSMR, the demo's first gate,
passes more: loci of 60 exposures in a simulated genome a hundredth of a real one lie in some linkage
disequilibrium, so that instruments of null exposures disagree (Q/df is printed), which GSMR's standard
error does not know. What the outcome acts on must be recognised in the reverse direction, and nothing else.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scripts.method.multiplicity import chance_of_as_many
from scripts.table.files import read_tsv
from tests.workflow.conftest import ROOT, make_checkout

BUDGET = yaml.safe_load((ROOT / "config/config.yaml").read_text())["error_budget"]
# The ledger and what it is compared with, without the stages that follow hits.
TARGETS = ("weigh_evidence", "check_truth")
ALONE = "ldsc: {ld_scores: null}\nplaco: {exposure: null}\n"
GATES = ("by_primary", "nominal", "concordant", "hit")


def one_seed(seed: int, folder: Path) -> dict[str, float]:
    """The counts of one run of the demo."""
    checkout = make_checkout(folder / "mrscape")
    study = checkout.folder / "config/ledger.yaml"
    study.write_text(f"seed: {seed}\n{ALONE}")
    done = checkout.run(*TARGETS, "--configfile", str(study))
    if done.returncode:
        raise RuntimeError(done.stdout)
    tables = checkout.folder / "results/demo/tables"
    truth = read_tsv(tables / "truth_check.tsv")[["exposure", "class"]]
    screen = read_tsv(tables / "screen.tsv").merge(truth, on="exposure")
    told = read_tsv(tables / "diagnostics.tsv")[["exposure", "outcome", "q", "q_df"]]
    screen = screen.merge(told, on=["exposure", "outcome"])
    gates = read_tsv(tables / "gates.tsv").set_index("gate")
    screen["by_primary"] = screen["p"] < BUDGET["nominal_p"]
    null = screen[(screen["class"] == "no_effect") & (screen["status"] == "estimated")]
    share = gates.loc["nominal", "n_expected_by_chance"] / gates.loc["nominal", "n_entered"]
    back = read_tsv(tables / "reverse.tsv").merge(truth, on="exposure")
    caused, reversed_hits = back["class"] == "reverse", back["verdict"] == "reversed"
    return {
        "seed": seed,
        "null": len(null),
        "expected": float(share * len(null)),
        **{gate: int(null[gate].sum()) for gate in GATES},
        "q": float(null["q"].sum()),
        "q_df": float(null["q_df"].sum()),
        "caused": int(caused.sum()),
        "recognised": int((caused & reversed_hits).sum()),
        "wrongly reversed": int((~caused & reversed_hits).sum()),
        "not caused": int((~caused).sum()),
    }


def runs(seeds: range) -> Iterator[dict[str, float]]:
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            row = one_seed(seed, Path(folder))
        print(", ".join(f"{key} {value:g}" for key, value in row.items()), flush=True)
        yield row


def main(count: int, first: int) -> None:
    table = pd.DataFrame(runs(range(first, first + count)))
    total = table.drop(columns="seed").sum()
    p = total["expected"] / total["null"]
    error = np.sqrt(total["null"] * p * (1 - p))
    print(f"\n{count} seeds, {total['null']:.0f} testable exposures without effect, expected at P < {p:g}:")
    print(f"  their instruments' Q/df: {total['q'] / total['q_df']:.2f}")
    for gate in GATES:
        n = int(total[gate])
        print(
            f"  {gate}: {n} passed, {total['expected']:.1f} expected ({(n - total['expected']) / error:+.1f} "
            f"standard errors; P of as many {chance_of_as_many(n, int(total['null']), p):.2g})"
        )
    print(
        f"  caused by the outcome: {total['recognised']:.0f} of {total['caused']:.0f} hits recognised; "
        f"{total['wrongly reversed']:.0f} of {total['not caused']:.0f} others called so"
    )


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(arguments[0] if arguments else 20, arguments[1] if len(arguments) > 1 else 1)
