"""The Cheetah Optimizer against its formulas and against figures of an independent version."""

import math

import numpy as np
import pytest
from toolkit_plugins.cheetah import Chance, Cheetah, Hunt, Spot, chances

from toolkit import minimize
from toolkit.errors import InputError
from toolkit.optimizer.ledger import Ledger, search
from toolkit.optimizer.registry import build
from toolkit.scores import Scores, better
from toolkit.space import Space, Variable

D = 10


def sphere(z):
    return float(z @ z)


def rastrigin(z):
    return float(10.0 * len(z) + (z * z - 10.0 * np.cos(2.0 * np.pi * z)).sum())


def ackley(z):
    spread = math.exp(-0.2 * math.sqrt(z @ z / len(z)))
    return 20.0 + math.e - 20.0 * spread - math.exp(np.cos(2.0 * np.pi * z).mean())


def errors(function, bound, *, runs, budget, rotated=False, offset=0.0, **options):
    """Return the final errors, sorted, with the optimum moved off the centre in each run."""
    found = []
    for seed in range(runs):
        rng = np.random.default_rng(1000 + seed)
        shift = rng.uniform(-0.4, 0.4, D) * 2 * bound
        turn = np.linalg.qr(rng.standard_normal((D, D)))[0] if rotated else np.eye(D)

        def moved(x, shift=shift, turn=turn):
            return function(turn @ (x - shift)) + offset

        box = (-bound * np.ones(D), bound * np.ones(D))
        result = minimize("cheetah", moved, *box, budget=budget, seed=seed, options=options)
        assert result.evaluations == budget
        found.append(result.fun - offset)
    return np.sort(found)


# The stated figures: 10 variables, 100,000 evaluations, 25 runs.


@pytest.mark.slow
@pytest.mark.statistical
def test_sphere_at_length():
    assert np.median(errors(sphere, 100.0, runs=25, budget=100_000)) < 1e-20


@pytest.mark.slow
@pytest.mark.statistical
def test_rastrigin_at_length():
    assert errors(rastrigin, 5.0, runs=25, budget=100_000)[-1] <= 1e-8


@pytest.mark.slow
@pytest.mark.statistical
def test_ackley_at_length():
    assert np.median(errors(ackley, 32.0, runs=25, budget=100_000)) < 1e-11


@pytest.mark.slow
@pytest.mark.statistical
def test_rotated_rastrigin_at_length():
    found = np.median(errors(rastrigin, 5.0, runs=25, budget=100_000, rotated=True))
    assert 18 < found < 38


# The same in small.


@pytest.mark.statistical
@pytest.mark.parametrize(("variant", "enough"), [("released", 1e-3), ("text", 1.0)])
def test_sphere(variant, enough):
    assert np.median(errors(sphere, 100.0, runs=3, budget=4000, variant=variant)) < enough


@pytest.mark.statistical
def test_rastrigin_is_easy_until_it_is_rotated():
    straight = np.median(errors(rastrigin, 5.0, runs=3, budget=4000))
    rotated = np.median(errors(rastrigin, 5.0, runs=3, budget=4000, rotated=True))
    assert straight < 10 < 15 < rotated


@pytest.mark.statistical
@pytest.mark.parametrize("offset", [1e6, -1e6])
def test_an_offset_does_not_hinder(offset):
    assert np.median(errors(sphere, 100.0, runs=3, budget=4000, offset=offset)) < 1e-3


# The parts.


def reals(d):
    return Space(tuple(Variable(f"x{i}", "real", 0.0, 1.0) for i in range(d)))


def hunt(d=D, variant="released", budget=10_000, evaluate=None, seed=0, **options):
    def bowl(x):
        return Scores(((x - 0.3) ** 2).sum(axis=1), np.zeros(len(x)))

    ledger = Ledger(reals(d), evaluate or bowl, budget)
    chosen = Cheetah.Options(variant=variant, **options)
    return Hunt(ledger, np.random.default_rng(seed), chosen)


