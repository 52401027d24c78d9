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


onstart:
    start(config, STUDY)


if STUDY.demo:

    include: "rules/simulate.smk"


include: "rules/fetch.smk"
include: "rules/standardise.smk"
include: "rules/instruments.smk"
include: "rules/screen.smk"
include: "rules/evidence.smk"
include: "rules/placo.smk"
include: "rules/coloc.smk"
include: "rules/mediation.smk"
include: "rules/multivariable.smk"
include: "rules/overlap.smk"
include: "rules/ldsc.smk"
include: "rules/report.smk"


rule all:
    default_target: True
    input:
        rules.collect_screen.output,
        rules.collect_quality.output,
        [getattr(rules, name).output for name in [*MULTIVARIABLE, "correct_overlap"]],
        rules.give_verdict.output,
    localrule: True
