"""Step: effects of published experiments pooled, with what the pooled effects hang on."""

from pathlib import Path

from scripts.analysis.moderators import comparison_table, correlation_table, with_moderators
from scripts.analysis.pooled_study import compare_with_published, read_study
from scripts.analysis.pooling import How, influence_table, pooled_table, small_study_table
from scripts.method.random_effects import PooledTest
from scripts.method.tau2 import Tau2Method
from scripts.step import run
from scripts.table.frames import write_tsv


def pool_experiments(
    experiments: Path,
    effects: Path,
    published: list[Path],
    pooled: Path,
    influence: Path,
    small_studies: Path,
    correlations: Path,
    comparisons: Path,
    checks: list[Path],
    measures: list[str],
    falling_markers: list[str],
    moderators: list[dict[str, str]],
    tau2: Tau2Method,
    test: PooledTest,
) -> None:
    """Write the tables; `checks` are those of published results and of what would restore them, or none."""
    study, how = read_study(experiments, effects, measures, falling_markers, moderators), How(tau2, test)
    write_tsv(pooled_table(study.effects, how), pooled)
    write_tsv(with_moderators(influence_table(study.effects, how), study.moderators), influence)
    write_tsv(small_study_table(study.effects, how), small_studies)
    write_tsv(correlation_table(study.effects, study.moderators), correlations)
    write_tsv(comparison_table(study.effects, study.moderators), comparisons)
    for path in published:
        for table, output in zip(compare_with_published(study, path, how), checks, strict=True):
            write_tsv(table, output)


if __name__ == "__main__":
    run(pool_experiments)
