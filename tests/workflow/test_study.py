"""A study is checked before any job starts, and each problem is said in words that name where it is."""

import copy
import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from snakemake.utils import update_config

from scripts.simulation.genome import Size
from scripts.source.readers import READERS
from scripts.study import docs as study_docs
from scripts.study.config import leaves, nearest, schema_of
from scripts.study.load import StudyError, load_study
from scripts.study.study import Study
from scripts.table.frames import read_tsv
from scripts.table.methods import PRESETS

ROOT = Path(__file__).resolve().parents[2]
HEAD = ["id", "name", "path", "format", "columns", "filter", "n", "n_case"]
HEAD += ["build", "ancestry", "unit", "cohorts", "positions_from", "sha256"]
EXPOSURE = {"id": "x1", "name": "X one", "path": "x1.tsv.gz", "format": "gwas_ssf", "n": "25000"}
EXPOSURE |= {"build": "GRCh37", "ancestry": "EUR", "unit": "SD"}
OUTCOME = EXPOSURE | {"id": "y", "name": "Y", "path": "y.tsv", "n": "400000", "n_case": "40000"}
PLAIN = {"format": "plain", "columns": "map"}
MAP = dict.fromkeys(("chromosome", "position", "effect_allele", "other_allele", "beta", "se"), "c")


def default() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "config" / "config.yaml").read_text()))


def study_config(name: str) -> dict[str, Any]:
    config = default()
    update_config(config, yaml.safe_load((ROOT / "config" / "studies" / name / "study.yaml").read_text()))
    return config


def table(rows: list[dict[str, str]], columns: list[str] = HEAD) -> str:
    return "\n".join("\t".join(line) for line in [columns, *([r.get(c, "") for c in columns] for r in rows)])


def small(root: Path, exposures: list[dict[str, str]], traits: list[dict[str, str]], **keys: Any) -> Study:
    """A real study of one outcome, `y`, with its tables and data folder under `root`."""
    config = small_config(root, table(exposures), table(traits), **keys)
    files = [path for row in traits for path in row["path"].split(";") if "://" not in path]
    for path in [*files, config["chain_file"] or "none"]:
        make_empty(root / config["data_dir"] / path)
    return load_study(config, root)