def chance(d=D, **changes):
    base = {"push": 2.0, "turn": 0.5, "swing": 0.0, "r2": 0.5, "r3": 0.9, "r4": 1.0, "kick": 0.0}
    return Chance(**{key: np.full(d, value) for key, value in {**base, **changes}.items()})


def test_the_random_numbers_follow_their_laws():
    draws = chances(np.random.default_rng(0), 1000)
    many = [next(draws) for _ in range(200)]
    columns = {key: np.concatenate([getattr(c, key) for c in many]) for key in Chance._fields}
    assert np.median(np.abs(1 / columns["push"])) == pytest.approx(0.6745, abs=0.01)
    assert columns["swing"].min() < -0.99
    assert columns["swing"].max() > 0.99
    assert columns["r2"].mean() == pytest.approx(0.5, abs=0.01)
    assert columns["r3"].mean() == pytest.approx(0.5, abs=0.01)
    assert columns["r4"].mean() == pytest.approx(1.5, abs=0.02)
    assert set(columns["kick"]) == {0.0, 0.001}
    assert (columns["kick"] > 0).mean() == pytest.approx(0.1, abs=0.005)
    assert np.isfinite(columns["turn"]).all()


def test_the_turning_factor_by_hand():
    class Two:
        def standard_normal(self, shape):
            return np.stack([np.full(shape[1:], 0.5), np.full(shape[1:], 2.25)])

        def random(self, shape):
            return np.full(shape, 0.5)

    first = next(chances(Two(), 1))
    assert first.push[0] == 2.0
    assert first.turn[0] == pytest.approx(2.25 ** math.exp(1.125) * math.sin(4.5 * math.pi))


def test_released_moves_by_hand():
    h = hunt()
    h.t = 30
    h.members[5] = h.members[5]._replace(x=np.full(D, 0.4))
    h.prey = h.prey._replace(x=np.full(D, 0.7))
    h.leader = h.leader._replace(x=np.full(D, 0.9))
    neighbour = np.full(D, 0.2)
    age = 30 / 60

    # H = exp(2 * (1 - 0.5)) * swing = e * swing
    wait = h._released(5, True, neighbour, chance(r2=0.99, r3=0.5))
    assert wait == pytest.approx(0.4)
    attack = h._released(5, True, neighbour, chance(swing=0.1, r4=1.0))
    assert attack == pytest.approx(0.7 + 0.5 * (0.2 - 0.4))
    for swing in (0.9, -0.9):
        search_move = h._released(5, True, neighbour, chance(swing=swing))
        assert search_move == pytest.approx(0.4 + 0.0001 * age * 2.0)
    alpha = 0.0001 * age * abs(0.9 - 0.4) + 0.001
    follower = h._released(5, False, neighbour, chance(swing=0.9, kick=0.001))
    assert follower == pytest.approx(0.4 + alpha * 2.0)


def test_text_moves_by_hand():
    h = hunt(variant="text")
    h.t = 30
    h.members[0] = h.members[0]._replace(x=np.full(D, 0.4))
    h.prey = h.prey._replace(x=np.full(D, 0.7))
    neighbour = np.full(D, 0.2)

    assert h._text(0, True, neighbour, chance(r2=0.95)) == pytest.approx(0.4)
    attack = h._text(0, True, neighbour, chance(swing=0.9))
    assert attack == pytest.approx(0.7 + 0.5 * (0.2 - 0.4))
    searching = h._text(0, True, neighbour, chance(swing=-0.9))
    assert searching == pytest.approx(0.4 + 0.001 * 0.5 * 2.0)
    follower = h._text(0, False, neighbour, chance(swing=-0.9))
    assert follower == pytest.approx(0.4 + 0.001 * 0.5 * 0.2 * 2.0)


