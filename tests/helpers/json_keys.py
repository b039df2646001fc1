"""The keys that docs/reference/json.md gives of the document that a command prints."""

import re

from helpers.places import ROOT

#: A row of the page's table: the command, then its keys.
ROW = re.compile(r"^\| `([a-z ]+)` \| (.*) \|$", re.MULTILINE)


def documented():
    """Return every key that stands in the row of each command, by the command."""
    text = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    return {command: {*re.findall(r"`(\w+)`", told)} for command, told in ROW.findall(text)}
