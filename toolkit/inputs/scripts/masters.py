"""Which script a feeder may start from."""

from __future__ import annotations

from pathlib import Path

from toolkit.inputs.scripts import commands
from toolkit.inputs.scripts.files import FileTrouble, text_of
from toolkit.inputs.scripts.lexer import parameters


def defines_circuit(script: Path) -> bool:
    """Say whether a script itself, not one that it redirects to, has a ``New Circuit``."""
    try:
        lines = text_of(script)
    except FileTrouble:
        return False
    words = (parameters(line)[:2] for line in lines if "circuit" in line.lower())
    return any(
        len(w) == 2
        and commands.resolve(w[0].value, commands.COMMANDS) == "new"
        and w[1].value.lower().startswith("circuit.")
        for w in words
    )
