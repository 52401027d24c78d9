"""Simulated files where the GWAS Catalog has its own: folders of accessions, checksums, metadata."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import yaml

from scripts.simulation.formats import write_rows
from scripts.table.files import write_text
from scripts.table.trait import Trait

ACCESSIONS = 1000  # in one folder of the server
ANCESTRY = {"EUR": "European"}


def folder_of(accession: str) -> str:
    """The path of an accession below summary_statistics/, e.g. GCST90002001-GCST90003000/GCST90002426."""
    digits = accession.removeprefix("GCST")
    first = (int(digits) - 1) // ACCESSIONS * ACCESSIONS + 1
    last = first + ACCESSIONS - 1
    return f"GCST{first:0{len(digits)}d}-GCST{last:0{len(digits)}d}/{accession}"


def write_accession(trait: Trait, rows: pd.DataFrame, mirror: Path) -> None:
    """A trait's file below `mirror`, with what lies beside it; one on GRCh38 is the harmonised file."""
    harmonised = trait.build == "GRCh38"
    accession = trait.paths[0].partition(":")[2].partition("/")[0]
    folder = mirror / "summary_statistics" / folder_of(accession) / ("harmonised" if harmonised else "")
    file = folder / f"{accession}{'.h' if harmonised else '_SIMULATED'}.tsv.gz"
    write_rows(trait, rows, [file])
    digest = hashlib.md5(file.read_bytes()).hexdigest()
    write_text(f"{digest}  {file.name}\n", folder / "md5sum.txt")
    people = {"sample_ancestry_category": [ANCESTRY[trait.ancestry]], "sample_size": int(trait.n or 0)}
    if trait.n_case is not None:
        people |= {"case_count": int(trait.n_case), "control_count": int((trait.n or 0) - trait.n_case)}
    told = {
        "genome_assembly": trait.build,
        "coordinate_system": "1-based",
        "samples": [people],
        "data_file_name": file.name,
        "trait_description": [trait.name],
    }
    write_text(yaml.safe_dump(told, sort_keys=False), folder / f"{file.name}-meta.yaml")
