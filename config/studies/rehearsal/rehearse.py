"""Make the SIMULATED files of a rehearsal, serve them on 127.0.0.1, and run the study with them.

    PYTHONPATH=. .venv/bin/python config/studies/rehearsal/rehearse.py [exposures, 3935] [snakemake arguments]

Everything is in resources/rehearsal. It is made once for each number of exposures; the same command goes on
with a run that was stopped, at the same address where that is free.
"""

import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from scripts.simulation.chain import write_chain
from scripts.simulation.crowd import gather
from scripts.simulation.genes import simulate_genes
from scripts.simulation.genome import Size, place_islands
from scripts.simulation.mirror import write_accession
from scripts.simulation.plink import write_panel
from scripts.simulation.roles import truth_table
from scripts.study.traits import read_trait_table
from scripts.table.files import read_note, write_json, write_text
from scripts.table.frames import write_tsv
from scripts.table.trait import Trait

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
STUDY = "config/studies/rehearsal/study.yaml"
FIRST, COUNT, PEOPLE = 99000001, 3935, 22138
SEED = 20260321
SIZE = Size(people=200, chromosomes=22, island_spacing_mb=25.0, island_kb=100, variants_per_island=30)
COLUMNS = ("id", "name", "path", "format", "n", "build", "ancestry", "unit", "cohorts")


def table_of(exposures: int) -> str:
    """The table of exposures: accessions that the real GWAS Catalog does not have."""
    lines = ["\t".join(COLUMNS)]
    for number in range(1, exposures + 1):
        study = f"GCST{FIRST + number - 1}"
        where = f"gwas_catalog:{study}/harmonised_first"
        lines.append(
            "\t".join((study, "auto", where, "auto", str(PEOPLE), "auto", "EUR", "SD", "SIMULATED_biobank"))
        )
    return "\n".join(lines) + "\n"


def make(exposures: int, folder: Path) -> None:
    """Write the files of a study of so many exposures below `folder`, if they are not there already."""
    note = folder / "SIMULATED.json"
    if read_note(note) == {"exposures": exposures, "seed": SEED}:
        return
    note.unlink(missing_ok=True)
    logging.info("Simulating %d exposures", exposures)
    config = yaml.safe_load((ROOT / STUDY).read_text())
    write_text(table_of(exposures), folder / "exposures.tsv")
    listed = _traits(folder / "exposures.tsv")
    harmonised = [
        replace(trait, name=f"Simulated phenotype {number:05d}", build="GRCh38", format="gwas_ssf")
        for number, trait in enumerate(listed, start=1)
    ]
    signs = {entry["trait"]: entry["sign"] for entry in config["validation"]}
    (outcome,) = config["meta_analyses"]
    crowd = gather(harmonised, _traits(HERE / "traits.tsv"), outcome["cohorts"], signs, SIZE, SEED)
    prefix = folder / config["ld_panel"]
    bed, bim, fam = (prefix.with_name(f"{prefix.name}.{end}") for end in ("bed", "bim", "fam"))
    write_panel(crowd.simulation.panel, bed, bim, fam, SEED)
    write_chain(crowd.simulation.build_map, folder / config["chain_file"])
    genes = simulate_genes(place_islands(SIZE, SEED), SEED)
    write_tsv(genes.assign(SIMULATED="yes"), folder / config["genes"]["table"])
    write_tsv(truth_table(crowd.parts, crowd.loci), folder / config["truth"])
    for trait, rows in crowd.rows():
        write_accession(trait, rows, folder / "mirror")
    write_json({"exposures": exposures, "seed": SEED}, note)


def _traits(table: Path) -> list[Trait]:
    read = read_trait_table(table, table.name, {})
    if read.problems:
        raise ValueError("\n".join(read.problems))
    return list(read.traits.values())


class Quiet(SimpleHTTPRequestHandler):
    """Files and indices of folders, without a line for each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of the folder on this machine, the last one if it is free, for the block."""
    note, handler = folder.parent / "port.json", partial(Quiet, directory=str(folder))
    port = read_note(note).get("port", 0)
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with server:
        write_json({"port": server.server_port}, note)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def command(folder: Path, address: str, arguments: Sequence[str]) -> list[str]:
    """Snakemake on the study with the files of `folder`, which the server at `address` has."""
    here = {
        "data_dir": str(folder),
        "exposures": str(folder / "exposures.tsv"),
        "fetch": {
            "folder": str(folder / "downloads"),
            "servers": {"gwas_catalog": f"{address}/summary_statistics/"},
        },
    }
    write_text(json.dumps(here) + "\n", folder / "here.yaml")
    files = ["--configfile", STUDY, str(folder / "here.yaml")]
    return [sys.executable, "-m", "snakemake", *arguments, *files]


def main(told: Sequence[str]) -> int:
    """Make, serve and run; the exit status is Snakemake's, which is left to end by itself after Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    number, arguments = (int(told[0]), told[1:]) if told and told[0].isdigit() else (COUNT, told)
    folder = ROOT / "resources" / "rehearsal"
    make(number, folder)
    with served(folder / "mirror") as address:
        run = subprocess.Popen(command(folder, address, arguments), cwd=ROOT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return run.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
