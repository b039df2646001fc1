"""An exported day solved by plain OpenDSS in a process without the toolkit."""

import subprocess
import sys

import numpy as np

AGAIN = """
from opendssdirect import dss
dss.Text.Command('Redirect Master.dss')
dss.Text.Command('Set number=1')
for _ in range(24):
    dss.Text.Command('Solve')
    assert dss.Solution.Converged()
    volts = [v for v in dss.Circuit.AllBusMagPu() if v > 0]
    print(dss.Circuit.Losses()[0] / 1000.0, min(volts), max(volts))
"""


def solved_plainly(folder):
    """Return losses, lowest and highest voltage of an exported day, solved in a clean process."""
    command = [sys.executable, "-c", AGAIN]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    return np.array([line.split() for line in run.stdout.splitlines()], dtype=float)
