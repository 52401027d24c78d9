"""Raw text: every layout reads alike, and every fault is named with its place."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.source import lines, text
from scripts.source.error import SourceError
from scripts.source.layout import layout


def read(path: Path, row_filter: tuple[str, str] | None = None) -> pd.DataFrame:
    chunks = list(
        text.read(
            path,
            layout(path),
            labels=["rsid"],
            categories=["allele"],
            numbers=["beta"],
            row_filter=row_filter,
        )
    )
    return pd.concat([chunk.astype({"allele": "str"}) for chunk in chunks])


def write(path: Path, body: str) -> Path:
    path.write_bytes(body.encode())
    return path


TAB = "rsid\tallele\tbeta\nrs1\tA\t0.5\nrs2\tC\tNA\nrs3\tG\t-1e-3\n"


@pytest.mark.parametrize(
    "body",
    [
        TAB,
        TAB.replace("\t", ","),
        TAB.replace("\t", " "),
        TAB.replace("\t", "   ").replace("\n", "  \n  "),
        TAB.replace("\n", "\r\n"),
        TAB.removesuffix("\n"),
        "\ufeff" + TAB,
        TAB.replace("rsid", '"rsid"').replace("rs1", '"rs1"'),
    ],
    ids=["tab", "comma", "space", "padded", "windows", "no_last_newline", "byte_order_mark", "quoted"],
)
def test_layouts_read_alike(tmp_path: Path, body: str):
    found = read(write(tmp_path / "a.txt", body))
    assert found.index.tolist() == [2, 3, 4]  # lines of the file
    assert found["rsid"].tolist() == ["rs1", "rs2", "rs3"]
    np.testing.assert_array_equal(found["beta"], [0.5, np.nan, -1e-3])


def test_gzip_of_one_and_of_several_members_reads_as_plain(tmp_path: Path):
    plain = read(write(tmp_path / "a.tsv", TAB))
    (tmp_path / "one.tsv.gz").write_bytes(gzip.compress(TAB.encode()))
    cut = len(TAB) // 2
    members = gzip.compress(TAB[:cut].encode()) + gzip.compress(TAB[cut:].encode())
    (tmp_path / "several.tsv.gz").write_bytes(members)
    pd.testing.assert_frame_equal(read(tmp_path / "one.tsv.gz"), plain)
    pd.testing.assert_frame_equal(read(tmp_path / "several.tsv.gz"), plain)


@pytest.mark.parametrize("block", [16, 23, 64, 1 << 20])
def test_blocks_of_any_size_give_the_same_rows_and_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
):
    body = "rsid\tallele\tbeta\n" + "".join(f"rs{i}\t{'ACGT'[i % 4]}\t{i / 7}\n" for i in range(200))
    monkeypatch.setattr(lines, "BLOCK_BYTES", block)
    found = read(write(tmp_path / "a.tsv", body))
    assert found.index.tolist() == list(range(2, 202))
    assert found["beta"].tolist() == [i / 7 for i in range(200)]  # exact: shortest text to nearest double
    chosen = read(tmp_path / "a.tsv", ("rsid", "rs7"))
    assert chosen.index.tolist() == [9]


def test_filter_wants_the_whole_value_in_its_own_column(tmp_path: Path):
    body = "gene\trsid\tallele\tbeta\nX\trs1\tA\t1\nXY\trs2\tA\t2\nZ\tX\tA\t3\n\nX\trs4\tA\t4\n"
    found = read(write(tmp_path / "a.tsv", body), ("gene", "X"))
    assert found["rsid"].tolist() == ["rs1", "rs4"]
    assert found.index.tolist() == [2, 6]


def test_filter_equals_reading_all_and_choosing(tmp_path: Path):
    rng = np.random.default_rng(1)
    body = "gene\trsid\tallele\tbeta\n" + "".join(
        f"g{rng.integers(30)}\trs{i}\tA\t{rng.normal()!r}\n" for i in range(500)
    )
    path = write(tmp_path / "a.tsv", body.replace("np.float64(", "").replace(")", ""))
    everything = pd.concat(
        text.read(path, layout(path), labels=["rsid", "gene"], categories=["allele"], numbers=["beta"])
    )
    for gene in ("g1", "g29"):
        expected = everything[everything["gene"] == gene]
        found = read(path, ("gene", gene))
        pd.testing.assert_series_equal(found["beta"], expected["beta"])


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path):
    found = read(write(tmp_path / "a.tsv", TAB.replace("rs2", "\nrs2") + "\n\n"))
    assert found.index.tolist() == [2, 4, 5]


@pytest.mark.parametrize("code", text.MISSING)
def test_missing_codes(tmp_path: Path, code: str):
    found = read(write(tmp_path / "a.tsv", f"rsid\tallele\tbeta\n{code}\tA\t{code}\n"))
    assert found["beta"].isna().all() and found["rsid"].isna().all()


@pytest.mark.parametrize(
    ("spelled", "value"),
    [("1E-400", 0.0), ("+1.5", 1.5), (" 1.5", 1.5), (".5", 0.5), ("5e-324", 5e-324), (" NA ", np.nan)],
)
def test_spellings_of_numbers(tmp_path: Path, spelled: str, value: float):
    found = read(write(tmp_path / "a.tsv", f"rsid\tallele\tbeta\nrs1\tA\t{spelled}\nrs2\tA\t2\n"))
    np.testing.assert_array_equal(found["beta"], [value, 2.0])


@pytest.mark.parametrize("found", ["big", "0,5", "1_0", "1D-5", "<1e-300"])
def test_text_in_a_number_names_file_line_column_and_value(tmp_path: Path, found: str):
    path = write(tmp_path / "a.tsv", TAB.replace("-1e-3", found))
    with pytest.raises(SourceError, match="number") as raised:
        read(path)
    for part in (str(path), "line 4", "column beta", f"'{found}'"):
        assert part in str(raised.value)


def test_text_in_a_number_of_a_filtered_late_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)
    body = "gene\trsid\tallele\tbeta\n" + "".join(f"g{i % 9}\trs{i}\tA\t1\n" for i in range(99))
    path = write(tmp_path / "a.tsv", body.replace("rs85\tA\t1", "rs85\tA\tone"))
    with pytest.raises(SourceError, match="line 87, column beta: found 'one'"):
        read(path, ("gene", "g4"))


@pytest.mark.parametrize("line", ["rs2\tC", "rs2\tC\t1\t2"])
def test_line_of_another_width(tmp_path: Path, line: str):
    path = write(tmp_path / "a.tsv", TAB.replace("rs2\tC\tNA", line))
    with pytest.raises(SourceError, match=f"line 3: {line.count(chr(9)) + 1} fields, expected 3"):
        read(path)


def test_missing_column_lists_what_there_is_and_the_nearest(tmp_path: Path):
    path = write(tmp_path / "a.tsv", TAB.replace("beta", "betas"))
    with pytest.raises(SourceError, match=r"no column 'beta' \(nearest: betas\).*rsid, allele, betas"):
        read(path)


def test_column_twice_is_a_fault_only_if_wanted(tmp_path: Path):
    assert len(read(write(tmp_path / "a.tsv", "x\tx\trsid\tallele\tbeta\n1\t2\trs1\tA\t3\n"))) == 1
    with pytest.raises(SourceError, match="column 'beta' occurs 2 times"):
        read(write(tmp_path / "b.tsv", "beta\tbeta\trsid\tallele\n1\t2\trs1\tA\n"))


def test_files_that_are_not_there_empty_cut_or_packed_otherwise(tmp_path: Path):
    with pytest.raises(SourceError, match="does not exist"):
        read(tmp_path / "none.tsv")
    with pytest.raises(SourceError, match="is empty"):
        read(write(tmp_path / "empty.tsv", ""))
    with pytest.raises(SourceError, match="no rows below the header"):
        read(write(tmp_path / "header.tsv", TAB.partition("\n")[0] + "\n"))
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04....")
    with pytest.raises(SourceError, match="is a zip archive"):
        read(tmp_path / "a.zip")


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_truncated_and_damaged_gzip(tmp_path: Path, share: float):
    rng = np.random.default_rng(1)
    body = "rsid\tallele\tbeta\n" + "".join(
        f"rs{i}\tA\t{x}\n" for i, x in enumerate(rng.normal(size=5000).tolist())
    )
    packed = gzip.compress(body.encode())
    (tmp_path / "cut.tsv.gz").write_bytes(packed[: int(len(packed) * share)])
    with pytest.raises(SourceError, match=r"cut\.tsv\.gz is truncated or damaged"):
        read(tmp_path / "cut.tsv.gz")
    damaged = bytearray(packed)
    damaged[len(packed) // 2] ^= 0xFF
    (tmp_path / "bad.tsv.gz").write_bytes(bytes(damaged))
    with pytest.raises(SourceError):
        read(tmp_path / "bad.tsv.gz")


def test_text_that_is_not_utf8(tmp_path: Path):
    (tmp_path / "a.tsv").write_bytes(b"rsid\tallele\tbeta\nrs\xff\tA\t1\n")
    with pytest.raises(SourceError, match=r"a\.tsv, line"):
        read(tmp_path / "a.tsv")


def test_a_quotation_mark_that_swallows_lines(tmp_path: Path):
    path = tmp_path / "a.tsv"
    path.write_text('variant\tbeta\t"note"\nrs1\t1\t"x\nrs2\t2\t"x\nrs3\t3\ty\n')
    with pytest.raises(SourceError, match=r"a\.tsv, lines 2 to 4: a quotation mark opens a field"):
        list(text.read(path, layout(path), labels=["variant"], categories=[], numbers=["beta"]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\tb\r1\t2\r", "line ends of an old Mac"),
        ("a\tb\n1\t2\n".encode("utf-16"), "UTF-16"),
        (b"a\tb\n1\t2\n3\r4\t5\n", "line 3: a carriage return within the line"),
        (b"a\tb\n1\t2\n\xff\t5\n", r"line 3, column a: found b'\xff', which is not UTF-8"),
    ],
)
def test_what_is_no_text_of_lines_is_named(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "a.tsv"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        list(text.read(path, layout(path), labels=["a"], categories=[], numbers=["b"]))
    assert message in str(caught.value)


def test_semicolons_separate_too(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text('a;b\nx;1\n"y;z";2\n')
    (rows,) = text.read(path, layout(path), labels=["a"], categories=[], numbers=["b"])
    assert rows.to_dict("list") == {"a": ["x", "y;z"], "b": [1.0, 2.0]}
