"""A virtual environment of its own that sees the packages installed here."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from helpers.processes import PLAIN


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
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
        done = subprocess.run(
            [self.python, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            cwd=self.work,
            env={**kept, "COLUMNS": "80", "MPLBACKEND": "agg"},
        )
        assert done.returncode == expected, f"{words}\n{done.stdout}\n{done.stderr}"
        return done

    def toolkit(self, *words, expected=0):
        return self.run("-m", "toolkit.cli", *words, expected=expected)

    def sooner(self, *words, expected=0):
        """Carry out a command whose processes begin as forks of it, figures left out."""
        return self.run("-c", PLAIN, *words, expected=expected)

    def install(self, *folders):
        flags = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
        self.run("-m", "pip", "install", "--quiet", *flags, *folders)
