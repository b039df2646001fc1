"""Where the command begins, also as ``python -m toolkit``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, see ``toolkit.cli.main``; Ctrl-C ends it quietly from the start."""
    try:
        from toolkit import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
