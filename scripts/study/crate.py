"""Results as one archive that says what is in it: an RO-Crate (specification 1.1, https://w3id.org/ro/crate/1.1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from scripts.table.files import digest_of

METADATA = "ro-crate-metadata.json"
CONTEXT, CONFORMS = "https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/crate/1.1"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Run:
    """What made the results: the release of the workflow, its commit, its packages, the seed, and when."""

    title: str
    date: str
    release: str
    commit: str
    packages: Mapping[str, str]
    lock_sha256: str
    seed: int


def crate(run: Run, files: Mapping[str, Path], inputs: Mapping[str, str]) -> dict[str, Any]:
    """The metadata: size and SHA-256 of each file by its name in the archive, and of `inputs` by source."""
    parts = [_file(name, path) for name, path in files.items()]
    used = [{"@id": f"#input-{i}", "@type": "File", "name": name, "sha256": value}
            for i, (name, value) in enumerate(inputs.items())]  # fmt: skip
    software = {
        "@id": "#mrscape",
        "@type": "SoftwareApplication",
        "name": "mrscape",
        "version": run.release,
        "identifier": run.commit,
        "softwareRequirements": [f"{name} {version}" for name, version in run.packages.items()],
        "sha256OfLock": run.lock_sha256,
    }
    action = {
        "@id": "#run",
        "@type": "CreateAction",
        "endTime": run.date,
        "instrument": {"@id": "#mrscape"},
        "object": _ids(used),
        "result": _ids(parts),
        "description": f"Random seed {run.seed}; the config is config.yaml.",
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": run.title,
        "description": f"Results of the study: {run.title}",
        "datePublished": run.date,
        "license": "to be stated by the authors",
        "hasPart": _ids(parts),
        "mentions": {"@id": "#run"},
    }
    about = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CONFORMS},
        "about": {"@id": "./"},
    }
    return {"@context": CONTEXT, "@graph": [about, root, software, action, *parts, *used]}


def _ids(entities: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": entity["@id"]} for entity in entities]


def _file(name: str, path: Path) -> dict[str, Any]:
    return {"@id": name, "@type": "File", "contentSize": path.stat().st_size, "sha256": digest_of(path)}


def faults(archive: Path) -> Iterator[str]:
    """What of an archive is not as its metadata say, a line each; raises ValueError where it is no crate."""
    try:
        with ZipFile(archive) as opened:
            graph = json.loads(opened.read(METADATA))["@graph"]
            told = {part["@id"]: part for part in graph if "contentSize" in part}
            inside = {info.filename for info in opened.infolist() if not info.is_dir()} - {METADATA}
            yield from (f"{name}: missing" for name in sorted(told.keys() - inside))
            yield from (f"{name}: not listed" for name in sorted(inside - told.keys()))
            for name in sorted(told.keys() & inside):
                if _sha256_inside(opened, name) != told[name]["sha256"]:
                    yield f"{name}: changed (its SHA-256 is another)"
    except (BadZipFile, KeyError, OSError, ValueError) as error:
        raise ValueError(f"{archive} cannot be read as an archive of results: {error}") from error


def _sha256_inside(opened: ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with opened.open(name) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
