"""What a study pools: published experiments, estimates over families of outcomes, or nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.study.config import nearest

FILES = ("experiments", "effects", "published")


def pooling_files(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and path, as written, of the tables of published experiments; none where there are none."""
    section = config["pooling"]
    if section["experiments"]:
        yield from ((name, section[name]) for name in FILES if section[name])


def pooling_problems(config: Mapping[str, Any], units: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the section pooling, one line each; `units` has every trait's."""
    section = config["pooling"]
    if config["exposures"] is None and not section["experiments"]:
        yield "config: `exposures` and `pooling.experiments` are both null: there is nothing to do"
    for name in FILES[1:]:
        if section[name] and not section["experiments"]:
            yield f"config: `pooling.{name}` needs `pooling.experiments`, the table of the experiments"
    if section["experiments"] and not section["effects"]:
        yield "config: `pooling.experiments` needs `pooling.effects`, the table of what the experiments found"
    yield from _family_problems(section["outcome_families"], _outcomes(config), units)


def _outcomes(config: Mapping[str, Any]) -> list[str]:
    validation = [part["trait"] for part in config["validation"]]
    return [*config["outcomes"], *validation, *config["controls"]["negative_outcomes"]]


def _family_problems(
    families: list[dict[str, Any]], outcomes: list[str], units: Mapping[str, str]
) -> Iterator[str]:
    names = [family["id"] for family in families]
    for i, family in enumerate(families):
        where = f"config: `pooling.outcome_families[{i}]"
        if family["id"] in names[:i]:
            yield f"{where}.id` is {family['id']}, which an earlier family has"
        for outcome in family["outcomes"]:
            if outcome not in outcomes:
                near = nearest(outcome, outcomes)
                yield f"{where}.outcomes` has {outcome}, which is no outcome of the study{near}"
        found = sorted({units[outcome] for outcome in family["outcomes"] if outcome in units})
        if len(found) > 1:
            yield f"{where}.outcomes` have different units ({', '.join(found)})"
