"""What a terminal shows of optimizers, policies, mechanisms and goals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import typer

from toolkit.cli import documents
from toolkit.cli.console import status
from toolkit.cli.terminal import answer, aside, is_quiet, say, say_json, wrapped

if TYPE_CHECKING:
    from toolkit.common.plugins.checking import CheckResult
    from toolkit.common.plugins.groups import PluginInfo
    from toolkit.common.plugins.options import OptionRow
    from toolkit.optimizer import registry as optimizers
    from toolkit.problem.goal_plugins import registry as goals
    from toolkit.problem.mechanisms import registry as mechanisms
    from toolkit.problem.policies import registry as policies

P = TypeVar("P")
#: Parameters of a policy that are shown; the width of names in a list, where none is longer.
SHOWN, WIDTH = 10, 12
#: What a mechanism may ask for, in words.
TERMS = {
    "limits": "limit prices, from [settlement] seed and bids",
    "charges": "what the network charges pairs, from [settlement] charge",
}


def list_plugins(group: str, found: Sequence[PluginInfo], as_json: bool) -> None:
    """Print every plug-in of a group, in words or as JSON."""
    if as_json:
        say_json({group: [documents.plugin(info) for info in found]})
    elif is_quiet():
        for info in found:
            if info.reason:
                aside(info.reason, f"{info.name} cannot be used: ")
            else:
                answer(info.name)
    else:
        print_plugins(found)


def show_portrait(shown: P, show: Callable[[P], None], as_json: bool) -> None:
    """Show what a plug-in says of itself, in words or as JSON."""
    if as_json:
        say_json(documents.portrait(shown))
    else:
        show(shown)


def print_plugins(found: Sequence[PluginInfo]) -> None:
    """Print every plug-in of a group, with the reason where one cannot be used."""
    width = max([WIDTH, *(len(info.name) for info in found)])
    for info in found:
        text = f"cannot be used: {info.reason}" if info.reason else info.description
        wrapped(text, f"{info.name:{width}} ")
        say(f"{'':{width}} from {info.distribution}", dim=True)


def print_optimizer(shown: optimizers.Portrait) -> None:
    """Print an optimizer's description, source and options, with what a library has to offer."""
    _print_head(shown)
    for row in shown.options:
        _print_option(row)
        _print_choices(shown.choices.get(row.name, {}))


def print_policy(shown: policies.Portrait) -> None:
    """Print a policy's description, source, options, and what is searched for each store."""
    _print_head(shown)
    if shown.options:
        say()
        say("Options, in a study under [dispatch] options:")
    for row in shown.options:
        _print_option(row)
    say()
    say(f"Searched for each store, in a day of 24 steps: {len(shown.parameters) or 'nothing'}")
    for asked in shown.parameters[:SHOWN]:
        say()
        unit = f" {asked.unit}" if asked.unit else ""
        wrapped(f"{asked.name} ({asked.lower:g} to {asked.upper:g}{unit})", "  ")
        wrapped(f"default {asked.default:g}. {asked.meaning}", "      ")
    if len(shown.parameters) > SHOWN:
        say(f"  and {len(shown.parameters) - SHOWN} more")


def print_mechanism(shown: mechanisms.Portrait) -> None:
    """Print a mechanism's description, source, options, and what it asks for."""
    _print_head(shown)
    for term in shown.terms:
        wrapped(f"Asks for {TERMS[term]}")
    if shown.options:
        say()
        say("Options, in a study under [settlement] options:")
    for row in shown.options:
        _print_option(row)


def print_goal(shown: goals.Portrait) -> None:
    """Print a goal's description, source, what its figure is, options, and what it asks for."""
    _print_head(shown)
    said = shown.declared
    best = "highest" if said.direction == "max" else "lowest"
    wrapped(f"Seeks the {best} {said.label}, in {said.unit}")
    if said.needs:
        wrapped(f"Is told besides: {', '.join(said.needs)}")
    if shown.options:
        say()
        say(f"Options, in a study under [market.options.{shown.name}]:")
    for row in shown.options:
        _print_option(row)


def _print_head(
    shown: optimizers.Portrait | policies.Portrait | mechanisms.Portrait | goals.Portrait,
) -> None:
    wrapped(f"{shown.name}: {shown.description}")
    wrapped(f"Source: {shown.reference}")
    if shown.lacking:
        wrapped(f"It cannot be used: {shown.lacking}")


def _print_option(row: OptionRow) -> None:
    say()
    wrapped(f"{row.name} ({row.kind}{', ' + row.range if row.range else ''})", "  ")
    wrapped(f"default {row.default}. {row.description}", "      ")


def _print_choices(groups: Mapping[str, Sequence[str]]) -> None:
    """Print values under their headings, several to a line, sorted."""
    for heading, values in groups.items():
        say(f"      {heading or 'values'} ({len(values)}):")
        wrapped(", ".join(sorted(values, key=str.casefold)), " " * 8)


def test(name: str, check: Callable[[], list[CheckResult]], as_json: bool) -> None:
    """Carry out a conformance suite and print it; exit code 1 where a check fails."""
    with status(f"testing {name}"):
        results = check()
    passed = all(result.passed for result in results)
    if as_json:
        say_json({"name": name, "passed": passed, "checks": results})
    else:
        print_checks(results)
    if not passed:
        raise typer.Exit(1)


def print_checks(results: Sequence[CheckResult]) -> None:
    """Print one line per check, with the reason where it failed."""
    for result in results:
        say(f"{'pass' if result.passed else 'FAIL'}  {result.name}")
        if result.reason:
            wrapped(result.reason, "      ")
    failed = sum(not result.passed for result in results)
    answer(f"{len(results) - failed} passed, {failed} failed")
