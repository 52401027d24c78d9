"""The roles of a study: which trait is outcome, cohort, validation outcome or control, and if it can be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from scripts.study.config import nearest
from scripts.study.mediation import mediation_problems, mediators_of
from scripts.table.trait import AUTO, Trait

Traits = Mapping[str, Trait]
Where = Mapping[str, str]
INDEPENDENT = ("instruments", "gtex_independent")  # formats of variants that are independent already


@dataclass(frozen=True, slots=True)
class MetaAnalysis:
    """A trait made here from cohorts (ids of the trait table) by fixed-effect meta-analysis."""

    id: str
    name: str
    cohorts: tuple[str, ...]

    @classmethod
    def from_config(cls, part: Mapping[str, Any]) -> Self:
        """The meta-analysis of one entry of `meta_analyses`."""
        return cls(id=part["id"], name=part["name"], cohorts=tuple(part["cohorts"]))


@dataclass(frozen=True, slots=True)
class Controls:
    """Outcomes and exposures that must be null; pairs {exposure, outcome, sign} that must be found."""

    negative_outcomes: tuple[str, ...]
    negative_exposures: tuple[str, ...]
    positive: tuple[dict[str, Any], ...]

    @classmethod
    def from_config(cls, part: Mapping[str, Any]) -> Self:
        """The section `controls`, whose keys are these names."""
        return cls(**{name: tuple(values) for name, values in part.items()})


def roles_of(config: Mapping[str, Any], traits: Traits) -> set[str]:
    """Ids that some role names, those that give other traits their positions included."""
    cohorts = {trait for part in config["meta_analyses"] for trait in part["cohorts"]}
    tested = {trait for _, trait in _tested(config)} | set(coloc_traits(config, ()))
    members = {trait for part in config["multivariable"] for trait in part["exposures"]}
    members |= set(mediators_of(config["mediation"]))
    return (
        cohorts
        | tested
        | members
        | {trait.positions_from for trait in traits.values() if trait.positions_from}
    )


def coloc_traits(config: Mapping[str, Any], exposures: Iterable[str]) -> tuple[str, ...]:
    """Ids of the traits to colocalise with the primary outcomes; the word exposures stands for all."""
    asked = config["coloc"]["traits"]
    return tuple(exposures) if isinstance(asked, str) else tuple(asked)


def role_problems(
    config: Mapping[str, Any], traits: Traits, exposures: Iterable[str], where: Where
) -> Iterator[str]:
    """What is wrong with the roles, one line each; `where` says which row of which table holds a trait."""
    listed = set(exposures)
    yield from _unknown(config, traits, listed, where)
    yield from _coloc_problems(config, traits, listed)
    yield from _repeated(config)
    yield from _multivariable_problems(config, traits)
    yield from _listed_problems("overlap.exposures", config["overlap"]["exposures"], listed)
    yield from _listed_problems("discovery.first", config["discovery"]["first"], listed)
    outcomes = [trait for _, trait in _tested(config)]
    yield from mediation_problems(config["mediation"], traits, listed, outcomes)
    yield from _single_outcome_problems(config)
    yield from _control_problems(config["controls"], config["outcomes"], listed)
    yield from _meta_analysis_problems(config["meta_analyses"], traits, where)
    yield from _position_problems(traits, listed, where)
    if config["chain_file"] is None:
        yield from _build_problems(config, traits, listed, where)
    if config["ld_panel"] is None:
        yield from _panel_problems(config, traits, listed, where)
    yield from _ancestry_problems(config, traits, listed, where)


def _tested(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The key and the id of every outcome of any kind."""
    yield from ((f"outcomes[{i}]", trait) for i, trait in enumerate(config["outcomes"]))
    yield from ((f"validation[{i}].trait", part["trait"]) for i, part in enumerate(config["validation"]))
    negative = config["controls"]["negative_outcomes"]
    yield from ((f"controls.negative_outcomes[{i}]", trait) for i, trait in enumerate(negative))


def _unknown(config: Mapping[str, Any], traits: Traits, exposures: set[str], where: Where) -> Iterator[str]:
    files = [trait for trait in traits if trait not in exposures]
    made = [part["id"] for part in config["meta_analyses"]]
    cohorts = [
        (f"meta_analyses[{i}].cohorts[{j}]", trait)
        for i, part in enumerate(config["meta_analyses"])
        for j, trait in enumerate(part["cohorts"])
    ]
    for keys, known in ((_tested(config), [*files, *made]), (cohorts, files)):
        for key, trait in keys:
            if trait in exposures:
                yield f"config: `{key}` is {trait}, which is an exposure ({where[trait]}); it cannot be both"
            elif trait not in known:
                table = config["traits"]
                yield f"config: `{key}` is {trait}, which {table} does not list{nearest(trait, known)}"


