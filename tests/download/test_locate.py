"""From the rows of a trait table to files on this machine, and back again when they are gone."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from scripts.check_fetched import check_fetched
from scripts.download.fetch import fetch_trait
from scripts.download.locate import at_hand, by_content, described, discard, located, received
from scripts.download.offline import absent, unfetched
from scripts.download.settings import VARIABLE, Settings
from scripts.fetch import fetch
from scripts.fetch_reference import fetch_reference
from scripts.source.error import SourceError
from scripts.source.passes import RawFile
from scripts.table.files import read_json
from scripts.table.trait import Trait, is_remote, tells_n
from tests.download.server import PAGE, Site
from tests.download.test_servers import catalog, finngen
from tests.source.raw import row, trait, write

NAME = "data/height.tsv"


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return write(tmp_path / "made.tsv", [row(), row(position=2000)]).read_bytes()


@pytest.fixture
def settings(site: Site, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that the steps find in the environment, as in a run."""
    site.files[NAME] = content
    folder = tmp_path / "downloads"
    made = site.settings(folder)
    section = {"folder": str(folder), "catalog": "harmonised", "connections_per_host": 4, "least_rows": 0}
    section |= {"keep_raw": True, "datasets": None, "servers": dict(made.servers), "local": {}}
    monkeypatch.setenv(VARIABLE, json.dumps({"fetch": section, "offline": False}))
    return made


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetched(trait: Trait, paths: list[str], folder: Path, tolerate: bool = False) -> list[Path]:
    receipt = folder / "receipt.json"
    fetch(receipt, trait.to_dict(), paths, "harmonised", tolerate)
    return [receipt]


def test_local_and_remote_files_come_in_the_order_of_the_trait_table(
    site: Site, settings: Settings, tmp_path: Path, content: bytes
):
    first, last = write(tmp_path / "a.tsv", [row()]), write(tmp_path / "c.tsv", [row()])
    paths = [str(first), site.url(NAME), str(last)]
    receipts = fetched(trait(), paths, tmp_path)
    found = located(trait(), paths, at_hand(received(receipts)))
    assert found[0] == first and found[2] == last and found[1].read_bytes() == content
    assert read_json(receipts[0]) == {
        "message": "",
        "catalog": "harmonised",
        "files": [
            {
                "locator": site.url(NAME),
                "path": str(found[1]),
                "bytes": len(content),
                "sha256": digest(content),
                "temporary": True,
            }
        ],
        "metadata": {
            "n": None,
            "n_case": None,
            "build": None,
            "ancestry": None,
            "zero_based": False,
            "name": None,
        },
    }


def test_equal_files_give_equal_receipts(site: Site, settings: Settings, tmp_path: Path):
    (first,) = fetched(trait(), [site.url(NAME)], tmp_path)
    before = first.read_bytes()
    (again,) = fetched(trait(), [site.url(NAME)], tmp_path)
    assert again.read_bytes() == before and len(site.asked) == 1


def test_checksum_of_the_trait_table_is_checked(
    site: Site, settings: Settings, tmp_path: Path, content: bytes
):
    good = trait(sha256=(digest(content),))
    fetched(good, [site.url(NAME)], tmp_path)
    with pytest.raises(SourceError, match="its SHA256 is"):
        fetched(trait(sha256=("0" * 64,)), [site.url(NAME)], tmp_path)
    file = write(tmp_path / "a.tsv", [row(), row(position=2000)])
    assert located(good, [str(file)], []) == [file]
    with pytest.raises(SourceError, match=rf"{file}: its SHA-256 is {digest(content)}, expected {'0' * 64}"):
        located(trait(sha256=("0" * 64,)), [str(file)], [])


def test_failed_download_is_a_receipt_that_says_why(site: Site, settings: Settings, tmp_path: Path):
    paths = [site.url("gone.tsv")]
    receipts = fetched(trait(), paths, tmp_path, tolerate=True)
    with pytest.raises(SourceError, match=r"trait height: .*gone.tsv answers 404"):
        located(trait(), paths, at_hand(received(receipts)))
    with pytest.raises(SourceError, match="answers 404"):
        fetched(trait(), paths, tmp_path)


def test_downloads_that_failed_are_listed_and_forgotten_and_known_to_an_offline_run(
    site: Site, settings: Settings, tmp_path: Path
):
    verdict, receipts = (
        tmp_path / "fetched.txt",
        [tmp_path / f"fetch/{name}.json" for name in ("good", "bad")],
    )
    for receipt, path in zip(receipts, (NAME, "gone.tsv"), strict=True):
        gwas = trait(id=receipt.stem).to_dict()
        fetch(receipt, gwas, [site.url(path)], "harmonised", tolerate=True)
    with pytest.raises(
        RuntimeError, match=r"1 of 2 traits could not be fetched.*\n  trait bad: .* answers 404"
    ):
        check_fetched(receipts, verdict)
    assert [receipt.exists() for receipt in receipts] == [True, False] and not verdict.exists()
    assert unfetched(tmp_path) == {"bad"}
    check_fetched(receipts[:1], verdict)
    assert verdict.exists() and unfetched(tmp_path) == set()