def test_released_base_points():
    h = hunt()
    back = math.ceil(0.2 * 60 + 1)
    assert h._base(4) == (h.members[4].x, 0.25)
    assert h._base(0) == (h.members[0].x, 0.25)
    h.t = back + 1
    h.leader_costs = [h.leader.cost] * (h.t + 1)
    h.prey_costs = [h.prey.cost] * (h.t + 1)
    for member in (0, 1):
        x, kk = h._base(member)
        assert x is h.prey.x
        assert kk == 0.0
    h.leader_costs[h.t - back] = 2 * h.leader.cost
    assert h._base(0) == (h.members[0].x, 0.25)
    x, kk = h._base(2)
    assert x is h.leader.x
    assert -0.1 * h.t / 60 <= kk <= 0.0


def test_the_hunting_time_grows_with_the_variables():
    assert [hunt(d).period for d in (1, 10, 11, 100, 112)] == [60, 60, 120, 600, 720]


def test_a_stalled_hunt_goes_home_and_keeps_the_prey():
    flat = hunt(evaluate=lambda x: Scores(np.ones(len(x)), np.zeros(len(x))))
    spent = []
    for _ in range(62):
        before = flat.scout.problem.spent
        flat.iterate()
        spent.append(flat.scout.problem.spent - before)
    # Two moves an iteration; t = 62 is the first with a cost a whole period back: t - T - 1 >= 1.
    assert spent == [2] * 61 + [3]
    assert flat.t == 1
    assert len(flat.leader_costs) == 2
    assert any(member is flat.prey for member in flat.members)


def test_the_leader_may_worsen_but_the_prey_never():
    h = hunt(d=3)
    leaders, prey = [], []
    for _ in range(3000):
        h.iterate()
        leaders.append(h.leader.cost)
        prey.append(h.prey.cost)
    assert max(np.diff(leaders)) > 0
    assert max(np.diff(prey)) <= 0
    assert prey[-1] <= h.scout.problem.best_objective * (1 + 1e-12) + 1e-12


def test_the_scale_is_the_cost_or_the_span_seen_whichever_is_less():
    h = hunt()
    costs = [member.cost for member in h.members]
    assert h.span[True] == (min(costs), max(costs))
    assert h._scale(1e6) == max(costs) - min(costs)
    assert h._scale(-1e-9) == 1e-9
    h._note(Spot(np.zeros(D), 0.0, 1e9, 1e9))
    assert h.span[True][1] == max(costs)


def test_members_are_compared_feasible_first():
    good, bad = Spot(np.zeros(1), 5.0, 0.0, 5.0), Spot(np.zeros(1), -5.0, 0.1, 0.1)
    assert good.beats(bad)
    assert not bad.beats(good)
    assert not good.beats(good)

    def feasible_above_half(x):
        return Scores(x[:, 0], np.maximum(0.5 - x[:, 0], 0.0), ceiling=1.0)

    ledger = Ledger(reals(4), feasible_above_half, 3000)
    search(build("cheetah"), ledger, np.random.default_rng(0))
    assert ledger.best_violation == 0.0
    assert ledger.best_objective == pytest.approx(0.5, abs=1e-3)
    assert better(ledger.best_objective, 0.0, 0.4, 0.1)


@pytest.mark.parametrize("variant", ["released", "text"])
def test_the_text_never_picks_a_member_twice_but_the_program_does(variant):
    h = hunt(variant=variant)
    picks = [h._pick() for _ in range(300)]
    assert {i for pick in picks for i in pick} == set(range(6))
    assert any(a == b for a, b in picks) == (variant == "released")


@pytest.mark.parametrize("hunters", [2, 3, 6])
@pytest.mark.parametrize("variant", ["released", "text"])
def test_other_sizes_run_too(hunters, variant):
    options = {"hunters": hunters, "variant": variant}
    found = minimize(
        "cheetah", sphere, -np.ones(4), np.ones(4), budget=900, seed=1, options=options
    )
    assert found.fun < 0.1


def test_more_hunters_than_members_are_refused():
    with pytest.raises(InputError, match=r"hunters \(7\) exceed members \(6\)"):
        build("cheetah", {"hunters": 7})
