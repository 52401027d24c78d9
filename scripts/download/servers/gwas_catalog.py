"""GWAS Catalog: the folder of an accession, its raw and harmonised files, checksums and metadata."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin

import yaml

from scripts.download.found import Found
from scripts.download.http import NotThere
from scripts.download.remote import Remote
from scripts.download.store import Missing, Store
from scripts.download.words import file_name
from scripts.source.error import SourceError
from scripts.source.sidecar import described

CHOICES = ("harmonised", "raw", "harmonised_first")
ACCESSION = re.compile(r"GCST(\d{6,})")
HARMONISED = re.compile(r"\.h\.tsv(\.gz|\.bgz)?$")
TABLE = re.compile(
    r"\.(tsv|txt|csv|vcf|assoc|meta|out|sumstats|linear|logistic|bgz|gz|zip)(\.gz|\.bgz)?$", re.I
)
BESIDE = re.compile(r"(^md5sum|^readme|\.log$|\.tbi$|-meta\.yaml$|\.f\.tsv)", re.I)


def resolve(name: str, store: Store, default: str) -> Found:
    """The summary statistics of `GCST...` or `GCST.../<choice>`; raises SourceError, NotThere, Missing."""
    accession, _, choice = name.partition("/")
    choice = choice or default
    if not ACCESSION.fullmatch(accession):
        raise SourceError(f"'{accession}' is no accession of the GWAS Catalog, e.g. GCST90002426")
    if choice not in CHOICES:
        raise SourceError(f"'{choice}' is no choice of files, expected {', '.join(CHOICES)}")
    folders = [f"{base}{bucket(accession)}/{accession}/" for base in store.settings.server("gwas_catalog")]
    if choice != "raw":
        url = _harmonised(accession, folders, store)
        if url is not None:
            return _found(url, store, harmonised=True)
        if choice == "harmonised":
            raise SourceError(_only_raw(accession, folders, store))
        logging.info("%s has no harmonised file: the raw one is taken", accession)
    return _found(_raw(accession, folders, store), store, harmonised=False)


def bucket(accession: str) -> str:
    """The folder of a thousand accessions, e.g. GCST90002001-GCST90003000 for GCST90003000."""
    digits = accession.removeprefix("GCST")
    first = (int(digits) - 1) // 1000 * 1000 + 1
    return f"GCST{first:0{len(digits)}d}-GCST{first + 999:0{len(digits)}d}"


def links(page: bytes, url: str) -> list[str]:
    """Names of files, and of folders with / at the end, that an index page of a folder links to."""
    parser = _Links()
    parser.feed(page.decode("utf-8", errors="replace"))
    targets = [urljoin(url, target) for target in parser.targets if not target.startswith("?")]
    names = [unquote(target.removeprefix(url)) for target in targets if target.startswith(url)]
    return list(dict.fromkeys(name for name in names if name and "/" not in name.rstrip("/")))


class _Links(HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.targets += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _listed(folders: list[str], store: Store) -> tuple[str, list[str]]:
    """The first folder that can be listed, and the names in it."""
    errors: list[SourceError] = []
    for folder in folders:
        try:
            names = links(store.document([folder]), folder)
        except SourceError as error:
            errors.append(error)
            continue
        if names:
            return folder, names
        errors.append(SourceError(f"{folder} is no index of files: nothing on the page is a link into it"))
    raise next((error for error in errors if not isinstance(error, NotThere)), errors[0])


def _harmonised(accession: str, folders: list[str], store: Store) -> str | None:
    """The address of the one harmonised file, from the folder's index or, without that, the list of all."""
    try:
        _, names = _listed(folders, store)
        if "harmonised/" not in names:
            return None
        folder, names = _listed([f"{folder}harmonised/" for folder in folders], store)
    except NotThere:
        raise SourceError(f"the GWAS Catalog has no folder for {accession} ({folders[0]})") from None
    except Missing:
        raise
    except SourceError as error:
        logging.warning("%s; the list of all harmonised files is used", error)
        folder, names = _from_list(accession, store)
    return _single(accession, folder, [name for name in names if HARMONISED.search(name)], "harmonised")