def make_empty(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


NO_CONTROLS: dict[str, Any] = {"negative_outcomes": [], "negative_exposures": [], "positive": []}


def small_config(root: Path, exposures: str, traits: str, **keys: Any) -> dict[str, Any]:
    for file in ("y.tsv", *(f"ld/SIMULATED_panel.{extension}" for extension in ("bed", "bim", "fam"))):
        make_empty(root / "data" / file)
    (root / "exposures.tsv").write_text(exposures)
    (root / "traits.tsv").write_text(traits)
    config = default() | {"study": "small", "data_dir": "data", "exposures": "exposures.tsv"}
    config |= {"traits": "traits.tsv", "outcomes": ["y"], "meta_analyses": [], "validation": []}
    config |= {
        "controls": NO_CONTROLS,
        "truth": None,
        "multivariable": [],
        "correlations": None,
        "chain_file": None,
        "demo": None,
        "column_maps": {"map": MAP},
        "mediation": config["mediation"] | {"mediators": []},
        "genes": default()["genes"] | {"table": None, "pops_scores": None},
    }
    return config | keys


def message_of(config: dict[str, Any], root: Path = ROOT) -> str:
    with pytest.raises(StudyError) as caught:
        load_study(config, root)
    return str(caught.value)


def with_key(path: str, value: object) -> dict[str, Any]:
    config = copy.deepcopy(default())
    *sections, key = path.split(".")
    inner = config
    for section in sections:
        inner = inner[section]
    inner[key] = value
    return config


# The three studies


def test_demo_is_what_the_config_says() -> None:
    study = load_study(default(), ROOT)
    assert len(study.exposures) == 60
    assert study.exposures[0] == "sim_001"
    assert study.cohorts == ["disease_a", "disease_b", "disease_c"]
    assert study.all_outcomes[0] == "disease" and study.all_outcomes[-1] == "unrelated"
    assert set(study.validation.values()) == {-1}
    assert study.unused == ()
    assert {study.traits[trait].format for trait in study.exposures} == {"gwas_ssf", "plain"}
    assert all(22_000 <= (study.traits[trait].n or 0) <= 33_000 for trait in study.exposures)
    assert study.traits["disease_b"].build == "GRCh38"
    assert sum(study.traits[trait].n or 0 for trait in study.cohorts) == 480_000
    assert sum(study.traits[trait].n_case or 0 for trait in study.cohorts) == 45_000


def test_demo_files_lie_in_the_data_folder_and_say_that_they_are_simulated() -> None:
    study = load_study(default(), ROOT)
    files = [*study.all_files, study.ld_panel, study.chain_file, study.truth]
    assert len(study.all_files) == 73  # 60 exposures, 3 cohorts, 5 validation traits, 1 control, 4 genes
    for file in files:
        assert file is not None and file.startswith("resources/demo/")
        assert Path(file).name.startswith("SIMULATED_")


def test_coronary_reads_its_outcome_from_two_files(shared_data: Path) -> None:
    study = load_study(study_config("coronary") | {"data_dir": str(shared_data)}, ROOT)
    assert study.exposures == ("bmi", "hdl", "ldl", "triglycerides")
    assert len(study.files_of("coronary_heart_disease")) == 2
    assert study.traits["hdl"].positions_from == "coronary_heart_disease"
    assert study.traits["hdl"].filter == ("id.exposure", "ieu-a-299")
    assert study.traits["coronary_heart_disease"].is_binary
    assert study.demo is None and study.ld_panel is None
    assert all(Path(path).is_file() for path in study.all_files)


def test_expression_exposures_are_what_the_data_give(shared_data: Path) -> None:
    folder = ROOT / "config" / "studies" / "expression_height_chr22"
    found = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert found is not None
    call = [sys.executable, "-c", found[1], str(shared_data)]
    made = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    assert made == (folder / "exposures.tsv").read_text()
    study = load_study(study_config(folder.name) | {"data_dir": str(shared_data)}, ROOT)
    assert len(study.exposures) == 246
    assert len(study.all_files) == 2 and all(Path(path).is_file() for path in study.all_files)
    assert study.ld_panel == str(shared_data / "ld_1000g_eur_chr22" / "1000G_eur_chr22")


@pytest.mark.parametrize("name", ["coronary", "expression_height_chr22"])
def test_column_maps_name_columns_of_the_files(name: str, shared_data: Path) -> None:
    pandas = pytest.importorskip("pandas")
    study = load_study(study_config(name) | {"data_dir": str(shared_data)}, ROOT)
    seen: dict[str, set[str]] = {}
    for trait in study.traits.values():
        wanted = {*trait.columns.values(), *([trait.filter[0]] if trait.filter else [])}
        for path in study.files_of(trait.id):
            if path not in seen:
                seen[path] = set(pandas.read_csv(path, sep="\t", nrows=0).columns)
            assert wanted <= seen[path]


def test_absent_data_folder_is_named_with_the_key_that_sets_it() -> None:
    message = message_of(study_config("coronary") | {"data_dir": "no/such/folder"})
    assert str(ROOT / "no/such/folder") in message
    assert "--config data_dir=" in message


def test_environment_does_not_move_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MRSCAPE_DATA", str(tmp_path))
    assert "no/such/folder" in message_of(study_config("coronary") | {"data_dir": "no/such/folder"})


def test_data_folder_is_not_needed_where_every_file_is_elsewhere(tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "elsewhere" / "y.tsv")
    make_empty(Path(elsewhere))
    rows = EXPOSURE | PLAIN | {"path": "https://example.org/x1.tsv.gz"}, OUTCOME | {"path": elsewhere}
    rows[0]["format"] = "instruments"
    config = small_config(tmp_path, table([rows[0]]), table([rows[1]]), data_dir="absent", ld_panel=None)
    config["estimators"]["methods"] = ["wald_ratio", "ivw"]
    config["discovery"]["methods"] = ["primary"]
    study = load_study(config, tmp_path)
    assert study.files_of("x1") == ["https://example.org/x1.tsv.gz"]
    assert study.files_of("y") == [elsewhere]
    assert study.all_files == [elsewhere]


def test_a_missing_outcome_or_panel_is_named_before_any_job(tmp_path: Path) -> None:
    outcome = OUTCOME | {"path": "gone.tsv"}
    config = small_config(tmp_path, table([EXPOSURE]), table([outcome]), ld_panel="ld/gone")
    message = message_of(config, tmp_path)
    assert "trait y: there is no file data/gone.tsv (data_dir is data" in message
    assert "`ld_panel`: there is no file data/ld/gone.bed" in message
    assert "x1.tsv" not in message  # an exposure's missing file is told in its row


# Schema, defaults and documents


@pytest.mark.parametrize("name", ["config", "traits"])
def test_schemas_are_valid_and_closed(name: str) -> None:
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)

    def sections(part: object) -> list[dict[str, Any]]:
        if not isinstance(part, dict):
            return []
        own = [part] if "properties" in part and "type" in part else []
        return own + [found for inner in part.values() for found in sections(inner)]

    assert sections(schema)
    assert all(part["additionalProperties"] is False for part in sections(schema))


def test_every_key_has_a_meaning_a_type_and_a_default() -> None:
    for path, part in leaves(schema_of("config")):
        assert part["description"], path
        assert "type" in part or "enum" in part, path
        assert "default" in part, path


