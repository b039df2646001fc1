"""The section of a study about limits: of the network, of connections, and of goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from toolkit.common import caps
from toolkit.common.names import lowered
from toolkit.common.validation import Name
from toolkit.inputs import not_yet
from toolkit.inputs.goal_fields import LimitedGoals
from toolkit.inputs.sections import Percent, Section, Share, Size, Voltage, one_or_many
from toolkit.model.branches import LineRating, TransformerRating

#: What an editor is told a power may be.
_POWER = {"type": "number", "minimum": 0.0, "maximum": caps.KW}
#: A figure of a goal, in its unit.
Figure = Annotated[float, Field(ge=-caps.FIGURE, le=caps.FIGURE)]
#: kW: one number, or one per step.
Powers = Annotated[
    tuple[Size, ...],
    BeforeValidator(one_or_many),
    Field(min_length=1, max_length=caps.STEPS),
    WithJsonSchema({"anyOf": [_POWER, {"type": "array", "items": _POWER, "minItems": 1}]}),
]


class ExchangeAt(Section):
    """What may pass through a connection, kW: one number, or one for each step or step of a day."""

    export_max: Powers | None = Field(
        None, description="most that loads and units together may give, kW; left out: any"
    )
    import_max: Powers | None = Field(
        None, description="most that loads and units together may take, kW; left out: any"
    )


class GoalLimit(Section):
    """What a goal has to keep to, in its unit, over the whole time of the study."""

    max: Figure | None = Field(None, description="most that it may be; left out: any")
    min: Figure | None = Field(None, description="least that it has to be; left out: any")

    @model_validator(mode="after")
    def _some(self) -> GoalLimit:
        if self.max is None and self.min is None:
            raise ValueError("found neither max nor min; expected one of them, or both")
        if self.max is not None and self.min is not None and self.min > self.max:
            raise ValueError(
                f"found min {self.min:g} above max {self.max:g}; expected min to be at most max"
            )
        return self


class Limits(ExchangeAt):
    """Network limits, equation (9), and those of the connection at the feeder head."""

    wishes = (not_yet.SUMS,)
    v_min: Voltage = Field(0.95, description="lowest voltage allowed, pu")
    v_max: Voltage = Field(1.05, description="highest voltage allowed, pu")
    loading_max: Percent = Field(100.0, description="highest line or transformer loading, %")
    unbalance_max: Percent | None = Field(
        None,
        description="largest voltage unbalance of a bus with three phases, negative over positive "
        "sequence, %; left out: any",
    )
    share_of_hours: Share = Field(
        1.0,
        description="share of all hours in which voltages and loadings have to keep their limits; "
        "in the others, the worst, they may break them",
    )
    transformer_rating: TransformerRating = Field(
        "declared",
        description="what 100 % of a transformer is: 'declared': its normhkVA where the scripts "
        "give one, else its nameplate; 'nameplate': its kVA; 'normal': its normhkVA, which OpenDSS "
        "takes as 110 % of its kVA; 'emergency': its emerghkVA",
    )
    line_rating: LineRating = Field(
        "normal",
        description="what 100 % of a line is: 'normal': its normamps; 'emergency': its emergamps",
    )
    import_margin: Share = Field(
        0.03,
        description="share of import_max that a plan is repaired to leave free for losses",
    )
    at: dict[Name, ExchangeAt] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="limits of the connection of a bus, by its name: what its loads and units "
        "together give and take",
    )
    goals: Annotated[dict[Name, GoalLimit] | None, LimitedGoals] = Field(
        None,
        description="limits of goals by their names, { losses = { max = 100 } }, each in its unit "
        "and over the whole time of the study",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Limits:
        if self.v_min >= self.v_max:
            raise ValueError(f"v_min {self.v_min:g} is not below v_max {self.v_max:g}")
        return self

    @model_validator(mode="after")
    def _distinct(self) -> Limits:
        names: dict[str, str] = {}
        for key in self.at:
            if (other := names.setdefault(lowered(key), key)) != key:
                raise ValueError(
                    f"at: found {other!r} and {key!r}; expected one section for a bus, whose "
                    "letter case does not count"
                )
        return self

    @property
    def of_goals(self) -> Mapping[str, GoalLimit]:
        """Limits of goals by name, in the order of the study; none where it has none."""
        return self.goals or {}

    @property
    def largest_deviation(self) -> float:
        """The largest distance from 1 pu that is within the voltage limits, pu."""
        return max(abs(self.v_max - 1.0), abs(1.0 - self.v_min))
