"""A study simulated by its causes: what acts on what, in files and in the known answers."""

from functools import partial

import numpy as np
import pytest

from scripts.simulation.causes import Cause, causes_of, draw_caused, total_effects
from scripts.simulation.formats import columns_of
from scripts.simulation.genome import Size
from scripts.simulation.known import Roles, direct_effects, known_answers
from scripts.simulation.roles import Cast
from scripts.simulation.study import simulate
from scripts.table.formats import FORMATS
from scripts.table.trait import Trait

CHAIN = (Cause("x", "m", -0.5), Cause("m", "y", 0.4), Cause("x", "y", 0.1), Cause("c", "x", 0.3))
NAMES = ["x", "m", "y", "c"]
SMALL = Size(people=200, chromosomes=22, island_spacing_mb=40.0, island_kb=60, variants_per_island=20)


def trait(name: str, n: float = 50_000.0, form: str = "gwas_ssf") -> Trait:
    paths = (f"SIMULATED_{name}.tsv",)
    return Trait(name, name, paths, form, {}, None, n, None, "GRCh37", "EUR", "SD", (), None, ())


def test_total_effects_are_sums_over_all_paths():
    total = total_effects(CHAIN, NAMES)
    assert total.loc["x", "y"] == pytest.approx(0.1 - 0.5 * 0.4)
    assert total.loc["c", "y"] == pytest.approx(0.3 * (0.1 - 0.5 * 0.4))
    assert total.loc["y", "x"] == 0.0 and total.loc["m", "m"] == 1.0


def test_direct_effects_hold_the_other_exposures():
    total = total_effects(CHAIN, NAMES)
    assert direct_effects(total, ["x", "m"], "y").to_dict() == pytest.approx({"x": 0.1, "m": 0.4})
    assert direct_effects(total, ["c", "x"], "y").to_dict() == pytest.approx({"c": 0.0, "x": -0.1})


def test_known_answers_have_the_mediated_part_and_its_share():
    roles = Roles(["x", "c"], ["y"], ["m"], [{"name": "both", "exposures": ["x", "m"], "outcomes": ["y"]}])
    rows = known_answers(total_effects(CHAIN, NAMES), roles).fillna({"mediator": ""})
    found = rows.set_index(["analysis", "exposure", "mediator", "quantity"])["value"]
    assert found["mediation", "x", "m", "indirect"] == pytest.approx(-0.2)
    assert found["mediation", "x", "m", "direct"] == pytest.approx(0.1)
    assert found["mediation", "x", "m", "proportion"] == pytest.approx(
        2.0
    )  # the parts work against each other
    assert found["both", "m", "", "effect"] == pytest.approx(0.4)
    assert found["reverse", "x", "", "effect"] == 0.0


def test_what_a_trait_hands_on_is_its_effect_times_the_cause():
    cast = Cast((), (), tuple(map(trait, NAMES)), (), {})
    found = simulate(cast, SMALL, 3, partial(draw_caused, causes=CHAIN)).effects.matrix
    alone = simulate(cast, SMALL, 3, partial(draw_caused, causes=())).effects.matrix
    x, m, y, c = alone.T
    caused_x = x + 0.3 * c
    caused_m = m - 0.5 * caused_x
    assert np.allclose(found, np.column_stack([caused_x, caused_m, y + 0.4 * caused_m + 0.1 * caused_x, c]))
    assert all(np.count_nonzero(column**2 * 50_000 > 30) >= 5 for column in alone.T)


def test_causes_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="has q, which is no trait"):
        causes_of([{"cause": "x", "trait": "q", "effect": 1.0}], NAMES)
    circle = [{"cause": "x", "trait": "y", "effect": 1.0}, {"cause": "y", "trait": "x", "effect": 1.0}]
    with pytest.raises(ValueError, match="run in a circle"):
        causes_of(circle, NAMES)


@pytest.mark.parametrize("form", ["imsgc", "big40", "finngen"])
def test_published_layouts_are_recognised_by_their_own_columns(form: str):
    columns = set(columns_of(trait("x", form=form)).values()) | ({"N"} if form == "imsgc" else set())
    assert set(FORMATS[form].signature) <= columns