def test_config_holds_the_defaults_of_the_schema() -> None:
    def values(config: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        sections = schema["properties"]
        assert list(config) == list(sections)
        return {
            name: values(config[name], part) if "properties" in part else part["default"]
            for name, part in sections.items()
        }

    assert values(default(), schema_of("config")) == default()


def test_config_and_its_manual_are_what_the_schema_gives() -> None:
    advice = "run python -m scripts.study.docs"
    assert (ROOT / "config" / "config.yaml").read_text() == study_docs.config_text(), advice
    readme = (ROOT / "config" / "README.md").read_text()
    assert study_docs.readme_text(readme) == readme, advice
    front_page = (ROOT / "README.md").read_text()
    assert study_docs.front_page_text(front_page) == front_page, advice
    for path, _ in leaves(schema_of("config")):
        assert f"| `{path}` |" in readme


def test_sizes_of_the_demo_are_those_that_the_simulation_knows() -> None:
    assert list(default()["demo"]) == [
        *(field.name for field in dataclasses.fields(Size)),
        "all_null",
        "causes",
    ]


def test_formats_are_those_that_have_a_reader() -> None:
    assert set(schema_of("traits")["properties"]["format"]["enum"]) == set(READERS)


# The config


@pytest.mark.parametrize(
    ("path", "nearest_key"),
    [
        ("sead", "`seed`"),
        ("instruments.clump_r", "`instruments.clump_r2`"),
        ("estimators.bootstrap_draw", "`estimators.bootstrap_draws`"),
        ("demo.peoples", "`demo.people`"),
        ("clump_window_kb", "`instruments.clump_window_kb`"),
        ("harmonise.Palindromic", "`harmonise.palindromic`"),
        ("column_maps.simulated_imaging.effect_alele", "`column_maps.simulated_imaging.effect_allele`"),
    ],
)
def test_unknown_key_is_named_with_the_nearest(path: str, nearest_key: str) -> None:
    message = message_of(with_key(path, 1))
    assert f"unknown key `{path}`" in message
    assert f"did you mean {nearest_key}?" in message


def test_unknown_key_of_an_entry_is_named_with_its_place() -> None:
    config = with_key(
        "validation", [{"trait": "density_heel", "sign": -1}, {"trait": "y", "sgn": 1, "sign": 1}]
    )
    assert "unknown key `validation[1].sgn`; did you mean `validation[1].sign`?" in message_of(config)


def test_every_misspelt_key_is_an_error() -> None:
    for path, _ in leaves(schema_of("config")):
        assert f"unknown key `{path}_`; did you mean `{path}`?" in message_of(with_key(path + "_", 1))


def test_missing_key_is_named() -> None:
    config = default()
    del config["harmonise"]["palindromic"]
    assert "key `harmonise.palindromic` is missing" in message_of(config)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("seed", "abc", "`seed` is 'abc', expected a whole number from 0"),
        ("seed", -1, "expected a whole number from 0"),
        ("seed", True, "`seed` is True, expected a whole number"),
        ("error_budget.nominal_p", 1.5, "`error_budget.nominal_p` is 1.5, expected a number above 0 up to 1"),
        ("error_budget.screen.correction", "bonferoni", "did you mean `bonferroni`?"),
        ("mhc", "exlude", "expected one of keep, exclude, flag; did you mean `exclude`?"),
        ("outcomes", "disease", "`outcomes` is 'disease', expected a list of at least 1, each text"),
        ("outcomes", [], "expected a list of at least 1"),
        ("instruments", None, "`instruments` is empty (null), expected a mapping"),
        ("instruments.p_thresholds", ["5e-8"], "`instruments.p_thresholds[0]` is '5e-8'"),
        ("instruments.p_thresholds", ["5e-8"], "write 5.0e-08"),
        ("instruments.p_thresholds", [1e-6, 5e-8], "strictest (smallest) P first"),
        ("instruments.p_thresholds", [5e-8, 1e-4], "`reduce.p_max` (1e-05) are kept: raise `reduce.p_max`"),
        ("estimators.methods", ["ivw", "eger"], "did you mean `egger`?"),
        ("estimators.methods", ["ivw", "wald_ratio"], "`discovery.methods` asks for gsmr"),
        ("estimators.methods", ["egger", "wald_ratio", "gsmr"], "`estimators.methods` lacks ivw"),
        (
            "estimators.methods",
            "papers",
            "`estimators.methods` is 'papers', expected a list of at least 1 method",
        ),
        ("estimators.methods", ["wald_ratio", "ivw", "ivw"], "none twice, or one of paper, core, full"),
        ("discovery.methods", ["primry"], "did you mean `primary`?"),
        ("ld_panel", None, "does not run without an `ld_panel`"),
        (
            "validation",
            [{"trait": "density_heel", "sign": 2}],
            "`validation[0].sign` is 2, expected one of -1, 1",
        ),
        ("meta_analyses", [{"id": "m", "name": "M", "cohorts": ["disease_a"]}], "a list of at least 2"),
        ("study", "a/b", "expected letters, digits, _ . -"),
        ("screen.batches", 0, "expected a whole number from 1"),
    ],
)
def test_wrong_value_is_said_in_words(path: str, value: object, words: str) -> None:
    message = message_of(with_key(path, value))
    assert words in message
    assert path in message


def test_several_problems_are_one_message() -> None:
    config = with_key("sead", 1) | {"mhc": "no", "screen": {"batches": 0}}
    message = message_of(config)
    assert len(message.splitlines()) == 4
    assert all(name in message for name in ("sead", "mhc", "screen.batches"))