def _coloc_problems(config: Mapping[str, Any], traits: Traits, exposures: set[str]) -> Iterator[str]:
    """Traits to colocalise that no table lists, or that are what they are to be colocalised with."""
    known = [*traits, *(part["id"] for part in config["meta_analyses"])]
    for i, trait in enumerate(coloc_traits(config, ())):
        if trait not in known:
            tables = f"{config['exposures']} nor {config['traits']} lists"
            yield f"config: `coloc.traits[{i}]` is {trait}, which neither {tables}{nearest(trait, known)}"
        elif trait in config["outcomes"]:
            yield f"config: `coloc.traits[{i}]` is {trait}, which is itself a primary outcome"


def _repeated(config: Mapping[str, Any]) -> Iterator[str]:
    first: dict[str, str] = {}
    for key, trait in _tested(config):
        if trait in first:
            yield f"config: `{key}` is {trait}, which `{first[trait]}` has already: a trait has one role"
        first.setdefault(trait, key)


def _multivariable_problems(config: Mapping[str, Any], traits: Traits) -> Iterator[str]:
    """Analyses with one name, and members that there are not."""
    outcomes = {trait for _, trait in _tested(config)}
    made = {part["id"] for part in config["meta_analyses"]}
    names = [part["name"] for part in config["multivariable"]]
    for i, part in enumerate(config["multivariable"]):
        if part["name"] in names[:i]:
            yield f"config: `multivariable[{i}].name` is {part['name']}, which an earlier analysis has"
        for trait in part["exposures"]:
            if trait not in traits and trait not in made:
                near = nearest(trait, [*traits, *made])
                yield f"config: `multivariable[{i}].exposures` has {trait}, which no trait table lists{near}"
        for trait in part["outcomes"]:
            if trait not in outcomes:
                near = nearest(trait, sorted(outcomes))
                yield f"config: `multivariable[{i}].outcomes` has {trait}, no outcome of the study{near}"
            if trait in part["exposures"]:
                yield f"config: `multivariable[{i}]` has {trait} as exposure and as outcome"


def _listed_problems(key: str, asked: str | list[str], exposures: set[str]) -> Iterator[str]:
    """Ids that a key lists and that are no exposures; a word stands for several."""
    for name in [] if isinstance(asked, str) else asked:
        if name not in exposures:
            near = nearest(name, sorted(exposures))
            yield f"config: `{key}` has {name}, which is no exposure of the study{near}"


def _single_outcome_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """What is told relative to the primary outcome needs to know which one."""
    needed = [key for key in ("validation", "truth") if config[key]]
    if len(config["outcomes"]) > 1 and needed:
        yield (
            f"config: `{needed[0]}` is relative to the primary outcome, but `outcomes` lists "
            f"{len(config['outcomes'])}: make it a study with one of them, or leave `{needed[0]}` out"
        )


def _control_problems(controls: Mapping[str, Any], outcomes: list[str], exposures: set[str]) -> Iterator[str]:
    """Controls that are not in the role that they need, and pairs that are to be null and found."""
    named = [(f"negative_exposures[{i}]", trait) for i, trait in enumerate(controls["negative_exposures"])]
    pairs = controls["positive"]
    named += [(f"positive[{i}].exposure", pair["exposure"]) for i, pair in enumerate(pairs)]
    for key, trait in named:
        if trait not in exposures:
            like = nearest(trait, sorted(exposures))
            yield f"config: `controls.{key}` is {trait}, which is no exposure{like}"
    for i, pair in enumerate(pairs):
        if pair["outcome"] not in outcomes:
            yield (
                f"config: `controls.positive[{i}].outcome` is {pair['outcome']}, which is no primary outcome"
                f"{nearest(pair['outcome'], outcomes)}"
            )
        if pair["exposure"] in controls["negative_exposures"]:
            yield f"config: `controls.positive[{i}].exposure` is {pair['exposure']}, a negative control too"


