# Screen. Purpose: align every exposure's instruments with every outcome and estimate, in batches of exposures.
# Inputs: instruments, standard tables of the outcomes. Outputs: screen/*/*.parquet, the tables of the screen.
DISEASES = STUDY.diseases
PARTS = ["estimates", "diagnostics", "instruments", "leave_one_out"]


rule screen_batch:
    input:
        instruments="<results>/instruments/{batch}.parquet",
        outcomes=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.all_outcomes],
        panel=panel_files("fam"),
        panel_index=panel_table if config["proxies"]["use"] else [],
        bed=panel_files("bed") if config["proxies"]["use"] else [],
    output:
        estimates="<results>/screen/estimates/{batch}.parquet",
        diagnostics="<results>/screen/diagnostics/{batch}.parquet",
        instruments_used="<results>/screen/instruments/{batch}.parquet",
        leave_one_out="<results>/screen/leave_one_out/{batch}.parquet",
    log:
        "<logs>/screen_batch/{batch}.log",
    benchmark:
        "<benchmarks>/screen_batch/{batch}.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        exposures=lambda wildcards: BATCHES[int(wildcards.batch)],
        outcome_ids=list(STUDY.all_outcomes),
        harmonise=config["harmonise"],
        proxies=config["proxies"],
        diseases=DISEASES,
        steiger_filter=config["steiger_filter"],
        estimators=config["estimators"] | {"methods": list(STUDY.methods)},
        seed=config["seed"],
        source=source_of("screen_batch"),
    script:
        "../scripts/screen_batch.py"


rule collect_screen:
    input:
        **{part: [f"<results>/screen/{part}/{batch}.parquet" for batch in BATCHES] for part in PARTS},
    output:
        estimates_table="<results>/tables/estimates.tsv",
        diagnostics_table="<results>/tables/diagnostics.tsv",
        instruments_table="<results>/tables/instruments.parquet",
        leave_one_out_table="<results>/tables/leave_one_out.parquet",
    log:
        "<logs>/collect_screen/collect_screen.log",
    benchmark:
        "<benchmarks>/collect_screen/collect_screen.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        exposures=list(STUDY.exposures),
        outcome_ids=list(STUDY.all_outcomes),
        source=source_of("collect_screen"),
    script:
        "../scripts/collect_screen.py"
