"""The time that a study is about: one day, all days in a row, or some that stand for them."""

from __future__ import annotations

import contextlib
import datetime
import re
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from toolkit.common import caps
from toolkit.inputs.sections import Section, Weight
from toolkit.model.risk import LEVEL, MEAN, Risk, RiskName

#: Days that are kept whatever is typical.
Extreme = Literal["peak_load", "peak_export", "darkest"]
EXTREMES = get_args(Extreme)
#: Typical days where a study does not say how many.
COUNT = 8
_DAY = 'the number of a day, from 1, or a date such as "2018-07-01"'


def _is_day(value: object) -> bool:
    """Say whether a value names a day of a series."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= caps.STEPS:
        return True
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        with contextlib.suppress(ValueError):
            return datetime.date.fromisoformat(value).isoformat() == value
    return False


def _day(value: object) -> object:
    """Refuse what names no day of a series; None is all of it."""
    if value is None or _is_day(value):
        return value
    raise ValueError(f"expected {_DAY}")


def _days(value: object) -> object:
    """Refuse what names no days of a series."""
    if value in ("all", "typical"):
        return value
    if isinstance(value, list | tuple) and value and all(_is_day(each) for each in value):
        return tuple(value)
    raise ValueError(f'expected "all", "typical", or a list of days, each {_DAY}')


class Horizon(Section):
    """The time that a study is about."""

    day: Annotated[int | str | None, BeforeValidator(_day)] = Field(
        None,
        description="day of longer profiles and load shapes: its number, from 1, or a date, of "
        "which month and day count; without it the whole profiles, and of load shapes the first "
        "hours",
    )
    days: Annotated[
        Literal["all", "typical"] | tuple[int | str, ...],
        BeforeValidator(_days),
        Field(max_length=caps.ENTRIES),
    ] = Field(
        "all",
        description="'all': the days of the profiles one after the other; 'typical': a few days "
        "chosen to stand for all of them; or a list of days, as in 'day'; what is listed or chosen "
        "shares sites and sizes, and each day has a dispatch of its own",
    )
    weights: Annotated[tuple[Weight, ...], Field(max_length=caps.ENTRIES)] | None = Field(
        None,
        description="how many days each listed day stands for; they sum to the days of the "
        "profiles; without them each stands for as many as any other",
    )
    count: Annotated[int, Field(ge=1, le=caps.ENTRIES)] | None = Field(
        None, description=f"number of typical days, extremes among them; {COUNT} when left out"
    )
    extremes: tuple[Extreme, ...] | None = Field(
        None,
        description="typical days that are kept as they are: those with the highest load, the most "
        "export and the least sun; all three when left out and 'count' is above 6",
    )
    risk: RiskName = Field(
        "mean",
        description="what is sought of separate days: 'mean': the sum over all that they stand "
        "for; 'worst': the worst of them; 'cvar': the mean of the worst; the last two in the unit "
        "of the sum, as if every day were like that",
    )
    risk_level: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        None,
        description="share of the days, by weight, that 'cvar' leaves out as not the worst; "
        f"{LEVEL} when left out",
    )

    @model_validator(mode="after")
    def _fits(self) -> Horizon:
        """Refuse fields that do not go together."""
        if self.day is not None and self.days != "all":
            raise ValueError("found 'day' and 'days'; expected one of them")
        if self.weights is not None and not isinstance(self.days, tuple):
            raise ValueError("found 'weights' without a list of days; expected 'days' to list them")
        if self.weights is not None and len(self.weights) != len(self.days):
            found = f"{len(self.weights)} weights for {len(self.days)} days"
            raise ValueError(f"found {found}; expected one for each")
        for name in ("count", "extremes"):
            if getattr(self, name) is not None and self.days != "typical":
                raise ValueError(f"found '{name}'; expected it with days = \"typical\" alone")
        if isinstance(self.days, tuple) and len(set(self.days)) < len(self.days):
            raise ValueError("'days' lists a day twice; expected each once, with a weight")
        if self.extremes is not None and len(set(self.extremes)) < len(self.extremes):
            raise ValueError("'extremes' lists one twice; expected each once")
        if len(self.kept) >= self.typical_days:
            raise ValueError(
                f"found count = {self.typical_days} with {len(self.kept)} extremes; expected at "
                f"least {len(self.kept) + 1}, or fewer extremes"
            )
        self._check_risk()
        return self

    def _check_risk(self) -> None:
        """Refuse a risk without separate days, and a level of none."""
        if self.risk_level is not None and self.risk != "cvar":
            raise ValueError(
                f"found 'risk_level' with risk = \"{self.risk}\"; expected it with risk = "
                '"cvar" alone'
            )
        if self.risk != "mean" and self.days == "all":
            about = "one day" if self.day is not None else "all days in a row"
            raise ValueError(
                f'found risk = "{self.risk}" for {about}; expected separate days to choose the '
                'worst from: days = "typical", or a list of days; or risk = "mean"'
            )

    @property
    def typical_days(self) -> int:
        """How many typical days are asked for, extremes among them."""
        return COUNT if self.count is None else self.count

    @property
    def kept(self) -> tuple[Extreme, ...]:
        """The extremes that are kept among the typical days."""
        if self.extremes is None:
            return EXTREMES if self.typical_days > 2 * len(EXTREMES) else ()
        return self.extremes

    @property
    def over_days(self) -> Risk:
        """How the figures of separate days become one; of one day there is but one way."""
        several = self.typical_days if self.days == "typical" else len(self.days)
        if self.risk == "mean" or several == 1:
            return MEAN
        return Risk(self.risk, LEVEL if self.risk_level is None else self.risk_level)
