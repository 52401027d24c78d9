"""The closed schemas under config/schemas, and the problems of a config, in words."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from scripts.table.methods import METHODS, NEEDS_LD, PRIMARY, methods_of

SCHEMAS = Path(__file__).resolve().parents[2] / "config" / "schemas"
TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "a mapping",
    "boolean": "true or false",
    "null": "null",
}

# What a study without exposures has of all that the default study, the demo, has.
NO_SCREEN: dict[str, Any] = {
    **dict.fromkeys(("traits", "correlations", "truth", "chain_file", "ld_panel", "demo")),
    **{key: [] for key in ("outcomes", "meta_analyses", "validation", "multivariable")},
    "controls": {"negative_outcomes": [], "negative_exposures": [], "positive": []},
}


@cache
def schema_of(name: str) -> dict[str, Any]:
    """The schema `config` or `traits` as a dict, which callers must not change."""
    return dict(yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8")))


def nearest(word: str, options: Iterable[str]) -> str:
    """The end of a message about an unknown word: the option most like it, or a short list of options."""
    choices = list(options)
    by_lower = {choice.lower(): choice for choice in reversed(choices)}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    if close:
        return f"; did you mean `{by_lower[close[0]]}`?"
    if not choices:
        return ""
    shown = ", ".join(choices[:12])
    return f"; known: {shown}{', ...' if len(choices) > 12 else ''}"


def in_words(schema: Mapping[str, Any]) -> str:
    """What a value must be, e.g. `a number above 0, at most 1` or `one of keep, exclude, flag`."""
    if "words" in schema:
        return str(schema["words"])
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    words = TYPE_WORDS[types[0]] + _limits(schema)
    return words + "".join(f", or {TYPE_WORDS[other]}" for other in types[1:])


def leaves(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every key of a config with its schema, as (`estimators.methods`, schema), sections opened."""
    for name, part in schema["properties"].items():
        if "properties" in part:
            yield from leaves(part, f"{prefix}{name}.")
        else:
            yield prefix + name, part