def test_file_that_is_not_here_offline_says_how_to_fetch_it(
    site: Site, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(VARIABLE, os.environ[VARIABLE].replace('"offline": false', '"offline": true'))
    with pytest.raises(SourceError, match=r"height.tsv is not here and the run is offline: .* fetch_only"):
        fetched(trait(), [site.url(NAME)], tmp_path)
    assert site.asked == []


def test_message_in_place_of_a_table_is_not_kept(site: Site, settings: Settings, tmp_path: Path):
    site.files["note.tsv"] = b"Service unavailable,\tplease try later\n"
    with pytest.raises(SourceError, match="no column"):
        fetched(trait(), [site.url("note.tsv")], tmp_path)
    assert not list(settings.folder.rglob("note.tsv"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"format": "ebmd"}, "no column 'RSID'"),
        ({"format": "plain", "columns": {"effect_allele": "a"}}, "column map has no"),
        ({"build": "GRCh37", "format": "finngen"}, "is in GRCh38, as FinnGen says"),
    ],
)
def test_whole_file_outlives_a_wrong_row_of_the_trait_table(
    site: Site, settings: Settings, tmp_path: Path, content: bytes, wrong: dict[str, Any], words: str
):
    """It may have taken hours to come: once the row is mended it must not be asked for again."""
    with pytest.raises(SourceError, match=words):
        fetched(trait(**wrong), [site.url(NAME)], tmp_path)
    receipts = fetched(trait(), [site.url(NAME)], tmp_path)
    assert located(trait(), [site.url(NAME)], at_hand(received(receipts)))[0].read_bytes() == content
    assert len(site.asked) == 1


def test_copy_that_is_gone_is_downloaded_again_if_it_is_the_same(
    site: Site, settings: Settings, tmp_path: Path, content: bytes
):
    paths = [site.url(NAME)]
    receipts = fetched(trait(), paths, tmp_path)
    discard(received(receipts))
    assert not list(settings.folder.rglob("height.tsv"))
    assert located(trait(), paths, at_hand(received(receipts)))[0].read_bytes() == content
    discard(received(receipts))
    site.files[NAME] = content.replace(b"rs1", b"rs2")
    with pytest.raises(SourceError, match="its SHA256 is"):
        located(trait(), paths, at_hand(received(receipts)))


def test_copy_that_is_gone_is_known_by_content_without_a_download(
    site: Site, settings: Settings, tmp_path: Path, content: bytes
):
    own, paths = write(tmp_path / "a.tsv", [row()]), [str(tmp_path / "a.tsv"), site.url(NAME)]
    receipts = fetched(trait(), paths, tmp_path)
    here = by_content(paths, received(receipts))
    assert here == [RawFile.of(path) for path in located(trait(), paths, at_hand(received(receipts)))]
    assert (here[0].path, here[1].sha256) == (str(own), digest(content))
    asked = len(site.asked)
    discard(received(receipts))
    assert by_content(paths, received(receipts)) == here and len(site.asked) == asked


def test_copy_that_is_gone_comes_to_where_downloads_are_kept_now(
    site: Site, settings: Settings, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
):
    paths = [site.url(NAME)]
    receipts = fetched(trait(), paths, tmp_path)
    discard(received(receipts))
    elsewhere = tmp_path / "another disk"
    monkeypatch.setenv(VARIABLE, os.environ[VARIABLE].replace(str(settings.folder), str(elsewhere)))
    here = at_hand(received(receipts))
    (copy,) = located(trait(), paths, here)
    assert copy.is_relative_to(elsewhere) and copy.read_bytes() == content
    discard(here)
    assert not copy.exists()


def test_the_users_own_file_in_place_of_a_copy_is_never_removed(
    site: Site, settings: Settings, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
):
    receipts = fetched(trait(), [site.url(NAME)], tmp_path)
    discard(received(receipts))
    config = json.loads(os.environ[VARIABLE])
    config["fetch"]["local"] = {site.url(NAME): str(tmp_path / "made.tsv")}
    monkeypatch.setenv(VARIABLE, json.dumps(config))
    here = at_hand(received(receipts))
    assert located(trait(), [site.url(NAME)], here) == [tmp_path / "made.tsv"]
    discard(here)
    assert (tmp_path / "made.tsv").read_bytes() == content