def _meta_analysis_problems(parts: list[dict[str, Any]], traits: Traits, where: Where) -> Iterator[str]:
    seen: set[str] = set()
    for i, part in enumerate(parts):
        if part["id"] in seen or part["id"] in where:
            place = where.get(part["id"], "an earlier meta-analysis")
            yield f"config: `meta_analyses[{i}].id` is {part['id']}, which is already the id of {place}"
        seen.add(part["id"])
        scales = {traits[trait].unit for trait in part["cohorts"] if trait in traits}
        if len(scales) > 1:
            yield f"config: `meta_analyses[{i}].cohorts` have different units ({', '.join(sorted(scales))})"
        shares = {traits[trait].prevalence for trait in part["cohorts"] if trait in traits} - {None}
        if len(shares) > 1:
            stated = ", ".join(f"{share:g}" for share in sorted(share for share in shares if share))
            yield f"config: `meta_analyses[{i}].cohorts` state different prevalences of a disease ({stated})"


def _position_problems(traits: Traits, exposures: set[str], where: Where) -> Iterator[str]:
    files = [trait for trait in traits if trait not in exposures]
    said: set[str] = set()
    for trait in traits.values():
        origin = trait.positions_from
        if origin is None or origin in said:
            continue
        start = f"{where[trait.id]} (id `{trait.id}`): `positions_from` is {origin}, "
        if origin in exposures:
            yield start + "an exposure, whose table holds few variants: name a trait that is not an exposure"
        elif origin not in traits:
            yield start + f"which no row lists{nearest(origin, files)}"
        elif traits[origin].positions_from:
            yield start + "which has no positions of its own"
        else:
            continue
        said.add(origin)


def _build_problems(
    config: Mapping[str, Any], traits: Traits, exposures: set[str], where: Where
) -> Iterator[str]:
    used, build = exposures | roles_of(config, traits), config["genome_build"]
    for trait in traits.values():
        if trait.id in used and trait.build not in (build, AUTO):
            yield (
                f"{where[trait.id]} (id `{trait.id}`): `build` is {trait.build}, but `genome_build` is "
                f"{build}: set `chain_file` to a UCSC chain file from {trait.build} to {build}"
            )


def _panel_problems(
    config: Mapping[str, Any], traits: Traits, exposures: set[str], where: Where
) -> Iterator[str]:
    unclumped = _clumped(config, traits, exposures)
    if unclumped:
        trait = unclumped[0]
        yield (
            f"{where[trait.id]} (id `{trait.id}`): `format` is {trait.format}, whose variants must be "
            f"clumped: set `ld_panel` ({len(unclumped)} traits need it), or use format instruments"
        )
    used = exposures | roles_of(config, traits)
    unknown = [trait for trait in traits.values() if trait.id in used and trait.build == AUTO]
    if unknown:
        trait = unknown[0]
        yield (
            f"{where[trait.id]} (id `{trait.id}`): `build` is {AUTO}, which is inferred from the LD panel: "
            f"set `ld_panel`, or state GRCh37 or GRCh38 ({len(unknown)} traits need it)"
        )


def _clumped(config: Mapping[str, Any], traits: Traits, exposures: set[str]) -> list[Trait]:
    """Traits whose instruments are chosen by the LD of the panel."""
    chosen = exposures | set(mediators_of(config["mediation"]))
    return [trait for trait in traits.values() if trait.id in chosen and trait.format not in INDEPENDENT]


def _ancestry_problems(
    config: Mapping[str, Any], traits: Traits, exposures: set[str], where: Where
) -> Iterator[str]:
    """Ancestries that are declared to be mixed in one analysis, unless `quality.allow` admits it."""
    allowed, panel = config["quality"]["allow"], config["ld_panel_ancestry"]
    for i, part in enumerate(config["meta_analyses"]):
        found = {trait: traits[trait].ancestry for trait in part["cohorts"] if trait in traits}
        if len(set(found.values())) > 1 and "mixed_ancestry" not in allowed:
            each = ", ".join(f"{trait} {ancestry}" for trait, ancestry in found.items())
            yield (
                f"config: `meta_analyses[{i}].cohorts` are of different ancestry ({each}), which a "
                "fixed-effect meta-analysis takes for one population: leave the odd one out, or put "
                "mixed_ancestry in `quality.allow`"
            )
    others = [trait for trait in _clumped(config, traits, exposures) if trait.ancestry != panel]
    if others and config["ld_panel"] is not None and "panel_ancestry" not in allowed:
        trait = others[0]
        yield (
            f"{where[trait.id]} (id `{trait.id}`): `ancestry` is {trait.ancestry}, but that of the LD panel "
            f"is {panel} (`ld_panel_ancestry`), and its instruments would be clumped by the LD of other "
            f"people ({len(others)} traits): set a panel of their ancestry, or put panel_ancestry in "
            "`quality.allow`"
        )
