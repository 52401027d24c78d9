"""Seconds and size of the report of a SIMULATED screen of 3,935 exposures and 60 hits.

    python -m tests.benchmarks.report_size [results of the finished demo] [exposures] [hits]

The demo's tables are repeated under other ids until they have so many exposures, of which the first hits stay
hits. Then every step whose work grows with exposures or hits draws its figures and pages, and the report is
built with them and with the demo's own figures of the stages that follow.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml

from scripts.analysis.discovery_sets import discovery_sets
from scripts.build_report import build_report
from scripts.plot_hits import plot_hits
from scripts.plot_screen import plot_screen
from scripts.plot_validation import plot_validation
from scripts.show_quality import show_quality
from scripts.summarise import summarise
from scripts.table.frames import read_tsv, write_parquet, write_tsv

ROOT = Path(__file__).resolve().parents[2]
IDS = ("exposure", "trait", "trait_1")  # columns that name exposures, of which a table's first one counts
# What the report shows: category, caption, and the pattern of a folder's figures.
SHOWN = {
    "summary.html": ("1 Summary", "summary.rst", ""),
    "quality.html": ("1 Summary", "quality.rst", ""),
    "methods.html": ("1 Summary", "methods.rst", ""),
    "coloc.html": ("7 Colocalisation", "coloc_overview.rst", ""),
    "pleiotropy.html": ("6 Pleiotropy", "pleiotropy.rst", ""),
    "ldsc.html": ("5 LD score regression", "ldsc.rst", ""),
    "mediation.html": ("8 Mediation", "mediation_overview.rst", ""),
    "figures/gates.svg": ("1 Summary", "gates.rst", ""),
    "figures/overview.svg": ("2 Screen", "overview.rst", ""),
    "figures/discovery_sets.svg": ("2 Screen", "discovery_sets.rst", ""),
    "figures/validated": ("2 Screen", "validated.rst", "{outcome}/{part}.svg"),
    "figures/hits": ("3 Hits", "hit.rst", "{exposure}/{outcome}/{figure}.svg"),
    "figures/overlap.svg": ("4 Overlap", "overlap.rst", ""),
    "figures/multivariable": ("4 Multivariable", "multivariable.rst", "{analysis}/{outcome}.svg"),
    "figures/genetic_correlation.svg": ("5 LD score regression", "ldsc.rst", ""),
    "figures/placo_manhattan.svg": ("6 Pleiotropy", "pleiotropy.rst", ""),
    "figures/placo_qq.svg": ("6 Pleiotropy", "placo_qq.rst", ""),
    "figures/coloc_overview.svg": ("7 Colocalisation", "coloc_overview.rst", ""),
    "figures/coloc": ("7 Colocalisation", "coloc.rst", "{trait}/{outcome}/{locus}.svg"),
    "figures/mediation": ("8 Mediation", "mediation.rst", "{exposure}/{mediator}/{outcome}/{figure}.svg"),
    "figures/quality.svg": ("9 Checks", "quality.rst", ""),
}


def repeated(table: pd.DataFrame, exposures: list[str], n: int) -> pd.DataFrame:
    """The rows of `exposures` under as many other ids as make `n` of them, and all other rows once."""
    column = next((name for name in IDS if name in table), None)
    if column is None:
        return table
    own = table[column].isin(exposures)
    parts = [table[~own]]
    for copy in range(-(-n // len(exposures))):
        here = exposures[: n - copy * len(exposures)]
        rows = table[table[column].isin(here)]
        parts.append(rows.assign(**{column: rows[column] + f".{copy}"}))
    return pd.concat(parts, ignore_index=True)


def enlarge(demo: Path, results: Path, n: int, n_hits: int) -> None:
    """Copy the demo's results with tables of `n` exposures and `n_hits` hits."""
    shutil.copytree(demo / "figures", results / "figures", ignore=shutil.ignore_patterns("hits"))
    for page in (*demo.glob("*.html"), demo / "config.yaml"):
        shutil.copy(page, results)
    exposures = list(dict.fromkeys(read_tsv(demo / "tables/screen.tsv")["exposure"]))
    for path in sorted((demo / "tables").glob("*.*")):
        if path.suffix == ".tsv":
            write_tsv(repeated(read_tsv(path), exposures, n), results / "tables" / path.name)
        else:
            write_parquet(repeated(pd.read_parquet(path), exposures, n), results / "tables" / path.name)
    tables = results / "tables"
    screen = read_tsv(tables / "screen.tsv")
    screen["hit"] &= screen["hit"].cumsum() <= n_hits
    screen["discovered"] = screen["hit"]
    screen["validation"] = screen["validation"].where(screen["hit"], "not_tested")
    write_tsv(screen, tables / "screen.tsv")
    kept = screen.loc[screen["hit"], "exposure"]
    for name in ("hits", "validation", "reverse"):
        table = read_tsv(tables / f"{name}.tsv")
        write_tsv(table[table["exposure"].isin(kept)], tables / f"{name}.tsv")
    validation = read_tsv(tables / "validation.tsv")
    outcomes = list(dict.fromkeys(validation["validation_outcome"]))
    write_tsv(discovery_sets(screen, validation, outcomes), tables / "discovery_sets.tsv")


