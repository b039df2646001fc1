"""The policies that are installed: one group of plug-ins, and what each says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.common.errors import ToolkitError
from toolkit.common.plugins.groups import Group
from toolkit.common.plugins.options import OptionRow
from toolkit.common.processes import Pen, words
from toolkit.problem.policies.contract import Outlook, Parameter, Policy, PolicyOptions

POLICIES = Group(
    "toolkit.policies",
    "policy",
    Policy,  # type: ignore[type-abstract]  # never made, only asked about
    PolicyOptions,
    "power",
)
#: Parameters of a store that a policy may have.
MOST_PARAMETERS = 100_000


@dataclass(frozen=True)
class Portrait:
    """What a policy says of itself; parameters: those of a scenario of a day of 24 steps."""

    name: str
    description: str
    reference: str
    lacking: str
    options: tuple[OptionRow, ...]
    parameters: tuple[Parameter, ...]
    outlook: Outlook


@dataclass(frozen=True)
class Asked:
    """What a policy with its options asks for: options as plain values, parameters, outlook."""

    options: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    outlook: Outlook


def portrait(name: str) -> Portrait:
    """Return what a policy says of itself, asked in another process. Raises InputError."""
    told = POLICIES.ask(name, _portrait, name)
    rows = tuple(OptionRow(**row) for row in told.pop("options"))
    parameters, outlook = _understood(told)
    return Portrait(options=rows, parameters=parameters, outlook=outlook, **told)


def _portrait(pen: Pen, name: str) -> dict[str, Any]:
    found, told = POLICIES.portrayed(name)
    return {**told, **_asks(found(), name, 24)}


def asked(name: str, options: Mapping[str, Any], steps: int) -> Asked:
    """Return what a policy asks for in a scenario of so many steps, in another process.

    Raises InputError for an unknown policy, a wrong option, and a policy that cannot be used.
    """
    told = POLICIES.ask(name, _asked, name, dict(options), steps)
    return Asked(told.pop("values"), *_understood(told))


def _asked(pen: Pen, name: str, options: Mapping[str, Any], steps: int) -> dict[str, Any]:
    policy = POLICIES.build(name, options)
    return {"values": policy.options.model_dump(mode="json"), **_asks(policy, name, steps)}


def _asks(policy: Policy, name: str, steps: int) -> dict[str, Any]:
    """Return parameters and outlook as plain values. Raises ToolkitError for what are none."""
    try:
        parameters, outlook = tuple(policy.parameters(steps)), policy.outlook()
    except (Exception, SystemExit) as error:
        raise ToolkitError(f"policy '{name}': {words(error)}") from error
    if fault := flaw_of(parameters, outlook):
        raise ToolkitError(f"policy '{name}': {fault}")
    return {"parameters": [asdict(p) for p in parameters], "outlook": asdict(outlook)}


def flaw_of(parameters: Sequence[object], outlook: object) -> str:
    """Say what is wrong with what a policy asks for, or return an empty string."""
    if not all(isinstance(parameter, Parameter) for parameter in parameters):
        return "its parameters are not all toolkit.Parameter"
    if len(parameters) > MOST_PARAMETERS:
        return f"it asks for {len(parameters):,} parameters; expected {MOST_PARAMETERS:,} at most"
    names = [parameter.name for parameter in parameters if isinstance(parameter, Parameter)]
    twice = next((name for name in names if not name or names.count(name) > 1), None)
    if len(names) != len(set(names)) or twice == "":
        return f"two of its parameters are called '{twice}'" if twice else "a parameter has no name"
    if not isinstance(outlook, Outlook) or outlook.source not in ("nothing", "column", "perfect"):
        return "its outlook is no toolkit.Outlook with a source that there is"
    return ""


def _understood(told: dict[str, Any]) -> tuple[tuple[Parameter, ...], Outlook]:
    """Return parameters and outlook from plain values, which another process has told."""
    try:
        parameters = tuple(Parameter(**each) for each in told.pop("parameters"))
        outlook = Outlook(**told.pop("outlook"))
    except (TypeError, KeyError, ValueError) as error:
        raise ToolkitError(f"a policy's process told nonsense: {words(error)}") from error
    return parameters, outlook
