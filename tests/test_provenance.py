"""The digest of a rule's code: changed by what can change a result, and by nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import provenance
from scripts.provenance import imported_modules, source_of

ORIGINAL = provenance.PACKAGE
RULE = "screen_batch"
STEP_SCRIPTS = [
    path.stem
    for path in sorted(ORIGINAL.glob("*.py"))
    if "\nif __name__ == " in path.read_text() and not path.stem.startswith("study")
]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package that may be edited."""
    copy = tmp_path / "scripts"
    shutil.copytree(ORIGINAL, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "PACKAGE", copy)
    return copy


def digest(rule: str = RULE) -> str:
    """The digest as a new process takes it: of the files as they are now."""
    imported_modules.cache_clear()
    provenance._facts.cache_clear()
    return source_of(rule)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))


def test_the_place_of_the_package_does_not_matter(package: Path, monkeypatch: pytest.MonkeyPatch):
    copied = digest()
    assert len(copied) == 16
    monkeypatch.setattr(provenance, "PACKAGE", ORIGINAL)
    assert digest() == copied


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("screen_batch.py", "drop_duplicates()", "drop_duplicates(keep='last')"),
        ("analysis/diagnostics.py", "WEAK_F = 10.0", "WEAK_F = 11.0"),
        # Imported only by what the step's imports import.
        ("method/ivw.py", "weight = 1.0 / se_y**2", "weight = 2.0 / se_y**2"),
        (
            "method/normal.py",
            "from __future__ import annotations\n",
            "from __future__ import annotations\n\nX = 1\n",
        ),
        ("table/status.py", '"Used by GSMR."', '"Used."'),
    ],
)
def test_a_changed_formula_changes_the_digest(package: Path, file: str, old: str, new: str):
    before = digest()
    edit(package / file, old, new)
    assert digest() != before


def test_the_init_of_a_room_counts(package: Path):
    before = digest()
    (package / "method" / "__init__.py").write_text('"""The methods."""\n\nVERSION = 2\n')
    assert digest() != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    weight = 1.0 / se_y**2\n", "    # A remark.\n    weight = 1.0 / se_y**2  # another\n"),
        ("    weight = 1.0 / se_y**2\n", "\n\n    weight = 1.0 / se_y**2\n"),
        ("    weight = 1.0 / se_y**2\n", "    weight = (\n        1.0\n        / se_y**2\n    )\n"),
        ('"""Slope through the origin, its', '"""The slope through the origin, its'),
        ('"""Inverse-variance weighted (IVW) estimate."""', '"""IVW."""'),
    ],
)
def test_comments_docstrings_and_layout_do_not(package: Path, old: str, new: str):
    before = digest()
    edit(package / "method" / "ivw.py", old, new)
    assert digest() == before


def test_a_docstring_of_a_class_does_not_and_a_text_in_code_does(package: Path):
    before = digest()
    edit(package / "method" / "estimate.py", "Effect of the exposure on the outcome, in", "An effect, in")
    assert digest() == before
    edit(package / "method" / "estimate.py", "instruments are needed", "instruments were needed")
    assert digest() != before


def test_a_module_that_the_step_does_not_import_does_not(package: Path):
    before = digest(), digest("check_truth")
    edit(
        package / "analysis" / "truth.py", "TruthVerdict.RIGHTLY_NOT_FOUND.value", "TruthVerdict.MISSED.value"
    )
    after = digest(), digest("check_truth")
    assert after[0] == before[0] and after[1] != before[1]


@pytest.mark.parametrize("rule", STEP_SCRIPTS)
def test_every_module_that_python_imports_is_counted(rule: str):
    """The slow obvious twin: import the step in a new process and look at what was loaded.

    `again` is imported when it is called, by `locate` alone.
    """
    program = (
        f"import sys, scripts.{rule}\n"
        "if 'scripts.download.locate' in sys.modules: import scripts.download.again\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'scripts'), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ORIGINAL.parent, capture_output=True, text=True, check=True
    )
    loaded = {Path(line) for line in done.stdout.splitlines()}
    assert loaded == provenance._reachable(ORIGINAL / f"{rule}.py")
