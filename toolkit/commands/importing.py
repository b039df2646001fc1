"""``toolkit profiles``: meters, weather and sessions into a profile file; what one holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt, shortened
from toolkit.grid.backend import backend
from toolkit.inputs import feeder_files, profiles, study_files
from toolkit.inputs.imports import store
from toolkit.inputs.imports.store import Columns
from toolkit.inputs.study import Study
from toolkit.model.feeder import Feeder
from toolkit.problem import study_units

#: Times the declared kW above which a meter's unit, read from its header, is asked about.
CONFUSED = 100.0


@dataclass(frozen=True)
class Imported:
    """What an import wrote.

    Attributes
    ----------
    file : pathlib.Path
        The profile file; the study of a feeder.
    done : tuple of str
        What was read, assumed and done, in sentences.

    Examples
    --------
    >>> from pathlib import Path
    >>> from toolkit import Imported
    >>> Imported(Path("year.csv"), ("meters.csv: 1 meter.",)).done
    ('meters.csv: 1 meter.',)
    """

    file: Path
    done: tuple[str, ...]

    def __repr__(self) -> str:
        """Return where it was written, and what was done in a few lines."""
        return shortened("\n".join([str(self.file), *self.done]), 1900)


@dataclass(frozen=True)
class Target:
    """Where columns go: a new file, or one that has columns already (``onto``)."""

    out: Path | None = None
    onto: str | None = None
    force: bool = False

    def file(self) -> Path:
        """Return the file to write. Raises InputError where it is not told or taken."""
        if self.out is not None:
            same = self.onto is not None and self.base_path().resolve() == self.out.resolve()
            store.check_out(self.out, self.force or same)
            return self.out
        if self.onto is None:
            raise InputError(
                "expected --out FILE for a new profile file, or --onto FILE to add to."
            )
        path = self.base_path()
        if profiles.bundled_folder() in path.parents:
            raise InputError(
                f"--onto: found the bundled profiles '{self.onto}', which stay as they are; "
                "expected --out FILE beside it."
            )
        return path

    def base_path(self) -> Path:
        """Return the file that columns are added to."""
        return profiles.locate(self.onto or "")


def written(found: Columns, target: Target) -> Imported:
    """Write imported columns where they go."""
    path = target.file()
    if target.onto is not None:
        found = store.beside(found, profiles.read(target.base_path()), target.force)
    store.write(found, path)
    return Imported(path, found.done)


def date_of(text: str | None, flag: str) -> datetime.date | None:
    """Return a date. Raises InputError naming the flag."""
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{flag}: found {excerpt(text)}; expected a date such as 2025-01-31."
        ) from None


def feeder_of(source: str) -> tuple[Study, Feeder]:
    """Return a study and its feeder with the units that the study adds."""
    study = study_files.load(source, with_profiles=False)
    script = feeder_files.locate(study.script)
    return study, study_units.with_units(study, backend().read_feeder(script, root=study.root))


def number_of(text: str, flag: str) -> float:
    """Return a number. Raises InputError naming the flag."""
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"{flag}: found {excerpt(text)}; expected a number, or NAME=number."
        ) from None


#: A flag that gives a value to one name: ``NAME=VALUE``.
_NAMED = re.compile(r"(?:(?P<name>[^=]+)=)?(?P<value>[^=]+)")


def by_name(given: Sequence[str] | str | float, flag: str) -> Mapping[str, str]:
    """Return values by name from ``NAME=VALUE`` and ``VALUE``, whose name is blank: for all."""
    found: dict[str, str] = {}
    for text in map(str, [given] if isinstance(given, str | float) else given):
        hit = _NAMED.fullmatch(text)
        if hit is None:
            raise InputError(f"{flag}: found {excerpt(text)}; expected VALUE or NAME=VALUE.")
        name = (hit["name"] or "").strip()
        if name in found:
            raise InputError(f"{flag}: found {excerpt(text)}, a second one; expected one for each.")
        found[name] = hit["value"].strip()
    return found
