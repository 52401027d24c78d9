"""One file out of a zip or tar archive."""

from __future__ import annotations

import difflib
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scripts.source.error import SourceError
from scripts.table.files import atomic


def extract(archive: Path, member: str, target: Path) -> None:
    """Write the regular file `member` of an archive to `target`, whole or not at all; no other path is made.

    Raises SourceError for a file that is no archive or has no such member; the message has the nearest names.
    """
    with _opened(archive, member) as source, atomic(target) as part, part.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


@contextmanager
def _opened(archive: Path, member: str) -> Iterator[IO[bytes]]:
    try:
        if zipfile.is_zipfile(archive):
            with (
                zipfile.ZipFile(archive) as packed,
                packed.open(_chosen(archive, member, packed.namelist())) as file,
            ):
                yield file
        else:
            with tarfile.open(archive) as packed_tar:
                regular = {info.name: info for info in packed_tar if info.isreg()}
                source = packed_tar.extractfile(regular[_chosen(archive, member, list(regular))])
                assert source is not None  # it is a regular file
                yield source
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"{archive} is damaged, or no zip or tar archive ({error})") from error


def _chosen(archive: Path, member: str, names: list[str]) -> str:
    """The name as the archive spells it, with or without ./ or, where that is unique, its folder."""
    spelled = [name for name in names if name.removeprefix("./") == member]
    spelled = spelled or [name for name in names if name.rpartition("/")[2] == member]
    if len(spelled) == 1:
        return spelled[0]
    near = difflib.get_close_matches(member, names, n=3, cutoff=0.3) or names[:3]
    number = "no" if not spelled else str(len(spelled))
    raise SourceError(f"{archive} has {number} files '{member}'; it has for example: {', '.join(near)}")