# Trait tables


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"format": "gwasssf"},
            "`format` is 'gwasssf', expected one of auto, gwas_ssf, gwas_catalog_old, big40, ",
        ),
        (PLAIN | {"n": ""}, "`n` is missing"),
        ({"format": "imsgc", "n": ""}, "`n` is missing"),
        ({"n": "many"}, "`n` is 'many', expected a number above 0"),
        ({"n": "0"}, "`n` is '0'"),
        ({"n": "nan"}, "`n` is 'nan'"),
        ({"n": "25,000"}, "`n` is '25,000'"),
        ({"n_case": "-5"}, "`n_case` is '-5'"),
        ({"n_case": "30000"}, "`n_case` is 30000, which must be below `n` (25000)"),
        ({"build": "hg19"}, "`build` is 'hg19', expected one of GRCh37, GRCh38"),
        ({"id": "a/b"}, "`id` is 'a/b', expected letters, digits, _ . -"),
        ({"id": "../b"}, "`id` is '../b'"),
        ({"id": ""}, "`id` is empty"),
        ({"path": ""}, "`path` is empty"),
        ({"path": ";"}, "names no file"),
        ({"path": "a.tsv;b.tsv;a.tsv"}, "names a file twice"),
        (
            {"path": "gwas_catalogue:GCST90002426"},
            "'gwas_catalogue:GCST90002426', whose server is not known; did you mean `gwas_catalog`?",
        ),
        ({"path": "https://a.org/x.gz|x.gz"}, "expected an address on either side of |"),
        ({"path": "big40:0001", "format": "big40", "n": ""}, "`n` is missing"),
        ({"unit": ""}, "`unit` is empty"),
        ({"columns": "map"}, "gwas_ssf fixes its column names"),
        ({"format": "plain"}, "`columns` is empty: format plain needs the name of a column map"),
        (
            {"format": "plain", "columns": "mapp"},
            "which is no column map in `column_maps`; did you mean `map`?",
        ),
        (
            {"format": "plain", "columns": "thin"},
            "column map `thin` lacks other_allele, beta or odds_ratio or hazard_ratio or z, se or p or",
        ),
        (
            {"format": "plain", "columns": "thin"},
            "chromosome, position (a file without positions needs `positions_from`)",
        ),
        ({"filter": "gene"}, "`filter` is 'gene', expected column=value"),
        ({"sha256": "abc"}, "`sha256` is 'abc'"),
        ({"path": "a;b", "sha256": "0" * 64}, "`sha256` has 1 checksums for 2 files"),
        ({"positions_from": "yy"}, "`positions_from` is yy, which no row lists; did you mean `y`?"),
        ({"positions_from": "x0"}, "`positions_from` is x0, an exposure"),
    ],
)
def test_bad_row_is_named_by_file_and_line(change: dict[str, str], words: str, tmp_path: Path) -> None:
    maps = {"map": MAP, "thin": {"effect_allele": "A"}}
    rows = [EXPOSURE | {"id": "x0"}, EXPOSURE | change]
    message = message_of(small_config(tmp_path, table(rows), table([OUTCOME]), column_maps=maps), tmp_path)
    assert words in message
    assert "exposures.tsv line 3" in message


def test_duplicate_id_names_both_rows(tmp_path: Path) -> None:
    config = small_config(tmp_path, table([EXPOSURE, EXPOSURE | {"id": "x2"}, EXPOSURE]), table([OUTCOME]))
    assert "exposures.tsv line 4 (id `x1`): this id is already in exposures.tsv line 2" in message_of(
        config, tmp_path
    )


def test_id_in_both_tables_names_both_rows(tmp_path: Path) -> None:
    config = small_config(tmp_path, table([EXPOSURE]), table([OUTCOME, EXPOSURE]))
    assert "traits.tsv line 3 (id `x1`): this id is already in exposures.tsv line 2" in message_of(
        config, tmp_path
    )


@pytest.mark.parametrize(
    ("exposures", "words"),
    [
        (table([EXPOSURE], [c for c in HEAD if c != "build"]), "line 1: column `build` is missing"),
        (table([EXPOSURE], [*HEAD, "anestry"]), "line 1: unknown column `anestry`"),
        (
            table([EXPOSURE], ["ncase" if c == "n_case" else c for c in HEAD]),
            "unknown column `ncase`; did you mean `n_case`?",
        ),
        (table([EXPOSURE], [*HEAD, "unit"]), "column `unit` occurs 2 times"),
        (table([EXPOSURE]).replace("EUR", "EUR\tx"), "line 2: 15 cells, but the header has 14 columns"),
        (table([]), "has no rows"),
        ("", "column `id` is missing"),
    ],
)
def test_bad_table_is_said_in_words(exposures: str, words: str, tmp_path: Path) -> None:
    message = message_of(small_config(tmp_path, exposures, table([OUTCOME])), tmp_path)
    assert words in message
    assert "exposures.tsv" in message


