"""The batches in which an optimizer asks for evaluations, on a space of mixed variables."""

import numpy as np

from toolkit.optimizer import registry
from toolkit.optimizer.ledger import Ledger, search
from toolkit.scores import Scores
from toolkit.space import Space, Variable

MIXED = Space(
    (
        Variable("bus", "choice", 0, 10),
        Variable("size", "real", 5.0, 9.0),
        Variable("count", "integer", 1, 4),
    )
)


def batches_of(name, options, budget=300):
    batches = []

    def evaluate(x):
        batches.append(x.copy())
        values = MIXED.values(x)
        return Scores(np.abs(values - [7, 6.5, 3]).sum(axis=1), np.zeros(len(x)), ceiling=30.0)

    ledger = Ledger(MIXED, evaluate, budget)
    search(registry.build(name, options), ledger, np.random.default_rng(0))
    assert ledger.spent == budget
    return batches, ledger
