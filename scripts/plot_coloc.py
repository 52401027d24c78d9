"""Step: the colocalised loci: one by one, all at a glance, and as a page."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.figure.coloc_locus import Along, caption_of, draw_locus
from scripts.figure.coloc_overview import draw_overview, in_order
from scripts.figure.coloc_page import coloc_page
from scripts.figure.style import message_figure, save
from scripts.figure.words import labels_of
from scripts.source.recombination import read_recombination
from scripts.step import run
from scripts.table.coloc import PAIR
from scripts.table.files import write_text
from scripts.table.frames import read_tsv
from scripts.table.genes import read_genes


def plot_coloc(
    table: Path,
    priors: Path,
    pairs: Path,
    variants: Path,
    genes: list[Path],
    recombination: list[Path],
    folder: Path,
    overview: Path,
    page: Path,
    title: str,
    labels: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write `folder`/{trait}/{outcome}/{locus}.svg for the first loci, the overview and the page."""
    traits = labels_of(labels, {})
    loci, swept, points = read_tsv(table), read_tsv(priors), pd.read_parquet(variants)
    drawn = in_order(loci).head(settings["max_figures"])
    along = Along(
        genes=read_genes(genes[0]) if genes else pd.DataFrame(), rates=read_recombination(recombination)
    )
    by_locus, sweeps = points.groupby(PAIR), swept.groupby(PAIR)
    for row in drawn.to_dict("records"):
        key = tuple(row[name] for name in PAIR)
        own = {str(name): value for name, value in row.items()}
        figure = draw_locus(
            own, by_locus.get_group(key), sweeps.get_group(key), along, traits, settings["min_posterior"]
        )
        trait, outcome, locus = map(_file_name, key)
        save(figure, folder / trait / outcome / f"{locus}.svg", caption_of(own, traits))
    if drawn.empty:
        sentence = "No locus could be tested for colocalisation: there is none to draw."
        save(message_figure(sentence), folder / "none" / "none" / "none.svg", sentence)
    save(draw_overview(loci, points, traits), overview, "Both traits' regions at each colocalised locus")
    svg = overview.read_text(encoding="utf-8")
    write_text(coloc_page(title, loci, read_tsv(pairs), traits, settings, svg), page)


def _file_name(name: str) -> str:
    """A name without the letters that a path cannot have."""
    return name.replace("/", "_").replace(":", "_")


if __name__ == "__main__":
    run(plot_coloc)