def test_missing_or_binary_table_is_named(tmp_path: Path) -> None:
    config = small_config(tmp_path, table([EXPOSURE]), table([OUTCOME]))
    assert "trait table absent.tsv cannot be read" in message_of(config | {"traits": "absent.tsv"}, tmp_path)
    (tmp_path / "traits.tsv").write_bytes(b"\x1f\x8b\xff")
    assert "it is not UTF-8 text" in message_of(config, tmp_path)


def test_table_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    config = small_config(tmp_path, "", table([OUTCOME]))
    text = table([EXPOSURE, EXPOSURE | {"id": "x2"}]).replace("\n", "\r\n") + "\r\n\r\n"
    (tmp_path / "exposures.tsv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_study(config, tmp_path).exposures == ("x1", "x2")


def test_row_becomes_a_trait(tmp_path: Path) -> None:
    more = PLAIN | {"path": "a_1.tsv; a_2.tsv", "filter": "gene=a=b", "cohorts": "A;B", "positions_from": "y"}
    mapped = {"map": MAP | {"n": "N", "rsid": "SNP"}}
    study = small(tmp_path, [EXPOSURE | more | {"n": ""}], [OUTCOME], column_maps=mapped)
    trait = study.traits["x1"]
    assert trait.paths == ("a_1.tsv", "a_2.tsv")
    assert study.files_of("x1") == ["data/a_1.tsv", "data/a_2.tsv"]
    assert trait.filter == ("gene", "a=b")
    assert trait.n is None and not trait.is_binary
    assert trait.cohorts == ("A", "B")
    assert trait.columns == mapped["map"]
    assert study.traits["y"].n_case == 40_000
    assert type(trait).from_dict(trait.to_dict()) == trait


def test_remote_files_are_not_looked_for_and_may_bring_their_n(tmp_path: Path) -> None:
    outcome = OUTCOME | {"path": "finngen:R12/Y", "n": "", "n_case": ""}
    other = {"ld_panel": "dataset:ld_1000g_v3#EUR", "chain_file": "dataset:chain_hg38_to_hg19"}
    config = small_config(tmp_path, table([EXPOSURE]), table([outcome]), **other)
    study = load_study(config, tmp_path)
    assert study.remote_traits == ["y"]
    assert study.files_of("y") == ["finngen:R12/Y"]
    assert study.traits["y"].n is None
    assert study.references == {
        "panel.bed": "dataset:ld_1000g_v3#EUR.bed",
        "panel.bim": "dataset:ld_1000g_v3#EUR.bim",
        "panel.fam": "dataset:ld_1000g_v3#EUR.fam",
        "build.chain": "dataset:chain_hg38_to_hg19",
    }


def test_optional_columns_may_be_left_out(tmp_path: Path) -> None:
    few = [c for c in HEAD if c not in ("columns", "filter", "cohorts", "positions_from", "sha256", "n_case")]
    study = load_study(small_config(tmp_path, table([EXPOSURE], few), table([OUTCOME], few)), tmp_path)
    assert study.traits["x1"].cohorts == ()


def test_positions_from_another_trait_need_an_rsid(tmp_path: Path) -> None:
    rows = table([EXPOSURE | PLAIN | {"positions_from": "y"}])
    assert "column map `map` lacks rsid" in message_of(
        small_config(tmp_path, rows, table([OUTCOME])), tmp_path
    )


def test_many_bad_rows_are_counted_not_all_listed(tmp_path: Path) -> None:
    rows = [EXPOSURE | {"id": f"x{i}", "format": "tsv"} for i in range(50)]
    message = message_of(small_config(tmp_path, table(rows), table([OUTCOME])), tmp_path)
    assert len(message.splitlines()) == 22  # a heading, 20 problems, the count of the rest
    assert message.endswith("... and 30 more")


def test_four_thousand_rows_are_loaded(tmp_path: Path) -> None:
    rows = [EXPOSURE | {"id": f"x{i}", "path": f"x{i}.tsv.gz"} for i in range(4000)]
    config = small_config(tmp_path, table(rows), table([OUTCOME]))
    study = load_study(config, tmp_path)
    assert len(study.all_files) == 4001


# Roles


def test_unused_trait_is_listed_and_not_read(tmp_path: Path) -> None:
    spare = OUTCOME | {"id": "spare", "path": "spare.tsv", "build": "GRCh38"}
    study = small(tmp_path, [EXPOSURE], [OUTCOME, spare])
    assert study.unused == ("spare",)
    assert study.file_traits == ["y"]
    assert study.all_files == ["data/x1.tsv.gz", "data/y.tsv"]


def test_trait_that_gives_positions_is_used(tmp_path: Path) -> None:
    rows = [EXPOSURE | PLAIN | {"positions_from": "spare"}]
    maps = {"map": MAP | {"rsid": "SNP"}}
    study = small(tmp_path, rows, [OUTCOME, OUTCOME | {"id": "spare"}], column_maps=maps)
    assert study.unused == ()
    assert study.file_traits == ["y", "spare"]


def made(*cohorts: str, id: str = "m") -> dict[str, Any]:
    return {"meta_analyses": [{"id": id, "name": "M", "cohorts": list(cohorts)}]}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"outcomes": ["disease"]}, "`outcomes[0]` is disease, which traits.tsv does not list"),
        ({"outcomes": ["spin"]}, "did you mean `spine`?"),
        ({"validation": [{"trait": "spin", "sign": 1}]}, "`validation[0].trait` is spin"),
        ({"validation": [{"trait": "x1", "sign": 1}]}, "which is an exposure (exposures.tsv line 2)"),
        (
            {"validation": [{"trait": "y", "sign": 1}]},
            "`validation[0].trait` is y, which `outcomes[0]` has already",
        ),
        (
            {"controls": NO_CONTROLS | {"negative_outcomes": ["x1"]}},
            "`controls.negative_outcomes[0]` is x1, which is an exposure",
        ),
        (
            {"controls": NO_CONTROLS | {"negative_exposures": ["x2"]}},
            "`controls.negative_exposures[0]` is x2, which is no exposure; known: x1",
        ),
        (
            {"controls": NO_CONTROLS | {"positive": [{"exposure": "x1", "outcome": "spine", "sign": 1}]}},
            "`controls.positive[0].outcome` is spine, which is no primary outcome",
        ),
        (
            {
                "controls": {
                    "negative_outcomes": [],
                    "negative_exposures": ["x1"],
                    "positive": [{"exposure": "x1", "outcome": "y", "sign": 1}],
                }
            },
            "`controls.positive[0].exposure` is x1, a negative control too",
        ),
        ({"outcomes": ["m"]} | made("y", "x1"), "`meta_analyses[0].cohorts[1]` is x1, which is an exposure"),
        ({"outcomes": ["m"]} | made("y", "spin"), "`meta_analyses[0].cohorts[1]` is spin"),
        ({"outcomes": ["m"]} | made("y", "m"), "`meta_analyses[0].cohorts[1]` is m, which"),
        (
            made("y", "spine", id="y"),
            "`meta_analyses[0].id` is y, which is already the id of traits.tsv line 2",
        ),
        ({"outcomes": ["m"]} | made("y", "spine"), "different units (SD, log odds)"),
        ({"outcomes": ["spine"]}, "`build` is GRCh38, but `genome_build` is GRCh37: set `chain_file`"),
        ({"outcomes": ["y"], "genome_build": "GRCh38"}, "exposures.tsv line 2 (id `x1`): `build` is GRCh37"),
    ],
)
def test_role_that_cannot_be_is_said(keys: dict[str, Any], words: str, tmp_path: Path) -> None:
    traits = [OUTCOME | {"unit": "log odds"}, OUTCOME | {"id": "spine", "build": "GRCh38"}]
    assert words in message_of(small_config(tmp_path, table([EXPOSURE]), table(traits), **keys), tmp_path)


