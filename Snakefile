# The default study is the embedded demo; `--configfile config/studies/<study>/study.yaml` runs another one.
from snakemake.utils import min_version

min_version("9.19")


configfile: "config/config.yaml"


include: "rules/common.smk"


STUDY = study_of(config)


pathvars:
    results=f"results/{STUDY.name}",
    logs=f"logs/{STUDY.name}",
    benchmarks=f"benchmarks/{STUDY.name}",


wildcard_constraints:
    exposure=r"[A-Za-z0-9_.-]+",


report: "report/workflow.rst"


if STUDY.demo:

    include: "rules/simulate.smk"


# Every stage of a screen, in the order of the flow; a study without exposures only pools published experiments.
SCREEN = ["hooks", "freeze", "fetch", "standardise", "instruments", "screen", "evidence", "placo", "coloc"]
SCREEN += ["mediation", "multivariable", "overlap", "ldsc", "pooling", "genes", "audit", "published"]
SCREEN += ["workbook", "report", "print", "targets"]
POOLED_ONLY = ["hooks", "freeze", "fetch", "pooling", "audit", "print"]
for stage in SCREEN if STUDY.exposures else POOLED_ONLY:

    include: f"rules/{stage}.smk"


# The verdict comes after the report, and the report after everything in it.
WANTED = ["freeze_config", *POOLED, *AUDITED, *(["give_verdict"] if STUDY.exposures else [])]


rule all:
    default_target: True
    input:
        [getattr(rules, name).output for name in WANTED],
    localrule: True
