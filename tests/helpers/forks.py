"""Processes that begin as forks of one that has imported what they need.

Most of what a short process costs are its imports. A fork has them already. All else is as for a
fresh one: it is a child of the process of the tests and a session of its own, with the input,
output, folder, environment and import path that it is given, and its own random numbers.
"""

import ctypes
import importlib
import multiprocessing
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from types import SimpleNamespace

from helpers import template as forking
from toolkit.common import processes

#: What commands and their processes import, whatever they do.
PRELOADED = (
    "numpy",
    "pandas",
    "rich.progress",
    "toolkit.cli",
    "toolkit.cli.console",
    "toolkit.commands.api",
    "toolkit.commands.storing",
    "toolkit.common.processes.inside",
    "toolkit.grid.opendss",
    "toolkit.optimizer.enquiry",
    "toolkit.optimizer.testing",
    "toolkit.results.report",
    "toolkit.runs.errands",
)
#: Libraries of optimizers, a second or two each.
LIBRARIES = ("cma", "mealpy", "pygad")
#: Whether orphans of this process become its children (prctl).
SUBREAPER = 36
#: Commands whose processes are commands themselves, and what those begin with.
OF_COMMANDS = {"sweep", "front"}
NESTED = "from helpers import forks\nforks.of_itself(())\n"
#: Runs the file that is named.
RUN = "import runpy, sys\nrunpy.run_path(sys.argv[1], run_name='__main__')\n"
#: What the processes of this one begin with besides what every process of a command does.
BEFORE = [""]
#: Linux has what a fork takes to become a child of this process.
POSSIBLE = sys.platform == "linux"
LOCK = threading.Lock()
#: Modules and flags of each template, and the templates that are there.
MODULES = {
    "bare": (("opendssdirect",), ("-W", "error")),
    "command": (("command_tree", *PRELOADED, *LIBRARIES), ()),
}
TEMPLATES = {}


class Fork:
    """A process that carries out some code, with the part of ``Popen`` that is asked of it."""

    def __init__(self, pid, stdin=None, stdout=None, stderr=None):
        self.pid, self.stdin, self.stdout, self.stderr = pid, stdin, stdout, stderr
        self.returncode = None

    def poll(self):
        """Return the exit code, None while it runs."""
        return self._reaped(os.WNOHANG)

    def wait(self, timeout=None):
        """Return the exit code; raises TimeoutExpired."""
        if self.returncode is None:
            handle = os.pidfd_open(self.pid)
            try:
                if not select.select([handle], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired("a fork", timeout)
            finally:
                os.close(handle)
        return self._reaped(0)

    def communicate(self, timeout=None):
        """Return what a command has printed once it has ended; raises TimeoutExpired."""
        self.wait(timeout)
        with self.stdout as out, self.stderr as err:
            return tuple(os.pread(file.fileno(), 1 << 30, 0).decode() for file in (out, err))

    def kill(self):
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self._reaped(0)

    def _reaped(self, flags):
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, flags)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


class Template:
    """A process that has imported some modules, and forks; it ends with this one."""

    def __init__(self, begin):
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.settings = settings()
        with theirs:
            self._process = begin(theirs, self._socket)

    def fork(self, code, words, files, cwd=None, environ=None):
        """Begin a process and return its number; ``files``: its input, output and errors."""
        order = {
            "code": code,
            "words": list(map(str, words)),
            "cwd": str(cwd or os.getcwd()),
            "environ": dict(os.environ if environ is None else environ),
            "parent": os.getpid(),
        }
        libc = ctypes.CDLL(None)
        with LOCK:
            libc.prctl(SUBREAPER, 1, 0, 0, 0)
            try:
                socket.send_fds(self._socket, [pickle.dumps(order)], files)
                return int(self._socket.recv(20))
            finally:
                libc.prctl(SUBREAPER, 0, 0, 0, 0)

    def close(self):
        """End the process, not its forks."""
        self._socket.close()
        self._process.wait()


