"""Downloads through the proxy that the environment names, and what it gets to see."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import select
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts.download.locator import resolve
from scripts.download.proxy import proxy_of
from scripts.download.remote import Remote
from scripts.download.store import Store
from scripts.source.error import SourceError
from tests.download.server import HASTY, Asked, Site, running

TOKEN = "eyJhbGciOiJub25lIn0.SIMULATED.c2VjcmV0"
SIGNED = "X-Amz-Signature=verysecret"
PASSWORD = "p@ss/w:rd"
USER = "zoe:p%40ss%2Fw%3Ard"
BASIC = "Basic " + base64.b64encode(f"zoe:{PASSWORD}".encode()).decode()
BODY = gzip.compress(b"chromosome\tposition\tSIMULATED\n" * 2000, mtime=0)


@dataclass
class Gate:
    """A proxy: every host leads to one port of this machine; `refusal` is what it answers instead."""

    port: int
    url: str = ""
    refusal: int = 0
    seen: list[str] = field(default_factory=list)


class Through(BaseHTTPRequestHandler):
    """Forwards what is asked, and writes down all that it can read of it."""

    @property
    def gate(self) -> Gate:
        return self.server.gate  # type: ignore[attr-defined]

    def noted(self) -> bool:
        self.gate.seen.append(f"{self.requestline}\n{self.headers}")
        if self.gate.refusal:
            self.send_error(self.gate.refusal)
        return not self.gate.refusal

    def do_CONNECT(self) -> None:
        if self.noted():
            with socket.create_connection(("127.0.0.1", self.gate.port)) as there:
                self.send_response(200)
                self.end_headers()
                pump(self.connection, there)

    def do_GET(self) -> None:
        if self.noted():
            parts = urlsplit(self.path)
            with socket.create_connection(("127.0.0.1", self.gate.port)) as there:
                there.sendall(f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
                pump(self.connection, there)
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Silent."""


def pump(one: socket.socket, other: socket.socket) -> None:
    """Bytes from either to the other until one of them closes."""
    while True:
        for ready in select.select([one, other], [], [])[0]:
            piece = ready.recv(1 << 16)
            if not piece:
                return
            (other if ready is one else one).sendall(piece)


