"""Workers of a Dask cluster, on this machine or on many, behind the interface of the local ones.

Dask repeats what a worker was doing when it died; here that gives the same result again.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Self, TypeVar

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.machine import code_hash, versions
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.runs.worker_tasks import Place, Pulse

T = TypeVar("T")
#: Seconds to wait for a scheduler to answer and to have a worker, and to take leave of it.
ANSWER_S, LEAVE_S = 15.0, 3.0
#: What is compared beside versions: hashes of the toolkit's text, and of the study's files.
CODE, FILES = "code with hash", "study files with hash"
#: Seconds between two reports of a worker on its progress.
REPORT_S = 0.5


class Cluster:
    """A crew of Dask workers; ``tell`` takes the number of a run and the evaluations it has spent.

    Raises InputError where no scheduler answers, and ToolkitError where workers differ from us.
    """

    overhead_s = 1e-2

    def __init__(
        self,
        address: str,
        setting: Setting,
        tell: Callable[[int, int], None] = lambda number, evaluations: None,
    ) -> None:
        self._address = address
        self._client = _connected(address)
        try:
            self._ours = facts(setting.study)
            self.size = _workers(self._client, address, setting.study, self._ours)
            self._key = os.urandom(8).hex()
            topic = _topic(self._key)
            self._client.subscribe_topic(topic, lambda event: tell(*event[1]))
            # The outcome of a task: who loses it asks for it again, who joins gets it too.
            self._setting = self._client.submit(_same, setting, pure=False)
            self._pool = self._client.get_executor(pure=False)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        if kind is not None:
            self.stop()
        with suppress(Exception):  # who has lost its scheduler cannot take leave of it
            self._client.close(timeout=LEAVE_S)

    def submit(self, function: Callable[..., T], *given: Any) -> Future[T]:
        """Have a worker do something, see ``shares.Crew``."""
        found: Future[T] = self._pool.submit(
            _on_worker, self._setting, self._key, self._ours, function, *given
        )
        return found

    def renew(self) -> None:
        """Do nothing: Dask starts what it needs by itself."""

    def explained(self, error: BaseException) -> BaseException:
        """Return what Dask says of workers that keep dying in words, other errors as they are."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            return ToolkitError(
                f"--scheduler {self._address}: workers died again and again over the same task. "
                "Is there too little memory?"
            )
        if isinstance(error, OSError) or self.is_lost():
            return _gone(self._address)
        return error

    def check(self) -> None:
        """Raise ToolkitError when the scheduler has gone."""
        if self.is_lost():
            raise _gone(self._address)

    def is_lost(self) -> bool:
        """Say whether the scheduler has gone."""
        return str(self._client.status) != "running"

    def stop(self) -> None:
        """Tell all workers to stop; what they have not begun ends at once."""
        if not self.is_lost():
            with suppress(Exception):  # it went meanwhile, and nobody can be told
                self._client.run(_stop, self._key, on_error="ignore")


def check(address: str, study: Study) -> None:
    """Raise InputError unless a scheduler with workers like us answers at an address."""
    client = _connected(address)
    try:
        _workers(client, address, study, facts(study))
    finally:
        client.close()


def facts(study: Study) -> dict[str, str]:
    """Return what a machine has to have for the same results: versions, code, the study's files."""
    try:
        files = study_files.fingerprint(study)
    except ToolkitError as error:
        files = f"unreadable ({error})"
    return {**versions(), CODE: code_hash(), FILES: files}


def _connected(address: str) -> Any:
    """Return a client of a scheduler that prints nothing; its errors come as messages of ours."""
    try:
        import distributed
    except ImportError as error:
        raise InputError(
            "--scheduler: needs Dask, which is not installed: pip install 'p2p-der-toolkit[dask]'."
        ) from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client: Any = distributed.Client
        return client(address, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"--scheduler {address}: no Dask scheduler answers there ({error}). "
            "Expected an address such as tcp://127.0.0.1:8786."
        ) from error


def _workers(client: Any, address: str, study: Study, ours: dict[str, str]) -> int:
    """Return the number of workers, once there is one; all have to have what we have."""
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
    except TimeoutError as error:
        raise InputError(
            f"--scheduler {address}: it has no workers; start some with 'dask worker {address} "
            "--nthreads 1'."
        ) from error
    try:
        found = client.run(facts, study)
    except (ImportError, AttributeError) as error:
        raise ToolkitError(
            f"--scheduler {address}: a worker cannot import the toolkit ({error}); install the "
            "same versions there."
        ) from error
    except OSError as error:
        raise _gone(address) from error
    for worker, theirs in found.items():
        _check_same(ours, theirs, worker)
    return len(found)


def _check_same(ours: dict[str, str], theirs: dict[str, str], worker: str) -> None:
    """Raise ToolkitError when a worker has something else, which could give other results."""
    differ = [
        f"{name} {str(theirs.get(name))[:200]}, not {ours[name]}"
        for name in ours
        if theirs.get(name) != ours[name]
    ]
    if differ:
        raise ToolkitError(f"Dask worker {worker}: has {'; '.join(differ)}. Install the same.")


def _gone(address: str) -> ToolkitError:
    return ToolkitError(f"--scheduler {address}: the scheduler is gone.")


def _topic(key: str) -> str:
    return f"p2p-der-toolkit-{key}"


# What follows is done by workers. A worker with several threads uses one of them at a time: there
# is one circuit in a process.
_at_work = threading.Lock()
_stopped: set[str] = set()
_problems: dict[str, Problem] = {}


def _same(setting: Setting) -> Setting:
    return setting


def _stop(key: str) -> None:
    _stopped.add(key)


def _on_worker(
    setting: Setting,
    key: str,
    ours: dict[str, str],
    function: Callable[..., T],
    *given: Any,
) -> T:
    """Do something on a Dask worker, its circuit compiled once for each command."""
    from distributed import get_worker

    worker = get_worker()
    due = Pulse(REPORT_S)

    def tell(number: int, evaluations: int) -> None:
        if due():
            worker.log_event(_topic(key), [number, evaluations])

    with _at_work:
        if key not in _problems:
            _check_same(ours, facts(setting.study), worker.address)
            _problems.clear()
            _problems[key] = Problem(setting)
        return function(Place(_problems[key], tell, lambda: key in _stopped), *given)
