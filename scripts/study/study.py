"""A study as the workflow sees it: roles, traits, files; and what follows from them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scripts.study.ldsc import LdscFiles
from scripts.study.roles import Controls, MetaAnalysis
from scripts.table.trait import AUTO, Trait, is_remote

PANEL = ("bed", "bim", "fam")  # extensions of a PLINK file set
LOG_ODDS = "log odds"  # unit of a binary trait's effects


@dataclass(frozen=True)  # without slots: what dozens of rules ask of thousands of traits is computed once
class Study:
    """What to run on what. Ids are those of the trait tables and of the meta-analyses; paths are resolved.

    `traits` holds exposures and all others by id, with paths as written in the table (`files_of` resolves
    them). `validation` gives each validation outcome's expected sign relative to the primary outcome.
    `methods` are the estimators' keys, a preset written out. `unused` are traits that the table lists and no
    role names: nothing is done with them. `lead_exposures` are those that pleiotropy may be looked for with,
    `gene_files` the tables of the section genes that something needs, `pooling_files` those of experiments,
    `loci` the table of loci to colocalise at, `recombination` the maps that are drawn there.
    `mediators` are those of the section mediation, their negative controls included. `published` is the table
    of known results, `gene_list` the user's list of genes, which `gene_list_exposures` are crossed with.
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
    published: str | None
    gene_list: str | None
    gene_list_exposures: tuple[str, ...]
    multivariable: tuple[dict[str, Any], ...]
    ldsc: LdscFiles | None
    lead_exposures: tuple[str, ...]
    gene_files: dict[str, str]
    coloc_lead: bool
    coloc_traits: tuple[str, ...]
    mediators: tuple[str, ...]
    mediation_truth: str | None
    pooling_files: dict[str, str]
    loci: str | None
    recombination: tuple[str, ...]
    demo: dict[str, Any] | None
    tolerant: bool

    @property
    def all_outcomes(self) -> tuple[str, ...]:
        """Everything that exposures are tested on: primary, validation and negative-control outcomes."""
        return (*self.outcomes, *self.validation, *self.controls.negative_outcomes)

    @property
    def lead_colocalised(self) -> bool:
        """Whether the exposure that pleiotropy is looked for with is colocalised with its outcome."""
        return self.coloc_lead and bool(self.lead_exposures)

    @property
    def colocalised(self) -> bool:
        """Whether anything is."""
        return self.lead_colocalised or bool(self.coloc_traits)

    @cached_property
    def file_traits(self) -> list[str]:
        """Ids, in table order, of the used traits that are read from files and are not exposures."""
        left_out = {*self.exposures, *self.unused}
        return [trait for trait in self.traits if trait not in left_out]

    @property
    def full_tables(self) -> list[str]:
        """Ids of the traits whose standard tables are kept whole: `file_traits`, and exposures of others."""
        members = {trait for analysis in self.multivariable for trait in analysis["exposures"]}
        members |= set(self.mediators)
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

    @cached_property
    def labels(self) -> dict[str, str]:
        """Name to print for every trait and meta-analysis; its id where the source is to tell the name."""
        read = {trait.id: trait.id if trait.name == AUTO else trait.name for trait in self.traits.values()}
        return read | {made.id: made.name for made in self.meta_analyses.values()}

    @cached_property
    def named_by_source(self) -> list[str]:
        """Ids of the remote traits whose names come from their sources."""
        return [trait for trait in self.remote_traits if self.traits[trait].name == AUTO]

    @cached_property
    def units(self) -> dict[str, str]:
        """Unit of every trait's effects; a meta-analysis has that of its cohorts."""
        units = {trait.id: trait.unit for trait in self.traits.values()}
        return units | {part.id: units[part.cohorts[0]] for part in self.meta_analyses.values()}

    @property
    def all_files(self) -> list[str]:
        """Local files of all exposures and used traits, each once, in table order."""
        files = [path for trait in (*self.exposures, *self.file_traits) for path in self.files_of(trait)]
        return [path for path in dict.fromkeys(files) if not is_remote(path)]

    @cached_property
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
        files |= self.ldsc.remote if self.ldsc else {}
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
