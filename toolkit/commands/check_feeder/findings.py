"""What the doctor finds, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from toolkit.model.solver import NAMES

Level = Literal["fault", "warning", "note"]
Verdict = Literal["ready", "ready with warnings", "not ready"]


@dataclass(frozen=True)
class Finding:
    """One thing found; ``topic`` is one of a few words that scripts may rely on.

    script, file, refused, syntax, passed_over, engine, islands, loops, voltage_base, ratings,
    controls, units, study, loads, settings, convergence, voltage, loading.
    """

    level: Level
    topic: str
    text: str
    file: str | None = None
    line: int | None = None


@dataclass
class Diagnosis:
    """All findings about a feeder, and the figures that were learnt on the way."""

    feeder: str
    script: Path
    findings: list[Finding] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def add(
        self, level: Level, topic: str, text: str, file: Path | None = None, line: int | None = None
    ) -> None:
        """Add a finding."""
        where = str(file) if file is not None else None
        self.findings.append(Finding(level, topic, text, where, line or None))

    @property
    def verdict(self) -> Verdict:
        """Say whether the toolkit can work with the feeder."""
        levels = {finding.level for finding in self.findings}
        if "fault" in levels:
            return "not ready"
        return "ready with warnings" if "warning" in levels else "ready"

    def summary(self) -> list[str]:
        """Return sentences about what the feeder holds, as far as it was learnt."""
        known = self.facts
        lines = []
        if "buses" in known:
            lines.append(
                f"{_count(known['buses'], 'bus', 'buses')}, "
                f"{_count(known['branches'], 'branch', 'branches')}, "
                f"{_count(known['loads'], 'load')}, {_count(known['regulators'], 'regulator')}, "
                f"{_count(known['capacitor_controls'], 'capacitor control')}; "
                f"{_count(known['loops'], 'loop')}, {_count(known['islands'], 'island')}."
            )
        if "prosumers" in known:
            units = ", ".join(f"{n} {kind}" for kind, n in known.get("units", {}).items())
            lines.append(
                f"{known['prosumers']} prosumers (buses with load), {known['load_kw']:.0f} kW of "
                f"declared load; units: {units or 'none'}."
            )
        if "v_min_pu" in known:
            loaded = (
                f"branches loaded up to {known['loading_max_pct']:.0f} %"
                if "loading_max_pct" in known
                else "no branch has a rating"
            )
            lines.append(
                f"Base case over the {known['span']} in {known['steps']:,} steps: every step "
                f"converged, {known['v_min_pu']:.4f} to {known['v_max_pu']:.4f} pu, {loaded}, "
                f"{known['loss_kwh']:,.0f} kWh of losses."
            )
        if "searched_by" in known:
            name = NAMES[known["searched_by"]]
            lines.append(f"A search solves its power flows by {name}: {known['searched_why']}.")
        return lines

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values with stable keys."""
        return {
            "feeder": self.feeder,
            "script": str(self.script),
            "verdict": self.verdict,
            "facts": self.facts,
            "findings": [vars(finding) for finding in self.findings],
        }


def _count(number: int, one: str, many: str = "") -> str:
    """Return a number and the word for so many."""
    return f"{number} {one if number == 1 else many or one + 's'}"
