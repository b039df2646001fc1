"""What the suite begins by forking is as a fresh process would be."""

import json
import os
import subprocess
import sys

import pytest
from helpers import forks
from helpers.processes import FORKING, state

from toolkit.common import processes

pytestmark = pytest.mark.skipif(not forks.POSSIBLE, reason="processes begin fresh here")

#: What a process is given, and what it finds.
TELL = """
import json, os, sys
print(json.dumps({
    "argv": sys.argv, "input": sys.stdin.read(), "folder": os.getcwd(), "path": sys.path[0],
    "environ": dict(os.environ), "parent": os.getppid(), "leads": os.getsid(0) == os.getpid(),
    "files": sorted(os.listdir("/proc/self/fd"))[:3], "name": __name__,
    "toolkit": [name for name in sys.modules if name.startswith("toolkit")],
}))
"""


def test_a_fork_is_given_what_a_fresh_process_is(tmp_path, monkeypatch):
    monkeypatch.setenv("MARK", "here")
    monkeypatch.delenv("HOME", raising=False)
    fork = json.loads(forks.printed(TELL, "a", "b", cwd=tmp_path, given="said"))
    run = [sys.executable, "-W", "error", "-c", TELL, "a", "b"]
    given = {
        "input": "said",
        "capture_output": True,
        "text": True,
        "cwd": tmp_path,
        "env": dict(os.environ),
    }
    fresh = subprocess.run(run, check=True, start_new_session=True, **given).stdout
    assert fork == json.loads(fresh)


def test_a_fork_that_fails_says_why():
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        forks.printed("1 / 0")
    with pytest.raises(AssertionError, match="a warning"):
        forks.printed("import warnings; warnings.warn('a warning')")
    with pytest.raises(subprocess.TimeoutExpired):
        forks.printed("import time; time.sleep(60)", timeout=0.1)


def test_processes_of_commands_share_nothing_with_each_other(monkeypatch):
    monkeypatch.setenv("MARK", "here")
    one, two = (processes.ask(state, seconds=60) for _ in range(2))
    assert one["pid"] != two["pid"]
    assert not one["plugins"]
    assert not set(one["drawn"]) & set(two["drawn"])
    assert one["mark"] == two["mark"] == "here"


def test_a_process_begins_fresh_where_its_interpreter_is_told_otherwise(monkeypatch, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import os\nos.environ['MARK'] = 'fresh'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert processes.ask(state, seconds=60)["mark"] == "fresh"


#: A command that asks two processes.
ASKS = f"""{FORKING}
import json, os
from helpers.processes import state
from toolkit.common import processes
if __name__ == "__main__":
    told = [processes.ask(state, seconds=60) for _ in range(2)]
    print(json.dumps([os.getpid(), os.getcwd(), sys.argv[1:], told]))
    sys.exit(3)
"""


def test_processes_of_a_forked_command_are_forks_of_it(tmp_path):
    running = forks.command(ASKS, ["a", "b"], tmp_path)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (3, "")
    pid, folder, words, told = json.loads(out)
    assert (pid, folder, words) == (running.pid, str(tmp_path), ["a", "b"])
    assert [one["parent"] for one in told] == [pid, pid]
    assert len({pid, *(one["pid"] for one in told)}) == 3
    assert not told[0]["plugins"]


def test_what_a_test_has_processes_begin_with_is_done_in_a_fork_too(inside_runs):
    inside_runs("import os\nos.environ['MARK'] = 'inside'")
    assert forks.beginning(forks.template("command")) is not None
    assert processes.ask(state, seconds=60)["mark"] == "inside"


def test_a_fork_ends_whose_parent_was_killed_before_it_began(monkeypatch, tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: gone.pid)
        fork = forks.command("print('alive')", [], tmp_path)
    out, err = fork.communicate(timeout=30)
    assert (fork.returncode, out) == (1, "")
    assert "ProcessLookupError" in err
