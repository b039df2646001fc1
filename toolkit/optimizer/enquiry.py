"""What commands ask of plug-ins, each time in another process, which may end however it likes.

A command itself imports no plug-in, so none can change what it counts, compares or writes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict
from typing import Any, Protocol

import numpy as np

from toolkit.common import processes
from toolkit.common.errors import ToolkitError
from toolkit.common.plugins.groups import ANSWER_S
from toolkit.common.plugins.options import OptionRow
from toolkit.common.processes import Broke, Pen
from toolkit.common.types import FloatArray
from toolkit.optimizer import labels, registry
from toolkit.optimizer.ledger import Ledger, search
from toolkit.optimizer.registry import OPTIMIZERS, Portrait
from toolkit.optimizer.scores import Scores
from toolkit.optimizer.space import Space

#: Seconds that a rehearsal may take, and what is left of it after its one evaluation.
REHEARSAL_S, ENCORE_S = 30.0, 3.0
catalogue = OPTIMIZERS.catalogue


class Setting(Protocol):
    """An optimizer with its options, and what results call it, such as ``run.Task``."""

    @property
    def optimizer(self) -> str:
        """The plug-in's name."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Its options."""


def portrait(word: str, options: Mapping[str, Any] | None = None) -> Portrait:
    """Return what an optimizer says of itself, see ``registry.portrait``.

    Raises InputError where it cannot be used.
    """
    told = OPTIMIZERS.ask(word, _portrait, word, dict(options or {}))
    rows = tuple(OptionRow(**row) for row in told.pop("options"))
    return Portrait(options=rows, **told)


def _portrait(pen: Pen, word: str, options: Mapping[str, Any]) -> dict[str, Any]:
    return asdict(registry.portrait(word, options))


def resolved(
    wanted: Iterable[str],
    study: Mapping[str, Mapping[str, Any]],
    request: Mapping[str, Mapping[str, Any]],
) -> dict[str, dict[str, Any]]:
    """Return what each label stands for, those of the study besides; see ``labels.resolved``."""
    run = list(wanted)
    every = list(dict.fromkeys([*study, *run]))
    told = processes.each(_resolved, every, run, dict(study), dict(request), seconds=ANSWER_S)
    for label, entry in zip(every, told, strict=True):
        if isinstance(entry, Broke):
            raise OPTIMIZERS.broke(label, entry)
        if isinstance(entry, ToolkitError):
            raise entry
    return dict(zip(every, told, strict=True))


def _resolved(
    label: str,
    run: Sequence[str],
    study: Mapping[str, Mapping[str, Any]],
    request: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    entry = labels.resolved(label, study, request) if label in run else dict(study[label])
    labels.check(label, entry)
    return entry


def rehearse(tasks: Sequence[Setting], space: Space) -> None:
    """Let every optimizer make one evaluation of nothing, before anything is written.

    What only an optimizer's library can refuse, such as an unknown algorithm, is refused here. What
    breaks otherwise breaks its own run, which tells.
    """
    told = processes.each(_rehearsed, tasks, space, seconds=REHEARSAL_S)
    for task, error in zip(tasks, told, strict=True):
        if not _refused(error):
            continue
        # Those before it may have spoilt the process they were asked in.
        (alone,) = processes.each(_rehearsed, [task], space, seconds=REHEARSAL_S)
        if _refused(alone):
            raise alone


def _refused(told: object) -> bool:
    return isinstance(told, ToolkitError) and not isinstance(told, Broke)


def _rehearsed(task: Setting, space: Space) -> None:
    optimizer = registry.build(task.optimizer, task.options)
    leave = threading.Timer(ENCORE_S, os._exit, (0,))
    ledger = Ledger(deepcopy(space), _nothing, 1, on_progress=lambda spent: leave.start())
    try:
        search(optimizer, ledger, np.random.default_rng(0), lambda: os._exit(0))
    except ToolkitError:
        raise
    except BaseException:
        return
    finally:
        leave.cancel()


def _nothing(x: FloatArray) -> Scores:
    return Scores(np.zeros(len(x)), np.zeros(len(x)))
