"""Step: forest plots of estimates pooled over outcomes that are cohorts of one trait."""

from pathlib import Path
from typing import Any

from scripts.analysis.evidence import primary_estimates
from scripts.figure.pooled_outcomes import draw_family, strongest
from scripts.figure.style import save
from scripts.figure.words import label_of, labels_of
from scripts.step import run
from scripts.table.frames import read_tsv


def plot_pooled_outcomes(
    pooled: Path,
    estimates: Path,
    folder: Path,
    families: list[dict[str, Any]],
    labels: dict[str, str],
    units: dict[str, str],
) -> None:
    """Write `folder`/{family}/{exposure}.svg for the exposures with the smallest pooled P."""
    table, traits = read_tsv(pooled), labels_of(labels, units)
    primary = primary_estimates(read_tsv(estimates))
    folder.mkdir(parents=True, exist_ok=True)
    for family in families:
        for row in strongest(table[table["family"] == family["id"]]):
            figure = draw_family(row, primary, family, traits)
            exposure = label_of(str(row["exposure"]), traits).name
            save(figure, folder / family["id"] / f"{row['exposure']}.svg", f"{exposure}: {family['name']}")


if __name__ == "__main__":
    run(plot_pooled_outcomes)
