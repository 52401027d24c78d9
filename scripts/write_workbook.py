"""Step: the numbered tables of a paper, each as TSV and all as one workbook."""

from pathlib import Path

import pandas as pd
import yaml

from scripts.analysis.paper_frames import paper_frames
from scripts.figure.paper_tables import paper_sheet, reader_of
from scripts.figure.words import labels_of
from scripts.step import run
from scripts.table.files import read_json
from scripts.table.frames import read_tsv, write_tsv
from scripts.table.workbook import save_workbook


def write_workbook(
    frozen: Path,
    definitions: Path,
    sources: list[Path],
    instruments: Path,
    note: list[Path],
    workbook: Path,
    folder: Path,
    labels: dict[str, str],
    units: dict[str, str],
    files: dict[str, str],
    outcomes: list[str],
    run_methods: list[str],
    simulated: bool,
) -> None:
    """Write the workbook, and its tables into `folder`.

    `sources` are the tables of results that the study has; `note` says which exposure the pleiotropic loci
    are of; `files` is the source of each exposure; `outcomes` are the primary ones.
    """
    tables = {path.stem: read_tsv(path) for path in sources}
    tables["instruments"] = pd.read_parquet(instruments, filters=[("outcome", "in", outcomes)])
    config = yaml.safe_load(frozen.read_text(encoding="utf-8"))
    defined = yaml.safe_load(definitions.read_text(encoding="utf-8"))
    lead = read_json(note[0]) if note else {}
    frames = paper_frames(tables, lead, run_methods, units, files)
    reader = reader_of(labels_of(labels, units), config, run_methods, tables)
    sheets = [paper_sheet(one, frames, reader, simulated) for one in defined["tables"]]
    for sheet in sheets:
        if sheet.frame is not None:
            write_tsv(sheet.frame, folder / sheet.file)
    about = ["SIMULATED data: no number of this workbook is of real people."] if simulated else []
    save_workbook(config["title"], [*about, defined["legend"]], sheets, workbook)


if __name__ == "__main__":
    run(write_workbook)
