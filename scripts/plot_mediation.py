"""Step: mediation as heat map, paths, figures of single triples, and a page."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.figure.coloc_locus import Along
from scripts.figure.mediation_heatmap import draw_heatmap
from scripts.figure.mediation_page import mediation_page
from scripts.figure.mediation_paths import draw_paths
from scripts.figure.mediation_triple import Behind, draw_triple
from scripts.figure.mediation_words import in_order
from scripts.figure.style import message_figure, save
from scripts.figure.words import labels_of
from scripts.source.recombination import read_recombination
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv
from scripts.table.genes import read_genes
from scripts.table.mediation import TRIPLE

NOTHING = "No exposure acts on a mediator that has instruments of its own: there is nothing to draw."
NOT_ASKED = "No figures of single triples are asked for (mediation.max_figures)."


def plot_mediation(
    table: Path,
    gates: Path,
    variants: Path,
    leave_one_out: Path,
    coloc: Path,
    coloc_priors: Path,
    coloc_variants: Path,
    genes: list[Path],
    recombination: list[Path],
    truth: list[Path],
    folder: Path,
    heatmap: Path,
    paths: Path,
    page: Path,
    title: str,
    labels: dict[str, str],
    units: dict[str, str],
    settings: dict[str, Any],
    min_posterior: float,
) -> None:
    """Write `folder`/{exposure}/{mediator}/{outcome}/{figure}.svg for the first triples, overviews, page."""
    traits, triples = labels_of(labels, units), read_tsv(table)
    ordered = in_order(triples)
    second = ordered[ordered["step_2_beta"].notna()]
    drawn = second.head(settings["max_figures"])
    behind = Behind(
        variants=pd.read_parquet(variants),
        leave_one_out=pd.read_parquet(leave_one_out),
        loci=read_tsv(coloc),
        priors=read_tsv(coloc_priors),
        points=pd.read_parquet(coloc_variants),
        along=Along(
            genes=read_genes(genes[0]) if genes else pd.DataFrame(), rates=read_recombination(recombination)
        ),
        min_posterior=min_posterior,
    )
    for row in drawn.to_dict("records"):
        own = {str(name): value for name, value in row.items()}
        here = folder.joinpath(*(str(own[role]) for role in TRIPLE))
        for name, figure, said in draw_triple(own, behind, traits):
            save(figure, here / f"{name}.svg", said)
    if drawn.empty:
        sentence = NOT_ASKED if len(second) else NOTHING
        save(message_figure(sentence), folder / "none" / "none" / "none" / "none.svg", sentence)
    save(draw_heatmap(triples, traits), heatmap, "Exposures by mediators: which effects are mediated")
    save(draw_paths(triples, traits), paths, "Paths from exposure to mediator to outcome")
    drawings = {
        name: path.read_text(encoding="utf-8") for name, path in (("heatmap", heatmap), ("paths", paths))
    }
    true = read_tsv(truth[0]) if truth else None
    write_text(mediation_page(title, triples, read_tsv(gates), true, traits, settings, drawings), page)


if __name__ == "__main__":
    run(plot_mediation)
