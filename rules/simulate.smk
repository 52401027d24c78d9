# Simulated study. Purpose: make every input of a study whose truth is known, from a seed: of the demo, or of one that is
# described by its causes. Inputs: none (params from the trait tables).
# Outputs: one GWAS file per trait, LD panel, chain file, genes with scores, truth (all SIMULATED).
SIZE = ["people", "chromosomes", "island_spacing_mb", "island_kb", "variants_per_island"]

if config["demo"]["causes"] is not None:

    rule simulate_causes:
        output:
            STUDY.all_files,
            panel_files=panel_files("bed") + panel_files("bim") + panel_files("fam"),
            chain=[STUDY.chain_file] if STUDY.chain_file else [],
            genes=[path for name, path in STUDY.gene_files.items() if name == "table"],
            expression=[STUDY.gene_list] if STUDY.gene_list else [],
            published=[STUDY.published] if STUDY.published else [],
        log:
            "<logs>/simulate_causes/simulate_causes.log",
        benchmark:
            "<benchmarks>/simulate_causes/simulate_causes.tsv"
        conda:
            "../envs/mrscape.yaml"
        resources:
            mem_mb=memory(2000),
        params:
            traits=[STUDY.traits[trait].to_dict() for trait in (*STUDY.exposures, *STUDY.file_traits)],
            causes=config["demo"]["causes"],
            roles={
                "exposures": list(STUDY.exposures),
                "outcomes": list(STUDY.outcomes),
                "mediators": list(STUDY.mediators),
                "multivariable": list(STUDY.multivariable),
            },
            data_dir=lambda wildcards: STUDY.data_dir,
            seed=config["seed"],
            size={key: config["demo"][key] for key in SIZE},
            source=source_of("simulate_causes"),
        script:
            "../scripts/simulate_causes.py"

else:

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
            traits=[
                STUDY.traits[trait].to_dict() for trait in STUDY.file_traits if trait not in STUDY.mediators
            ],
            mediators=[
                STUDY.traits[trait].to_dict() for trait in STUDY.file_traits if trait in STUDY.mediators
            ],
            outcome_cohorts=STUDY.cohorts,
            validation=config["validation"],
            meta_analyses={part.id: list(part.cohorts) for part in STUDY.meta_analyses.values()},
            controls=STUDY.control_signs,
            all_null=config["demo"]["all_null"],
            data_dir=lambda wildcards: STUDY.data_dir,
            seed=config["seed"],
            size={key: config["demo"][key] for key in SIZE},
            source=source_of("simulate_demo"),
        script:
            "../scripts/simulate_demo.py"