def test_copy_that_is_gone_is_not_asked_for_offline(
    site: Site, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    paths = [site.url(NAME)]
    receipts = fetched(trait(), paths, tmp_path)
    discard(received(receipts))
    asked = len(site.asked)
    config = json.loads(os.environ[VARIABLE]) | {"offline": True}
    monkeypatch.setenv(VARIABLE, json.dumps(config))
    with pytest.raises(
        SourceError, match="offline: fetch it where there is a network, with the target fetch_only"
    ):
        located(trait(), paths, at_hand(received(receipts)))
    assert len(site.asked) == asked


def test_shared_and_own_files_are_never_discarded(
    site: Site, settings: Settings, tmp_path: Path, content: bytes
):
    site.files["big40/release2/stats33k/0001.txt.gz"] = gzip.compress(content)
    site.files["big40/release2/variants.txt.gz"] = gzip.compress(content)
    receipts = fetched(trait(), ["big40:0001"], tmp_path)
    files = located(trait(), ["big40:0001"], at_hand(received(receipts)))
    assert [file.name for file in files] == ["0001.txt.gz", "variants.txt.gz"]
    discard(received(receipts))
    assert [file.exists() for file in files] == [False, True]


def test_people_and_cases_come_from_the_source_where_the_table_is_empty(
    site: Site, settings: Settings, tmp_path: Path, content: bytes
):
    finngen(site)
    path = "finngen-public-data-r12/summary_stats/release/finngen_R12_M13_OSTEOPOROSIS.gz"
    site.files[path] = gzip.compress(content)
    receipts = fetched(trait(), ["finngen:R12/M13_OSTEOPOROSIS"], tmp_path)
    told = described(trait(), received(receipts))
    assert (told.n, told.n_case) == (409_000.0, 9000.0)
    own = described(trait(n=500_000.0, n_case=1000.0), received(receipts))
    assert (own.n, own.n_case) == (500_000.0, 1000.0)
    with pytest.raises(SourceError, match="9000 cases among 50 people"):
        described(trait(n=50.0), received(receipts))
    assert described(trait(n=1.0), []) == trait(n=1.0)


def test_a_trait_in_another_build_than_its_source_says_is_refused(
    site: Site, settings: Settings, content: bytes
):
    catalog(site)
    name = "summary_statistics/GCST90002001-GCST90003000/GCST90002426/GCST90002426_buildGRCh37.tsv.gz"
    site.files[name] = gzip.compress(content)
    del site.files[name.rpartition("/")[0] + "/md5sum.txt"]
    with pytest.raises(SourceError, match=r"is in GRCh37, as the -meta\.yaml beside it says.*GRCh38: set it"):
        fetch_trait(trait(build="GRCh38"), ["gwas_catalog:GCST90002426/raw"], "raw", settings)


def test_reference_is_linked_or_unpacked(site: Site, settings: Settings, tmp_path: Path):
    site.files |= {"panel.bed": b"SIMULATED", "x.chain.gz": gzip.compress(b"chain SIMULATED\n")}
    fetch_reference(tmp_path / "results/panel.bed", site.url("panel.bed"))
    fetch_reference(tmp_path / "results/build.chain", site.url("x.chain.gz"))
    assert (tmp_path / "results/panel.bed").is_symlink()
    assert (tmp_path / "results/panel.bed").read_bytes() == b"SIMULATED"
    assert (tmp_path / "results/build.chain").read_bytes() == b"chain SIMULATED\n"


def test_what_an_offline_run_lacks_is_listed_at_once(site: Site, settings: Settings, tmp_path: Path):
    traits = {"here": [site.url(NAME), "local.tsv"], "gone": ["gwas_catalog:GCST90002426", site.url("x")]}
    fetched(trait(), [site.url(NAME)], tmp_path)
    asked = len(site.asked)
    lines = absent(traits, {"panel.bed": "dataset:ld_1000g_v3#EUR.bed"}, tmp_path, "harmonised", settings)
    assert lines == [
        "trait gone: gwas_catalog:GCST90002426",
        f"trait gone: {site.url('x')}",
        "reference panel.bed: dataset:ld_1000g_v3#EUR.bed",
    ]
    assert len(site.asked) == asked


def test_page_of_an_error_never_becomes_a_trait(site: Site, settings: Settings, tmp_path: Path):
    site.files["page.tsv"] = PAGE
    with pytest.raises(SourceError, match="sent a web page"):
        fetched(trait(), [site.url("page.tsv")], tmp_path)
    assert not list(settings.folder.rglob("page.tsv*"))


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("https://a/b", True),
        ("ftp://a/b", True),
        ("gwas_catalog:GCST1", True),
        ("dataset:x#y", True),
        ("a/http", False),
        ("/https:/x", False),
        ("gwas_catalogs:GCST1", False),
    ],
)
def test_is_remote(path: str, remote: bool):
    assert is_remote(path) is remote


def test_tells_n():
    assert tells_n("finngen:R12/X") and not tells_n("big40:0001") and not tells_n("https://x")
