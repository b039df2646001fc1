"""A study with some of its fields changed, checked as a study file is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from toolkit.common.arguments import plain
from toolkit.common.errors import InputError
from toolkit.common.validation import check_plain, explain
from toolkit.inputs.study import Study


def changed(study: Study, changes: Mapping[str, Any], where: str) -> Study:
    """Return a study with some of its fields changed, sections key by key.

    where: what messages call the changes. Raises InputError naming the field.
    """
    if not changes:
        return study
    try:
        given = plain(changes)
        check_plain(given, where)
        return Study.model_validate(merged(study.model_dump(), given))
    except ValidationError as error:
        raise InputError(explain(error, Study, where)) from error
    except ValueError as error:
        raise InputError(f"{where}: {error}.") from error


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``old`` with the changes of ``new``, sections key by key."""
    both = dict(old)
    for key, value in new.items():
        before = both.get(key)
        nested = isinstance(before, Mapping) and isinstance(value, Mapping)
        both[key] = merged(before or {}, value) if nested else value
    return both
