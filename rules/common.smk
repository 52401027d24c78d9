# Functions that the rules share: a checked study from the config, and paths and params from the study.
import fcntl
import os
import re
import shlex
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

# Jobs inherit these: scripts import the package from the workflow's own folder, and one thread per BLAS call keeps
# results identical whatever the number of cores.
BLAS_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(BLAS_THREADS, "1"), PYTHONPATH=str(workflow.basedir))
sys.path.insert(0, str(workflow.basedir))

from scripts.download.settings import Settings
from scripts import __version__
from scripts.engine.disk import need_of
from scripts.engine.progress import Progress
from scripts.engine.rate import look_only_when_a_job_ends
from scripts.engine.usage import usage_by_rule, write_usage
from scripts.provenance import source_of
from scripts.study.ldsc import FROM_LDSC, LdscFiles, asked_pairs
from scripts.study.load import StudyError, load_study
from scripts.study.sources import MOST_SOURCES, source_rows
from scripts.study.study import resolve
from scripts.table.files import remove_parts
from scripts.table.space import free_bytes, leave_free, same_disk
from scripts.table.trait import is_remote


def study_of(config):
    """The checked study, or one message for people before any job starts."""
    if config.get("offline") in ("true", "false"):  # what --config offline=true is read as, where True is not
        config["offline"] = config["offline"] == "true"
    try:
        study = load_study(config, Path.cwd())
    except StudyError as error:
        raise WorkflowError(str(error)) from None
    Settings.to_environment(config)  # jobs inherit it, and this:
    leave_free(config["disk"]["reserve_gb"])
    if study.unused:
        logger.warning(f"Listed in {config['traits']} but used in no role: {', '.join(study.unused)}")
    return study


def refuse_absent_files(config, study):
    """Where the run is offline: one message that lists what it would have to fetch, before any job starts."""
    if not config["offline"]:
        return
    # Servers and pandas take a second to load, and only such runs need them.
    from scripts.download.offline import absent, unfetched

    results = Path("results") / study.name
    spared = unfetched(results) & set(study.exposures) if study.tolerant else set()
    missing = absent(
        {trait: study.files_of(trait) for trait in study.remote_traits if trait not in spared},
        study.references,
        results,
        config["fetch"]["catalog"],
        Settings.from_config(config),
    )
    if missing:
        options = " ".join(
            f"--configfile {shlex.quote(str(path))}" for path in workflow.overwrite_configfiles
        )
        raise WorkflowError(
            f"The run is offline and {len(missing)} files are not here:\n  "
            + "\n  ".join(missing[:50] + [f"... and {len(missing) - 50} more"][: len(missing) > 50])
            + f"\nWhere there is a network, in this folder: ./mrscape run fetch_only {options}"
        )


def memory(megabytes):
    """What a job asks for; where it is tried again (profiles/slurm), as many times that."""
    return lambda wildcards, attempt: megabytes * attempt


def any_of(names):
    """A pattern that matches these names and nothing else."""
    return "|".join(map(re.escape, names)) or "(?!)"


