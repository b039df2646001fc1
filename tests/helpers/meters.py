"""Files of meters as utilities write them, made from a year whose energy is known."""

import datetime
import zoneinfo

import numpy as np

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def moments(first, days, minutes=15, zone=BERLIN):
    """Return the beginnings of steps from local midnight to local midnight, in UTC."""
    begin = datetime.datetime.fromisoformat(first).replace(tzinfo=zone)
    end = (begin + datetime.timedelta(days=days)).astimezone(datetime.UTC)
    step, found = datetime.timedelta(minutes=minutes), []
    at = begin.astimezone(datetime.UTC)
    while at < end:
        found.append(at)
        at += step
    return found


def energies(count, seed=1):
    """Return kWh of intervals with three decimals."""
    return np.random.default_rng(seed).integers(1, 2000, count) / 1000.0


def local(at, form="%d.%m.%Y %H:%M", zone=BERLIN):
    return at.astimezone(zone).strftime(form)


def write(path, header, rows, mark=";"):
    text = "\n".join(mark.join(map(str, row)) for row in (header, *rows)) + "\n"
    path.write_text(text, encoding="utf-8")
    return path


def comma(value):
    return f"{value:.3f}".replace(".", ",")
