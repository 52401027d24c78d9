"""What a study's sources are, for readers: one row a trait, with its role."""

from collections.abc import Mapping
from typing import Any

from scripts.study.study import Study

MOST_SOURCES = 30  # that are listed one by one


def source_rows(study: Study, mediators: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Outcomes first, then other used traits, then exposures; `mediators` is the section mediation."""
    cohorts = {
        cohort: f"cohort of {made.name}" for made in study.meta_analyses.values() for cohort in made.cohorts
    }
    roles = dict.fromkeys(study.exposures, "exposure") | cohorts
    roles |= dict.fromkeys(mediators["mediators"], "mediator")
    roles |= {part["control"]: "negative control of a mediator" for part in mediators["controls"]}
    roles |= dict.fromkeys(study.controls.negative_outcomes, "negative control")
    roles |= dict.fromkeys(study.validation, "validation") | dict.fromkeys(study.outcomes, "outcome")
    first = [trait for trait in study.traits if trait in study.outcomes or trait in cohorts]
    order = dict.fromkeys([*first, *study.file_traits, *study.exposures])
    return [_row(study, trait, roles.get(trait, "")) for trait in order]


def _row(study: Study, trait: str, role: str) -> dict[str, Any]:
    row = study.traits[trait]
    told = {"id": trait, "name": row.name, "role": role, "n": row.n, "n_case": row.n_case}
    return told | {"ancestry": row.ancestry, "build": row.build, "paths": ", ".join(row.paths)}