def fresh(modules, flags, theirs, ours, python=sys.executable, environ=None):
    """Begin a template as a process of its own."""
    words = [str(Path(__file__).with_name("template.py")), str(theirs.fileno()), *modules]
    return subprocess.Popen(
        [python, *flags, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environ,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )


def of_this(theirs, ours):
    """Begin a template as a fork of this process, of whose threads none may hold a lock."""
    pid = os.fork()
    if pid:
        return Fork(pid)
    ours.close()
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    # A worker of Dask has put something else there.
    sys.stdin = os.fdopen(0, closefd=False)
    code = 1
    try:
        forking.serve(theirs)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # What this process has on its stack is not for a fork of it to clear up.
        os._exit(code)


def settings():
    """Return what an interpreter reads of the environment when it begins."""
    return {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}


def template(name):
    """Return a template of processes that know OpenDSS alone, or of those that commands start.

    In the first a warning is an error. In the second no plug-in is imported.
    """
    if name not in TEMPLATES:
        TEMPLATES[name] = Template(partial(fresh, *MODULES[name]))
    return TEMPLATES[name]


def template_of(python, environ):
    """Return a template of what commands of another interpreter, and its environment, import."""
    if python not in TEMPLATES:
        begin = partial(fresh, *MODULES["command"], python=python, environ=environ)
        TEMPLATES[python] = Template(begin)
    return TEMPLATES[python]


def close():
    """End the templates."""
    for one in TEMPLATES.values():
        one.close()
    TEMPLATES.clear()


def printed(code, *words, cwd=None, given="", timeout=120):
    """Return what some code prints that takes OpenDSS and the standard library alone."""
    done = carried_out(code, words, cwd, given, timeout)
    assert done.returncode == 0, done.stderr
    return done.stdout


def carried_out(code, words, cwd, given, timeout):
    """Carry out such code to its end, as ``subprocess.run`` does."""
    with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
        stdin.write(given.encode())
        stdin.seek(0)
        process = _bare(code, words, (stdin, stdout, stderr), cwd)
        try:
            process.wait(timeout)
        finally:
            process.kill()
        said = (os.pread(file.fileno(), 1 << 30, 0).decode() for file in (stdout, stderr))
        return subprocess.CompletedProcess(words, process.returncode, *said)


def solved_plainly(words, *, input, cwd, timeout, **kept):
    """Run the file of plain OpenDSS as ``subprocess.run`` does for ``reproduce``, only sooner."""
    return carried_out(RUN, words[-1:], cwd, input, timeout)


def _bare(code, words, files, cwd):
    if POSSIBLE:
        return Fork(template("bare").fork(code, words, [f.fileno() for f in files], cwd))
    words = [sys.executable, "-W", "error", "-c", code, *map(str, words)]
    return subprocess.Popen(words, stdin=files[0], stdout=files[1], stderr=files[2], cwd=cwd)


def command(code, words, cwd, python=None, environ=None):
    """Begin a command, whose code says what it is; what it prints is there once it has ended.

    It is of this interpreter and environment, or of another with its own.
    """
    if not POSSIBLE:
        words = [python or sys.executable, "-c", code, *map(str, words)]
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(words, cwd=cwd, env=environ, start_new_session=True, **given)
    files = [os.open(os.devnull, os.O_RDONLY), *(os.memfd_create(name) for name in ("out", "err"))]
    begun = template_of(python, environ) if python else template("command")
    pid = begun.fork(code, words, files, cwd, environ)
    os.close(files[0])
    return Fork(pid, None, *(open(file, "rb") for file in files[1:]))


def of_command(plain, slate):
    """Begin a process that ``toolkit.common.processes`` asks for; ``plain`` begins a fresh one.

    That begins where a test changes what an interpreter reads as it begins.
    """
    code = beginning(template("command"))
    if code is None:
        return plain(slate)
    (theirs, stdin), (stdout, ours) = os.pipe(), os.pipe()
    try:
        pid = template("command").fork(code, [slate.path], [theirs, ours, ours])
    finally:
        os.close(theirs)
        os.close(ours)
    return Fork(pid, open(stdin, "wb", 0), open(stdout, "rb", 0))


def beginning(template):
    """Return the code of a fork: that of ``inside.py`` in the folder ``PYTHONPATH``, see
    ``begin_inside``, and what every process of a command does; None where it has to begin fresh."""
    now, then = settings(), dict(template.settings)
    inside = Path(now.get("PYTHONPATH", ""), "inside.py")
    if inside.is_file() and {**then, "PYTHONPATH": ""} == {**now, "PYTHONPATH": ""}:
        return f"{inside.read_text(encoding='utf-8')}\n{processes.BOOT}"
    return f"{BEFORE[0]}{processes.BOOT}" if now == then else None


def of_itself(words):
    """Have the processes of this command, which has just begun, begin as forks of it."""
    if POSSIBLE:
        for name in (*PRELOADED, *(name for name in LIBRARIES if name in words)):
            importlib.import_module(name)
        TEMPLATES["command"] = Template(of_this)
        BEFORE[0] = NESTED if OF_COMMANDS & {*words} else ""
        processes._started = partial(of_command, processes._started)


def use(patch):
    """Have commands of this process begin theirs as forks, where the system can do that."""
    from toolkit.commands.check_feeder import sandbox
    from toolkit.runs import pool

    if POSSIBLE:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([*PRELOADED, "helpers.frozen"])
        patch.setattr(processes, "_started", partial(of_command, processes._started))
        patch.setattr(sandbox, "_processes", context)
        patch.setattr(pool, "_processes", context)
        replaying = importlib.import_module("toolkit.grid.opendss.replay")
        run = {"run": solved_plainly, "TimeoutExpired": subprocess.TimeoutExpired}
        patch.setattr(replaying, "subprocess", SimpleNamespace(**run))
