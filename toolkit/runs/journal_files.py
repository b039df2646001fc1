"""What journals and finished runs are called in a results folder."""

from __future__ import annotations

import re

#: The folder of journals and finished runs, until a command is complete.
JOURNAL = "journal"
#: A journal or a finished run.
KEPT = re.compile(r"[^/]+-seed[0-9]+\.(journal|npz)")
