"""A plan on days that it was not made for, as the page tells it."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.results.report.html_tables import PageSection, Picture
from toolkit.results.store.contents import Results
from toolkit.results.validation_words import sentences


def tried_section(results: Results, pictures: Sequence[Picture]) -> PageSection:
    """Return what validation.csv says; an empty section where no plan was tried."""
    title, days = "On days it was not made for", results.validation
    if days.empty:
        return PageSection("tried", title)
    profiles = results.validation_facts.get("profiles", "unknown")
    words = [
        f"Sites and sizes of the plan, tried on every day of the profiles {profiles}, one after "
        "the other. Stores are dispatched by a policy, and every step is solved in OpenDSS."
    ]
    policy = str(days["policy"].iloc[0])
    said = sentences(days, policy, results.validation_facts)
    return PageSection("tried", title, words, [], pictures, said)
