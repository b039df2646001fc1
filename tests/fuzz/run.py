"""Bad input by the thousand: each case must end with exit 0, 1 or 2, one message and no traceback.

    python tests/fuzz/run.py --count 10000 --seed 1     every kind of input
    python tests/fuzz/run.py --seed 1 --case 4711       one case again, with what it printed

A case is made from its number and the seed alone. Cases run in processes of their own, which are
ended when one takes longer than 60 seconds or dies of a case. Exit code 1 when any is found wrong.
"""

import argparse
import collections
import itertools
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.connection import wait
from pathlib import Path

import judge
import kinds
import stock

#: How much longer than a case may take it is waited for, seconds: to see how long it takes.
PATIENCE_S = 15.0


def work(pipe, seed, material, place):
    """Carry out the cases whose numbers come through a pipe."""
    os.environ.pop("TOOLKIT_DEBUG", None)
    judging = judge.Judge(seed, material, place)
    while (number := pipe.recv()) is not None:
        pipe.send(judging.case(number))


class Worker:
    """A process that carries out one case at a time."""

    def __init__(self, *given):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=work, args=(theirs, *given))
        self.process.start()
        theirs.close()
        self.number = self.began = None

    def give(self, number):
        self.number, self.began = number, time.monotonic()
        self.pipe.send(number)

    def answer(self):
        """Return the verdict on its case, or None as long as there is none."""
        late = time.monotonic() - self.began > judge.MOST_S + PATIENCE_S
        if self.pipe.poll():
            try:
                return self.pipe.recv()
            except (EOFError, ConnectionResetError):
                self.process.join()
                return self.lost(f"ends its process: exit code {self.process.exitcode}")
        if late:
            self.process.kill()
            self.process.join()
            return self.lost("does not end")
        return None

    def lost(self, why):
        seconds = time.monotonic() - self.began
        return judge.Verdict(self.number, "?", "see --case", None, seconds, [why])

    @property
    def gone(self):
        return self.process.exitcode is not None

    def end(self):
        if not self.gone:
            self.pipe.send(None)
            self.process.join(5)
            self.process.kill()


def verdicts(numbers, seed, folder, processes=1):
    """Yield the verdict on each case, in the order in which they end."""
    material = folder / "stock"
    if not material.is_dir():
        stock.lay_in(material)
    given = (seed, material, folder)
    workers = [Worker(*given) for _ in range(processes)]
    left = iter(numbers)
    try:
        busy = [w for w in workers if _given(w, left)]
        while busy:
            wait([w.pipe for w in busy], timeout=1.0)
            for worker in busy[:]:
                verdict = worker.answer()
                if verdict is None:
                    continue
                busy.remove(worker)
                yield verdict
                if worker.gone:
                    workers.remove(worker)
                    worker = Worker(*given)
                    workers.append(worker)
                if _given(worker, left):
                    busy.append(worker)
    finally:
        for worker in workers:
            worker.end()


def _given(worker, left):
    number = next(left, None)
    if number is not None:
        worker.give(number)
    return number is not None


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--count", type=int, default=1000, help="cases")
    asked.add_argument("--first", type=int, default=0, help="number of the first case")
    asked.add_argument("--seed", type=int, default=1)
    every = sorted(kinds.SHARES)
    asked.add_argument(
        "--kind", nargs="+", choices=every, default=every, help="of these kinds only"
    )
    asked.add_argument("--case", type=int, help="one case, with what it printed")
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--folder", type=Path, help="where cases found wrong are kept")
    given = asked.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    numbers = itertools.islice(wanted(given), given.count)
    if given.case is not None:
        numbers = [given.case]
    sys.exit(report(numbers, given, folder.resolve()))


def wanted(given):
    """Yield the numbers of cases from the first on, those of the kinds asked for."""
    for number in itertools.count(given.first):
        if kinds.kind_of(number, given.seed) in given.kind:
            yield number


def report(numbers, given, folder):
    """Carry out cases, print those found wrong and a count of all; return the exit code."""
    codes, slowest, bad = collections.Counter(), 0.0, 0
    for verdict in verdicts(numbers, given.seed, folder, given.processes):
        codes[verdict.kind, str(verdict.code)] += 1
        slowest = max(slowest, verdict.seconds)
        bad += bool(verdict.wrong)
        if verdict.wrong or given.case is not None:
            print(f"case {verdict.number} ({verdict.kind}, {verdict.seconds:.1f} s, exit "
                  f"{verdict.code}): {'; '.join(verdict.wrong) or 'nothing wrong'}")  # fmt: skip
            print(f"    {verdict.told}")
        if given.case is not None:
            print(verdict.said)
        done = sum(codes.values())
        if done % 1000 == 0:
            print(f"{done} cases so far, {bad} found wrong, slowest {slowest:.1f} s")
        sys.stdout.flush()
    for (kind, code), count in sorted(codes.items()):
        print(f"{kind:8} {code:14} {count}")
    print(f"{sum(codes.values())} cases, {bad} found wrong, slowest {slowest:.1f} s, in {folder}")
    return 1 if bad else 0


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