def config_problems(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with a merged config, one line each; empty where it fits the schema."""
    schema = schema_of("config")
    errors = jsonschema.Draft202012Validator(schema).iter_errors(dict(config))
    ordered = sorted(errors, key=lambda error: [str(part) for part in error.absolute_path])
    problems = [line for error in ordered for line in _lines(error, schema)]
    return list(dict.fromkeys(problems)) or _cross_problems(in_effect(config))


def in_effect(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The config, in which a study without exposures screens nothing, whatever the defaults say."""
    if config["exposures"] is not None:
        return config
    sections = {
        "discovery": {**config["discovery"], "methods": [PRIMARY]},
        "mediation": {**config["mediation"], "mediators": []},
    }
    return {**config, **NO_SCREEN, **sections}


def _limits(schema: Mapping[str, Any]) -> str:
    bounds = {
        "exclusiveMinimum": " above {}",
        "minimum": " from {}",
        "exclusiveMaximum": " below {}",
        "maximum": " up to {}",
    }
    words = "".join(text.format(schema[key]) for key, text in bounds.items() if key in schema)
    if "items" in schema:
        least = f" of at least {schema['minItems']}" if schema.get("minItems") else ""
        words += f"{least}, each {in_words(schema['items'])}"
    if schema.get("uniqueItems"):
        words += ", none twice"
    return words


def _dotted(path: Iterable[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _lines(error: jsonschema.ValidationError, root: Mapping[str, Any]) -> list[str]:
    where = _dotted(error.absolute_path)
    inside = f"{where}." if where else ""
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        known = schema["properties"]
        extra = sorted(str(key) for key in instance if key not in known)
        return [
            f"config: unknown key `{inside}{key}`{_nearest_key(key, inside, known, root)}" for key in extra
        ]
    if error.validator == "required":
        missing = [key for key in schema["required"] if key not in instance]
        return [f"config: key `{inside}{key}` is missing (config/README.md describes it)" for key in missing]
    hint = _hint(instance, str(error.validator), schema)
    return [f"config: `{where}` is {_shown(instance)}, expected {in_words(schema)}{hint}"]


def _nearest_key(key: str, inside: str, known: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """The nearest key of the same section, else the nearest of any section, else the section's keys."""
    if difflib.get_close_matches(key.lower(), [name.lower() for name in known], n=1):
        return nearest(key, known).replace("`", f"`{inside}", 1)
    elsewhere = {path.rpartition(".")[2]: path for path, _ in leaves(root)}
    close = difflib.get_close_matches(key, elsewhere, n=1)
    return f"; did you mean `{elsewhere[close[0]]}`?" if close else nearest(key, known)


def _shown(value: object) -> str:
    return "empty (null)" if value is None else repr(value)


def _hint(value: object, failed: str, schema: Mapping[str, Any]) -> str:
    """What may have been meant: YAML reads 5e-8 as text, --config every number within a section.

    A misspelt choice has a nearest one.
    """
    if not isinstance(value, str) or failed not in ("enum", "type"):
        return ""
    if failed == "enum":
        return nearest(value, [str(choice) for choice in schema["enum"]])
    try:
        number = float(value)
    except ValueError:
        return ""
    digits, exponent, power = f"{number:.12g}".partition("e")
    written = digits + (".0" if exponent and "." not in digits else "") + exponent + power
    return f" (it was read as text: write {written} in YAML, and in a --configfile, not in --config)"


def _cross_problems(config: Mapping[str, Any]) -> list[str]:
    return [
        *_proxy_problems(config),
        *_ladder_problems(config["instruments"]["p_thresholds"], config["reduce"]["p_max"]),
        *_coloc_problems(config),
        *(
            list(_name_problems(config))
            or _method_problems(run_methods(config), config["discovery"]["methods"], config["ld_panel"])
        ),
    ]


def run_methods(config: Mapping[str, Any]) -> list[str]:
    """The methods that the study runs, a preset written out."""
    return methods_of(config["estimators"]["methods"], ld=config["ld_panel"] is not None)


def _proxy_problems(config: Mapping[str, Any]) -> Iterator[str]:
    if config["proxies"]["use"] and config["ld_panel"] is None:
        yield "config: `proxies.use` is true, which needs LD: set `ld_panel`, or leave proxies out"


def _ladder_problems(thresholds: list[float], kept: float) -> Iterator[str]:
    if thresholds != sorted(thresholds):
        yield f"config: `instruments.p_thresholds` is {thresholds}, expected the strictest (smallest) P first"
    if max(thresholds) > kept:
        yield (
            f"config: `instruments.p_thresholds` goes up to {max(thresholds)}, but only variants with P "
            f"below `reduce.p_max` ({kept}) are kept: raise `reduce.p_max` to {max(thresholds)}"
        )


def _coloc_problems(config: Mapping[str, Any]) -> Iterator[str]:
    coloc = config["coloc"]
    if coloc["traits"] and coloc["loci"] == "genes" and config["genes"]["table"] is None:
        yield "config: `coloc.loci` is genes, which needs a table of genes: set `genes.table`"
    least = min(coloc["p1"], coloc["p2"])
    for name in ("p12", "p12_susie"):
        if coloc[name] > least:
            yield (
                f"config: `coloc.{name}` is {coloc[name]}, above `coloc.p1` or `coloc.p2` ({least}): a "
                "variant cannot be likelier causal for both traits than for one of them"
            )


def _name_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Names that are no method's, which the schema does not know."""
    for section, known in (("estimators", list(METHODS)), ("discovery", [PRIMARY, *METHODS])):
        asked = config[section]["methods"]
        for name in [] if isinstance(asked, str) else asked:
            if name not in known:
                yield f"config: `{section}.methods` has {name!r}, which is no method{nearest(name, known)}"


def _method_problems(methods: list[str], discovery: list[str], ld_panel: str | None) -> Iterator[str]:
    for name in ("wald_ratio", "ivw"):
        if name not in methods:
            yield f"config: `estimators.methods` lacks {name}, a primary method that every screen needs"
    for name in discovery:
        if name != "primary" and name not in methods:
            why = " without an `ld_panel`" if name in NEEDS_LD and ld_panel is None else ""
            yield f"config: `discovery.methods` asks for {name}, which `estimators.methods` does not run{why}"
    if "gsmr" in methods and ld_panel is None:
        yield "config: `estimators.methods` has gsmr, which needs LD: set `ld_panel`, or leave gsmr out"
