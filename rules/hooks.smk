# Hooks. Purpose: what is done before the first job and after the last, and how far a run is in between. Inputs: none.
# Outputs: progress.tsv, always up to date; in the folder of benchmarks rules.tsv, what each rule took.
PROGRESS = follow(STUDY)


onstart:
    start(config, STUDY)


onsuccess:
    finish(STUDY)


onerror:
    finish(STUDY)
