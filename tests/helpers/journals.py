"""A quick problem, journals of it, and a disk that is full."""

import errno
import os

import numpy as np

from toolkit.runs.journal import Journal, record_type
from toolkit.runs.recorder import Recorder
from toolkit.scores import Scores
from toolkit.space import Space, Variable

SPACE = Space((Variable("a", "real", 0, 1), Variable("b", "real", 0, 1)))


SIZE = record_type(2).itemsize


WHOSE = {"optimizer": "mine", "seed": 1}


class Bowl:
    """Scores the sum; skips what is above its incumbent, has no score for b above 0.9."""

    def __init__(self):
        self.made = 0

    def evaluate(self, x):
        self.made += len(x)
        unsolved = x[:, 1] > 0.9
        objective = np.where(unsolved, np.nan, x.sum(axis=1))
        words = tuple("step 3 did not converge" if u else "" for u in unsolved)
        return Scores(objective, np.where(x[:, 0] > 0.5, x[:, 0], 0.0), reasons=words)

    def evaluate_against(self, x, incumbent):
        plain = self.evaluate(x)
        skipped = x.sum(axis=1) > incumbent
        return Scores(x.sum(axis=1), plain.violation, skipped=skipped)


def points(n, seed=0):
    return np.random.default_rng(seed).random((n, 2))


def written(path, n=10):
    """Write a journal of n evaluations; return what the evaluator said."""
    with Journal(path, SPACE, WHOSE) as journal:
        recorder = Recorder(Bowl(), journal)
        return recorder.evaluate(points(n))


def full(after):
    """Return an ``os.write`` for a disk with room for so many bytes more."""
    plain, left = os.write, after

    def write(fd, content):
        nonlocal left
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        n = plain(fd, content[:left])
        left -= n
        return n

    return write
