"""Step: the screen at a glance, the flow through the gates and, for a simulated study, the truth."""

from pathlib import Path
from typing import Any

from scripts.figure.gates import draw_gates
from scripts.figure.outcome_forest import draw_outcome_forest, outcomes_outnumber
from scripts.figure.overview import draw_overview
from scripts.figure.style import save
from scripts.figure.truth import draw_truth
from scripts.figure.words import label_of, labels_of, shared_unit
from scripts.step import run
from scripts.table.frames import read_tsv


def plot_screen(
    screen: Path,
    gates: Path,
    truth_check: list[Path],
    overview: Path,
    flow: Path,
    truth: list[Path],
    labels: dict[str, str],
    units: dict[str, str],
    error_budget: dict[str, Any],
) -> None:
    """Write the figures of the whole screen; `truth_check` and `truth` are empty for a real study."""
    traits = labels_of(labels, units)
    tested = read_tsv(screen)
    p_max, level = error_budget["nominal_p"], error_budget["screen"]["level"]
    if outcomes_outnumber(tested):
        drawn, said = draw_outcome_forest(tested, traits, p_max), "Effects of each exposure over its outcomes"
    else:
        drawn = draw_overview(tested, traits, p_max, level)
        said = "Effect of each exposure against -log10 P"
    save(drawn, overview, said)
    save(draw_gates(read_tsv(gates)), flow, "Exposures that entered and passed each gate")
    outcome = label_of(str(tested["outcome"].iloc[0]), traits)
    for table, path in zip(truth_check, truth, strict=True):
        figure = draw_truth(read_tsv(table), shared_unit(tested["exposure"], traits), outcome)
        save(figure, path, "Estimates beside the true effects of a simulated study, and what was found")


if __name__ == "__main__":
    run(plot_screen)
