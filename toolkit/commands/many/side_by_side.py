"""Searches carried out side by side: each an ordinary one in a process of its own.

A point is searched into its results folder as ``optimize`` and ``compare`` do it, or gone on with
from there, so that journals, resuming and bits are theirs. What one point meets stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toolkit.commands.request import Request
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import Monitor
from toolkit.common.processes import Apart, Pen, answer
from toolkit.inputs.study import Study
from toolkit.model.notices import shortlist
from toolkit.results.store.manifest import exists, is_complete, load, status
from toolkit.runs.workers import Stop

#: Seconds between two looks at the processes.
LOOK_S = 0.05


@dataclass(frozen=True)
class Job:
    """A point to search: its name, its study, what is asked of it, and its results folder.

    work: what to carry out instead of an ordinary search, and with what.
    """

    name: str
    study: Study
    request: Request
    folder: Path
    work: tuple[Callable[..., Any], tuple[Any, ...]] | None = None


@dataclass(frozen=True)
class Ended:
    """How a point ended: its name, its status, and what it had to say."""

    name: str
    status: str
    notes: tuple[str, ...] = ()


def carry_out(
    jobs: Sequence[Job],
    workers: int,
    command: str,
    monitor: Monitor,
    stop: Stop,
) -> list[Ended]:
    """Search every point that is not complete, as many at once as there are workers.

    Results do not depend on the workers. With fewer points than workers each point has several.
    """
    spent = [0] * len(jobs)
    left = [i for i, job in enumerate(jobs) if not is_complete(job.folder)]
    for i in set(range(len(jobs))) - {*left}:
        spent[i] = jobs[i].request.evaluations
    ended = {i: Ended(jobs[i].name, "complete") for i in range(len(jobs)) if i not in left}
    # The workers of a cluster are all of one point at a time.
    alone = any(job.request.scheduler for job in jobs)
    at_once = 1 if alone else max(1, min(workers, len(left)))
    with ExitStack() as stack:
        running: dict[int, Apart] = {}
        while left or running:
            while left and len(running) < at_once and not stop.is_set():
                i = left.pop(0)
                running[i] = stack.enter_context(_begun(jobs[i], workers // at_once, command))
            if stop.is_set():
                left.clear()
            for i in _done(running, stop, spent):
                ended[i] = _how(jobs[i].name, running.pop(i), stop)
                _tell(jobs[i], ended[i], monitor)
            monitor.part(len(ended), len(jobs))
            monitor.spent(list(spent))
    return [ended[i] for i in sorted(ended)]


def _begun(job: Job, workers: int, command: str) -> Apart:
    if job.work is not None:
        return Apart(job.work[0], *job.work[1])
    request = replace(job.request, workers=max(1, workers))
    return Apart(_search, job.study, request, job.folder, command)


def _done(running: dict[int, Apart], stop: Stop, spent: list[int]) -> Iterator[int]:
    """Look at the processes once; yield the numbers of those that have ended."""
    for i, process in list(running.items()):
        if stop.is_set():
            process.wish_to_stop()
        if process.ended(LOOK_S / len(running)):
            process.close()
            yield i
        noted = process.said().get("note")
        spent[i] = noted if isinstance(noted, int) else spent[i]


def _how(name: str, process: Apart, stop: Stop) -> Ended:
    """Return how a point ended, whatever became of its process."""
    try:
        said = answer(process)
    except ToolkitError as error:
        return Ended(name, "interrupted" if stop.is_set() else "failed", (str(error),))
    return Ended(name, str(said["status"]), tuple(said["notes"]))


def notes_of(ended: Iterable[Ended], but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return what is said of points, once where it is the same of several.

    ``but``: how notes begin that nobody needs.
    """
    said: dict[str, list[str]] = {}
    for one in ended:
        for note in one.notes:
            if not note.startswith(but):
                said.setdefault(note, []).append(one.name)
    return tuple(
        f"point{'s' if len(names) > 1 else ''} {shortlist(names)}: {note}"
        for note, names in said.items()
    )


def _tell(job: Job, ended: Ended, monitor: Monitor) -> None:
    """Say how a point ended and what searched it, which stands in the manifest of its folder."""
    try:
        by = load(job.folder)
    except InputError:
        by = {}
    why = f", searched by {by['searched_by']}: {by['searched_why']}" if "searched_by" in by else ""
    monitor.detail(f"point {ended.name}: {ended.status}{why}")


def _search(pen: Pen, study: Study, request: Request, folder: Path, command: str) -> dict[str, Any]:
    """Search a point, or go on with it where it was begun, in a process of its own."""
    from toolkit.commands import resume
    from toolkit.commands.storing import search_and_store

    monitor = Monitor(spent=lambda spent: pen.note(sum(spent)), should_stop=pen.stopped)
    if exists(folder) and status(folder) != "complete":
        left = resume.left_to_do(folder, request.workers, request.scheduler)
        if left is not None:
            outcome = resume.resume(*left, folder, monitor=monitor)
            return {"status": outcome.status, "notes": list(outcome.notes)}
    outcome = search_and_store(study, request, folder, command, monitor=monitor)
    return {"status": outcome.status, "notes": list(outcome.notes)}


def of_point(request: Request) -> Request:
    """Return what is asked of a point: options and solver stand in its study by then."""
    return replace(request, options=None, solver=None)


def status_of(ended: Sequence[Ended], wanted: int) -> str:
    """Return how a command of so many searches ended: the worst end of them."""
    if any(one.status == "failed" for one in ended):
        return "failed"
    whole = 0 < wanted == len(ended) and all(one.status == "complete" for one in ended)
    return "complete" if whole else "interrupted"
