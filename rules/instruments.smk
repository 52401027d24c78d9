# Instruments. Purpose: read each exposure's raw file once, one job each, and select instruments with their LD in batches.
# Inputs: raw summary statistics, tables of the primary outcomes, LD panel, places of LD scores, known associations.
# Outputs: confounders.tsv, reduced/*.parquet, reduced/*.json, hapmap3/*.parquet, instruments/*.parquet,
# instruments/*.json, panel.parquet.
BATCHES = batch_members(config["screen"]["batches"])
# For is_temporary, which is asked for every exposure.
FULL_TABLES = set(STUDY.full_tables)
FILES_USED = Counter(path for trait in STUDY.remote_traits for path in set(STUDY.files_of(trait)))
LD_SCORES = ["<results>/ld_scores.parquet"] if STUDY.ldsc else []


wildcard_constraints:
    batch=r"\d+",


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
        mem_mb=memory(4000),
    params:
        source=source_of("index_panel"),
    script:
        "../scripts/index_panel.py"


rule find_lookups:
    input:
        outcomes=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.outcomes],
    output:
        lookup="<results>/lookup.parquet",
    log:
        "<logs>/find_lookups/find_lookups.log",
    benchmark:
        "<benchmarks>/find_lookups/find_lookups.tsv"
    priority: 10  # every exposure waits for it
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        p_max=config["reduce"]["p_max"],
        source=source_of("find_lookups"),
    script:
        "../scripts/find_lookups.py"


# The pass depends on neither the thresholds nor clumping, so that a change of these reads no raw file again.
rule reduce_exposure:
    input:
        files=local_files,
        receipt=receipt_of,
        positions=positions_of,
        chain=chain_of,
        panel=panel_table,
        ancestries=ancestry_table,
        lookup="<results>/lookup.parquet",
        hapmap3=LD_SCORES,
        mediators=["<results>/mediators.parquet"] if STUDY.mediators else [],
    output:
        table="<results>/reduced/{exposure}.parquet",
        report="<results>/reduced/{exposure}.json",
        hapmap3_rows=["<results>/hapmap3/{exposure}.parquet"] if STUDY.ldsc else [],
    log:
        "<logs>/reduce_exposure/{exposure}.log",
    benchmark:
        "<benchmarks>/reduce_exposure/{exposure}.tsv"
    priority: 5  # what is here is read, and may go, before more is fetched
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        trait=trait_params,
        paths=trait_paths,
        build=STUDY.genome_build,
        expected_chromosomes=config["quality"]["expected_chromosomes"],
        p_max=config["reduce"]["p_max"],
        passes_folder=f"results/{STUDY.name}/passes",
        flags=lambda wildcards: {
            "eaf_from_panel": config["quality"]["eaf_from_panel"],
            "keep_all": wildcards.exposure in STUDY.coloc_traits,
            "temporary": is_temporary(wildcards),
            "tolerate": STUDY.tolerant,
        },
        code=source_of("reduce_exposure"),
        source=source_of("reduce_exposure"),
    script:
        "../scripts/reduce_exposure.py"


rule list_confounders:
    input:
        associations=gene_file("associations"),
    output:
        variants="<results>/confounders.tsv",
    log:
        "<logs>/list_confounders/list_confounders.log",
    benchmark:
        "<benchmarks>/list_confounders/list_confounders.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        traits=config["confounders"]["traits"],
        p_max=config["confounders"]["p_max"],
        source=source_of("list_confounders"),
    script:
        "../scripts/list_confounders.py"


rule select_instruments:
    input:
        reduced=lambda wildcards: [
            f"<results>/reduced/{exposure}.parquet" for exposure in BATCHES[int(wildcards.batch)]
        ],
        reports=lambda wildcards: [
            f"<results>/reduced/{exposure}.json" for exposure in BATCHES[int(wildcards.batch)]
        ],
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
        confounders=confounders_table(),
    output:
        instruments="<results>/instruments/{batch}.parquet",
        selections="<results>/instruments/{batch}.json",
    log:
        "<logs>/select_instruments/{batch}.log",
    benchmark:
        "<benchmarks>/select_instruments/{batch}.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        exposures=lambda wildcards: BATCHES[int(wildcards.batch)],
        independent=lambda wildcards: [
            exposure
            for exposure in BATCHES[int(wildcards.batch)]
            if STUDY.traits[exposure].format == "instruments"
        ],
        checks=checks_params(),
        mhc=config["mhc"],
        selection=config["instruments"],
        tolerate=STUDY.tolerant,
        source=source_of("select_instruments"),
    script:
        "../scripts/select_instruments.py"