def hold_lock(folder):
    """Keep a second run of the study out for as long as this process lives.

    The kernel frees the lock when the process dies, however it dies, so that a killed run needs no unlocking: the
    default profile turns off Snakemake's own lock, which does.
    """
    try:
        os.makedirs(folder, exist_ok=True)
        hold_lock.file = open(os.path.join(folder, ".lock"), "w")
    except OSError as error:
        raise WorkflowError(
            f"Nothing can be written to {folder} ({error.strerror}). Make it writable, or make room, then run the same "
            "command again: what is finished stays."
        ) from None
    try:
        fcntl.flock(hold_lock.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WorkflowError(
            f"Another run is writing to {folder}. Wait for it, or stop it, then try again."
        ) from None
    except OSError as error:
        raise WorkflowError(
            f"{folder} cannot be locked ({error.strerror}): its file system has no flock. Mount it with locks (Lustre: "
            "-o flock), or run where they are."
        ) from None


def start(config, study):
    """What must hold before the first job: no other run of the study, and offline nothing left to fetch."""
    hold_lock(f"results/{study.name}")
    remove_parts(Path("results", study.name))
    refuse_absent_files(config, study)
    tell_disk(config, study)
    look_only_when_a_job_ends(workflow.scheduler)
    PROGRESS.active = True
    PROGRESS.tell(last=True)


def tell_disk(config, study):
    """What this run is going to fetch and to keep, and whether the disks have room for it."""
    planned = {"fetch": set(), "fetch_first": set(), "reduce_exposure": set()}
    for job in workflow.dag.needrun_jobs():
        planned.get(job.rule.name, set()).update(job.wildcards)
    fetched = set() if config["offline"] else planned["fetch"] | planned["fetch_first"]
    files = {trait: study.files_of(trait) for trait in study.remote_traits}
    read = planned["reduce_exposure"] & files.keys()
    results, downloads = Path("results", study.name), Path(config["fetch"]["folder"])
    typical = 1e6 * config["disk"]["download_mb"]
    need = need_of(fetched, read, set(study.exposures), files, results / "fetch", typical, under_way())
    if need.downloads or need.results:
        apart = None if same_disk(results, downloads) else free_bytes(results)
        logger.info(need.text(config["fetch"]["keep_raw"], free_bytes(downloads), apart))


def under_way():
    """Exposures that are fetched or read at a time; a group of profiles/slurm fetches all its files, then reads them."""
    group = workflow.group_settings.group_components.get("fetch", 1)
    return 2 * (workflow.nodes * group if workflow.nodes else workflow.cores or 1)


def follow(study):
    """Listen to the run, to say how far it is."""
    table, benchmarks = Path("results", study.name, "progress.tsv"), Path("benchmarks", study.name)
    progress = Progress(table, benchmarks, logger.info)
    logger.addHandler(progress)
    return progress


def finish(study):
    """The last word of the tables on how far it came and on what the steps took."""
    PROGRESS.tell(last=True)
    used = usage_by_rule(Path("benchmarks", study.name))
    if used:
        write_usage(used, Path("benchmarks", study.name, "rules.tsv"))


def trait_of(wildcards):
    """Id of the trait that a job reads, under whichever wildcard the rule names it."""
    return next(iter(wildcards))


def local_files(wildcards):
    """The trait's files on this machine; those of a simulated study are made by the workflow itself."""
    paths = [path for path in STUDY.files_of(trait_of(wildcards)) if not is_remote(path)]
    return [path for path in paths if STUDY.demo or os.path.exists(path)]


def receipt_of(wildcards):
    """The receipt of the trait's download, where it has one."""
    remote = any(is_remote(path) for path in STUDY.files_of(trait_of(wildcards)))
    return [f"<results>/fetch/{trait_of(wildcards)}.json"] if remote else []


def positions_of(wildcards):
    """The table that gives this trait its positions by rsid, where its own file has none."""
    origin = STUDY.traits[trait_of(wildcards)].positions_from
    return [f"<results>/traits/{origin}.parquet"] if origin else []


def chain_of(wildcards):
    """The study's chain file: it lifts traits of the other build, and shows which build a trait is in."""
    return [reference_of("build.chain", STUDY.chain_file)] if STUDY.chain_file else []


def panel_files(extension):
    """One file of the LD panel, where the study has one."""
    return [reference_of(f"panel.{extension}", f"{STUDY.ld_panel}.{extension}")] if STUDY.ld_panel else []


def reference_of(name, path):
    """The file of the study itself, or the name of the one that is fetched."""
    return f"<results>/references/{name}" if name in STUDY.references else path


def here(paths):
    """The files of the study itself, or those that are fetched."""
    names = {locator: name for name, locator in STUDY.references.items()}
    return [reference_of(names.get(path), path) for path in paths]


def is_temporary(wildcards):
    """Whether a trait's downloads may go once they were read: nobody else in the study needs them."""
    trait = trait_of(wildcards)
    if config["fetch"]["keep_raw"] or trait in FULL_TABLES:  # which is read twice
        return False
    return all(FILES_USED[path] == 1 for path in STUDY.files_of(trait))


def panel_table(wildcards):
    return ["<results>/panel.parquet"] if STUDY.ld_panel else []


def ancestry_table(wildcards):
    """Frequencies of named ancestries, where the study has them."""
    return [STUDY.ancestry_frequencies] if STUDY.ancestry_frequencies else []


def correlations_table():
    """How the study's traits correlate, where it has a table of that or makes it."""
    made = "<results>/tables/ldsc_correlations.tsv" if config["correlations"] == FROM_LDSC else None
    return [table for table in [made or STUDY.correlations] if table]


def gene_file(name):
    """A table of the section genes, where the study has it."""
    return [reference_of(f"genes.{name}", path) for path in [STUDY.gene_files.get(name)] if path]


def confounders_table():
    """What the GWAS Catalog knows for a confounder, where instruments of those are left out."""
    return ["<results>/confounders.tsv"] if config["confounders"]["traits"] else []


def placed_genes():
    """The genes on the study's build, where it has a table of them."""
    return ["<results>/genes.tsv"] if "table" in STUDY.gene_files else []


def told_names():
    """What sources call their traits, for steps that print names, where the trait table leaves it to them."""
    return ["<results>/names.json"] if STUDY.named_by_source else []


def checks_params():
    """What the checks of a trait's file depend on."""
    ancestry = config["ld_panel_ancestry"] if STUDY.ld_panel else None
    return {
        "expected_chromosomes": config["quality"]["expected_chromosomes"],
        "eaf_from_panel": config["quality"]["eaf_from_panel"],
        "allow": config["quality"]["allow"],
        "panel_ancestry": ancestry,
    }


def trait_params(wildcards):
    """What reading a trait depends on, in plain types: a new name or unit alone reruns nothing."""
    trait = STUDY.traits[trait_of(wildcards)]
    return replace(trait, name="", unit="", ancestry="", cohorts=(), prevalence=None).to_dict()


def trait_paths(wildcards):
    return STUDY.files_of(trait_of(wildcards))


def full_table(trait):
    """The table with every row of a trait that is colocalised: an exposure's is that of its one pass."""
    return f"<results>/{'reduced' if trait in STUDY.exposures else 'traits'}/{trait}.parquet"


def batch_members(batches):
    """Members of each batch that has any, in the order of the trait table.

    The batch of an exposure depends on its id alone, so that a new exposure reruns one batch.
    """
    members = {}
    for exposure in STUDY.exposures:
        members.setdefault(crc32(exposure.encode()) % batches, []).append(exposure)
    return members


def batches_for(size):
    """How many batches of about this many exposures: 1, 2, 4, ..., so that growth seldom moves exposures."""
    return 1 << ((len(STUDY.exposures) - 1) // size).bit_length()


def correlations_asked_of(group):
    """The pairs to correlate whatever the screen says that this job is for: its own, and in the first, nobody's."""
    mine, first = LDSC_BATCHES[group], group == next(iter(LDSC_BATCHES))
    return [pair for pair in ASKED if pair[0] in mine or (first and pair[0] not in STUDY.exposures)]


def shown_by(names):
    """What these rules mark for the report: path, category, caption, pattern, and the tables that each reads."""
    items, results = [], Path("results", STUDY.name)
    for named in map(workflow.get_rule, names):
        read = [Path(path) for path in named.input if isinstance(path, str)]
        tables = [str(path.relative_to(results)) for path in read if path.parent == results / "tables"]
        for output in named.output:
            if told := output.flags.get("report"):
                items.append(
                    {
                        "path": str(output),
                        "category": told.category,
                        "caption": Path(told.caption.get_path_or_uri(secret_free=False)).name,
                        "pattern": "".join(told.patterns),
                        "tables": tables,
                    }
                )
    return items


def draws_figures(named):
    """Whether a rule has figures for the report among its outputs."""
    shown = [output for output in named.output if "report" in output.flags]
    return any("".join([str(path), *path.flags["report"].patterns]).endswith(".svg") for path in shown)


def drawn_again(step):
    """What draws a step's figures once more, beside its inputs: its name, its outputs by name, its params."""
    named = workflow.get_rule(step)
    params = {name: value for name, value in named.params.items() if name != "source"}
    made = {
        name: str(item) if isinstance(item, str) else [str(path) for path in item]
        for name, item in named.output.items()
    }
    return {"step": step, "made": made, **params}
