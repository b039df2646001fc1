"""Settling by name, without a study."""

import numpy as np

from toolkit.model.market import Terms
from toolkit.problem.mechanisms import host, registry

#: The mechanisms that the toolkit has itself.
OURS = ("mid-market", "sdr", "bill-sharing", "auction", "bilateral")


def settle(mechanism, done, tariffs, terms=None, **options):
    chosen = registry.asked(mechanism, options)
    hours = np.ones(len(tariffs.retail))
    return host.settle(chosen, done, tariffs, terms or Terms(), hours)
