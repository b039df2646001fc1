"""What mealpy promises beyond the suite."""

import numpy as np
import pytest
from helpers.batches import batches_of

from toolkit.errors import InputError
from toolkit.optimizer import registry


@pytest.fixture(scope="module")
def known():
    mealpy = pytest.importorskip("mealpy")
    return mealpy.get_all_optimizers(verbose=False)


def table(algorithm, **more):
    """Return the options that an algorithm takes, by name."""
    found = registry.portrait("mealpy", {"algorithm": algorithm, **more})
    return {row.name: row for row in found.options}


@pytest.mark.parametrize(
    ("algorithm", "told"),
    [
        ("JAED", "Did you mean 'JADE'?"),
        ("GW0", "Did you mean 'GWO'?"),
        ("OriginalGW0", "Did you mean 'OriginalGWO'?"),
        ("xyzzyxyzzy", "mealpy has no 'xyzzyxyzzy'. 'toolkit optimizers show mealpy' lists"),
    ],
)
def test_mealpy_offers_the_nearest_algorithm(algorithm, told):
    with pytest.raises(InputError) as caught:
        batches_of("mealpy", {"algorithm": algorithm})
    assert told in str(caught.value)


def test_every_class_goes_by_its_long_and_its_short_name_in_any_case(known):
    for long, kind in known.items():
        short = long.removeprefix("Original").removeprefix("Base")
        for name in (long, long.upper(), short, short.lower(), short.replace("_", "-")):
            told = table(name)["algorithm"].description
            assert told.startswith(f"mealpy's {kind.__name__},"), name


@pytest.mark.parametrize(
    ("name", "long"), [("GA", "BaseGA"), ("tpo", "DevTPO"), ("lshade", "L_SHADE")]
)
def test_what_people_call_an_algorithm(name, long):
    assert table(name)["algorithm"].description.startswith(f"mealpy's {long},")


def test_a_short_name_is_the_same_search():
    long, _ = batches_of("mealpy", {"algorithm": "OriginalGWO"}, 120)
    short, _ = batches_of("mealpy:gwo", {}, 120)
    assert np.array_equal(np.concatenate(long), np.concatenate(short))


def test_parameters_of_pso_as_its_paper_and_mealpy_have_them():
    rows = table("PSO")
    assert list(rows) == ["algorithm", "population", "c1", "c2", "w"]
    assert (rows["c1"].kind, rows["c1"].range, rows["c1"].default) == (
        "number",
        "> 0, < 5.0",
        "2.05",
    )
    assert rows["w"].description == "mealpy: (0., 1.0), Weight min of bird"


def test_parameters_that_are_words_counts_or_shares():
    rows = table("EliteSingleGA", population="40")
    assert rows["selection"].kind == "one of tournament, random, roulette"
    # Half of the population less one may be the elite.
    assert rows["elite_best"].kind == "whole number >= 1, <= 19 or number > 0, < 0.5"
    assert table("CSO")["spc"].kind == "true or false"
    # mealpy checks this one by another name.
    assert table("MGTO")["pp"].range == "> 0, < 1"


def test_what_is_set_is_what_mealpy_gets(known, monkeypatch):
    seen = []
    kind = known["OriginalPSO"]
    before = kind.solve

    def solve(self, *given, **named):
        seen.append((self.c1, self.c2, self.w, self.pop_size))
        return before(self, *given, **named)

    monkeypatch.setattr(kind, "solve", solve)
    changed, _ = batches_of("mealpy:PSO", {"c1": "1.5", "w": 0.7, "population": "20"}, 200)
    assert set(seen) == {(1.5, 2.05, 0.7, 20)}
    plain, _ = batches_of("mealpy:PSO", {"population": "20"}, 200)
    assert not np.array_equal(np.concatenate(plain), np.concatenate(changed))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"algorithm": "PSO", "w": "2"},
            "option 'w' of optimizer 'mealpy': found '2', expected num",
        ),
        ({"algorithm": "PSO", "c1": "nan"}, "found 'nan', expected number > 0, < 5.0"),
        ({"algorithm": "PSO", "cc1": 2}, "Did you mean 'c1'? Options: algorithm, c1, c2, popu"),
        ({"algorithm": "GWO", "c1": 2}, "has no option 'c1'. Options: algorithm, population."),
        ({"w": 0.4}, "Options: algorithm, ap, miu_cr, miu_f, population, pt."),
        ({"algorithm": "SingleGA", "selection": "best"}, "one of tournament, random, roulette"),
        (
            {"algorithm": "PSO", "population": "3", "c1": 1},
            "found '3', expected whole number >= 10",
        ),
    ],
)
def test_wrong_parameters_are_refused_in_one_message(options, told):
    with pytest.raises(InputError) as caught:
        registry.build("mealpy", options)
    assert told in str(caught.value)


def test_mealpy_tells_what_an_algorithm_refuses():
    told = "mealpy refuses OriginalBSO: 'm_clusters': found 5, expected within .2, 2., with a pop"
    with pytest.raises(InputError, match=told):
        batches_of("mealpy", {"algorithm": "OriginalBSO", "population": 12})


@pytest.mark.parametrize("algorithm", ["DevCHIO", "PSS"])
def test_algorithms_that_need_a_longer_schedule_or_a_seed(algorithm):
    """CHIO refuses short schedules, so those of a run's end; PSS drew without a seed."""
    first, _ = batches_of("mealpy", {"algorithm": algorithm}, 70)
    second, _ = batches_of("mealpy", {"algorithm": algorithm}, 70)
    assert np.array_equal(np.concatenate(first), np.concatenate(second))
