"""Files by path and by address, against a server in the test."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from urllib3.util import Retry

from scripts.source import SourceError
from scripts.source.fetch import fetch
from scripts.table.trait import is_url

BODY = gzip.compress(b"chromosome\tposition\n1\t2\n", mtime=0)
DIGEST = hashlib.sha256(BODY).hexdigest()
PATIENT = Retry(total=3, backoff_factor=0, status_forcelist=(429, 503), raise_on_status=False)


class Server(BaseHTTPRequestHandler):
    """/ok.gz answers, /busy.gz at the second try, /cut.gz breaks off, anything else is not there."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.rsplit("/", 1)[-1].partition("?")[0]
        if name == "busy.gz" and self.asked.count(self.path) == 1:
            self.answer(503, b"", {"Retry-After": "0"})
        elif name in ("ok.gz", "busy.gz"):
            self.answer(200, BODY, {"Content-Encoding": "gzip"})
        elif name == "cut.gz":
            self.answer(200, BODY[:5], {"Content-Length": str(len(BODY))})
        else:
            self.answer(404, b"no such file", {})

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[str]:
    Server.asked.clear()
    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_download_keeps_the_bytes_as_they_are(server: str, tmp_path: Path):
    receipt = fetch(f"{server}/data/ok.gz?version=2", tmp_path, DIGEST.upper())
    assert receipt.path.read_bytes() == BODY  # not unpacked, whatever Content-Encoding says
    assert receipt.path.name.endswith(".ok.gz")
    assert (receipt.n_bytes, receipt.sha256, receipt.verified) == (len(BODY), DIGEST, True)
    assert list(tmp_path.iterdir()) == [receipt.path]


def test_copy_that_is_verified_is_not_asked_for_again(server: str, tmp_path: Path):
    first = fetch(f"{server}/ok.gz", tmp_path, DIGEST)
    assert fetch(f"{server}/ok.gz", tmp_path, DIGEST) == first
    assert len(Server.asked) == 1
    assert fetch(f"{server}/ok.gz", tmp_path).verified is False  # without a digest nothing is known of a copy
    assert len(Server.asked) == 2


def test_one_name_at_two_addresses_gives_two_files(server: str, tmp_path: Path):
    assert fetch(f"{server}/1/ok.gz", tmp_path).path != fetch(f"{server}/2/ok.gz", tmp_path).path


def test_busy_server_is_asked_again(server: str, tmp_path: Path):
    assert fetch(f"{server}/busy.gz", tmp_path, DIGEST, PATIENT).verified
    assert len(Server.asked) == 2


@pytest.mark.parametrize(
    ("name", "digest", "message"),
    [
        ("none.gz", None, "answers 404"),
        ("ok.gz", "0" * 64, f"its SHA-256 is {DIGEST}, expected 0000"),
        ("cut.gz", None, "cannot be downloaded"),
        ("", None, "names no file"),
    ],
)
def test_failures_leave_nothing_behind(
    server: str, tmp_path: Path, name: str, digest: str | None, message: str
):
    with pytest.raises(SourceError, match=message):
        fetch(f"{server}/{name}", tmp_path, digest, PATIENT)
    assert list(tmp_path.iterdir()) == []


def test_nobody_answers(tmp_path: Path):
    with pytest.raises(SourceError, match="cannot be downloaded"):
        fetch("http://127.0.0.1:9/a.gz", tmp_path, None, Retry(total=0))


def test_local_file_is_checked_and_not_copied(tmp_path: Path):
    path = tmp_path / "a.gz"
    path.write_bytes(BODY)
    assert fetch(str(path), tmp_path / "copies", DIGEST).path == path
    assert not (tmp_path / "copies").exists()
    with pytest.raises(SourceError, match="SHA-256"):
        fetch(str(path), tmp_path, "0" * 64)
    with pytest.raises(SourceError, match="does not exist"):
        fetch(str(tmp_path / "b.gz"), tmp_path)


def test_is_url():
    assert is_url("https://a/b") and is_url("http://a/b")
    assert not is_url("a/http") and not is_url("/https:/x")
