"""Whether the ledger's expected numbers are those of the exposures without effect: the demo, seed by seed.

    PYTHONPATH=. python tests/benchmarks/evidence_ledger.py [seeds] [first seed]

The demo is simulated and run as a user would, with another seed each time. The nominal gate must pass as many
of the null exposures as the ledger says for their number (testable nulls times the nominal P), within the
binomial error over all seeds; the later gates at most as many. What the outcome acts on must be recognised in
the reverse direction, and nothing else.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.method.multiplicity import chance_of_as_many
from scripts.table.files import read_tsv
from tests.workflow.conftest import make_checkout

GATES = ("nominal", "concordant", "hit")


def one_seed(seed: int, folder: Path) -> dict[str, float]:
    """The counts of one run of the demo."""
    checkout = make_checkout(folder / "mrscape")
    done = checkout.run("--configfile", "config/config.yaml", "--config", f"seed={seed}")
    if done.returncode:
        raise RuntimeError(done.stdout)
    tables = checkout.folder / "results/demo/tables"
    truth = read_tsv(tables / "truth_check.tsv")[["exposure", "class"]]
    screen = read_tsv(tables / "screen.tsv").merge(truth, on="exposure")
    gates = read_tsv(tables / "gates.tsv").set_index("gate")
    null = screen[(screen["class"] == "no_effect") & (screen["status"] == "estimated")]
    share = gates.loc["nominal", "n_expected_by_chance"] / gates.loc["nominal", "n_entered"]
    back = read_tsv(tables / "reverse.tsv").merge(truth, on="exposure")
    caused, reversed_hits = back["class"] == "reverse", back["verdict"] == "reversed"
    return {
        "seed": seed,
        "null": len(null),
        "expected": float(share * len(null)),
        **{gate: int(null[gate].sum()) for gate in GATES},
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
