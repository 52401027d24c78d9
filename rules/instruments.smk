# Instruments. Purpose: reduce each exposure, one job each, to its instruments and their LD.
# Inputs: raw summary statistics, LD panel. Outputs: exposures/*.parquet, exposures/*.json, panel.parquet.


rule index_panel:
    input:
        bed=panel_files("bed"),
        bim=panel_files("bim"),
        fam=panel_files("fam"),
    output:
        index="<results>/panel.parquet",
    log:
        "<logs>/index_panel/index_panel.log",
    benchmark:
        "<benchmarks>/index_panel/index_panel.tsv"
    priority: 10  # what would stop the study comes first
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
    params:
        source=source_of("index_panel"),
    script:
        "../scripts/index_panel.py"


rule reduce_exposure:
    input:
        files=local_files,
        receipt=receipt_of,
        positions=positions_of,
        chain=chain_of,
        panel=panel_table,
        ancestries=ancestry_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
    output:
        instruments="<results>/exposures/{exposure}.parquet",
        reduction="<results>/exposures/{exposure}.json",
    log:
        "<logs>/reduce_exposure/{exposure}.log",
    benchmark:
        "<benchmarks>/reduce_exposure/{exposure}.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
    params:
        trait=trait_params,
        paths=trait_paths,
        build=STUDY.genome_build,
        checks=checks_params(),
        mhc=config["mhc"],
        selection=config["instruments"],
        tolerate=STUDY.tolerant,
        source=source_of("reduce_exposure"),
    script:
        "../scripts/reduce_exposure.py"
