# Standard tables. Purpose: every outcome, cohort and control as one clean, sorted table with its rows accounted
# for, the outcome's meta-analysis, and the genes. Inputs: raw summary statistics, table of genes.
# Outputs: traits/*.parquet, traits/*.json, genes.tsv.
wildcard_constraints:
    trait=any_of(STUDY.full_tables),
    meta_analysis=any_of(STUDY.meta_analyses),


ruleorder: meta_analyse > standardise


rule standardise:
    input:
        files=local_files,
        receipt=receipt_of,
        positions=positions_of,
        chain=chain_of,
        panel=panel_table,
        ancestries=ancestry_table,
    output:
        table="<results>/traits/{trait}.parquet",
        quality="<results>/traits/{trait}.json",
    log:
        "<logs>/standardise/{trait}.log",
    benchmark:
        "<benchmarks>/standardise/{trait}.tsv"
    priority: 10  # what would stop the study comes first
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        trait=trait_params,
        paths=trait_paths,
        build=STUDY.genome_build,
        checks=checks_params(),
        tolerate=lambda wildcards: wildcards.trait in STUDY.exposures and STUDY.tolerant,
        source=source_of("standardise"),
    script:
        "../scripts/standardise.py"


rule meta_analyse:
    input:
        cohorts=lambda wildcards: [
            f"<results>/traits/{cohort}.parquet"
            for cohort in STUDY.meta_analyses[wildcards.meta_analysis].cohorts
        ],
        accounts=lambda wildcards: [
            f"<results>/traits/{cohort}.json"
            for cohort in STUDY.meta_analyses[wildcards.meta_analysis].cohorts
        ],
    output:
        table="<results>/traits/{meta_analysis}.parquet",
        quality="<results>/traits/{meta_analysis}.json",
    log:
        "<logs>/meta_analyse/{meta_analysis}.log",
    benchmark:
        "<benchmarks>/meta_analyse/{meta_analysis}.tsv"
    priority: 10  # what would stop the study comes first
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(8000),
    params:
        trait=lambda wildcards: wildcards.meta_analysis,
        checks=checks_params(),
        palindromic=config["harmonise"]["palindromic"],
        palindromic_maf_max=config["harmonise"]["palindromic_maf_max"],
        source=source_of("meta_analyse"),
    script:
        "../scripts/meta_analyse.py"


if placed_genes():

    rule place_genes:
        input:
            table=gene_file("table"),
            chain=chain_of,
        output:
            placed="<results>/genes.tsv",
        log:
            "<logs>/place_genes/place_genes.log",
        benchmark:
            "<benchmarks>/place_genes/place_genes.tsv"
        conda:
            "../envs/mrscape.yaml"
        resources:
            mem_mb=memory(1000),
        params:
            build=STUDY.genome_build,
            source=source_of("place_genes"),
        script:
            "../scripts/place_genes.py"
