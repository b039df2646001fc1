"""The constructs of the sweep: small scripts, each with what it says about itself in its head.

A line ``! sweep KEY: VALUE`` states one of

- ``what``: the construct, in a few words;
- ``hours``, ``steps``, ``mode``: of the day (1, 24, daily), the mode being that of plain OpenDSS;
- ``refused``: words of the refusal that is expected instead of a day, which names file and line;
- ``says``: words that ``feeders check`` must say of a line, for what differs by choice;
- ``plain``: a command that makes plain OpenDSS differ in the same way, only beside ``says``;
- ``fault``: what is known to be wrong today; the test expects the comparison to fail.
"""

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent / "constructs"
MARK = "! sweep "


@dataclass(frozen=True)
class Construct:
    """One script and what it expects."""

    script: Path
    what: str
    hours: float = 1.0
    steps: int = 24
    #: Of so many first steps everything is compared; 0 stands for all.
    read: int = 0
    #: Powers are relative to the element's, and to this share of the source's at least: 1e-11 pu
    #: across the shortest lines of a large circuit are 1e-5 of their power.
    least: float = 1e-3
    mode: str = "daily"
    refused: str = ""
    fault: str = ""
    says: tuple[str, ...] = field(default=())
    plain: tuple[str, ...] = field(default=())

    @property
    def name(self):
        """The name of its script."""
        return self.script.stem

    def jobs(self):
        """Return the jobs of plain OpenDSS: a snapshot and a day."""
        job = {"script": str(self.script), "mode": self.mode, "hours": self.hours}
        idle = "BatchEdit Storage..* dispmode=external state=idling"
        stores = "new storage." in self.script.read_text(encoding="utf-8").lower()
        commands = [*([idle] if stores else []), *self.plain]
        return [
            {**job, "steps": 0, "commands": commands},
            {**job, "steps": self.read or self.steps, "commands": commands},
        ]


def read(script):
    """Return the construct that a script describes in its head."""
    said = {}
    for line in script.read_text(encoding="utf-8").splitlines():
        if line.startswith(MARK):
            key, _, value = line.removeprefix(MARK).partition(": ")
            said.setdefault(key, []).append(value.strip())
    many = {key: tuple(said.pop(key, ())) for key in ("says", "plain")}
    assert many["says"] or not many["plain"], f"{script}: plain without says"
    one = {key: values[-1] for key, values in said.items()}
    numbers = {"hours": float(one.pop("hours", 1.0)), "steps": int(one.pop("steps", 24))}
    return Construct(script, **numbers, **one, **many)


def constructs():
    """Return all constructs in the order of their names."""
    return [read(script) for script in sorted(HERE.glob("*.dss"))]
