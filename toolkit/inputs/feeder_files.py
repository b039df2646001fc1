"""Where the scripts of feeders are found: by name, by path, in a folder."""

from __future__ import annotations

from pathlib import Path

from toolkit.common.errors import InputError, nearest, unknown_name
from toolkit.inputs.scripts.files import other_case
from toolkit.inputs.scripts.masters import defines_circuit


def bundled_folder() -> Path:
    """Return the folder of the bundled feeders: the packaged one, else the repository's."""
    package = Path(__file__).parents[1]
    packaged = package / "dss"
    return packaged if packaged.is_dir() else package.parent / "dss"


def homes(beside: Path | None) -> list[Path]:
    """Return where a study's own dss/ and profiles/ may stand: beside its file.

    beside: the folder of the study; where that is dss/NAME, they may stand above it as well. A
    bundled study has none of its own.
    """
    if beside is None or beside.resolve().parent == bundled_folder().resolve():
        return []
    here = beside.absolute()
    return [here, here.parent.parent] if here.parent.name == "dss" else [here]


def folders(beside: Path | None = None) -> list[Path]:
    """Return the folders feeders are looked for in, first one first; ``beside``: see ``homes``."""
    local = [home / "dss" for home in (*homes(beside), Path.cwd())]
    return [f for f in dict.fromkeys((*local, bundled_folder())) if f.is_dir()]


def names(beside: Path | None = None) -> list[str]:
    """Return the names of all feeders found in ./dss, beside a study, and the bundled ones."""
    found = {p.name for f in folders(beside) for p in f.iterdir() if p.is_dir() and _masters(p)}
    return sorted(found)


def locate(name: str, beside: Path | None = None) -> Path:
    """Return the script meant by a name, or by a path to a .dss file or a folder.

    A name is looked for in dss/NAME/ beside the study, in ./dss/NAME/, then among the bundled
    feeders; paths are relative to ``beside``. Raises InputError that lists the candidates when a
    folder holds several.
    """
    path = (beside or Path.cwd()) / name
    if name.lower().endswith(".dss") and not path.is_dir():
        return _script(path)
    for folder in folders(beside):
        if name and (folder / name).is_dir() and (masters := _masters(folder / name)):
            return _only(folder / name, masters)
    if name and path.is_dir():
        return _only(path, _masters(path))
    raise unknown_name("feeder", name, names(beside))


def tree(root: Path, script: Path) -> Path:
    """Return the folder below which a feeder's scripts may read files; they lie there themselves.

    Raises InputError for what is no folder, or one that the script is not in.
    """
    there = root.resolve()
    if not there.is_dir():
        raise InputError(f"feeder root: no folder '{root}'.")
    if not script.is_relative_to(there):
        raise InputError(
            f"feeder root: found '{root}', where the feeder's script {script} does not lie; "
            "expected a folder above it."
        )
    return there


def _script(path: Path) -> Path:
    path = path if path.is_file() else other_case(path.absolute()) or path
    if path.is_file() and _is_script(path):
        return path.resolve()
    if path.is_file():
        raise InputError(f"feeder: '{path}' is a link to a file that is no .dss script.")
    siblings = [p.name for p in _scripts(path.parent)] if path.parent.is_dir() else []
    raise InputError(f"feeder: no file '{path}'.{nearest(path.name, siblings)}")


def _only(folder: Path, masters: list[Path]) -> Path:
    """Return the one script of a folder to start from."""
    if len(masters) == 1:
        return masters[0].resolve()
    scripts = masters or _scripts(folder)
    found = f"{len(masters)} scripts that define a circuit" if masters else "no Master.dss"
    listed = ", ".join(f"'{p.name}'" for p in scripts[:10]) or "no .dss file"
    raise InputError(
        f"feeder folder '{folder}': found {found}; expected one. Name one of its scripts by its "
        f"path, or call one Master.dss. There: {listed}{', ...' if len(scripts) > 10 else ''}."
    )


def _scripts(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and _is_script(p))


def _is_script(path: Path) -> bool:
    """Say whether a file is a script, not only a link that is called like one."""
    return path.suffix.lower() == ".dss" and path.resolve().suffix.lower() == ".dss"


def _masters(folder: Path) -> list[Path]:
    """Return the scripts of a folder that a feeder may start from, by the first rule that fits.

    Master.dss; the only script; those that themselves define a circuit, or, when several do, the
    one of them that has "master" in its name.
    """
    scripts = _scripts(folder)
    masters = [p for p in scripts if p.name.lower() == "master.dss"]
    if masters or len(scripts) == 1:
        return masters[:1] or scripts
    defining = [p for p in scripts if defines_circuit(p)]
    called = [p for p in defining if "master" in p.stem.lower()]
    return called if len(called) == 1 else defining


def feeder_name(script: Path) -> str:
    """Return the name a feeder goes by: its folder's for Master.dss, else the script's."""
    return script.parent.name if script.stem.lower() == "master" else script.stem
