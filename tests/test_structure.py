"""The shape of the code: which room may import which, and that rules, scripts, logs and benchmarks agree."""

import ast
import importlib
import re
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"

# What each room may import from the package, besides itself. Step scripts may import every room.
ROOMS: dict[str, set[str]] = {
    "method": set(),
    "table": {"method"},
    "source": {"table", "method"},
    "download": {"source", "table", "method"},
    "analysis": {"table", "method"},
    "figure": {"table", "method"},
    "simulation": {"table"},
    "study": {"table"},
    "engine": {"table"},
    "provenance": set(),
    "step": {"table"},
}
# The statistics stand on these alone, and open no files.
METHOD_LIBRARIES = {"numpy", "scipy"}
FILE_LIBRARIES = {"csv", "io", "json", "os", "pathlib", "shutil", "sqlite3", "subprocess", "tempfile"}
# A source is a DOI, a year, a handbook or the program that is followed; these modules estimate nothing.
CITATION = re.compile(r"doi|\b(?:19|20)\d\d\b|Stegun|PLINK|TwoSampleMR|METAL|gsmr2", re.IGNORECASE)
WITHOUT_CITATION = {"estimate", "instruments"}
TEXT_SUFFIXES = {".py", ".smk", ".md", ".rst", ".yaml", ".yml", ".toml", ".tsv", ".cff", ".sh", ""}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@cache
def imports(path: Path) -> frozenset[str]:
    """Dotted names that a module imports; `from a import b` counts as `a.b`."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: import absolutely, not relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def module_file(dotted: str) -> Path | None:
    """The file of `scripts.a.b` or of the module that `scripts.a.b.name` takes its name from."""
    parts = dotted.split(".")[1:]
    for end in range(len(parts), 0, -1):
        candidate = SCRIPTS.joinpath(*parts[:end]).with_suffix(".py")
        if candidate.is_file():
            return candidate
    return None


def reachable(start: Path) -> set[Path]:
    """Files of the package that importing `start` runs, itself included."""
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            files = (module_file(name) for name in imports(path) if name.startswith("scripts."))
            waiting.extend(file for file in files if file)
    return seen


def room(path: Path) -> str:
    """The room of a module: its folder, or its own name directly under scripts/."""
    parts = path.relative_to(SCRIPTS).parts
    return parts[0] if len(parts) > 1 else path.stem


def modules() -> list[Path]:
    return sorted(SCRIPTS.rglob("*.py"))


def step_scripts() -> list[Path]:
    return [path for path in sorted(SCRIPTS.glob("*.py")) if room(path) not in {*ROOMS, "__init__"}]


def public_functions(path: Path) -> list[ast.FunctionDef]:
    functions = [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]
    return [function for function in functions if not function.name.startswith("_")]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def rules() -> dict[str, str]:
    """Text of every rule by name."""
    found: dict[str, str] = {}
    for path in [ROOT / "Snakefile", *sorted((ROOT / "rules").glob("*.smk"))]:
        blocks = re.split(r"^\s*(?:rule|checkpoint) (\w+):\n", path.read_text(), flags=re.MULTILINE)
        for name, body in zip(blocks[1::2], blocks[2::2], strict=True):
            assert name not in found, f"two rules are named {name}"
            found[name] = re.split(r"^\S", body, maxsplit=1, flags=re.MULTILINE)[0]
    return found


def entry(body: str, keyword: str) -> str | None:
    """The text of one directive of a rule."""
    match = re.search(rf"^( +){keyword}:\n((?:\1 +.*\n|\n)+)", body + "\n", flags=re.MULTILINE)
    return match[2] if match else None


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    here = room(path)
    allowed = ROOMS.get(here, set(ROOMS)) | {here}
    used = {name.split(".")[1] for name in imports(path) if name.startswith("scripts.")}
    assert used <= allowed, f"{name_of(path)} is of {here}, which may import {sorted(allowed)} only"


@pytest.mark.parametrize("path", sorted((SCRIPTS / "method").glob("*.py")), ids=name_of)
def test_method_stands_on_numpy_and_scipy(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path)} - {"scripts"}
    assert tops <= METHOD_LIBRARIES | (set(sys.stdlib_module_names) - FILE_LIBRARIES)


@pytest.mark.parametrize("path", sorted((SCRIPTS / "simulation").glob("*.py")), ids=name_of)
def test_simulation_shares_no_statistics_with_what_it_tests(path: Path) -> None:
    """Also not through another room: the demo's truth would then rest on the code that it is to check."""
    shared = {room(module) for module in reachable(path)} & {"method", "source", "analysis"}
    assert not shared


