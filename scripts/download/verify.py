"""Is a downloaded file the one that was meant, and whole? If not, what came instead, in words."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from isal import igzip

from scripts.download.remote import Remote
from scripts.download.words import file_name, page_words, size, wants_login
from scripts.source.error import SourceError
from scripts.source.lines import DAMAGE, GZIP
from scripts.table.files import digest_of

BLOCK = 16 << 20
HEAD = 4096  # bytes that show what a file is
BGZIP, BGZIP_FIELD = b"\x1f\x8b\x08\x04", b"BC"
BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
MARKUP = (".html", ".htm", ".xml", ".json", ".yaml", ".yml")
COMPRESSED = (".gz", ".bgz", ".tgz")


@dataclass(frozen=True, slots=True)
class Verified:
    """Size in bytes and digests, by algorithm, of a file that was found whole."""

    n_bytes: int
    digests: dict[str, str]


def verify(path: Path, url: str, remote: Remote, came_from: str = "") -> Verified:
    """Check a file against what is known of it, and that it is whole in itself; raises SourceError.

    `came_from` is the address that served it in the end, where that is known.
    """
    with path.open("rb") as file:
        start = file.read(HEAD)
    _not_empty(start, url)
    _not_a_page(path, start, url, came_from)
    digests = _right_size_and_digest(path, url, remote)
    n_lines = _whole(path, start, file_name(url).lower(), url, count=bool(remote.least_rows))
    if n_lines is not None and n_lines <= remote.least_rows:
        raise SourceError(
            f"{url} has {n_lines:,} lines, expected more than {remote.least_rows:,}: it seems to be a part "
            "of the file (`fetch.least_rows` sets the limit)"
        )
    return Verified(path.stat().st_size, digests)


def _not_empty(start: bytes, url: str) -> None:
    if not start:
        raise SourceError(f"{url} is empty")


def _not_a_page(path: Path, start: bytes, url: str, came_from: str) -> None:
    """An error page with status 200 begins as markup or JSON, where a table, VCF or archive never does."""
    if file_name(url).lower().endswith(MARKUP) or not file_name(url):
        return
    shown = _unpacked_start(path) if start.startswith(GZIP) else start
    text = shown.lstrip(b"\xef\xbb\xbf \t\r\n")
    kinds = {b"<": "a web page", b"{": "a message in JSON", b"[": "a message in JSON"}
    kind = kinds.get(text[:1])
    if kind:
        login = " (a login page)" if wants_login(came_from) else ""
        where = f" from {came_from}" if came_from and came_from != url else ""
        raise SourceError(f"{url} sent {kind}{login}{where} instead of the file: {page_words(text)}")


def _unpacked_start(path: Path) -> bytes:
    try:
        with _gzip(path) as stream:
            return stream.read(HEAD)
    except DAMAGE:
        return b""


def _right_size_and_digest(path: Path, url: str, remote: Remote) -> dict[str, str]:
    n_bytes = path.stat().st_size
    if remote.n_bytes is not None and n_bytes != remote.n_bytes:
        raise SourceError(f"{url} has {n_bytes:,} bytes, expected {remote.n_bytes:,}")
    algorithm, _, expected = remote.checksum.partition(":")
    digests = {name: digest_of(path, name) for name in {"sha256": 1, **({algorithm: 1} if algorithm else {})}}
    if expected and digests[algorithm] != expected.lower():
        raise SourceError(
            f"{url}: its {algorithm.upper()} is {digests[algorithm]}, expected {expected.lower()} "
            f"({size(n_bytes)}); the file was damaged on the way, or is not the one that was meant"
        )
    return digests


def _whole(path: Path, start: bytes, name: str, url: str, count: bool) -> int | None:
    """Read an archive or a compressed file to its end; the number of its lines where they are wanted."""
    if start.startswith(GZIP):
        return _whole_gzip(path, start, url)
    if name.endswith(COMPRESSED):
        raise SourceError(f"{url} is not gzip, as its name says: it begins with '{page_words(start)[:60]}'")
    if name.endswith(".zip"):
        _whole_zip(path, url)
    elif name.endswith(".tar"):
        _whole_tar(path, url)
    elif count:
        with path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in _pieces(file))
    return None


def _whole_gzip(path: Path, start: bytes, url: str) -> int:
    """Lines of a gzip file, read to its last member; bgzip must end with its own mark of an end."""
    try:
        with _gzip(path) as stream:
            n_lines = sum(piece.count(b"\n") for piece in _pieces(stream))
    except DAMAGE as error:
        raise SourceError(f"{url} is truncated or damaged gzip ({error})") from error
    if start.startswith(BGZIP) and start[12:14] == BGZIP_FIELD and _end(path) != BGZIP_END:
        raise SourceError(f"{url} is truncated: a bgzip file ends with an empty block, and this one does not")
    return n_lines


def _whole_zip(path: Path, url: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise SourceError(f"{url} is truncated, or no zip archive ({error})") from error
    if damaged:
        raise SourceError(f"{url}: {damaged} in the zip archive is damaged")


def _whole_tar(path: Path, url: str) -> None:
    try:
        with tarfile.open(path) as archive:
            archive.getmembers()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise SourceError(f"{url} is truncated, or no tar archive ({error})") from error


def _gzip(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", igzip.open(path))  # type: ignore[no-untyped-call]


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(BLOCK):
        yield piece


def _end(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-len(BGZIP_END), 2)
        return file.read()
