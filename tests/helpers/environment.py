"""A virtual environment of its own that sees the packages installed here."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from helpers import forks
from helpers.processes import FORKING, PLAIN

#: Runs the file that is named as Python does; it may sweep.
RUN = f"""{FORKING.replace("sys.argv)", "['sweep', *sys.argv])")}
import runpy
if __name__ == "__main__":
    runpy.run_path(sys.argv[1], run_name="__main__")
"""


def seen_here():
    """Return the folders that installed packages are in, editable installs included."""
    return [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]


class Environment:
    """A virtual environment that sees the packages installed here."""

    def __init__(self, folder):
        venv.create(folder / "venv", symlinks=os.name != "nt")
        scripts = "Scripts" if os.name == "nt" else "bin"
        self.python = folder / "venv" / scripts / "python"
        self.work = folder / "work"
        self.work.mkdir()
        where = self.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout
        # addsitedir reads the .pth files there too, which is how editable installs are found.
        lines = [f"import site; site.addsitedir({path!r})\n" for path in seen_here()]
        (Path(where.strip()) / "seen.pth").write_text("".join(lines), encoding="utf-8")

    def run(self, *words, expected=0):
        done = subprocess.run(
            [self.python, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            cwd=self.work,
            env=environ(),
        )
        return checked(done, words, expected)

    def toolkit(self, *words, expected=0):
        return self.run("-m", "toolkit.cli", *words, expected=expected)

    def sooner(self, *words, expected=0):
        """Carry out a command as a fork, and its processes as forks of it; figures left out."""
        return self._forked(PLAIN, words, expected)

    def run_sooner(self, file):
        """Run a file of Python as a fork, and the processes it starts as forks of it."""
        return self._forked(RUN, [file], 0)

    def _forked(self, code, words, expected):
        running = forks.command(code, words, self.work, self.python, environ())
        try:
            out, err = running.communicate(timeout=300)
        finally:
            running.kill()
        done = subprocess.CompletedProcess(words, running.returncode, out, err)
        return checked(done, words, expected)

    def install(self, *folders):
        flags = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
        self.run("-m", "pip", "install", "--quiet", *flags, *folders)


def environ():
    """Return the variables of a terminal, without what Python and pip are told here."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    return {**kept, "COLUMNS": "80", "MPLBACKEND": "agg"}


def checked(done, words, expected):
    assert done.returncode == expected, f"{words}\n{done.stdout}\n{done.stderr}"
    return done
