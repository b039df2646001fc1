"""What is wrong with the words of a command line, in one message.

The parser's errors differ between its versions, so they are told apart by what they are called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from toolkit.common.errors import nearest
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.phrases import in_words


def told(error: Any, words: Sequence[str]) -> str:
    """Return what the parser refused: the word, what was found, what is expected."""
    kind, said = type(error).__name__, str(getattr(error, "message", "") or "")
    if kind == "NoSuchOption":
        known = [word for p in _shown(error) for word in p.opts if word.startswith("--")]
        name = error.option_name
        return f"unknown option '{shortened(name)}'.{nearest(name, known)}{_help(error)}"
    if kind == "BadOptionUsage":
        more = "found a value; expected none" if "not take" in said else "expected a value after it"
        return f"{error.option_name}: {more}.{_help(error)}"
    if kind == "MissingParameter":
        return f"'{error.param.name}' is missing: {_about(error.param)}{_help(error)}"
    if kind == "BadParameter" and getattr(error, "param", None) is not None:
        return f"{_named(error.param)}: {_found(error.param, words)}{in_words(said)}."
    if command := re.match(r"No such command '(.*?)'\.", said):
        known = sorted(error.ctx.command.commands)
        near = nearest(command[1], known)
        return f"unknown command '{shortened(command[1])}'.{near} Commands: {', '.join(known)}."
    if extra := re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", said):
        takes = [p.name for p in _shown(error) if not p.opts[0].startswith("-")]
        expected = f"no more than {', '.join(takes)}" if takes else "options alone"
        return f"found {excerpt(extra[1])}; expected {expected}.{_help(error)}"
    return f"{said}{_help(error)}" if said else str(error)


def _shown(error: Any) -> list[Any]:
    """Return the parameters of the command that was meant, but for older spellings."""
    command = error.ctx.command
    return [p for p in command.params if not getattr(p, "hidden", False)]


def _help(error: Any) -> str:
    """Return where help is; the parser does not always say which command it was about."""
    if getattr(error, "ctx", None) is None:
        return ""
    return f" '{error.ctx.command_path} --help' has more."


def _named(parameter: Any) -> str:
    """Return what a parameter is called: its long flag, or an argument's name."""
    long = [word for word in parameter.opts if word.startswith("--")]
    return long[0] if long else f"'{parameter.name}'"


def _about(parameter: Any) -> str:
    about = str(getattr(parameter, "help", None) or "expected a value")
    return about if about.endswith(".") else f"{about}."


def _found(parameter: Any, words: Sequence[str]) -> str:
    """Return the value that was given to a flag; of several the last one."""
    found = ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        flag, equals, value = word.partition("=")
        short = next((w for w in parameter.opts if len(w) == 2 and word.startswith(w)), None)
        if flag in parameter.opts:
            found = value if equals else following
        elif short and not word.startswith("--"):
            found = word[2:]
    return f"found {excerpt(found)}; " if found else ""
