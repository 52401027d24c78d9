# Simulated study. Purpose: make every input of the demo, whose truth is known, from a seed.
# Inputs: none (params from the trait tables).
# Outputs: one GWAS file per trait, LD panel, chain file, genes with scores, truth (all SIMULATED).


rule simulate_demo:
    output:
        STUDY.all_files,
        panel_files=panel_files("bed") + panel_files("bim") + panel_files("fam"),
        chain=STUDY.chain_file,
        truth=STUDY.truth,
        genes=[path for name, path in STUDY.gene_files.items() if name == "table"],
        scores=[path for name, path in STUDY.gene_files.items() if name == "pops_scores"],
        expression_truth=[STUDY.mediation_truth] if STUDY.mediation_truth else [],
        correlations=[STUDY.correlations] if STUDY.correlations else [],
    log:
        "<logs>/simulate_demo/simulate_demo.log",
    benchmark:
        "<benchmarks>/simulate_demo/simulate_demo.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        exposures=[STUDY.traits[exposure].to_dict() for exposure in STUDY.exposures],
        traits=[STUDY.traits[trait].to_dict() for trait in STUDY.file_traits if trait not in STUDY.mediators],
        mediators=[STUDY.traits[trait].to_dict() for trait in STUDY.file_traits if trait in STUDY.mediators],
        outcome_cohorts=STUDY.cohorts,
        validation=config["validation"],
        meta_analyses={part.id: list(part.cohorts) for part in STUDY.meta_analyses.values()},
        controls=STUDY.control_signs,
        all_null=config["demo"]["all_null"],
        data_dir=lambda wildcards: STUDY.data_dir,
        seed=config["seed"],
        size={key: value for key, value in config["demo"].items() if key != "all_null"},
        source=source_of("simulate_demo"),
    script:
        "../scripts/simulate_demo.py"