@pytest.mark.parametrize("path", step_scripts(), ids=name_of)
def test_step_script_is_importable_and_small(path: Path) -> None:
    """Snakemake puts its own lines before the script, where a `from __future__` import must come first."""
    assert not any(name.startswith("__future__") for name in imports(path))
    module = importlib.import_module(f"scripts.{path.stem}")
    assert callable(getattr(module, path.stem)), f"scripts/{path.name} has no function {path.stem}"
    guarded = [node for node in tree(path).body if isinstance(node, ast.If)]
    assert [ast.unparse(node.test) for node in guarded] == ["__name__ == '__main__'"]
    assert [ast.unparse(line) for line in guarded[0].body] == [f"run({path.stem})"]


def test_each_step_script_has_its_rule() -> None:
    used = {name for name, body in rules().items() if entry(body, "script")}
    assert used == {path.stem for path in step_scripts()}


@pytest.mark.parametrize(("name", "body"), rules().items(), ids=rules())
def test_rule_names_its_script_log_and_benchmark(name: str, body: str) -> None:
    script = entry(body, "script")
    if script is None:
        return
    assert script.strip().strip('"') == f"../scripts/{name}.py"
    log, benchmark, params = (entry(body, keyword) for keyword in ("log", "benchmark", "params"))
    assert log and f"<logs>/{name}/" in log, f"the log of {name} belongs to <logs>/{name}/"
    assert benchmark and f"<benchmarks>/{name}/" in benchmark
    assert params and f'source=source_of("{name}")' in params, f"{name} must watch its code: source=source_of"
    assert entry(body, "conda"), f"{name} must name its environment"


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.smk")), ids=name_of)
def test_rules_file_opens_with_its_contract(path: Path) -> None:
    text = path.read_text()
    comment = re.match(r"(#.*\n)*", text)
    assert comment and comment[0], "no comment at the top"
    if path.stem == "common":
        assert not re.search(r"^\s*(rule|checkpoint) \w+:", text, re.MULTILINE), "functions only"
    else:
        assert all(word in comment[0] for word in ("Purpose:", "Inputs:", "Outputs:"))


def test_snakefile_is_short() -> None:
    assert len((ROOT / "Snakefile").read_text().splitlines()) <= 60


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_module_and_functions_are_short_and_described(path: Path) -> None:
    """Limits far above the usual (a body of 5 lines): one algorithm may need them, a second one must not."""
    assert len(path.read_text().splitlines()) <= 300
    assert ast.get_docstring(tree(path)), "what is this module for?"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1
            assert length <= 60, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", sorted((SCRIPTS / "method").glob("*.py")), ids=name_of)
def test_method_says_what_it_computes_and_after_whom(path: Path) -> None:
    """A public function has a docstring; its module names a paper, or the program that it follows."""
    functions = public_functions(path)
    for function in functions:
        assert ast.get_docstring(function), f"{function.name} has no docstring"
    if functions and path.stem not in WITHOUT_CITATION:
        assert CITATION.search(path.read_text()), "after which paper or program?"


def repository_texts() -> list[Path]:
    """Text files that belong to the repository: everything outside hidden, built and downloaded folders."""
    made = {"results", "logs", "benchmarks"}
    paths = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        outside = any(part.startswith(".") or part == "__pycache__" for part in parts) or parts[0] in made
        downloaded = parts[0] == "resources" and path.name not in {"datasets.tsv", "biobanks.tsv"}
        if path.is_file() and path.suffix in TEXT_SUFFIXES and not outside and not downloaded:
            paths.append(path)
    return sorted(paths)


def test_nothing_is_left_to_do_or_tied_to_one_machine() -> None:
    unfinished = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bX" + r"XX\b"]))
    machine = re.compile("|".join(["/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/"]))
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in repository_texts()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if unfinished.search(line) or machine.search(line)
    ]
    assert not found
