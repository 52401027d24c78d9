"""A study: the merged config and its trait tables, checked before any job starts."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.study.config import config_problems, in_effect, run_methods
from scripts.study.gene_list import gene_list_exposures, gene_list_problems
from scripts.study.ldsc import FROM_LDSC, LdscFiles, ldsc_files, ldsc_problems, per_chromosome
from scripts.study.mediation import mediators_of
from scripts.study.pleiotropy import gene_files, lead_exposures, pleiotropy_problems
from scripts.study.pooling import pooling_files, pooling_problems
from scripts.study.roles import Controls, MetaAnalysis, coloc_traits, role_problems, roles_of
from scripts.study.study import PANEL, Study, resolve
from scripts.study.traits import TraitTable, read_trait_table
from scripts.table.trait import Trait, is_remote

SHOWN = 20
OPTIONAL_FILES = (
    *("chain_file", "ancestry_frequencies", "truth", "correlations", "mediation_truth", "published"),
    "gene_list",
)
LOCI_FOUND = ("instruments", "genes", "pleiotropic")  # in place of a table of loci
SIMULATED = "SIMULATED"  # how the name of every simulated file begins


class StudyError(Exception):
    """A study that cannot start; the message says, for people, what is wrong where and what to do."""


def load_study(config: Mapping[str, Any], root: Path) -> Study:
    """Check a merged config and its trait tables (relative to `root`) and return the study.

    Raises StudyError with one message that lists the problems, one a line: those of the config first, then
    those of the tables, then those of the roles, since each rests on the one before.
    """
    _stop_at("the config", config_problems(config) or ldsc_problems(config))
    config = in_effect(config)
    exposures = _table(config, "exposures", root)
    others = _table(config, "traits", root)
    _stop_at("its trait tables", [*exposures.problems, *others.problems, *_listed_twice(exposures, others)])
    study = _study(config, exposures.traits, others.traits)
    where = exposures.where | others.where
    roles = [*role_problems(config, study.traits, study.exposures, where)]
    roles += [*pleiotropy_problems(config, exposures.traits, where), *pooling_problems(config, study.units)]
    roles += gene_list_problems(config, exposures.traits)
    _stop_at("the roles of its traits", roles)
    data = [*_simulation_problems(study, where), *_folder_problems(study, root)]
    _stop_at("its data", [*data, *_audit_problems(config, root)])
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
    if config[key] is None:
        return TraitTable({}, {}, [])
    return read_trait_table(root / config[key], config[key], config["column_maps"])


def _listed_twice(exposures: TraitTable, others: TraitTable) -> list[str]:
    both = [trait for trait in exposures.where if trait in others.where]
    return [f"{others.where[i]} (id `{i}`): this id is already in {exposures.where[i]}" for i in both]


def _study(config: Mapping[str, Any], exposures: dict[str, Trait], others: dict[str, Trait]) -> Study:
    data_dir = config["data_dir"]
    given = {key: config[key] for key in ("ld_panel", "chain_file", "truth")}
    given["ancestry_frequencies"] = config["quality"]["ancestry_frequencies"]
    given["correlations"] = None if config["correlations"] == FROM_LDSC else config["correlations"]
    resolved = {key: None if path is None else resolve(path, data_dir) for key, path in given.items()}
    roles = roles_of(config, exposures | others)
    leads, colocalised = lead_exposures(config, exposures, exposures), coloc_traits(config, exposures)
    mediators, truth = mediators_of(config["mediation"]), config["mediation"]["truth"]
    genes = gene_list_exposures(config["gene_list"], exposures)
    placed = (*colocalised, *mediators, *genes)
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
        published=config["published"],
        gene_list=resolve(config["gene_list"]["table"], data_dir) if genes else None,
        gene_list_exposures=genes,
        multivariable=tuple(config["multivariable"]),
        unused=tuple(trait for trait in others if trait not in roles),
        ldsc=_ldsc(config),
        lead_exposures=leads,
        gene_files={name: resolve(path, data_dir) for name, path in gene_files(config, leads, placed)},
        coloc_lead=config["coloc"]["lead"],
        coloc_traits=colocalised,
        mediators=mediators,
        mediation_truth=resolve(truth, data_dir) if mediators and truth else None,
        pooling_files={name: resolve(path, data_dir) for name, path in pooling_files(config)},
        loci=config["coloc"]["loci"] if colocalised and config["coloc"]["loci"] not in LOCI_FOUND else None,
        recombination=_recombination(config),
        demo=config["demo"],
        tolerant=config["on_bad_exposure"] == "report",
        **resolved,
    )


def _recombination(config: Mapping[str, Any]) -> tuple[str, ...]:
    name = config["coloc"]["recombination_map"]
    written = per_chromosome(name, config["quality"]["expected_chromosomes"]) if name else []
    return tuple(resolve(path, config["data_dir"]) for path in written)


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
    own = [study.ld_panel, study.chain_file, study.truth, study.correlations, study.mediation_truth]
    own += [study.published, study.gene_list]
    own += study.gene_files.values()
    own += study.recombination
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


def _audit_problems(config: Mapping[str, Any], root: Path) -> list[str]:
    """Published tables are part of the study's own folder, not of its data."""
    written = [part["path"] for part in config["audit"]["tables"]]
    return [
        f"config: `audit.tables`: there is no file {path}" for path in written if not (root / path).is_file()
    ]


def _folder_problems(study: Study, root: Path) -> list[str]:
    """A real study that reads from data_dir needs that folder; the demo makes its own."""
    if study.demo is not None:
        return []
    folder = root / study.data_dir
    own = [path for trait in study.traits.values() for path in trait.paths if not is_remote(path)]
    own += [] if study.exposures else study.pooling_files.values()
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
        *([("`coloc.loci`", study.loci)] if study.loci else []),
        *(("`coloc.recombination_map`", path) for path in study.recombination),
        *((f"`pooling.{name}`", path) for name, path in study.pooling_files.items()),
        *((f"trait {trait}", path) for trait in study.file_traits for path in study.files_of(trait)),
    ]
    return [
        f"{what}: there is no file {path} (data_dir is {study.data_dir}; another folder: "
        "`--config data_dir=/path/to/data`)"
        for what, path in wanted
        if not is_remote(path) and not (root / path).is_file()
    ]
