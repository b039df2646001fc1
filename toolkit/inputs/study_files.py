"""The study file: what is asked, as checked, frozen values.

A study is TOML. Unknown keys are refused with the nearest right name; every message names the file
and the field.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path

import tomli_w
from pydantic import ValidationError

from toolkit.common import caps, input_files
from toolkit.common.errors import InputError, nearest, unknown_name
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.phrases import no_toml
from toolkit.common.validation import (
    check_path,
    check_plain,
    explain,
)
from toolkit.inputs import feeder_files, profiles, scripts
from toolkit.inputs.sections import FeederFiles
from toolkit.inputs.study import Study

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
#: A key of too many parts, for which the parser of TOML would take memory by their square.
_TOO_DEEP = re.compile(rf"(?<![\w-])(?:{_PART}\.[ \t]*+){{{caps.NESTING},}}+")


def names() -> list[str]:
    """Return the names of the studies that come with a feeder folder."""
    found = {p.parent.name for f in feeder_files.folders() for p in f.glob("*/study.toml")}
    return sorted(found)


def load(name: str, *, with_profiles: bool = True) -> Study:
    """Load a study by the name of its feeder folder, or from a TOML path.

    Paths inside the file are relative to it. Without profiles their file need not be there yet.
    Raises InputError naming file and field.
    """
    path = _locate(check_path(name, "study"))
    study = parse(input_files.content(path, caps.STUDY_BYTES), str(path), path.parent)
    return _absolute(study, path.parent, with_profiles)


def _locate(name: str) -> Path:
    if name.endswith(".toml"):
        path = Path(name)
        if input_files.is_file(path):
            return path
        if path.is_dir():
            raise InputError(f"study: '{path}' is a folder; expected a .toml file.")
        siblings = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        raise InputError(f"study: no file '{path}'.{nearest(path.name, siblings)}")
    for folder in feeder_files.folders():
        if name and (folder / name / "study.toml").is_file():
            return folder / name / "study.toml"
    if name and Path(f"{name}.toml").is_file():
        raise InputError(
            f"study: no study is called '{name}'; did you mean the file '{name}.toml'?"
        )
    if name.lower().endswith(".dss") and input_files.is_file(Path(name)):
        raise InputError(
            f"study: '{name}' is the script of a feeder; expected a study, a .toml file with "
            f"feeder = '{name}'. 'toolkit init study NAME' writes one to begin with."
        )
    if name in feeder_files.names():
        raise InputError(
            f"study: '{name}' is a feeder without a study; 'toolkit init study {name}' writes one "
            "of it, to be changed as you like."
        )
    mine = [path.stem for path in Path().glob("*.toml")]
    if not nearest(name, names()) and (meant := nearest(name, mine)):
        meant = meant.replace("'?", ".toml'?")
        raise InputError(f"study: no study is called '{shortened(name)}'.{meant}")
    raise unknown_name("study", name, names())


def parse(content: bytes, where: str, folder: Path = Path()) -> Study:
    """Parse and check a study file's content; ``where`` is what messages call it.

    folder: where a file with a power curve is looked for.
    """
    text = input_files.decoded(content, where)
    if deep := _TOO_DEEP.search(text):
        at = text.count("\n", 0, deep.start()) + 1
        raise InputError(
            f"{where}, line {at}: found {excerpt(deep[0])}; expected at most {caps.NESTING} names "
            "with dots between them."
        )
    try:
        data = tomllib.loads(text)
    except RecursionError as error:
        raise InputError(f"{where}: not valid TOML: nested too deep.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(no_toml(str(error), text, where)) from error
    except ValueError as error:
        raise InputError(
            f"{where}: not valid TOML: found a whole number of thousands of digits."
        ) from error
    check_plain(data, where)
    try:
        return Study.model_validate(data, context={"folder": folder})
    except ValidationError as error:
        raise InputError(explain(error, Study, where)) from error


def _absolute(study: Study, folder: Path, with_profiles: bool) -> Study:
    """Return the study with its file paths made absolute, so that it can be run from anywhere."""
    changes: dict[str, str | FeederFiles] = {}
    script = feeder_files.locate(study.script, folder)
    if study.root is not None:
        root = feeder_files.tree(folder / study.root, script)
        changes["feeder"] = FeederFiles(script=str(script), root=str(root))
    elif not _same_as_bundled(study.script, script):
        changes["feeder"] = check_path(str(script), "feeder")
    own = [home / "profiles" for home in feeder_files.homes(folder)]
    if with_profiles and (
        profiles.is_path(study.profiles) or any(_holds(place, study.profiles) for place in own)
    ):
        found = profiles.locate(study.profiles, folder, own)
        # A link that is called so may lead to a file that is not.
        whole = found.resolve() if profiles.is_path(found.resolve().name) else found.absolute()
        changes["profiles"] = check_path(str(whole), "profiles")
    return study.model_copy(update=changes)


def _holds(place: Path, name: str) -> bool:
    """Say whether a folder that is not ./profiles, where names lead anyway, has profiles."""
    return place != Path.cwd() / "profiles" and (place / f"{name}.csv").is_file()


def _same_as_bundled(name: str, script: Path) -> bool:
    """Say whether a name means a bundled feeder or a copy of it that differs in nothing."""
    own = feeder_files.bundled_folder() / name / script.name
    if name.lower().endswith(".dss") or not own.is_file():
        return False
    return _contents(script) == _contents(own)


def files_of(study: Study) -> list[Path]:
    """Return the files that a study names: the scripts of its feeder, and its profiles."""
    script = feeder_files.locate(study.script)
    return [*scripts.referenced_files(script, study.root), profiles.locate(study.profiles)]


def _contents(script: Path, root: Path | None = None) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in scripts.referenced_files(script, root)]


def to_toml(study: Study) -> str:
    """Return the resolved study as TOML; parsing it gives the same study."""
    return tomli_w.dumps(study.model_dump(mode="json", exclude_none=True))


def fingerprint(study: Study) -> str:
    """Return a hash over the resolved study and the content of the files it names."""
    digest = hashlib.sha256(json.dumps(study.model_dump(mode="json"), sort_keys=True).encode())
    day = profiles.locate(study.profiles)
    for name, content in [
        *_contents(feeder_files.locate(study.script), study.root),
        (day.name, profiles.content(day)),
    ]:
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()
