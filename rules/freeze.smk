# Freeze. Purpose: keep the merged config beside the results that it made. Inputs: none (the config).
# Outputs: config.yaml.


rule freeze_config:
    output:
        frozen="<results>/config.yaml",
    log:
        "<logs>/freeze_config/freeze_config.log",
    benchmark:
        "<benchmarks>/freeze_config/freeze_config.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(500),
    params:
        config={key: value for key, value in config.items() if key != "offline"},
        source=source_of("freeze_config"),
    script:
        "../scripts/freeze_config.py"
