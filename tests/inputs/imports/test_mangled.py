"""Files that were damaged on their way: each is read or refused in one message, never a crash."""

import random

import pytest
from helpers import meters as make

from toolkit.errors import InputError
from toolkit.inputs.imports import meters, sessions
from toolkit.inputs.imports.meter_files import Layout
from toolkit.inputs.imports.session_files import Layout as SessionLayout

SIGNS = ',;.:-+ \t"\n0123456789eE/abcZ\x00é[]%'
DAY = make.moments("2025-10-26", 1)
METERS = "Zeit;Wert (kWh)\n" + "".join(f"{make.local(t)};1,25\n" for t in DAY)
SESSIONS = "station,arrival,departure,energy [kWh],power [kW]\n" + "".join(
    f"s,2025-03-{d:02} 08:00,2025-03-{d:02} 17:00,{d}.5,11\n" for d in range(1, 20)
)


def mangled(text, dice):
    for _ in range(dice.randint(0, 3)):
        at, size = dice.randrange(len(text)), dice.randint(1, 30)
        if dice.random() < 0.4:
            text = text[:at] + dice.choice(SIGNS) + text[at + 1 :]
        elif dice.random() < 0.5:
            text = text[:at] + text[at + size :]
        else:
            text = text[: at + size] + text[at:]
    return text


def as_meters(path):
    return meters.import_meters([path], meters.Wish(Layout("Europe/Berlin")))


def as_sessions(path):
    return sessions.import_sessions(path, sessions.Wish(SessionLayout("Europe/Berlin")))


def refusal(imported, path):
    """Return how a file is refused; blank where it is read."""
    try:
        assert imported(path).values
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_read_or_refused(tmp_path, seed):
    dice, path, told = random.Random(seed), tmp_path / "f.csv", []
    for _ in range(60):
        for text, imported in ((METERS, as_meters), (SESSIONS, as_sessions)):
            path.write_text(mangled(text, dice), encoding="utf-8")
            told.append(refusal(imported, path))
    assert told.count("") >= 20
    assert len(set(told)) >= 10
    assert not [text for text in told if "\n" in text]
