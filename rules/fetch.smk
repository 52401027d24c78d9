# Download. Purpose: bring the study's remote files here, verified: a trait's by its receipt, the panel's and the chain
# file as references. Inputs: none (locators of the trait tables and the config, the registry of files).
# Outputs: files under the folder of downloads, a receipt per trait that names them or says why they could not be had,
# and for those who fetch now and run later a verdict on all of them.


rule fetch:
    output:
        receipt="<results>/fetch/{gwas}.json",
    log:
        "<logs>/fetch/{gwas}.log",
    benchmark:
        "<benchmarks>/fetch/{gwas}.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        trait=trait_params,
        paths=trait_paths,
        catalog=config["fetch"]["catalog"],
        tolerate=lambda wildcards: trait_of(wildcards) in STUDY.exposures and STUDY.tolerant,
        source=source_of("fetch"),
    script:
        "../scripts/fetch.py"


# What every exposure waits for comes first: without it none of them is read, and their files would fill the disk.
use rule fetch as fetch_first with:
    wildcard_constraints:
        gwas=any_of(trait for trait in STUDY.remote_traits if trait not in STUDY.exposures),
    priority: 10


ruleorder: fetch_first > fetch


rule fetch_reference:
    output:
        file="<results>/references/{reference}",
    log:
        "<logs>/fetch_reference/{reference}.log",
    benchmark:
        "<benchmarks>/fetch_reference/{reference}.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        locator=lambda wildcards: STUDY.references[wildcards.reference],
        source=source_of("fetch_reference"),
    script:
        "../scripts/fetch_reference.py"


rule collect_names:
    input:
        receipts=expand("<results>/fetch/{gwas}.json", gwas=STUDY.named_by_source),
    output:
        names="<results>/names.json",
    log:
        "<logs>/collect_names/collect_names.log",
    benchmark:
        "<benchmarks>/collect_names/collect_names.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        source=source_of("collect_names"),
    script:
        "../scripts/collect_names.py"


rule check_fetched:
    input:
        receipts=expand("<results>/fetch/{gwas}.json", gwas=STUDY.remote_traits),
    output:
        verdict="<results>/fetched.txt",
    log:
        "<logs>/check_fetched/check_fetched.log",
    benchmark:
        "<benchmarks>/check_fetched/check_fetched.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        source=source_of("check_fetched"),
    script:
        "../scripts/check_fetched.py"


# Everything that a study needs from elsewhere, so that machines without a network can run the rest.
rule fetch_only:
    input:
        rules.check_fetched.output,
        expand("<results>/references/{reference}", reference=list(STUDY.references)),
    localrule: True
