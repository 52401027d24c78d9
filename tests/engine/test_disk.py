"""Room on the disk: reckoned before a run, watched during it."""

import errno
import json
from pathlib import Path

import pytest

from scripts.engine.disk import need_of
from scripts.table.space import DiskFull, check_space, free_bytes, leave_free, told

TRAITS = ["x1", "x2", "x3", "x4", "outcome"]
EXPOSURES = {"x1", "x2", "x3", "x4"}


def test_the_need_is_told_with_and_without_keeping_raw_files(tmp_path: Path):
    need = need_of(TRAITS, EXPOSURES, tmp_path, 500e6, side_by_side=2)
    assert (need.files, need.kept) == (5, 2_500_000_000)
    assert need.passing == 1_500_000_000  # the outcome's file stays, two of the exposures' are under way
    assert need.results == 250_000_000
    assert "about 2.8 GB of disk where downloads are kept and 1.8 GB where" in need.text(False, 10**10)
    assert "THIS WILL NOT DO" in need.text(True, 2 * 10**9)
    assert "THIS WILL NOT DO" not in need.text(False, 2 * 10**9)


def test_what_came_tells_how_large_the_rest_is(tmp_path: Path):
    (tmp_path / "x1.json").write_text(json.dumps({"files": [{"bytes": 4_000_000}]}))
    (tmp_path / "x2.json").write_text(json.dumps({"files": []}))  # it failed, and is tried again
    need = need_of(TRAITS, EXPOSURES, tmp_path, 500e6, side_by_side=8)
    assert (need.files, need.kept, need.passing) == (4, 16_000_000, 16_000_000)


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
