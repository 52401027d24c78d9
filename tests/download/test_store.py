"""Whatever a server does: the right file, or an error in words and nothing under the final name."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import random
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.download.progress import Meter
from scripts.download.remote import Remote, place_of
from scripts.download.store import Missing, Store
from scripts.source.error import SourceError
from tests.download import server
from tests.download.server import HASTY, PAGE, Site, drop_at, says, with_headers

ROOT = Path(__file__).resolve().parents[2]
LINES = "chromosome\tposition\tSIMULATED\n" + "".join(
    f"{random.Random(i).random()}\t{i}\tx\n" for i in range(20_000)
)
BODY = gzip.compress(LINES.encode(), mtime=0)
OTHER = gzip.compress(LINES.replace("x", "y").encode(), mtime=0)
SHA = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
NAME = "data/a.tsv.gz"
BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def member(text: bytes) -> bytes:
    """One gzip member that says of itself what bgzip's say."""
    plain = gzip.compress(text, mtime=0)
    return plain[:3] + b"\x04" + plain[4:10] + b"\x06\x00BC\x02\x00\x00\x00" + plain[10:]


@pytest.fixture
def store(site: Site, tmp_path: Path) -> Store:
    site.files[NAME] = BODY
    return Store(site.settings(tmp_path / "downloads"))


def final(store: Store, site: Site, name: str = NAME) -> Path:
    return store.settings.folder / place_of(site.url(name))


def test_file_is_kept_once_under_host_and_path(store: Store, site: Site):
    remote = Remote((site.url(NAME),), SHA)
    kept = store.get(remote)
    assert kept.path == final(store, site) and kept.path.read_bytes() == BODY
    assert (kept.n_bytes, f"sha256:{kept.sha256}") == (len(BODY), SHA)
    assert store.get(remote) == kept and len(site.asked) == 1
    names = {path.name for path in kept.path.parent.iterdir()}
    assert names == {"a.tsv.gz", "a.tsv.gz.receipt.json"}


@pytest.mark.parametrize(
    "faults",
    [
        [drop_at(1)],
        [drop_at(0)],
        [drop_at(1000), drop_at(70_000), drop_at(5)],
        [drop_at(len(BODY) - 1)],
        [says(503)],
        [says(503, Retry_After="0.01"), says(429, Retry_After="0")],
        [says(500), says(502), says(504)],
        [drop_at(100_000), server.no_ranges],
        [with_headers(Content_Encoding="gzip")],
        [drop_at(90_000), says(416)],
        [drop_at(90_000), with_headers(Content_Range="bytes 3-9/10")],
        [says(302, Location="/data/a.tsv.gz")],
    ],
)
def test_what_a_later_try_mends(store: Store, site: Site, faults: list[server.Fault]):
    site.faults[NAME] = list(faults)
    assert store.get(Remote((site.url(NAME),))).path.read_bytes() == BODY
    assert site.faults[NAME] == []


def test_broken_transfer_goes_on_where_it_was(store: Store, site: Site):
    site.faults[NAME] = [drop_at(70_000), drop_at(20_000)]
    store.get(Remote((site.url(NAME),)))
    assert site.ranges(NAME) == [None, "bytes=70000-", "bytes=90000-"]
    assert all(asked.headers["Accept-Encoding"] == "identity" for asked in site.asked)


def test_many_drops_do_not_exhaust_patience_as_long_as_there_is_progress(store: Store, site: Site):
    patient = Store(replace(store.settings, patience=replace(HASTY, tries=2, progress_bytes=1000)))
    site.faults[NAME] = [drop_at(10_000)] * 9
    assert patient.get(Remote((site.url(NAME),))).path.read_bytes() == BODY


def test_file_that_changes_between_two_ranges_is_begun_again(store: Store, site: Site):
    site.faults[NAME] = [drop_at(70_000), server.becomes(OTHER)]
    assert store.get(Remote((site.url(NAME),))).path.read_bytes() == OTHER