def test_other_build_is_right_with_a_chain_file(tmp_path: Path) -> None:
    study = small(tmp_path, [EXPOSURE], [OUTCOME | {"build": "GRCh38"}], chain_file="to37.chain")
    assert study.chain_file == "data/to37.chain"


def test_gwas_without_a_panel_to_clump_with_is_an_error(tmp_path: Path) -> None:
    config = small_config(tmp_path, table([EXPOSURE]), table([OUTCOME]), ld_panel=None)
    config["estimators"]["methods"] = ["wald_ratio", "ivw"]
    config["discovery"]["methods"] = ["primary"]
    assert "exposures.tsv line 2 (id `x1`): `format` is gwas_ssf" in message_of(config, tmp_path)


def test_gsmr_by_name_needs_a_panel(tmp_path: Path) -> None:
    config = small_config(tmp_path, table([EXPOSURE]), table([OUTCOME]), ld_panel=None)
    config["estimators"]["methods"] = ["wald_ratio", "ivw", "gsmr"]
    assert "gsmr, which needs LD: set `ld_panel`" in message_of(config, tmp_path)


def test_a_preset_is_written_out_and_has_gsmr_only_with_a_panel(tmp_path: Path) -> None:
    instruments = EXPOSURE | PLAIN | {"format": "instruments"}
    config = small_config(tmp_path, table([instruments]), table([OUTCOME]), ld_panel=None)
    config["discovery"]["methods"] = ["primary"]
    for preset, methods in PRESETS.items():
        config["estimators"]["methods"] = preset
        assert load_study(config, tmp_path).methods == tuple(key for key in methods if "gsmr" not in key)
    assert set(PRESETS["paper"]) <= set(PRESETS["core"]) <= set(PRESETS["full"])
    assert load_study(default(), ROOT).methods == PRESETS["paper"]


def test_meta_analysis_may_validate(tmp_path: Path) -> None:
    traits = [OUTCOME, OUTCOME | {"id": "a"}, OUTCOME | {"id": "b"}]
    study = small(tmp_path, [EXPOSURE], traits, validation=[{"trait": "m", "sign": -1}], **made("a", "b"))
    assert study.all_outcomes == ("y", "m")
    assert study.cohorts == ["y"]
    assert study.file_traits == ["y", "a", "b"]
    assert study.labels["m"] == "M"
    assert study.tolerant
    assert not dataclasses.replace(study, tolerant=False).tolerant


