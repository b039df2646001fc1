"""Names of goals in a study: the toolkit's own, and those that are installed besides."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from toolkit.common.errors import listed, nearest
from toolkit.common.excerpts import excerpt
from toolkit.common.plugins.declared import declared
from toolkit.common.validation import Name
from toolkit.model.goal_names import GROUP, PartName

#: The toolkit's own goals, and what is no goal but a sum of them.
OWN, WEIGHTED = get_args(PartName), "weighted"


def goal_flaw(name: str, known: tuple[str, ...] = OWN) -> str:
    """Say what is wrong with the name of a goal, or return an empty string; nothing is imported."""
    if name in known:
        return ""
    known = (*known, *sorted({e.name for e in declared(GROUP)} - set(known)))
    if name in known:
        return ""
    wrong = f"found {excerpt(name)}, which is no goal.{nearest(name, known)}"
    return f"{wrong} Expected any of {listed(known)}, or another that is installed"


def _sought(name: str) -> str:
    if flaw := goal_flaw(name, (*OWN, WEIGHTED)):
        raise ValueError(flaw)
    return name


def _part(name: str) -> str:
    if flaw := goal_flaw(name):
        raise ValueError(flaw)
    return name


def _limited(value: Any) -> Any:
    """Say of a goal that no limit can be of what it is, with the nearest right name."""
    for name in value if isinstance(value, dict) else ():
        if name == WEIGHTED:
            raise ValueError(
                "found 'weighted', a sum whose figures are of no unit; expected limits of the "
                "goals that are in it"
            )
        if flaw := goal_flaw(str(name)):
            raise ValueError(flaw)
    return value


def _names(*names: str) -> WithJsonSchema:
    """Return what an editor is told: it offers the toolkit's own, and takes any."""
    return WithJsonSchema({"anyOf": [{"enum": list(names)}, {"type": "string"}]})


#: What may be sought; what may be weighed; and the check of a table of limits by name.
Objective = Annotated[Name, AfterValidator(_sought), _names(*OWN, WEIGHTED)]
Part = Annotated[Name, AfterValidator(_part), _names(*OWN)]
LimitedGoals = BeforeValidator(_limited)