def steps(results: Path) -> dict[str, Callable[[], None]]:
    """The steps, in the order of the workflow."""
    config = yaml.safe_load((results / "config.yaml").read_text())
    screen = read_tsv(results / "tables/screen.tsv")
    traits = {"labels": dict(zip(screen["exposure"], screen["name"], strict=True)), "units": {}}

    def tables(*names: str) -> dict[str, Path]:
        return {name: next((results / "tables").glob(f"{name}.*")) for name in names}

    validated = tables("screen", "validation")
    of_hit = tables("screen", "estimates", "diagnostics", "instruments", "leave_one_out", "validation")
    told = tables("screen", "estimates", "validation", "gates", "diagnostics", "quality_counts")
    told |= tables("quality_findings", "corrections", "controls", "hits", "effective_number")
    shown = [
        {"path": str(results / path), "category": category, "caption": caption, "pattern": pattern}
        | {"tables": [f"tables/{name}.tsv" for name in ("screen", "estimates")]}
        for path, (category, caption, pattern) in SHOWN.items()
        if (results / path).exists() or path.startswith("figures/hits")
    ]
    figures = results / "figures"
    return {
        "plot_screen": lambda: plot_screen(
            **tables("screen", "gates"),
            **traits,
            truth_check=[],
            truth=[],
            overview=figures / "overview.svg",
            flow=figures / "gates.svg",
            error_budget=config["error_budget"],
        ),
        "plot_validation": lambda: plot_validation(
            **validated,
            **traits,
            sets=results / "tables/discovery_sets.tsv",
            combinations=figures / "discovery_sets.svg",
            folder=figures / "validated",
        ),
        "plot_hits": lambda: plot_hits(**of_hit, **traits, folder=figures / "hits"),
        "summarise": lambda: summarise(
            **told,
            **traits,
            reverse_direction=results / "tables/reverse.tsv",
            truth_check=[],
            page=results / "summary.html",
            title=config["title"],
            methods=config["discovery"]["methods"],
            error_budget=config["error_budget"],
            meta_analyses=[],
        ),
        "show_quality": lambda: show_quality(
            results / "tables/quality.tsv",
            results / "tables/quality_findings.tsv",
            results / "quality.html",
            figures / "quality.svg",
            config["title"],
            traits["labels"],
        ),
        "build_report": lambda: build_report(
            results / "config.yaml",
            **tables("hits", "estimates", "validation", "instruments"),
            captions=sorted((ROOT / "report").glob("*.rst")),
            script=ROOT / "report/report.js",
            style=ROOT / "report/report.css",
            report=results / "report.html",
            shown=shown,
            **traits,
        ),
    }


def main(demo: Path, n: int, n_hits: int) -> None:
    """Print CPU seconds of each step and the report's size."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "SIMULATED")
        results.mkdir()
        enlarge(demo, results, n, n_hits)
        total = 0.0
        for name, step in steps(results).items():
            start = time.process_time()
            step()
            spent = time.process_time() - start
            total += spent
            print(f"{name:16} {spent:6.1f} s of CPU", flush=True)
        size = (results / "report.html").stat().st_size / 1e6
        print(f"{n:,} exposures, {n_hits} hits: {total:.0f} s of CPU, report.html {size:.1f} MB")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0] if given else ROOT / "results/demo"), *map(int, [*given[1:], "3935", "60"][:2]))
