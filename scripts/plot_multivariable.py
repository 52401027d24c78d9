"""Step: a forest plot of each multivariable analysis and outcome."""

from pathlib import Path

from scripts.figure.multivariable import draw_multivariable
from scripts.figure.style import save
from scripts.figure.words import label_of, labels_of
from scripts.step import run
from scripts.table.frames import read_tsv


def plot_multivariable(
    estimates: Path, diagnostics: Path, folder: Path, labels: dict[str, str], units: dict[str, str]
) -> None:
    """Write `folder`/{analysis}/{outcome}.svg."""
    traits = labels_of(labels, units)
    pair = ["analysis", "outcome"]
    behind = dict(list(read_tsv(diagnostics).groupby(pair)))
    for (analysis, outcome), rows in read_tsv(estimates).groupby(pair, sort=False):
        figure = draw_multivariable(rows, behind[analysis, outcome], traits)
        title = f"Total and direct effects on {label_of(str(outcome), traits).name}: {analysis}"
        save(figure, folder / str(analysis) / f"{outcome}.svg", title)


if __name__ == "__main__":
    run(plot_multivariable)
