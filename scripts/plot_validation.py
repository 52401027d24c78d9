"""Step: what validates which discovery, and the hits' effects on every outcome side by side."""

from pathlib import Path

from scripts.figure.discovery_sets import draw_discovery_sets
from scripts.figure.style import message_figure, save
from scripts.figure.validated import draw_validated
from scripts.figure.words import label_of, labels_of
from scripts.step import run
from scripts.table.frames import read_tsv


def plot_validation(
    sets: Path,
    screen: Path,
    validation: Path,
    combinations: Path,
    folder: Path,
    labels: dict[str, str],
    units: dict[str, str],
) -> None:
    """Write the figure of the sets, and `folder`/{outcome}/part_{k}.svg with the hits on an outcome."""
    traits, tested, tests = labels_of(labels, units), read_tsv(screen), read_tsv(validation)
    said = "Discovered pairs by the validation outcomes that agree"
    save(draw_discovery_sets(read_tsv(sets), traits), combinations, said)
    for outcome in dict.fromkeys(tested["outcome"]):
        name = label_of(outcome, traits).name
        nothing = message_figure(f"No exposure passed every gate for {name}: there is no effect to draw.")
        pages = [*draw_validated(outcome, tested, tests, traits)] or [nothing]
        for part, figure in enumerate(pages, 1):
            save(figure, folder / outcome / f"part_{part}.svg", f"Hits on {name}, part {part}")


if __name__ == "__main__":
    run(plot_validation)
