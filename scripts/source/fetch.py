"""Bring a file here: a local path is checked, a URL is downloaded whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.util import Retry, Timeout

from scripts.source.error import SourceError
from scripts.table.files import atomic
from scripts.table.trait import is_url

PIECE = 1 << 20  # bytes
# Retry honours a server's Retry-After; jitter keeps many jobs from coming back at the same moment.
RETRY = Retry(
    total=5,
    backoff_factor=1.0,
    backoff_max=60.0,
    backoff_jitter=1.0,
    status_forcelist=(408, 429, 500, 502, 503, 504),
    raise_on_status=False,
)
TIMEOUT = Timeout(connect=30.0, read=120.0)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a file is, its size in bytes, its SHA-256 digest and whether a given one was compared."""

    path: Path
    n_bytes: int
    sha256: str
    verified: bool


def fetch(locator: str, folder: Path, sha256: str | None = None, retry: Retry = RETRY) -> Receipt:
    """A local copy of a file; the file itself where `locator` is a path.

    The copy in `folder` is named after the address, so that two addresses never share one. A copy that is
    there and has the digest `sha256` is not downloaded again. Raises SourceError for a missing file, an
    address that answers with an error, a transfer that breaks off and a digest that differs; none of them
    leaves a file behind.
    """
    if not is_url(locator):
        return _receipt(Path(locator), locator, sha256)
    name = unquote(urlsplit(locator).path).rsplit("/", 1)[-1]
    if not name:
        raise SourceError(f"{locator} names no file: expected an address that ends in a file name")
    path = Path(folder) / f"{hashlib.sha256(locator.encode()).hexdigest()[:8]}.{name}"
    if sha256 and path.is_file() and _digest(path) == sha256.lower():
        return _receipt(path, locator, sha256)
    with atomic(path) as part:
        _download(locator, part, retry)
        receipt = _receipt(part, locator, sha256)
    return replace(receipt, path=path)


def _download(url: str, path: Path, retry: Retry) -> None:
    """The bytes as served: a gzip file is not unpacked on the way."""
    try:
        with (
            urllib3.PoolManager(retries=retry, timeout=TIMEOUT) as pool,
            pool.request("GET", url, preload_content=False, decode_content=False) as response,
            path.open("wb") as file,
        ):
            if response.status != 200:
                raise SourceError(f"{url} answers {response.status} {response.reason or ''}".rstrip())
            for piece in response.stream(PIECE, decode_content=False):
                file.write(piece)
    except urllib3.exceptions.HTTPError as error:
        raise SourceError(f"{url} cannot be downloaded: {error}") from error


def _receipt(path: Path, locator: str, sha256: str | None) -> Receipt:
    if not path.is_file():
        raise SourceError(f"{locator} does not exist")
    digest = _digest(path)
    if sha256 and digest != sha256.lower():
        raise SourceError(
            f"{locator}: its SHA-256 is {digest}, expected {sha256.lower()}; the file is not the one "
            "that the trait table means, or it was damaged on the way"
        )
    return Receipt(path, path.stat().st_size, digest, verified=bool(sha256))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