def test_changed_file_of_a_server_that_ignores_if_range_is_begun_again(store: Store, site: Site):
    def careless(handler: server.Handler, _: bytes) -> None:
        handler.site.files[NAME] = OTHER
        content = {"Content-Range": f"bytes 70000-{len(OTHER) - 1}/{len(OTHER)}", "ETag": '"new"'}
        handler.answer(206, OTHER[70_000:], content)

    site.faults[NAME] = [drop_at(70_000), careless]
    assert store.get(Remote((site.url(NAME),))).path.read_bytes() == OTHER


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ([says(404, b"<h1>Not</h1> found")], "answers 404 Not Found: Not found"),
        ([says(403, b"<Error><Message>Go away</Message></Error>")], "answers 403 Forbidden: Go away"),
        ([says(503)] * 4, "answers 503 Service Unavailable; given up after 4 tries in a row"),
        ([says(429, Retry_After="3600")], "asks to be left alone for 3600 s"),
        ([says(503, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT")], "asks to be left alone"),
        ([says(429, X_Allowance_Reset="9999999999")], "asks to be left alone"),
        ([drop_at(10)] * 4, "given up after 4 tries"),
        ([server.drip] * 4, r"127.0.0.1:\d+ is too slow"),
        ([says(200, PAGE)], "sent a web page .*instead of the file: Down Out for maintenance"),
        ([says(200, gzip.compress(PAGE))], "sent a web page .*instead of the file: Down"),
        (
            [says(200, b"<?xml version='1.0'?><Error>AccessDenied</Error>")],
            "instead of the file: AccessDenied",
        ),
        ([says(200, b'{"message": "quota"}')], "a message in JSON instead of the file: .*quota"),
        ([says(200, b"")], "is empty"),
        (
            [says(200, b"Too many requests")],
            "is not gzip, as its name says: it begins with 'Too many requests'",
        ),
        ([says(200, BODY[:-9])], "is truncated or damaged gzip"),
        ([says(200, BODY[:5000] + b"\0" * 50 + BODY[5050:])], "is truncated or damaged gzip"),
        ([says(302, Location="/data/a.tsv.gz")] * 20, "redirects without end"),
        (
            [says(302, Location="/login?next=data")],
            "wants a login: it redirects to .*/login; download the file",
        ),
        ([says(302, Location="file:///etc/passwd")], "which is not http"),
        ([says(302, Location="http://[::1/x")], r"'http://\[::1/x' is no address"),
        ([says(200, BODY, Content_Length=str(len(BODY) + 9))] * 4, "given up after 4 tries"),
        ([says(200, BODY, Content_Length=str(len(BODY) - 9))] * 4, "truncated or damaged gzip"),
    ],
)
def test_what_is_no_file_is_said_in_words(store: Store, site: Site, faults: list[server.Fault], words: str):
    site.faults[NAME] = list(faults)
    with pytest.raises(SourceError, match=words):
        store.get(Remote((site.url(NAME),)))
    assert not final(store, site).exists()
    assert not final(store, site).with_name("a.tsv.gz.receipt.json").exists()
    site.faults[NAME] = []
    assert store.get(Remote((site.url(NAME),), SHA)).path.read_bytes() == BODY  # nothing wrong stays behind


@pytest.mark.parametrize(
    ("remote", "words"),
    [
        ({"checksum": "sha256:" + "0" * 64}, "its SHA256 is .*, expected 0000"),
        ({"checksum": "md5:" + "0" * 32}, "its MD5 is .*, expected 0000"),
        ({"n_bytes": 7}, f"has {len(BODY):,} bytes, expected 7"),
        ({"least_rows": 20_001}, "has 20,001 lines, expected more than 20,001"),
    ],
)
def test_file_that_is_not_the_one_meant_is_refused(store: Store, site: Site, remote: dict, words: str):
    with pytest.raises(SourceError, match=words):
        store.get(Remote((site.url(NAME),), **remote))
    assert not final(store, site).exists()


def test_nobody_answers(tmp_path: Path, site: Site):
    with pytest.raises(SourceError, match="cannot be reached"):
        Store(site.settings(tmp_path)).get(Remote(("http://127.0.0.1:9/a.gz",)))


def test_next_mirror_is_asked_and_the_message_says_what_each_said(store: Store, site: Site):
    urls = (site.url("gone.gz"), site.url("page.gz"), site.url(NAME))
    site.files["page.gz"] = PAGE
    assert store.get(Remote(urls)).path.read_bytes() == BODY
    site.files["page2.gz"] = PAGE
    with pytest.raises(
        SourceError, match=r"no mirror gives the file: .*none.gz answers 404.*; .*page2.gz sent a web"
    ):
        store.get(Remote((site.url("none.gz"), site.url("page2.gz"))))


def test_gzip_of_many_members_is_read_to_the_last(store: Store, site: Site):
    whole = b"".join(gzip.compress(f"{i}\n".encode()) for i in range(50))
    site.files["many.gz"], site.files["cut.gz"] = whole, whole[:-3]
    assert store.get(Remote((site.url("many.gz"),), least_rows=49)).path.read_bytes() == whole
    with pytest.raises(SourceError, match="truncated"):
        store.get(Remote((site.url("cut.gz"),)))


def test_bgzip_that_ends_between_two_members_is_truncated(store: Store, site: Site):
    members = b"".join(member(f"{i}\n".encode()) for i in range(5))
    site.files["whole.gz"], site.files["cut.gz"] = members + BGZIP_END, members
    store.get(Remote((site.url("whole.gz"),)))
    with pytest.raises(SourceError, match="a bgzip file ends with an empty block"):
        store.get(Remote((site.url("cut.gz"),)))


def test_members_of_archives_and_nothing_outside_of_them(store: Store, site: Site):
    packed, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in ("./GTEx/Lung.egenes.txt.gz", "../../evil.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(BODY)
            archive.addfile(info, io.BytesIO(BODY))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with zipfile.ZipFile(zipped, "w") as archive_zip:
        archive_zip.writestr("associations.tsv", LINES)
    site.files["a.tgz"], site.files["b.zip"], site.files["c.zip"] = (
        packed.getvalue(),
        zipped.getvalue(),
        zipped.getvalue()[:-30],
    )
    lung = store.get(Remote((site.url("a.tgz"),), member="GTEx/Lung.egenes.txt.gz"))
    assert lung.path.read_bytes() == BODY and len(site.asked) == 1
    assert store.get(Remote((site.url("a.tgz"),), member="GTEx/Lung.egenes.txt.gz")) == lung
    (store.settings.folder / place_of(site.url("a.tgz"))).unlink()  # the member is enough
    assert store.get(Remote((site.url("a.tgz"),), member="GTEx/Lung.egenes.txt.gz")) == lung
    for name, words in (
        ("GTEx/Lnug.egenes.txt.gz", "Lung.egenes"),
        ("link", "no files"),
        ("../../evil.txt", "no name"),
    ):
        with pytest.raises(SourceError, match=words):
            store.get(Remote((site.url("a.tgz"),), member=name))
    assert store.get(Remote((site.url("b.zip"),), member="associations.tsv")).path.read_text() == LINES
    with pytest.raises(SourceError, match="no zip archive"):
        store.get(Remote((site.url("c.zip"),)))
    assert not list(store.settings.folder.parent.glob("evil*"))


def test_changed_checksum_replaces_the_copy(store: Store, site: Site):
    store.get(Remote((site.url(NAME),), SHA))
    site.files[NAME] = OTHER
    new = f"md5:{hashlib.md5(OTHER).hexdigest()}"
    assert store.get(Remote((site.url(NAME),), new)).path.read_bytes() == OTHER


def test_copy_that_was_cut_off_later_is_downloaded_again(store: Store, site: Site):
    path = store.get(Remote((site.url(NAME),))).path
    path.write_bytes(BODY[:100])
    assert store.get(Remote((site.url(NAME),))).path.read_bytes() == BODY


def test_offline_gives_what_is_here_and_names_what_is_not(store: Store, site: Site):
    offline = Store(replace(store.settings, offline=True))
    with pytest.raises(Missing, match=NAME):
        offline.get(Remote((site.url(NAME),)))
    with pytest.raises(Missing):
        offline.document([site.url(NAME)])
    store.get(Remote((site.url(NAME),)))
    site.files["list.txt"] = b"SIMULATED"
    store.document([site.url("list.txt")])
    asked = len(site.asked)
    assert offline.get(Remote((site.url(NAME),))).path.read_bytes() == BODY
    assert offline.document([site.url("list.txt")]) == b"SIMULATED"
    assert len(site.asked) == asked


def test_document_is_asked_again_and_sent_only_if_it_changed(store: Store, site: Site):
    site.files["list.txt"] = b"one"
    assert store.document([site.url("list.txt")]) == b"one"
    assert store.document([site.url("list.txt")]) == b"one"
    assert site.asked[-1].headers["If-None-Match"]
    site.files["list.txt"] = b"two"
    assert store.document([site.url("list.txt")]) == b"two"


def test_own_copy_is_used_in_place_and_checked(store: Store, site: Site, tmp_path: Path):
    own = tmp_path / "own.tsv.gz"
    own.write_bytes(BODY)
    mine = Store(replace(store.settings, local={site.url(NAME): str(own)}, offline=True))
    kept = mine.get(Remote((site.url(NAME),), SHA))
    assert kept.path == own and not kept.own and site.asked == []
    own.write_bytes(BODY[:-5])
    with pytest.raises(SourceError, match=r"own.tsv.gz is truncated"):
        mine.get(Remote((site.url(NAME),)))
    own.unlink()
    with pytest.raises(SourceError, match=r"`fetch.local` names .*own.tsv.gz"):
        mine.get(Remote((site.url(NAME),)))


KILLED = """
import sys
from pathlib import Path
from scripts.download.remote import Remote
from scripts.download.settings import Settings
from scripts.download.store import Store
Store(Settings(folder=Path(sys.argv[1]))).get(Remote((sys.argv[2],)))
"""


def test_killed_process_goes_on_where_it_was(store: Store, site: Site):
    """SIGKILL in the middle: the partial file stays, the next process asks for the rest of it only."""
    hold = threading.Event()

    def half_then_wait(handler: server.Handler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:80_000])
        handler.wfile.flush()
        hold.wait(60)

    site.faults[NAME] = [half_then_wait]
    part = final(store, site).with_name("a.tsv.gz.part")
    command = [sys.executable, "-c", KILLED, str(store.settings.folder), site.url(NAME)]
    child = subprocess.Popen(command, cwd=ROOT)
    until = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size == 80_000) and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    hold.set()
    assert part.stat().st_size == 80_000 and not final(store, site).exists()
    assert store.get(Remote((site.url(NAME),), SHA)).path.read_bytes() == BODY
    assert site.ranges(NAME) == [None, "bytes=80000-"]


