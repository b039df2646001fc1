"""What cma promises beyond the suite."""

import numpy as np
import pytest
from helpers.batches import batches_of

from toolkit.optimizer.minimizing import minimize


def test_cma_starts_anew_with_twice_the_population():
    sizes = [len(batch) for batch in batches_of("cma", {}, budget=3000)[0]]
    assert sizes[0] == 7
    assert sorted(set(sizes[:-1])) == [7 * 2**i for i in range(len(set(sizes[:-1])))]
    assert sizes[:-1] == sorted(sizes[:-1])
    assert sizes[-2] >= 28


def test_cma_options_reach_the_library():
    histories = [
        batches_of("cma", options, budget=1500)[1].objective.tolist()
        for options in ({}, {"sigma": 0.1}, {"population": 20}, {"growth": 1.0})
    ]
    assert len({tuple(history) for history in histories}) == len(histories)
    sizes = {len(batch) for batch in batches_of("cma", {"growth": 1.0}, budget=1400)[0]}
    assert sizes == {7}


@pytest.mark.parametrize("sigma", [0.01, 0.3])
def test_cma_searches_along_one_variable_from_any_first_step(sigma):
    ask = {"lower": [-1], "upper": [9], "budget": 600, "seed": 2, "options": {"sigma": sigma}}
    assert minimize("cma", lambda x: float((x[0] - 8.5) ** 2), **ask).fun < 1e-9


def test_cma_solves_turned_axes_on_which_it_is_at_home():
    """A narrow valley across the axes: CMA-ES is there long before any other we ship."""
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]

    def valley(x):
        return float((10.0 ** np.arange(6) * (turn @ (x - 0.4)) ** 2).sum())

    ask = {"lower": [0] * 6, "upper": [1] * 6, "budget": 4000, "seed": 1}
    found = {name: minimize(name, valley, **ask).fun for name in ("cma", "cheetah", "pygad")}
    assert found["cma"] < 1e-8
    assert found["cma"] < 1e-6 * min(found["cheetah"], found["pygad"])


def test_cma_reads_and_writes_no_file(tmp_path, monkeypatch):
    plain = batches_of("cma", {})[1].objective.tolist()
    monkeypatch.chdir(tmp_path)
    signals = tmp_path / "cma_signals.in"
    signals.write_text('{"timeout": 0}', encoding="utf-8")
    assert batches_of("cma", {})[1].objective.tolist() == plain
    assert list(tmp_path.iterdir()) == [signals]


def test_cma_starts_anew_where_a_flat_end_is_noisy_and_far_from_zero():
    """Like losses by a power flow: 100 and a bowl, solved to 1e-7 of it."""
    noise = np.random.default_rng(5)

    def losses(x):
        return 100.0 + float(((x - 0.4) ** 2).sum()) + 1e-5 * noise.random()

    seen = []

    def noted(x):
        seen.append(np.linalg.norm(x - 0.4))
        return losses(x)

    minimize("cma", noted, lower=[0] * 2, upper=[1] * 2, budget=2000, seed=1)
    # A search that has settled stays near 0.4; only one begun anew looks far away again.
    assert max(seen[1000:]) > 0.3