def _from_list(accession: str, store: Store) -> tuple[str, list[str]]:
    """The harmonised files of an accession in harmonised_list.txt: ./BUCKET/GCST/harmonised/FILE a line."""
    bases = store.settings.server("gwas_catalog")
    listed = store.document([f"{base}harmonised_list.txt" for base in bases]).decode(
        "utf-8", errors="replace"
    )
    inside = f"{bucket(accession)}/{accession}/harmonised/"
    paths = [line.strip().removeprefix("./") for line in listed.splitlines()]
    names = [path.removeprefix(inside) for path in paths if path.startswith(inside)]
    return f"{bases[0]}{inside}", names


def _raw(accession: str, folders: list[str], store: Store) -> str:
    try:
        folder, names = _listed(folders, store)
    except NotThere:
        raise SourceError(f"the GWAS Catalog has no folder for {accession} ({folders[0]})") from None
    files = [name for name in names if TABLE.search(name) and not BESIDE.search(name)]
    url = _single(accession, folder, files, "raw")
    if url is None:
        hint = f"; `gwas_catalog:{accession}/harmonised` may have one" if "harmonised/" in names else ""
        raise SourceError(f"{folder} holds no summary statistics (there is: {', '.join(names)}){hint}")
    return url


def _single(accession: str, folder: str, names: list[str], kind: str) -> str | None:
    """The one file; of several, the one named after the accession, compressed if both are there."""
    own = [name for name in names if name.startswith(accession)]
    chosen = own if own else names
    packed = [name for name in chosen if name.endswith("gz") and name.rpartition(".")[0] in chosen]
    chosen = packed if len(packed) == 1 and len(chosen) == 2 else chosen
    if len(chosen) > 1:
        raise SourceError(
            f"{folder} holds {len(chosen)} {kind} files ({', '.join(chosen)}): name one by its address"
        )
    return f"{folder}{chosen[0]}" if chosen else None


def _only_raw(accession: str, folders: list[str], store: Store) -> str:
    """What to do where there is no harmonised file."""
    try:
        raw = file_name(_raw(accession, folders, store))
    except SourceError as error:
        return f"{accession} has no harmonised file; {error}"
    return (
        f"{accession} has no harmonised file, only {raw}: write `gwas_catalog:{accession}/raw` (or set "
        "`fetch.catalog: harmonised_first`), with the format and the genome build of that file"
    )


def _found(url: str, store: Store, harmonised: bool) -> Found:
    folder, name = url.rsplit("/", 1)
    content = _yaml(f"{url}-meta.yaml", store)
    checksum = _md5(f"{folder}/md5sum.txt", name, store)
    told = content.get("data_file_md5sum")
    if checksum and isinstance(told, str) and told.lower() != checksum:
        logging.warning("%s: md5sum.txt gives another MD5 than the metadata; the first is used", name)
    metadata = described(content)
    if harmonised:
        metadata = replace(metadata, build="GRCh38")
    remote = Remote(
        urls=_everywhere(url, store),
        checksum=f"md5:{checksum}" if checksum else "",
        least_rows=store.settings.least_rows,
    )
    return Found((remote,), metadata)


def _everywhere(url: str, store: Store) -> tuple[str, ...]:
    """The address of a file, then the same path on the other servers."""
    bases = store.settings.server("gwas_catalog")
    path = next(url.removeprefix(base) for base in bases if url.startswith(base))
    return tuple(dict.fromkeys([url, *(f"{base}{path}" for base in bases)]))


def _md5(url: str, name: str, store: Store) -> str:
    """The MD5 of a file in the folder's md5sum.txt, or nothing where it gives none."""
    try:
        lines = store.document([url]).decode("ascii", errors="replace").splitlines()
    except (NotThere, Missing):
        return ""
    fields = [line.split(maxsplit=1) for line in lines if line.strip()]
    sums = {pair[1].lstrip("*./"): pair[0].lower() for pair in fields if len(pair) == 2}
    found = sums.get(name, "")
    return found if re.fullmatch(r"[0-9a-f]{32}", found) else ""


def _yaml(url: str, store: Store) -> dict[str, Any]:
    """The metadata beside a file, or nothing where there are none, or none that can be read."""
    try:
        content = yaml.safe_load(store.document([url]).decode("utf-8", errors="replace"))
    except (NotThere, Missing):
        return {}
    except yaml.YAMLError as error:
        logging.warning("%s is not YAML (%s): it is left aside", url, str(error).splitlines()[0])
        return {}
    return content if isinstance(content, dict) else {}
