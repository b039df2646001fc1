"""The text of a plan file as JSON, with a word on what cannot be one."""

from __future__ import annotations

import json
from typing import Any

from toolkit.common.errors import InputError
from toolkit.common.excerpts import shortened
from toolkit.common.phrases import no_json
from toolkit.common.validation import check_plain


def loaded(text: str, where: str) -> Any:
    """Return what JSON says. Raises InputError for what cannot be a plan by its form alone."""
    try:
        data = json.loads(text, object_pairs_hook=_distinct)
    except RecursionError as error:
        raise InputError(f"{where}: not a plan: nested too deep; expected 'units'.") from error
    # Of JSON, of a key that stands there twice, or of an integer of thousands of digits.
    except ValueError as error:
        twice = isinstance(error, _Twice)
        says = shortened(str(error)) if twice else no_json(error)
        raise InputError(f"{where}: not a plan: {says}; expected JSON with 'units'.") from error
    check_plain(data, where, finite=False)  # an entry's own check names the unit
    return data


class _Twice(ValueError):
    """A key that stands twice in an object."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; which of two values of one key is meant, nobody can say."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Twice(f"the key '{shortened(twice)}' stands there twice")
    return found
