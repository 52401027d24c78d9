"""A study: the merged config and its trait tables, checked before any job starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.study.config import config_problems, run_methods
from scripts.study.ldsc import LdscFiles, ldsc_files, ldsc_problems
from scripts.study.pleiotropy import gene_files, lead_exposures, pleiotropy_problems
from scripts.study.roles import Controls, MetaAnalysis, coloc_traits, role_problems, roles_of
from scripts.study.traits import TraitTable, read_trait_table
from scripts.table.trait import Trait, is_remote

SHOWN = 20
PANEL = ("bed", "bim", "fam")  # extensions of a PLINK file set
OPTIONAL_FILES = ("chain_file", "ancestry_frequencies", "truth", "correlations")
LOCI_FOUND = ("instruments", "genes")  # in place of a table of loci
LOG_ODDS = "log odds"  # unit of a binary trait's effects
SIMULATED = "SIMULATED"  # how the name of every simulated file begins


class StudyError(Exception):
    """A study that cannot start; the message says, for people, what is wrong where and what to do."""


@dataclass(frozen=True, slots=True)
class Study:
    """What to run on what. Ids are those of the trait tables and of the meta-analyses; paths are resolved.

    `traits` holds exposures and all others by id, with paths as written in the table (`files_of` resolves
    them). `validation` gives each validation outcome's expected sign relative to the primary outcome.
    `methods` are the estimators' keys, a preset written out. `unused` are traits that the table lists and no
    role names: nothing is done with them. `lead_exposures` are those that pleiotropy may be looked for with,
    `gene_files` the tables of the section genes that something needs.
    """

    name: str
    title: str
    seed: int
    data_dir: str
    genome_build: str
    traits: dict[str, Trait]
    exposures: tuple[str, ...]
    outcomes: tuple[str, ...]
    meta_analyses: dict[str, MetaAnalysis]
    validation: dict[str, int]
    controls: Controls
    methods: tuple[str, ...]
    unused: tuple[str, ...]
    ld_panel: str | None
    chain_file: str | None
    ancestry_frequencies: str | None
    truth: str | None
    correlations: str | None
    multivariable: tuple[dict[str, Any], ...]
    ldsc: LdscFiles | None
    lead_exposures: tuple[str, ...]
    gene_files: dict[str, str]
    coloc_traits: tuple[str, ...]
    loci: str | None
    demo: dict[str, Any] | None
    tolerant: bool

    @property
    def all_outcomes(self) -> tuple[str, ...]:
        """Everything that exposures are tested on: primary, validation and negative-control outcomes."""
        return (*self.outcomes, *self.validation, *self.controls.negative_outcomes)

    @property
    def file_traits(self) -> list[str]:
        """Ids, in table order, of the used traits that are read from files and are not exposures."""
        left_out = {*self.exposures, *self.unused}
        return [trait for trait in self.traits if trait not in left_out]

    @property
    def full_tables(self) -> list[str]:
        """Ids of the traits whose standard tables are kept whole: `file_traits`, and exposures of others."""
        members = {trait for analysis in self.multivariable for trait in analysis["exposures"]}
        return [*self.file_traits, *(exposure for exposure in self.exposures if exposure in members)]

    @property
    def control_signs(self) -> dict[str, int]:
        """The sign of the effect of each exposure that is a control; 0 where it has none."""
        negative = dict.fromkeys(self.controls.negative_exposures, 0)
        return {pair["exposure"]: pair["sign"] for pair in self.controls.positive} | negative

    @property
    def cohorts(self) -> list[str]:
        """Ids of the traits behind the primary outcomes: a meta-analysis's cohorts, or the outcome itself."""
        return list(dict.fromkeys(cohort for i in self.outcomes for cohort in self.cohorts_of(i)))

    @property
    def labels(self) -> dict[str, str]:
        """Name to print for every trait and meta-analysis."""
        read = {trait.id: trait.name for trait in self.traits.values()}
        return read | {made.id: made.name for made in self.meta_analyses.values()}

    @property
    def units(self) -> dict[str, str]:
        """Unit of every trait's effects; a meta-analysis has that of its cohorts."""
        units = {trait.id: trait.unit for trait in self.traits.values()}
        return units | {part.id: units[part.cohorts[0]] for part in self.meta_analyses.values()}

    @property
    def all_files(self) -> list[str]:
        """Local files of all exposures and used traits, each once, in table order."""
        files = [path for trait in (*self.exposures, *self.file_traits) for path in self.files_of(trait)]
        return [path for path in dict.fromkeys(files) if not is_remote(path)]

    @property
    def remote_traits(self) -> list[str]:
        """Ids of the exposures and used traits that have files to fetch, in table order."""
        used = (*self.exposures, *self.file_traits)
        return [trait for trait in used if any(map(is_remote, self.traits[trait].paths))]

    @property
    def references(self) -> dict[str, str]:
        """Name below the results of each file to fetch that is not a trait's, and its locator."""
        panel = {f"panel.{end}": f"{self.ld_panel}.{end}" for end in PANEL if self.ld_panel}
        files = panel | ({"build.chain": self.chain_file} if self.chain_file else {})
        files |= {f"genes.{name}": path for name, path in self.gene_files.items()}
        return {name: locator for name, locator in files.items() if is_remote(locator)}

    def cohorts_of(self, trait: str) -> tuple[str, ...]:
        """Traits that are read from files behind a trait: a meta-analysis's cohorts, or the trait itself."""
        return self.meta_analyses[trait].cohorts if trait in self.meta_analyses else (trait,)

    def scale_of(self, trait: str) -> dict[str, bool]:
        """Whether a trait is case-control, and whether its effects are in SD of the trait."""
        rows = [self.traits[part] for part in self.cohorts_of(trait)]
        return {
            "binary": all(row.is_binary or row.unit == LOG_ODDS for row in rows),
            "in_sd": all(row.unit == "SD" for row in rows),
        }

    @property
    def diseases(self) -> dict[str, list[float | None]]:
        """Share of cases and prevalence of every binary trait that is an exposure or an outcome."""
        found = {trait: self._disease(trait) for trait in (*self.exposures, *self.all_outcomes)}
        return {trait: values for trait, values in found.items() if values}

    def _disease(self, trait: str) -> list[float | None]:
        """Of a meta-analysis: cases among all its people, and the prevalence that its cohorts state."""
        rows = [self.traits[cohort] for cohort in self.cohorts_of(trait)]
        if not any(row.is_binary or row.unit == LOG_ODDS for row in rows):
            return []
        known = all(row.n and row.n_case for row in rows)
        cases = sum(row.n_case or 0.0 for row in rows) / sum(row.n or 0.0 for row in rows) if known else None
        return [cases, next((row.prevalence for row in rows if row.prevalence), None)]

    def declared(self, trait: str) -> dict[str, Any]:
        """What the trait table says of the trait's people and effects, and whether it is clumped."""
        row = self.traits[trait]
        names = ("id", "name", "n", "n_case", "build", "ancestry", "unit", "effect_scale")
        clumped = trait in self.exposures and self.ld_panel is not None and row.format != "instruments"
        return {
            **{name: getattr(row, name) for name in names},
            "cohorts": list(row.cohorts),
            "clumped": clumped,
            "paths": list(row.paths),
        }

    def files_of(self, trait: str) -> list[str]:
        """The trait's files: remote ones and absolute paths as they are, others within data_dir."""
        return [resolve(path, self.data_dir) for path in self.traits[trait].paths]


