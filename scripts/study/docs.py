"""config/config.yaml and the tables of both READMEs, written from the schemas and the list of methods.

So they cannot drift; `python -m scripts.study.docs` rewrites all three.
"""

import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scripts.study.config import in_words, leaves, schema_of
from scripts.table.formats import FORMATS, Format
from scripts.table.methods import METHODS, MULTIVARIABLE, PRESETS

CONFIG = Path(__file__).resolve().parents[2] / "config"
HEAD = """\
# The default study: the embedded demo (SIMULATED data). Every key is here, with meaning, type and default.
# A study overrides keys in its own file (--configfile config/studies/<study>/study.yaml): sections merge,
# lists and single values replace. One key: --config data_dir=/path/to/data.
# Written from schemas/config.schema.yaml by `python -m scripts.study.docs`; edit the schema, not this file.
"""


def config_text() -> str:
    """The text of config/config.yaml: the schema's defaults, each under a comment that says what it is."""
    return HEAD + "".join(_block(name, part, 0) for name, part in schema_of("config")["properties"].items())


def readme_text(readme: str) -> str:
    """The text of config/README.md with its generated tables put between their markers."""
    tables = {
        "keys": _key_table(),
        "columns": _column_table(),
        "map": _map_table(),
        "formats": _format_table(),
    }
    for name, table in tables.items():
        readme = _between_markers(readme, f"{name}: from the schema", name, table)
    return readme


def front_page_text(readme: str) -> str:
    """The text of the README with its table of methods put between its markers."""
    return _between_markers(readme, "methods: from scripts/table/methods.py", "methods", _method_table())


def _between_markers(text: str, start: str, end: str, table: str) -> str:
    before, _, rest = text.partition(f"<!-- {start} -->")
    after = rest.partition(f"<!-- end {end} -->")[2]
    return f"{before}<!-- {start} -->\n{table}\n<!-- end {end} -->{after}"


def _block(name: str, schema: Mapping[str, Any], depth: int) -> str:
    """One key with its comment, and a section's keys below it."""
    indent = "  " * depth
    section = "properties" in schema and "default" not in schema
    facts = "" if section and "null" not in schema["type"] else f" [{in_words(schema)}]"
    comment = textwrap.fill(
        f"{schema['description']}{facts}", 108, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# "
    )
    if section:
        inner = "".join(_block(key, part, depth + 1) for key, part in schema["properties"].items())
        return f"\n{comment}\n{indent}{name}:\n{inner}"
    return f"{'' if depth else chr(10)}{comment}\n{textwrap.indent(_value(name, schema['default']), indent)}"


def _value(name: str, value: object) -> str:
    """A key and its value as YAML, lists of mappings one entry a line."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{name}:\n" + "".join(f"  - {_flow(entry)}\n" for entry in value)
    if isinstance(value, dict):
        return yaml.safe_dump({name: value}, sort_keys=False, default_flow_style=False)
    return f"{name}: {_flow(value)}\n"


def _flow(value: object) -> str:
    text = yaml.safe_dump(value, sort_keys=False, default_flow_style=True, width=10_000)
    return text.removesuffix("...\n").strip()


def _key_table() -> str:
    rows = [(f"`{path}`", part["description"], in_words(part), _default(part)) for path, part in _all_keys()]
    return _markdown(("key", "meaning", "type and range", "default"), rows)


def _all_keys() -> list[tuple[str, Mapping[str, Any]]]:
    """Leaves, each list of mappings followed by the keys of its entries."""
    keys: list[tuple[str, Mapping[str, Any]]] = []
    for path, part in leaves(schema_of("config")):
        keys.append((path, part))
        entries = part.get("items", {}).get("properties", {})
        keys += [(f"{path}[].{name}", entry) for name, entry in entries.items()]
    return keys


def _default(schema: Mapping[str, Any]) -> str:
    if "default" not in schema:
        return ""
    value = schema["default"]
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        return "see config.yaml"
    return f"`{json.dumps(value)}`"


def _column_table() -> str:
    schema = schema_of("traits")
    rows = [
        (f"`{name}`", part["description"], "yes" if part.get("minLength") else "may be empty")
        for name, part in schema["properties"].items()
    ]
    return _markdown(("column", "meaning", "needed"), rows)


def _map_table() -> str:
    known = schema_of("config")["properties"]["column_maps"]["additionalProperties"]["properties"]
    rows = [(f"`{name}`", part["description"]) for name, part in known.items()]
    return _markdown(("standard column", "meaning"), rows)


def _format_table() -> str:
    head = ("format", "layout", "recognised by", "effect allele", "P", "frequency", "N", "build", "notes")
    return _markdown(head, [_format_row(form) for form in FORMATS.values()])


def _format_row(form: Format) -> tuple[str, ...]:
    """A layout in words; what follows from its columns is taken from them."""
    build = form.build or "trait table"
    return (
        f"`{form.key}`",
        form.title,
        _names(form.signature) or "first line `##fileformat=VCF`",
        form.effect_allele,
        _chosen(form, ("neglog10_p", "p")) or "from beta and SE",
        _frequency(form),
        _chosen(form, ("n",)) or "trait table",
        f"{build}, with `{form.build_by}`" if form.build_by else build,
        form.notes,
    )


def _names(names: Sequence[str], joint: str = ", ") -> str:
    return joint.join(f"`{name}`" for name in names)


def _chosen(form: Format, quantities: Sequence[str]) -> str:
    """The columns that give a quantity, the preferred one first."""
    return _names([name for quantity in quantities for name in form.columns.get(quantity, ())], ", else ")


def _frequency(form: Format) -> str:
    if "allele_count" in form.columns:
        return f"{_chosen(form, ('allele_count',))} / {_chosen(form, ('allele_number',))}"
    if "ref_factor" in form.columns:
        return "`maf` where `ref_factor` is 1, 1 - `maf` where it is -1"
    return _chosen(form, ("eaf",)) or "none"


def _method_table() -> str:
    groups = {**PRESETS, "multivariable": tuple(MULTIVARIABLE)}
    methods = METHODS | MULTIVARIABLE
    presets = {key: [name for name, keys in groups.items() if key in keys] for key in methods}
    rows = [
        (
            f"`{key}`",
            method.name,
            method.trust,
            ", ".join(presets[key]),
            f"[{method.doi}](https://doi.org/{method.doi})",
        )
        for key, method in methods.items()
    ]
    return _markdown(("key", "method", "when to trust it", "presets", "reference"), rows)


def _markdown(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    (CONFIG / "config.yaml").write_text(config_text(), encoding="utf-8")
    for document, text in (
        (CONFIG / "README.md", readme_text),
        (CONFIG.parent / "README.md", front_page_text),
    ):
        document.write_text(text(document.read_text(encoding="utf-8")), encoding="utf-8")
