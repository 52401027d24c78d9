"""Local files, copies of remote ones, and what is said where one cannot be had."""

import hashlib
from pathlib import Path

import pytest
from scripts.source.locate import located

from scripts.source.error import SourceError
from scripts.table.files import write_json
from tests.source.raw import trait

URL = "https://example.org/b.tsv"


def receipt(folder: Path, message: str = "", copy: Path | None = None) -> list[Path]:
    path = folder / "receipt.json"
    write_json({"message": message, "copies": {URL: str(copy)} if copy else {}}, path)
    return [path]


def test_local_files_and_copies_come_in_the_order_of_the_trait_table(tmp_path: Path):
    copy = tmp_path / "copy.tsv"
    copy.write_text("x")
    paths = located(trait(), ["a.tsv", URL, "c.tsv"], receipt(tmp_path, copy=copy))
    assert paths == [Path("a.tsv"), copy, Path("c.tsv")]


def test_a_checksum_of_a_local_file_is_checked(tmp_path: Path):
    file = tmp_path / "a.tsv"
    file.write_text("content")
    digest = hashlib.sha256(b"content").hexdigest()
    assert located(trait(sha256=(digest,)), [str(file)], []) == [file]
    with pytest.raises(SourceError, match=f"{file}: its SHA-256 is {digest}, expected {'0' * 64}"):
        located(trait(sha256=("0" * 64,)), [str(file)], [])


def test_a_failed_download_is_told_in_its_own_words(tmp_path: Path):
    with pytest.raises(SourceError, match="answers 404"):
        located(trait(), [URL], receipt(tmp_path, message=f"{URL} answers 404"))


def test_a_copy_that_is_gone_says_how_to_have_it_again(tmp_path: Path):
    with pytest.raises(SourceError, match=r"is gone: delete .*receipt.json to download it again"):
        located(trait(), [URL], receipt(tmp_path, copy=tmp_path / "deleted.tsv"))
