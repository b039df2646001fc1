"""Where the command begins: Ctrl-C ends it quietly from the first import on."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, see ``cli.main``."""
    try:
        from toolkit import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()
