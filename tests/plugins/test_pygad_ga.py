"""What pygad promises beyond the suite."""

import numpy as np
from helpers.batches import MIXED, batches_of

from toolkit.optimizer import registry
from toolkit.optimizer.ledger import Ledger, search
from toolkit.scores import Scores
from toolkit.space import Space, Variable


def test_pygad_hands_over_whole_generations_of_whole_number_genes():
    batches, ledger = batches_of("pygad", {"population": 20})
    assert len(batches[0]) == 20
    assert np.median([len(batch) for batch in batches]) > 10
    rows = np.concatenate(batches)
    assert np.array_equal(rows[:, 0], MIXED.unit(MIXED.values(rows))[:, 0])
    assert np.array_equal(rows[:, 2], MIXED.unit(MIXED.values(rows))[:, 2])
    assert len(np.unique(rows[:, 1])) > 50
    assert MIXED.values(ledger.best_x)[[0, 2]].tolist() == [7, 3]


def test_pygad_options_reach_the_library():
    histories = [
        batches_of("pygad", options)[1].objective.tolist()
        for options in (
            {},
            {"tournament": 2},
            {"crossover": "single_point"},
            {"mutated_genes": 2},
            {"elite": 4},
            {"parents": 0.5},
            {"selection": "rank"},
        )
    ]
    assert len({tuple(history) for history in histories}) == len(histories)


def test_pygad_lists_no_count_of_a_hundred_million_values():
    """It would list them all, which takes gigabytes."""
    from toolkit_plugins.pygad_ga import MOST_CELLS, PygadGA, cells, unit

    space = Space(
        (
            Variable("few", "integer", 0, MOST_CELLS - 1),
            Variable("many", "integer", 0, MOST_CELLS),
            Variable("vehicles", "integer", 0, 1e8),
            Variable("size", "real", 0.0, 1.0),
        )
    )
    assert cells(space).tolist() == [True, False, False, False]
    genes = np.array([[7.0, 0.25, 1.0, 0.5]])
    assert space.values(unit(space, genes))[0].tolist() == [7, 2500, 1e8, 0.5]

    def evaluate(x):
        return Scores(np.abs(space.values(x)[:, 2] - 3e7), np.zeros(len(x)))

    ledger = Ledger(space, evaluate, 400)
    search(registry.configure(PygadGA), ledger, np.random.default_rng(1))
    assert ledger.spent == 400
    assert ledger.best_objective < 1e7
