# Download. Purpose: bring a trait's remote files here, verified. Inputs: none (URLs of the trait table).
# Outputs: the files under <downloads>, and a receipt that names them or says why they could not be had.


rule fetch:
    output:
        receipt="<results>/fetch/{gwas}.json",
    log:
        "<logs>/fetch/{gwas}.log",
    benchmark:
        "<benchmarks>/fetch/{gwas}.tsv"
    retries: 2
    conda:
        "../envs/mrscape.yaml"
    params:
        trait=trait_params,
        paths=trait_paths,
        folder="resources/downloads",
        tolerate=lambda wildcards: trait_of(wildcards) in STUDY.exposures and STUDY.tolerant,
        source=source_of("fetch"),
    script:
        "../scripts/fetch.py"
