"""Goals of somebody else, installed for a test."""

from contextlib import contextmanager

from toolkit.common.plugins.hosts import Hosts
from toolkit.problem import goals
from toolkit.problem.goal_plugins import host, registry

#: What follows "def figure(self, solved):" in a goal that is right.
FIGURE = "return solved.load_kw.max(axis=(1, 2)) + self.options.size"
#: What it says of itself.
WORDS = "reference, label, unit, direction = 'test', 'largest load', 'kW', 'min'"
#: The worst figure of it.
WORST = "highest = 1e6"


@contextmanager
def installing(install, monkeypatch):
    """Give a function that installs a goal of somebody else; its process ends with the block."""
    monkeypatch.setattr(host, "_made", {})
    monkeypatch.setattr(host, "_hosts", Hosts())

    def forget():
        registry.declared.cache_clear()
        goals._of_others.cache_clear()

    def add(body=FIGURE, name="others", words=WORDS, extra=WORST):
        return install(
            f"of-{name}",
            name,
            group="toolkit.goals",
            base="Goal",
            options="GoalOptions",
            method="figure",
            arguments="solved",
            top="import numpy as np\nfrom toolkit import Goal, GoalOptions",
            extra=f"{words}; {extra}",
            body=body,
        )

    forget()
    yield add
    host._hosts.close()
    forget()