@contextmanager
def proxy_to(site: Site) -> Iterator[Gate]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Through)
    gate = Gate(urlsplit(site.base).port or 0, f"http://{USER}@127.0.0.1:{server.server_port}")
    server.gate = gate  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gate
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gate(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    with proxy_to(site) as made:
        named(made, monkeypatch)
        yield made


def named(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment, for all addresses."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, gate.url)
    monkeypatch.delenv("no_proxy", raising=False)


@pytest.fixture
def store(site: Site, tmp_path: Path) -> Store:
    return Store(site.settings(tmp_path / "downloads"))


def no_secret_in(*texts: str) -> None:
    for text in texts:
        assert not any(secret in text for secret in (TOKEN, "verysecret", PASSWORD, USER, "zoe")), text


def test_file_comes_through_the_proxy(gate: Gate, site: Site, store: Store):
    site.files["a.gz"] = BODY
    kept = store.get(Remote(("http://files.example:8080/a.gz",)))
    assert kept.path == store.settings.folder / "files.example_8080/a.gz"
    assert kept.path.read_bytes() == BODY
    (seen,) = gate.seen
    assert seen.startswith("GET http://files.example:8080/a.gz HTTP/1.1") and BASIC in seen
    assert "Proxy-Authorization" not in site.asked[0].headers


def test_hosts_of_no_proxy_are_asked_directly(
    gate: Gate, site: Site, store: Store, monkeypatch: pytest.MonkeyPatch
):
    site.files["a.gz"] = BODY
    monkeypatch.setenv("no_proxy", "example.org,127.0.0.1")
    assert store.get(Remote((site.url("a.gz"),))).path.read_bytes() == BODY
    assert gate.seen == []


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site with a certificate of its own for api.example, which this process trusts."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = [
        program,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=api.example",
    ]
    make += ["-addext", "subjectAltName=DNS:api.example", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(make, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with running(context) as site:
        yield site


def test_token_and_link_go_through_the_proxy_unseen(
    encrypted: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENGWAS_JWT", TOKEN)
    link = f"https://api.example/oci/ieu-b-18.vcf.gz?{SIGNED}"
    encrypted.files["oci/ieu-b-18.vcf.gz"] = gzip.compress(b"##fileformat=VCFv4.2 SIMULATED\n", mtime=0)
    replies = {
        "api/gwasinfo": [{"id": "ieu-b-18", "sample_size": 100}],
        "api/gwasinfo/files": {"ieu-b-18": [link]},
    }

    def reply_with(content: object):
        def reply(asked: Asked) -> tuple[int, dict[str, str], bytes]:
            known = asked.headers["Authorization"] == f"Bearer {TOKEN}"
            return (200 if known else 401), {}, json.dumps(content).encode()

        return reply

    encrypted.posts = {path: reply_with(content) for path, content in replies.items()}
    servers = encrypted.settings(tmp_path).servers | {"opengwas": "https://api.example/api"}
    store = Store(encrypted.settings(tmp_path / "downloads", servers=servers))
    with proxy_to(encrypted) as gate:
        named(gate, monkeypatch)
        kept = store.get(resolve("opengwas:ieu-b-18", store, "").remotes[0])
    assert gzip.decompress(kept.path.read_bytes()).startswith(b"##fileformat")
    assert len(gate.seen) == 3
    for seen in gate.seen:
        assert seen.startswith("CONNECT api.example:443 ") and BASIC in seen
        no_secret_in(seen.replace(BASIC, ""))
    assert all("Proxy-Authorization" not in asked.headers for asked in encrypted.asked)
    no_secret_in(caplog.text)


def test_certificate_that_nobody_vouches_for_is_said(
    encrypted: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    with proxy_to(encrypted) as gate:
        named(gate, monkeypatch)
        with pytest.raises(SourceError, match="its certificate cannot be verified"):
            Store(encrypted.settings(tmp_path)).get(Remote(("https://api.example/a.gz",)))


def test_token_is_not_sent_through_a_proxy_that_could_read_it(
    gate: Gate, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENGWAS_JWT", TOKEN)
    servers = site.settings(tmp_path).servers | {"opengwas": "http://api.example/api"}
    store = Store(site.settings(tmp_path / "downloads", servers=servers))
    with pytest.raises(
        SourceError, match=r"which the proxy 127\.0\.0\.1:\d+ would see: use an https address"
    ):
        resolve("opengwas:ieu-b-18", store, "")
    assert gate.seen == [] and site.asked == []


@pytest.mark.parametrize(
    ("status", "tries", "words"),
    [
        (407, 1, "answers 407 Proxy Authentication Required: give user and password"),
        (403, 1, "answers 403 Forbidden"),
        (503, HASTY.tries, "answers 503 Service Unavailable; given up after 4 tries"),
    ],
)
def test_proxy_that_refuses_is_named_without_its_password(
    gate: Gate, store: Store, caplog: pytest.LogCaptureFixture, status: int, tries: int, words: str
):
    gate.refusal = status
    with pytest.raises(SourceError) as error:
        store.get(Remote(("https://files.example/a.gz",)))
    place = gate.url.rpartition("@")[2]
    assert f"files.example cannot be reached through the proxy {place}, which {words}" in str(error.value)
    assert len(gate.seen) == tries
    no_secret_in(str(error.value), caplog.text)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_is_not_there_is_said(store: Store, monkeypatch: pytest.MonkeyPatch, scheme: str):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv(f"{scheme}_proxy", f"http://{USER}@127.0.0.1:{port}")
    with pytest.raises(
        SourceError, match=rf"through the proxy 127.0.0.1:{port} \(the proxy does not answer\)"
    ) as error:
        store.get(Remote((f"{scheme}://files.example/a.gz",)))
    no_secret_in(str(error.value))


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "HTTPS://zoe:x@proxy.example/"}, "https://proxy.example"),
        ({"all_proxy": "http://[::1]:3128"}, "http://[::1]:3128"),
        ({"http_proxy": "http://proxy:3128"}, None),
        ({"https_proxy": ""}, None),
        ({"https_proxy": "http://proxy:3128", "no_proxy": ".example"}, None),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "*"}, None),
    ],
)
def test_proxy_of_an_address(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str | None):
    monkeypatch.delenv("no_proxy", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = proxy_of("https://files.example/a.gz")
    assert (found and found.url) == url


@pytest.mark.parametrize("address", ["socks5://zoe:x@proxy:1080", "http://proxy:port", "http://", "a b"])
def test_proxy_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch, address: str):
    monkeypatch.setenv("https_proxy", address)
    with pytest.raises(SourceError, match="variable https_proxy or all_proxy does not name a proxy") as error:
        proxy_of("https://files.example/a.gz")
    no_secret_in(str(error.value))
