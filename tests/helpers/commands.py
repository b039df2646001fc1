"""Words of quick commands, and the evaluations that a command left behind."""

import pandas as pd

BUILT_IN = ("cheetah", "pygad", "mealpy", "cma", "random")


QUICK = ("--budget", "2", "--workers", "1")


def spent(folder):
    """Return the evaluations of each case by the summary and by its history."""
    summary = pd.read_csv(folder / "summary.csv").query("case != 'base'")
    by_history = [len(pd.read_csv(folder / "cases" / c / "history.csv")) for c in summary["case"]]
    return summary["evaluations"].tolist(), by_history, summary["ending"].tolist()
