"""Step: figures of pleiotropy, and the page with loci, genes and cautions."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.figure.manhattan import draw_manhattan
from scripts.figure.pleiotropy_page import empty_page, pleiotropy_page
from scripts.figure.qq import draw_qq
from scripts.figure.style import message_figure, save
from scripts.figure.words import label_of, labels_of
from scripts.step import run
from scripts.table.files import read_json, write_text
from scripts.table.frames import read_tsv
from scripts.table.pleiotropy import Quantity


def plot_pleiotropy(
    tested: Path,
    note: Path,
    annotated: Path,
    variants: Path,
    summary: Path,
    quantiles: Path,
    manhattan: Path,
    qq: Path,
    page: Path,
    title: str,
    labels: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write both figures and the page; where no exposure was chosen they say so."""
    chosen = read_json(note)
    if chosen["exposure"] is None:
        for path in (manhattan, qq):
            save(message_figure(chosen["message"]), path, chosen["message"])
        write_text(empty_page(title, chosen["message"]), page)
        return
    named = labels_of(labels, {})
    exposure, outcome = (label_of(chosen[role], named).name for role in ("exposure", "outcome"))
    loci, numbers = read_tsv(annotated), dict(read_tsv(summary)[["quantity", "value"]].to_numpy().tolist())
    points = pd.read_parquet(tested, columns=["chromosome", "position", "neglog10_p"])
    heading = f"Effects on both {exposure} and {outcome}"
    save(draw_manhattan(points, loci, heading, settings["p_lead"]), manhattan, heading)
    inflation = [numbers[Quantity.LAMBDA], numbers[Quantity.LAMBDA_PERMUTED]]
    save(draw_qq(read_tsv(quantiles), *inflation), qq, "Observed, expected and permuted P of pleiotropy")
    drawn = {name: path.read_text(encoding="utf-8") for name, path in (("manhattan", manhattan), ("qq", qq))}
    told = pleiotropy_page(title, (exposure, outcome), loci, read_tsv(variants), numbers, settings, drawn)
    write_text(told, page)


if __name__ == "__main__":
    run(plot_pleiotropy)