def test_partial_file_that_is_complete_needs_no_bytes(store: Store, site: Site):
    site.faults[NAME] = [drop_at(len(BODY))]
    store.get(Remote((site.url(NAME),)))
    path = final(store, site)
    part = path.with_name("a.tsv.gz.part")
    path.rename(part)
    told = {"etag": f'"{hashlib.md5(BODY).hexdigest()}"'}
    known = {"url": site.url(NAME), "total": len(BODY), "validators": told}
    part.with_name(part.name + ".json").write_text(json.dumps(known))
    assert store.get(Remote((site.url(NAME),), SHA)).path.read_bytes() == BODY
    assert site.ranges(NAME)[-1] == f"bytes={len(BODY)}-"


def test_one_host_has_at_most_so_many_connections(store: Store, site: Site):
    site.pause = 0.05
    names = [f"many/{i}.tsv.gz" for i in range(8)]
    site.files |= dict.fromkeys(names, BODY)
    limited = Store(replace(store.settings, connections_per_host=3))
    threads = [threading.Thread(target=limited.get, args=(Remote((site.url(name),)),)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(final(store, site, name).read_bytes() == BODY for name in names)
    assert 1 < site.peak <= 3


def test_processes_share_the_connections_to_a_host(store: Store, site: Site):
    """Jobs of a run know nothing of each other: each of these alone would use its three places at once."""
    site.pause = 0.1
    names = [f"many/{i}.tsv.gz" for i in range(12)]
    site.files |= dict.fromkeys(names, BODY)
    code = """
import sys, threading
from pathlib import Path
from scripts.download.remote import Remote
from scripts.download.settings import Settings
from scripts.download.store import Store
folder, *urls = sys.argv[1:]
store = Store(Settings(folder=Path(folder), connections_per_host=3))
threads = [threading.Thread(target=store.get, args=(Remote((url,)),)) for url in urls]
print("ready", flush=True)
sys.stdin.readline()
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    command = [sys.executable, "-c", code, str(store.settings.folder)]
    processes = [
        subprocess.Popen(
            [*command, *(site.url(name) for name in half)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for half in (names[:6], names[6:])
    ]
    for process in processes:  # both have done their imports before either begins
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert all(final(store, site, name).read_bytes() == BODY for name in names)
    assert 1 < site.peak <= 3


def test_two_that_want_one_file_download_it_once(store: Store, site: Site):
    site.pause = 0.05
    threads = [threading.Thread(target=store.get, args=(Remote((site.url(NAME),)),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "url", ["http://h/a/../../b", "http://h/%2e%2e/b", "http://h/a%2Fb/c%2F..", "http://h/.."]
)
def test_address_cannot_lead_out_of_the_folder(url: str):
    with pytest.raises(SourceError, match="is not an address that names a file"):
        place_of(url)


def test_damaged_notes_beside_a_file_cost_a_download_and_no_traceback(store: Store, site: Site):
    kept = store.get(Remote((site.url(NAME),)))
    receipt = kept.path.with_name(kept.path.name + ".receipt.json")
    for note in ("", "{", "[]", "{}", '{"bytes": 3}'):
        receipt.write_text(note)
        assert store.get(Remote((site.url(NAME),))) == kept
        kept.path.unlink()
        part = kept.path.with_name(kept.path.name + ".part")
        part.write_bytes(b"wrong")
        part.with_name(part.name + ".json").write_text(note)
        assert store.get(Remote((site.url(NAME),))) == kept


def test_places_of_addresses():
    with pytest.raises(SourceError, match=r"'\[::1/x' is no address"):
        place_of("http://me:secret@[::1/x?sig=1")
    assert place_of("https://Host.org/a/b%20c.gz") == "host.org/a/b c.gz"
    assert place_of("http://u:secret@h.org:80/a/") == "h.org_80/a/index.html"
    assert place_of("https://h/x.gz?sig=1") != place_of("https://h/x.gz?sig=2")
    assert "sig" not in place_of("https://h/x.gz?sig=1")
    assert place_of("https://h/.hidden/-x") == "h/_hidden/_x"


def test_progress_is_a_bar_for_people_and_lines_in_a_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    shown = io.StringIO()
    meter = Meter("a.gz", terminal=shown)
    meter.start(0, 1000)
    for _ in range(100):
        meter.add(10)
    meter.close()
    assert "a.gz:" in shown.getvalue() and "1.00k" in shown.getvalue()
    assert shown.getvalue().endswith("\r"), "the bar goes when the transfer is over"
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == "a.gz: begins, 0 bytes of 1.0 kB (0%)"
    assert len(lines) == 12 and lines[-1] == "a.gz: 1.0 kB of 1.0 kB (100%), transfer over"
