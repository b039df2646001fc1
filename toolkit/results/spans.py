"""What the time of a study is called: "day", "week", "3 days", "year (8 typical days)"."""

from __future__ import annotations

from toolkit.model.scenario import Scenario

#: Names of lengths, by hours; a year of either kind.
NAMES = {24.0: "day", 168.0: "week", 8760.0: "year", 8784.0: "year"}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def span(hours: float) -> str:
    """Return what so many hours are called, to follow "over the"."""
    if (name := NAMES.get(round(hours, 6))) is not None:
        return name
    days = hours / 24.0
    return f"{days:,.0f} days" if abs(days - round(days)) < 1e-6 else f"{hours:,.4g} h"


def over(name: str) -> str:
    """Return a span as it follows a title, ", over the year"; blank for a day, which is known."""
    return "" if name == "day" else f", over the {name}"


def span_of_days(hours: float, days: int, typical: bool) -> str:
    """Return what so many hours are called that some separate days stand for."""
    return f"{span(hours)} ({those_days(days, typical)})"


def those_days(days: int, typical: bool) -> str:
    """Return what some separate days are called: "8 typical days", "1 day"."""
    return f"{days} {'typical ' if typical else ''}{'day' if days == 1 else 'days'}"


def days_text(weight: float) -> str:
    """Return how many days a day stands for, to a tenth: "48.9 days", "1 day"."""
    number = f"{weight:,.1f}".removesuffix(".0") if weight >= 0.95 else f"{weight:.2g}"
    return f"{number} {'day' if number == '1' else 'days'}"


def is_date(day: str) -> bool:
    """Say whether a day of results is named by its date, not by its number."""
    return "-" in day


def day_label(day: str) -> str:
    """Return what a day of results is called: its date, or "day 183"."""
    return day if is_date(day) else f"day {day}"


def span_of(scenario: Scenario) -> str:
    """Return what the time that a scenario stands for is called."""
    if scenario.separate is None:
        return span(scenario.hours)
    return span_of_days(scenario.hours, scenario.stretches, scenario.separate.typical)
