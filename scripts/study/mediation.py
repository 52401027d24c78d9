"""The mediators of a study, and what may be wrong with the section mediation."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scripts.study.config import nearest


def mediators_of(section: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the mediators, then of their negative controls; none where no mediator is named."""
    if not section["mediators"]:
        return ()
    controls = (pair["control"] for pair in section["controls"])
    return tuple(dict.fromkeys([*section["mediators"], *controls]))


def mediation_problems(
    section: Mapping[str, Any], traits: Collection[str], exposures: Collection[str], outcomes: Collection[str]
) -> Iterator[str]:
    """What is wrong with the section, one line each; nothing is asked where no mediator is named.

    `traits` are the ids of both tables, `outcomes` those of every kind.
    """
    if not section["mediators"]:
        return
    for trait in mediators_of(section):
        if trait in outcomes:
            yield f"config: `mediation` has {trait}, which is an outcome; it cannot be a mediator too"
        elif trait not in traits:
            near = nearest(trait, traits)
            yield f"config: `mediation` has {trait}, which no trait table lists{near}"
    for i, pair in enumerate(section["controls"]):
        if pair["mediator"] not in section["mediators"]:
            near = nearest(pair["mediator"], section["mediators"])
            yield (
                f"config: `mediation.controls[{i}].mediator` is {pair['mediator']}, no mediator{near} "
                "(without negative controls: `controls: []`)"
            )
        if pair["control"] == pair["mediator"]:
            yield f"config: `mediation.controls[{i}]` makes {pair['control']} the negative control of itself"
    asked = section["exposures"]
    for exposure in [] if isinstance(asked, str) else asked:
        if exposure not in exposures:
            near = nearest(exposure, sorted(exposures))
            yield f"config: `mediation.exposures` has {exposure}, which is no exposure of the study{near}"