def test_nearest_lists_options_where_nothing_is_near() -> None:
    assert nearest("zzz", ["alpha", "beta"]) == "; known: alpha, beta"
    assert nearest("ALPHA", ["alpha", "beta"]) == "; did you mean `alpha`?"
    assert nearest("zzz", []) == ""


@pytest.mark.parametrize("key", ["validation", "truth"])
def test_what_is_relative_to_the_primary_outcome_needs_exactly_one(key: str) -> None:
    config = default() | {"outcomes": ["disease", "unrelated"], "controls": NO_CONTROLS}
    config |= {"truth": None} if key == "validation" else {"validation": []}
    with pytest.raises(StudyError, match=f"`{key}` is relative to the primary outcome"):
        load_study(config, ROOT)


def test_a_study_that_forgot_to_switch_the_demo_off_does_not_overwrite_its_data(tmp_path: Path) -> None:
    table = (ROOT / "config/demo/traits.tsv").read_text().replace("SIMULATED_disease_a", "my_disease")
    (tmp_path / "traits.tsv").write_text(table)
    with pytest.raises(StudyError, match=r"would write .*my_disease.tsv.gz.*`demo: null`"):
        load_study(default() | {"traits": str(tmp_path / "traits.tsv")}, ROOT)


# What the direction of effects and proxies need


def test_shares_of_cases_and_prevalence_of_diseases(tmp_path: Path) -> None:
    columns = [*HEAD, "prevalence"]
    rows = [OUTCOME | {"id": name, "prevalence": share} for name, share in (("a", ""), ("b", "0.05"))]
    rows[1] |= {"n": "100000", "n_case": "30000"}
    liable = EXPOSURE | {"id": "x2", "unit": "log odds"}
    parts = [{"id": "both", "name": "Both", "cohorts": ["a", "b"]}]
    config = small_config(tmp_path, table([EXPOSURE, liable]), table(rows, columns))
    study = load_study(config | {"outcomes": ["both"], "meta_analyses": parts}, tmp_path)
    assert study.diseases == {"x2": [None, None], "both": [70_000 / 500_000, 0.05]}
    rows[0] |= {"prevalence": "0.1"}
    config = small_config(tmp_path, table([EXPOSURE]), table(rows, columns))
    message = message_of(config | {"outcomes": ["both"], "meta_analyses": parts}, tmp_path)
    assert "`meta_analyses[0].cohorts` state different prevalences of a disease (0.05, 0.1)" in message


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prevalence": "1"}, "`prevalence` is '1', expected a number above 0 below 1"),
        ({"prevalence": "0.1"}, "`prevalence` is 0.1, which needs `n_case`"),
    ],
)
def test_a_wrong_prevalence_is_said(tmp_path: Path, fields: dict[str, str], words: str) -> None:
    rows = table([EXPOSURE | fields], [*HEAD, "prevalence"])
    assert words in message_of(small_config(tmp_path, rows, table([OUTCOME])), tmp_path)


def test_proxies_need_a_panel() -> None:
    assert "set `ld_panel`" in message_of(with_key("proxies.use", True) | {"ld_panel": None})


def multivariable(**changes: Any) -> dict[str, Any]:
    return {"name": "pair", "exposures": ["sim_001", "sim_002"], "outcomes": ["disease"]} | changes


def test_members_of_multivariable_analyses_are_read_in_full() -> None:
    study = load_study(
        default() | {"multivariable": [multivariable(exposures=["sim_003", "density_heel"])]}, ROOT
    )
    assert study.full_tables == [*study.file_traits, "sim_003"]


def test_a_trait_that_only_a_multivariable_analysis_names_is_used(tmp_path: Path) -> None:
    covariate = EXPOSURE | {"id": "x2", "path": "x2.tsv"}
    member = multivariable(exposures=["x1", "x2"], outcomes=["y"])
    study = small(tmp_path, [EXPOSURE], [OUTCOME, covariate], multivariable=[member])
    assert study.unused == () and study.full_tables == ["y", "x2", "x1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"exposures": ["sim_001", "sim_0002"]},
            "has sim_0002, which no trait table lists; did you mean `sim_",
        ),
        (
            {"outcomes": ["disease_a"]},
            "`multivariable[0].outcomes` has disease_a, no outcome of the study; did",
        ),
        ({"exposures": ["sim_001", "disease"]}, "has disease as exposure and as outcome"),
        (
            {"exposures": ["sim_001"]},
            "`multivariable[0].exposures` is ['sim_001'], expected a list of at least",
        ),
    ],
)
def test_a_wrong_multivariable_analysis_is_said(changes: dict[str, Any], words: str) -> None:
    assert words in message_of(default() | {"multivariable": [multivariable(**changes)]})


