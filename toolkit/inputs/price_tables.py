"""Prices of a study: one number, one per step, or tables by hour, weekday and month."""

from __future__ import annotations

import calendar
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)

from toolkit.common import caps
from toolkit.common.types import BoolArray
from toolkit.common.validation import SECTION, TEXT
from toolkit.inputs.sections import Section, one_or_many

Price = Annotated[float, Field(ge=0.0, le=caps.PRICE)]
#: Days that a table may be of, in the order of the second axis of ``cells``.
DAYS = ("weekday", "weekend")
MONTHS = tuple(calendar.month_name)[1:]


class TimePrice(Section):
    """A price that holds at some hours of the day, on some days of the week, in some months."""

    price: Price = Field(description="money/kWh")
    hours: tuple[Annotated[int, Field(ge=0, le=24)], Annotated[int, Field(ge=0, le=24)]] | None = (
        Field(
            None,
            description="from and until which hour of the day, [17, 21]; over midnight with the "
            "later hour first, [21, 7]; left out: all day",
        )
    )
    days: Literal["weekday", "weekend"] | None = Field(
        None, description="'weekday', Monday to Friday, or 'weekend'; left out: all days"
    )
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] | None = Field(
        None, description="numbers of months, [11, 12, 1, 2]; left out: all year"
    )

    @model_validator(mode="after")
    def _some_time(self) -> TimePrice:
        if self.months == ():
            raise ValueError("months: found none; expected months, or no list of them for all year")
        if self.hours is not None and self.hours[0] % 24 == self.hours[1] % 24:
            raise ValueError(
                f"hours: found {list(self.hours)}; expected two different hours, or none for all "
                "of the day"
            )
        return self

    @property
    def of_hours(self) -> BoolArray:
        """Whether it holds from each hour of the day to the next, (24,)."""
        hour = np.arange(24)
        if self.hours is None:
            return np.ones(24, dtype=bool)
        begins, ends = self.hours
        if begins < ends:
            return np.asarray((hour >= begins) & (hour < ends))
        return np.asarray((hour >= begins) | (hour < ends))

    @property
    def cells(self) -> BoolArray:
        """Whether it holds in each month, on weekdays and weekends, and at each hour, (12, 2, 24).

        An hour after midnight is of the day that it is in, also of a table that began before.
        """
        months = np.array([not self.months or month in self.months for month in range(1, 13)])
        days = np.array([self.days in (None, day) for day in DAYS])
        return np.asarray(months[:, None, None] & days[:, None] & self.of_hours)

    @property
    def needs_dates(self) -> bool:
        """Say whether it depends on the date."""
        return self.days is not None or self.months is not None


def _form(value: Any) -> str:
    return SECTION if isinstance(value, dict | TimePrice) else TEXT


def _whole(values: tuple[float | TimePrice, ...]) -> tuple[float | TimePrice, ...]:
    """Refuse tables that leave an hour without a price, or give it two."""
    tables = [value for value in values if isinstance(value, TimePrice)]
    if not tables:
        return values
    if len(tables) < len(values):
        raise ValueError("found numbers and tables; expected numbers, or tables, alone")
    counts = np.sum([table.cells for table in tables], axis=0)
    for wrong, said in ((counts == 0, "no price"), (counts > 1, "two prices")):
        if wrong.any():
            month, day, hour = np.argwhere(wrong)[0].tolist()
            more = int(wrong.sum()) - 1
            others = f", and {more:,} more such hours of a month" if more else ""
            raise ValueError(
                f"found {said} from {hour} to {hour + 1} h on a {DAYS[day]} in {MONTHS[month]}"
                f"{others}; expected one table for every hour"
            )
    return values


#: What an editor is told a price may be.
_PRICE = {"type": "number", "minimum": 0.0, "maximum": caps.PRICE}
_MANY = {"type": "array", "items": _PRICE, "minItems": 1}
_TABLES = {"type": "array", "items": TimePrice.model_json_schema(), "minItems": 1}
#: Money/kWh: one number, or one per step.
Prices = Annotated[
    tuple[Price, ...],
    BeforeValidator(one_or_many),
    Field(min_length=1, max_length=caps.STEPS),
    WithJsonSchema({"anyOf": [_PRICE, _MANY]}),
]
#: The same, or tables by hour, weekday and month.
TimedPrices = Annotated[
    tuple[
        Annotated[
            Annotated[Price, Tag(TEXT)] | Annotated[TimePrice, Tag(SECTION)],
            Discriminator(_form),
        ],
        ...,
    ],
    BeforeValidator(one_or_many),
    AfterValidator(_whole),
    Field(min_length=1, max_length=caps.STEPS),
    WithJsonSchema({"anyOf": [_PRICE, _MANY, _TABLES]}),
]