def resolve(path: str, data_dir: str) -> str:
    """A path of the config or a trait table, relative to data_dir unless it is remote or absolute."""
    return path if is_remote(path) else str(Path(data_dir) / path)


def load_study(config: Mapping[str, Any], root: Path) -> Study:
    """Check a merged config and its trait tables (relative to `root`) and return the study.

    Raises StudyError with one message that lists the problems, one a line: those of the config first, then
    those of the tables, then those of the roles, since each rests on the one before.
    """
    _stop_at("the config", config_problems(config) or ldsc_problems(config))
    exposures = _table(config, "exposures", root)
    others = _table(config, "traits", root)
    _stop_at("its trait tables", [*exposures.problems, *others.problems, *_listed_twice(exposures, others)])
    study = _study(config, exposures.traits, others.traits)
    where = exposures.where | others.where
    roles = [*role_problems(config, study.traits, study.exposures, where)]
    _stop_at("the roles of its traits", [*roles, *pleiotropy_problems(config, exposures.traits, where)])
    _stop_at("its data", [*_simulation_problems(study, where), *_folder_problems(study, root)])
    return study


def _stop_at(stage: str, problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        hidden = len(found) - SHOWN
        more = [f"... and {hidden} more"] if hidden > 0 else []
        raise StudyError(
            "\n  ".join([f"The study cannot start: {stage} must be mended.", *found[:SHOWN], *more])
        )


def _table(config: Mapping[str, Any], key: str, root: Path) -> TraitTable:
    return read_trait_table(root / config[key], config[key], config["column_maps"])


def _listed_twice(exposures: TraitTable, others: TraitTable) -> list[str]:
    both = [trait for trait in exposures.where if trait in others.where]
    return [f"{others.where[i]} (id `{i}`): this id is already in {exposures.where[i]}" for i in both]


def _study(config: Mapping[str, Any], exposures: dict[str, Trait], others: dict[str, Trait]) -> Study:
    data_dir = config["data_dir"]
    given = {key: config[key] for key in ("ld_panel", "chain_file", "truth", "correlations")}
    given["ancestry_frequencies"] = config["quality"]["ancestry_frequencies"]
    resolved = {key: None if path is None else resolve(path, data_dir) for key, path in given.items()}
    roles = roles_of(config, exposures | others)
    leads, colocalised = lead_exposures(config, exposures, exposures), coloc_traits(config, exposures)
    return Study(
        name=config["study"],
        title=config["title"],
        seed=config["seed"],
        data_dir=data_dir,
        genome_build=config["genome_build"],
        traits=exposures | others,
        exposures=tuple(exposures),
        outcomes=tuple(config["outcomes"]),
        meta_analyses={part["id"]: MetaAnalysis.from_config(part) for part in config["meta_analyses"]},
        validation={part["trait"]: part["sign"] for part in config["validation"]},
        controls=Controls.from_config(config["controls"]),
        methods=tuple(run_methods(config)),
        multivariable=tuple(config["multivariable"]),
        unused=tuple(trait for trait in others if trait not in roles),
        ldsc=_ldsc(config),
        lead_exposures=leads,
        gene_files={name: resolve(path, data_dir) for name, path in gene_files(config, leads, colocalised)},
        coloc_traits=colocalised,
        loci=None if config["coloc"]["loci"] in LOCI_FOUND else config["coloc"]["loci"],
        demo=config["demo"],
        tolerant=config["on_bad_exposure"] == "report",
        **resolved,
    )


def _ldsc(config: Mapping[str, Any]) -> LdscFiles | None:
    files = ldsc_files(config)
    if files is None:
        return None
    inside = (
        tuple(resolve(path, config["data_dir"]) for path in getattr(files, kind)) for kind in files.__slots__
    )
    return LdscFiles(*inside)


def _simulation_problems(study: Study, where: Mapping[str, str]) -> list[str]:
    """A simulated study writes its own files, none of which may be somebody's data; it must be told N."""
    if not study.demo:
        return []
    own = [study.ld_panel, study.chain_file, study.truth, study.correlations, *study.gene_files.values()]
    made = [*study.all_files, *own]
    return [
        *(
            f"config: `demo` is set, so the simulation would write {path}, whose name does not begin with "
            f"{SIMULATED}; set `demo: null` for a study of real data"
            for path in made
            if path and not Path(path).name.startswith(SIMULATED)
        ),
        *(
            f"{where[trait]} (id `{trait}`): `n` is missing: give the number of people to simulate"
            for trait in (*study.exposures, *study.file_traits)
            if study.traits[trait].n is None
        ),
    ]


def _folder_problems(study: Study, root: Path) -> list[str]:
    """A real study that reads from data_dir needs that folder; the demo makes its own."""
    if study.demo is not None:
        return []
    folder = root / study.data_dir
    own = [path for trait in study.traits.values() for path in trait.paths if not is_remote(path)]
    if folder.is_dir() or all(Path(path).is_absolute() for path in own):
        return _missing_files(study, root)
    return [
        f"config: `data_dir` is {study.data_dir}, but there is no folder {folder.resolve()}, which this "
        "study's files are read from; name the folder that holds them with `--config data_dir=/path/to/data`"
    ]


def _missing_files(study: Study, root: Path) -> list[str]:
    """What the whole study rests on must be there; an exposure whose file is missing is told in its row."""
    panel = [f"{study.ld_panel}.{extension}" for extension in PANEL] if study.ld_panel else []
    wanted = [
        *(("`ld_panel`", path) for path in panel),
        *((f"`{key}`", path) for key in OPTIONAL_FILES if (path := getattr(study, key))),
        *(("`ldsc`", path) for path in (study.ldsc.named if study.ldsc else ())),
        *((f"`genes.{name}`", path) for name, path in study.gene_files.items()),
        *([("`coloc.loci`", study.loci)] if study.coloc_traits and study.loci else []),
        *((f"trait {trait}", path) for trait in study.file_traits for path in study.files_of(trait)),
    ]
    return [
        f"{what}: there is no file {path} (data_dir is {study.data_dir}; another folder: "
        "`--config data_dir=/path/to/data`)"
        for what, path in wanted
        if not is_remote(path) and not (root / path).is_file()
    ]
