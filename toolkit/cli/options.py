"""``--option``: what is set for which optimizer."""

from __future__ import annotations

from typing import Any

from toolkit.common.errors import InputError, unknown_name


def of_one(given: list[str] | None, name: str) -> dict[str, Any]:
    """Return what KEY=VALUE, or NAME.KEY=VALUE, sets for the one plug-in that is asked for."""
    return by_optimizer(given, (name,)).get(name, {})


def by_optimizer(given: list[str] | None, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Sort KEY=VALUE and NAME.KEY=VALUE by optimizer."""
    from toolkit.optimizer.labels import label_of

    options: dict[str, dict[str, Any]] = {}
    for text in given or []:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InputError(f"--option: found '{text}'; expected KEY=VALUE.")
        name, dot, bare = key.partition(".")
        name = label_of(name)
        if not dot:
            if len(names) > 1:
                raise InputError(
                    f"--option: found '{text}'; with several optimizers say whose it is: "
                    f"{names[0]}.{text}."
                )
            name, bare = names[0], key
        if name not in names:
            raise unknown_name("optimizer in --option", name, names)
        options.setdefault(name, {})[bare] = value
    return options
