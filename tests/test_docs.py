"""The documents name tests as their evidence: each must be there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
DOCUMENTS = ("differences", "traps")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: str) -> None:
    named = NAMED.findall((ROOT / f"docs/{document}.md").read_text())
    absent = [(file, test) for file, test in named if test and test not in defined_in(file)]
    absent += [(file, "") for file, _ in named if not (ROOT / file).is_file()]
    assert len(named) > 15 and not absent


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_line_of_a_table_names_a_test(document: str) -> None:
    lines = (ROOT / f"docs/{document}.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| |")]
    assert rows and [row for row in rows if not NAMED.search(row)] == []


def test_no_trap_is_left_out() -> None:
    text = (ROOT / "docs/traps.md").read_text()
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == [str(k) for k in range(1, 23)]


def defined_in(file: str) -> set[str]:
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
