"""Feeders that lie beside the tests, as lines of script without voltage bases."""

from pathlib import Path

#: IEEE's 37 nodes: three wires of 4.8 kV without a ground.
IEEE37 = Path(__file__).with_name("ieee37.dss").read_text(encoding="utf-8").splitlines()
