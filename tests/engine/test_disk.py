"""Room on the disk: reckoned before a run, watched during it."""

import errno
import json
from collections.abc import Collection
from pathlib import Path

import pytest

from scripts.engine.disk import Need, need_of
from scripts.table.space import DiskFull, check_space, free_bytes, leave_free, same_disk, told

EXPOSURES = {"x1", "x2", "x3", "x4"}
FILES = {name: [f"https://a/{name}"] for name in (*EXPOSURES, "outcome")}
FILES |= {gene: ["https://a/genes"] for gene in ("gene_1", "gene_2")}


def need(fetched: Collection[str], read: Collection[str], receipts: Path, side_by_side: int = 2) -> Need:
    return need_of(fetched, read, EXPOSURES, FILES, receipts, 500e6, side_by_side)


def test_the_need_is_told_with_and_without_keeping_raw_files(tmp_path: Path):
    whole = need({*EXPOSURES, "outcome"}, EXPOSURES, tmp_path)
    assert (whole.downloads, whole.kept) == (5, 2_500_000_000)
    assert whole.passing == 1_500_000_000  # the outcome's file stays, two of the exposures' are under way
    assert whole.results == 200_000_000
    text = whole.text(keep=False, free=10**10)
    assert "2.5 GB where all are kept, at most 1.5 GB at a time" in text and "Results to come: 0.2 GB" in text
    assert "THIS WILL NOT DO" not in text
    assert "THIS WILL NOT DO" in whole.text(keep=True, free=26 * 10**8)
    assert "THIS WILL NOT DO" not in whole.text(keep=False, free=26 * 10**8)


def test_results_may_be_on_a_disk_of_their_own(tmp_path: Path):
    whole = need({*EXPOSURES, "outcome"}, EXPOSURES, tmp_path)
    assert "THIS WILL NOT DO" not in whole.text(True, 25 * 10**8, free_for_results=3 * 10**8)
    text = whole.text(True, 25 * 10**8, free_for_results=10**8)
    assert "2.5 GB for downloads, 0.1 GB for results. THIS WILL NOT DO" in text
    assert same_disk(tmp_path, tmp_path / "not" / "there")


def test_what_is_only_fetched_stays(tmp_path: Path):
    fetched = need(EXPOSURES, (), tmp_path)
    assert fetched.passing == fetched.kept == 2_000_000_000 and fetched.results == 0


def test_what_came_tells_how_large_the_rest_of_its_kind_is(tmp_path: Path):
    (tmp_path / "x1.json").write_text(json.dumps({"files": [{"bytes": 4_000_000}]}))
    (tmp_path / "x2.json").write_text(json.dumps({"files": []}))  # it failed, and is tried again
    (tmp_path / "outcome.json").write_text(json.dumps({"files": [{"bytes": 10**10}]}))
    rest = need({"x2", "x3", "x4"}, EXPOSURES, tmp_path, side_by_side=8)
    assert (rest.downloads, rest.kept, rest.passing) == (3, 12_000_000, 12_000_000)
    assert rest.results == 1_600_000


def test_traits_of_one_file_share_a_download(tmp_path: Path):
    genes = need({"gene_1", "gene_2"}, (), tmp_path)
    assert (genes.downloads, genes.kept) == (1, 500_000_000)
    for gene in ("gene_1", "gene_2"):
        (tmp_path / f"{gene}.json").write_text(json.dumps({"files": [{"bytes": 4 * 10**9}]}))
    assert need({"outcome"}, (), tmp_path).kept == 4 * 10**9


def test_a_job_stops_before_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MRSCAPE_LEAVE_FREE", raising=False)
    monkeypatch.setenv("MRSCAPE_LEAVE_FREE", "0")
    free = free_bytes(tmp_path / "not" / "there")
    check_space(tmp_path / "not" / "there", free // 2)
    leave_free(0.75 * free / 1e9)
    check_space(tmp_path)
    with pytest.raises(DiskFull, match=r"nearly full: .* are to come and .* finished stays: make room"):
        check_space(tmp_path, free // 2)


def test_errors_of_a_disk_say_what_to_do():
    assert "make room" in told(OSError(errno.ENOSPC, "No space left on device"))
    assert "Make it writable" in told(OSError(errno.EROFS, "Read-only file system"))
    assert told(ValueError("as it is")) == "as it is"
