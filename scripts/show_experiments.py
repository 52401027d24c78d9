"""Step: figures of a meta-analysis of published experiments, and the page that holds them."""

from pathlib import Path

from scripts.figure.pooled_measure import draw_measure
from scripts.figure.pooled_page import pooled_page
from scripts.figure.pooled_tables import Names, PooledTables
from scripts.figure.style import save
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv
from scripts.table.pooling import CHECK_DTYPES


def show_experiments(
    pooled: Path,
    influence: Path,
    small_studies: Path,
    correlations: Path,
    comparisons: Path,
    checks: list[Path],
    folder: Path,
    page: Path,
    title: str,
    measures: dict[str, str],
    moderators: list[dict[str, str]],
    tau2: str,
    test: str,
) -> None:
    """Write `folder`/{measure}/{figure}.svg, and the page."""
    compared, restored = [read_tsv(path, CHECK_DTYPES) for path in checks] if checks else (None, None)
    tables = PooledTables(
        pooled=read_tsv(pooled),
        influence=read_tsv(influence),
        small_studies=read_tsv(small_studies),
        correlations=read_tsv(correlations),
        comparisons=read_tsv(comparisons),
        checks=compared,
        restorations=restored,
    )
    names = Names(measures, {moderator["column"]: moderator["name"] for moderator in moderators})
    shown: dict[str, list[tuple[str, str]]] = {}
    for measure in dict.fromkeys(tables.pooled["measure"]):
        for name, alt, figure in draw_measure(measure, tables, names):
            path = folder / measure / f"{name}.svg"
            save(figure, path, alt)
            shown.setdefault(measure, []).append((alt, path.read_text(encoding="utf-8")))
    write_text(pooled_page(title, tables, names, (tau2, test), shown), page)


if __name__ == "__main__":
    run(show_experiments)
