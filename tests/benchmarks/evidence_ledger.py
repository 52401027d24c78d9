"""Whether the ledger's expected numbers are those of the exposures without effect: the demo, seed by seed.

    PYTHONPATH=. python tests/benchmarks/evidence_ledger.py [seeds] [first seed]

The demo is simulated and run as a user would, with another seed each time. Of the null exposures each gate
must pass as many as the ledger expects, within the binomial error over all seeds: the nominal P times their
number for the primary method, whose error knows heterogeneity, and their share of the sign flips for the
gates of GSMR, whose error does not. Hits must be at most as many as the gate before lets pass: where real
effects are among the discovered, validation at a false discovery rate lets more pass than in the flips, where
there are none. (Loci of 60 exposures in a simulated genome a hundredth of a real one lie
in some linkage disequilibrium, so that instruments of null exposures disagree: Q/df is printed.) What the
outcome acts on must be recognised in the reverse direction, and nothing else.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scripts.table.frames import read_tsv
from tests.workflow.conftest import ROOT, make_checkout

BUDGET = yaml.safe_load((ROOT / "config/config.yaml").read_text())["error_budget"]
# The ledger and what it is compared with, without the stages that follow hits.
TARGETS = ("weigh_evidence", "check_truth")
ALONE = "ldsc: {ld_scores: null}\nplaco: {exposure: null}\n"
# Column of the screen, and of the sign flips.
GATES = {"nominal": "nominal", "concordant": "concordant"}


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
    flips = read_tsv(tables / "sign_flips_by_pair.tsv")
    null = screen[(screen["class"] == "no_effect") & (screen["status"] == "estimated")]
    chance = null[["exposure", "outcome"]].merge(flips, on=["exposure", "outcome"])
    gates = read_tsv(tables / "gates.tsv").set_index("gate")
    share = gates.loc["nominal", "n_expected_by_chance"] / gates.loc["nominal", "n_entered"]
    back = read_tsv(tables / "reverse.tsv").merge(truth, on="exposure")
    caused, reversed_hits = back["class"] == "reverse", back["verdict"] == "reversed"
    return {
        "seed": seed,
        "null": len(null),
        "primary": int((null["p"] < BUDGET["nominal_p"]).sum()),
        "primary expected": float(share * len(null)),
        **{gate: int(null[gate].sum()) for gate in (*GATES, "hit")},
        **{f"{gate} expected": float(chance[flipped].sum()) for gate, flipped in GATES.items()},
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
    print(f"\n{count} seeds, {total['null']:.0f} testable exposures without effect:")
    print(f"  their instruments' Q/df: {total['q'] / total['q_df']:.2f}")
    for gate in ("primary", *GATES):
        n, expected = total[gate], total[f"{gate} expected"]
        error = np.sqrt(expected * (1 - expected / total["null"]))
        off = f"{(n - expected) / error:+.1f} binomial errors"
        print(f"  {gate}: {n:.0f} passed, {expected:.1f} expected ({off})")
    print(f"  hit: {total['hit']:.0f} passed, at most {total['concordant expected']:.1f} expected")
    print(
        f"  caused by the outcome: {total['recognised']:.0f} of {total['caused']:.0f} hits recognised; "
        f"{total['wrongly reversed']:.0f} of {total['not caused']:.0f} others called so"
    )


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(arguments[0] if arguments else 20, arguments[1] if len(arguments) > 1 else 1)
