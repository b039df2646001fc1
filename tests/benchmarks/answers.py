"""What every arm of the benchmark has to find for a plan, and the check that they all do."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Answer:
    """A solved day: energy traded and lost, kWh, and the voltage of every node, pu, (T, N).

    Nodes stand in the order of their names, so that arms that number them otherwise compare.
    """

    traded_kwh: float
    loss_kwh: float
    v_pu: np.ndarray


def traded_kwh(net_kw, dt):
    """Return the energy traded in a day of net positions, (T, B), as a user would work it out."""
    traded = 0.0
    for row in net_kw:
        surplus = sum(kw for kw in row if kw > 0.0)
        deficit = -sum(kw for kw in row if kw < 0.0)
        traded += min(surplus, deficit) * dt
    return traded


def by_name(names, values):
    """Return values, (T, N), with the columns in the order of their names."""
    order = sorted(range(len(names)), key=lambda i: str(names[i]).lower())
    return np.asarray(values, dtype=float)[:, order]


def differences(found, expected):
    """Return how far two answers are apart: share of traded energy, share of losses, pu."""
    apart = np.abs(found.v_pu - expected.v_pu)
    return {
        "traded energy": abs(found.traded_kwh / expected.traded_kwh - 1.0),
        "losses": abs(found.loss_kwh / expected.loss_kwh - 1.0),
        "voltage": float(np.nanmax(apart)),
    }


def check(name, found, expected, tolerance):
    """Raise AssertionError, naming the figure, unless an arm's answers agree to ``tolerance``."""
    worst = 0.0
    for plan, (mine, theirs) in enumerate(zip(found, expected, strict=True)):
        for what, apart in differences(mine, theirs).items():
            # Written so that NaN fails too.
            if not apart <= tolerance:
                raise AssertionError(
                    f"{name}, plan {plan}: {what} is {apart:.2g} off the fitness's; "
                    f"expected at most {tolerance:g}"
                )
            worst = max(worst, apart)
    return worst
