"""Step: forest, scatter, funnel, radial, single-variant and leave-one-out plots of each hit."""

from pathlib import Path

import pandas as pd

from scripts.figure.hits import HitTables, draw_hit
from scripts.figure.style import message_figure, save
from scripts.figure.words import label_of, labels_of
from scripts.step import run
from scripts.table.frames import read_tsv


def plot_hits(
    screen: Path,
    estimates: Path,
    diagnostics: Path,
    instruments: Path,
    leave_one_out: Path,
    validation: Path,
    folder: Path,
    labels: dict[str, str],
    units: dict[str, str],
) -> None:
    """Write `folder`/{exposure}/{outcome}/{figure}.svg for each hit, or why there is none."""
    traits = labels_of(labels, units)
    tested = read_tsv(screen)
    tables = HitTables(
        estimates=read_tsv(estimates),
        diagnostics=read_tsv(diagnostics),
        instruments=pd.read_parquet(instruments),
        leave_one_out=pd.read_parquet(leave_one_out),
        validation=read_tsv(validation),
    )
    hits = tested[tested["hit"].astype(bool)]
    for exposure, outcome, method in zip(hits["exposure"], hits["outcome"], hits["method"], strict=True):
        for name, figure in draw_hit(exposure, outcome, method, tables, traits).items():
            title = f"{name}: {label_of(exposure, traits).name} on {label_of(outcome, traits).name}"
            save(figure, folder / exposure / outcome / f"{name}.svg", title.replace("_", " "))
    for outcome in sorted(set(tested["outcome"])) if hits.empty else []:
        sentence = (
            f"No exposure passed every gate for {label_of(outcome, traits).name}: there is no hit to draw."
        )
        save(message_figure(sentence), folder / "no_hit" / outcome / "no_hits.svg", sentence)


if __name__ == "__main__":
    run(plot_hits)