def test_analyses_have_names_of_their_own() -> None:
    twice = [multivariable(), multivariable()]
    assert "which an earlier analysis has" in message_of(default() | {"multivariable": twice})


def test_only_exposures_are_corrected_for_overlap() -> None:
    assert "`overlap.exposures` has sim_99, which is no exposure" in message_of(
        with_key("overlap.exposures", ["sim_99"])
    )
    assert "is 'all', expected nominal, or a list" in message_of(with_key("overlap.exposures", "all"))


# Pleiotropy


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (
            "placo.exposure",
            "sim_01",
            "`placo.exposure` is sim_01, which is no exposure; did you mean `sim_0",
        ),
        ("placo.outcome", "density_heel", "`placo.outcome` is density_heel, which `outcomes` does not list"),
        ("placo.correlation", "ldsc", "expected estimate, intercept, none, or a number above -1 and below 1"),
        ("placo.correlation", 1.0, "`placo.correlation` is 1.0"),
        ("genes.pops_magma", "magma", "`genes.pops_scores` and `genes.pops_magma` are both set"),
        ("genes.pops_features", "f", "`genes.pops_magma` and `genes.pops_features` go together"),
        ("genes.table", None, "`genes.table` is null, but scores of genes need their places"),
        ("genes.table", "genes.tsv", "would write resources/demo/genes.tsv"),
    ],
)
def test_pleiotropy_that_cannot_be_looked_for_is_refused(key: str, value: object, said: str) -> None:
    assert said in message_of(with_key(key, value))


def test_the_study_of_3935_phenotypes_is_made_by_arithmetic() -> None:
    study = load_study(study_config("brain_bone"), ROOT)
    assert len(study.exposures) == 3935
    assert study.exposures[0] == "GCST90002426" and study.exposures[-1] == "GCST90006360"
    for number, exposure in enumerate(study.exposures, start=1):
        assert exposure == f"GCST{90002425 + number}"
        assert study.traits[exposure].paths == (f"gwas_catalog:{exposure}/harmonised_first",)
    named = [exposure for exposure in study.exposures if study.labels[exposure] != exposure]
    genes = ["IL12RB2", "HLA-DRB1", "ESR1", "PPP6R3", "PLEKHG1", "NCAM1"]
    assert study.mediators == (*(f"{gene}.blood" for gene in genes), "HLA-DRB1.muscle")
    assert {study.traits[trait].paths for trait in study.mediators[:6]} == {("eqtl_catalogue:QTD000356",)}
    assert study.traits["HLA-DRB1.blood"].filter == ("molecular_trait_id", "ENSG00000196126")
    printed = read_tsv(ROOT / "config/studies/brain_bone/published/table1.tsv")
    assert set(named) == set(printed["exposure"]) and len(named) == 16
    assert printed.groupby("method").size().to_dict() == {"gsmr": 16, "ivw": 43}


def test_lead_exposures_are_the_named_one_or_all_whole_files() -> None:
    assert len(load_study(default(), ROOT).lead_exposures) == 60
    assert load_study(with_key("placo.exposure", "sim_007"), ROOT).lead_exposures == ("sim_007",)
    assert load_study(with_key("placo.exposure", None), ROOT).lead_exposures == ()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("mediators", ["SIMM1.bloot"], "no trait table lists; did you mean `SIMM1.blood`?"),
        ("mediators", ["disease"], "which is an outcome; it cannot be a mediator too"),
        ("controls", [{"mediator": "x", "control": "SIMM1.skin"}], "is x, no mediator; known: SIMM1.blood"),
        ("controls", [{"mediator": "SIMM1.blood", "control": "SIMM1.blood"}], "negative control of itself"),
        ("mediators_act", "nominaly", "expected one of not_asked, nominal, fdr"),
        ("exposures", ["sim_0001"], "no exposure of the study; did you mean `sim_001`?"),
        ("exposures", "hit", "expected hits, strongest, all, or a list of ids"),
    ],
)
def test_mediators_are_checked(key: str, value: object, message: str) -> None:
    assert message in message_of(with_key(f"mediation.{key}", value))


def test_a_mediator_is_clumped_as_an_exposure_is(shared_data: Path) -> None:
    """Its file needs the LD panel, and people of the panel's ancestry."""
    root, config = ROOT, {**study_config("mediation_height_chr22"), "data_dir": str(shared_data)}
    assert "TXNRD2" in load_study(config, root).labels.values()
    message = message_of({**config, "ld_panel": None})
    assert "must be clumped: set `ld_panel` (26 traits need it)" in message
    message = message_of({**config, "ld_panel_ancestry": "EAS"})
    assert "(26 traits)" in message and "`ancestry` is EUR" in message


def test_without_mediators_nothing_is_asked() -> None:
    assert load_study(default(), ROOT).mediators == (
        *("SIMM1.blood", "SIMM2.blood", "SIMM3.blood"),
        "SIMM1.skin",
    )
    study = load_study(with_key("mediation.mediators", []), ROOT)
    assert study.mediators == () and study.mediation_truth is None
    assert "SIMM1.blood" in study.unused
