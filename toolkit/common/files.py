"""Files written whole or not at all, and read, never through a link.

What the user names may be a link: it is followed once. Below that nothing is: a file is written
aside under a name nobody else has, then renamed; what is read or opened must be a plain file.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from toolkit.common import caps
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.phrases import no_json

#: How files are opened: never a link, never waiting for the other end of a pipe, on Windows as they
#: are.
_PLAINLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
#: What a file is called until it is whole; a command that was killed leaves it behind.
ASIDE = re.compile(r"\.[0-9a-f]{16}\.partial")


def write_text(path: Path, text: str) -> None:
    """Write a text file, its folder with it. Raises ToolkitError when that cannot be done.

    What UTF-8 has no bytes for, which names of files may hold, is written as an escape.
    """
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: Path, content: bytes, durable: bool = False) -> None:
    """Write a file, its folder with it; ``durable``: it is on the disk when this returns.

    Raises ToolkitError when that cannot be done; what was there before is there still then.
    """
    aside = path.with_name(f".{os.urandom(8).hex()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _fill(aside, content, durable)
        try:
            _check_replaceable(path)
            os.replace(aside, path)
        except OSError:
            aside.unlink()
            raise
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error
    if durable:
        sync_folder(path.parent)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist. Raises OSError, FileExistsError where a link has its name.

    Its folder is made with it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _fill(path, content)


def _fill(path: Path, content: bytes, durable: bool = False) -> None:
    """Make a new file; one that cannot be filled is removed again."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAINLY, 0o666)
    try:
        write_all(fd, content)
        if durable:
            os.fsync(fd)
    except BaseException:
        os.close(fd)
        with suppress(OSError):
            path.unlink()
        raise
    os.close(fd)


def write_all(fd: int, content: bytes) -> None:
    """Write to an open file; a disk that is nearly full takes a part before it refuses."""
    left = memoryview(content)
    while left:
        left = left[os.write(fd, left) :]


def _check_replaceable(path: Path) -> None:
    """Raise OSError where something stands that is no plain file; it is not ours to replace."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError(f"it is {kind_of(path)}, not a file")


def exists_already(path: Path) -> InputError:
    """Return the error for a name that is taken."""
    return InputError(f"{path}: exists already; choose another name or remove it.")


def unwritable(path: Path, error: Exception) -> ToolkitError:
    """Return the error for what cannot be written."""
    says = getattr(error, "strerror", None) or error
    return ToolkitError(f"{path}: cannot be written: {says}")


def read_bytes(path: Path) -> bytes:
    """Read a plain file. Raises InputError for a link, a pipe, and what cannot be read."""
    try:
        fd = os.open(path, os.O_RDONLY | _PLAINLY)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise InputError(f"{path}: cannot be read: it is {kind_of(path)}, not a file.")
        try:
            return file.read()
        except (OSError, MemoryError) as error:
            raise unreadable(path, error) from error


def read_text(path: Path) -> str:
    """Read a plain text file, UTF-8. Raises InputError."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: cannot be read: no UTF-8 at byte {error.start}.") from error


def read_json(path: Path) -> Any:
    """Read a plain file of JSON. Raises InputError, also where it is nested too deeply."""
    try:
        return json.loads(read_text(path))
    except RecursionError as error:
        raise InputError(f"{path}: cannot be read: it is nested too deeply.") from error
    except ValueError as error:
        raise InputError(f"{path}: cannot be read: no JSON: {no_json(error)}.") from error


def unreadable(path: Path, error: Exception) -> InputError:
    """Return the error for what cannot be read."""
    if os.path.islink(path):
        return InputError(f"{path}: cannot be read: it is a link, not a file.")
    says = getattr(error, "strerror", None) or error
    if isinstance(error, MemoryError):
        says = "there is not enough memory for it"
    return InputError(f"{path}: cannot be read: {says}.")


def open_in_place(path: Path, create: bool = False) -> int:
    """Open a plain file to read and write it where it stands; return its descriptor.

    Raises OSError for a link, and for a file with another name elsewhere (a hard link), whose
    content would change there as well.
    """
    fd = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0) | _PLAINLY, 0o666)
    found = os.fstat(fd)
    if stat.S_ISREG(found.st_mode) and found.st_nlink <= 1:
        return fd
    os.close(fd)
    raise OSError(f"it is {kind_of(path)}")


def kind_of(path: Path) -> str:
    """Return in words what a path is, links not followed."""
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return "a file with a second name (a hard link)"
    names = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe"}
    return names.get(stat.S_IFMT(mode), "no file")


def entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield everything below a folder, depth first and sorted; links are not followed.

    What vanishes meanwhile is left out. Raises OSError where a folder cannot be listed.
    """
    try:
        with os.scandir(folder) as found:
            here = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in here:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from entries(Path(entry.path))


def check_real(folder: Path) -> None:
    """Raise InputError where anything below a folder is neither a file nor a folder."""
    try:
        odd = [
            Path(entry.path)
            for entry in entries(folder)
            if not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False))
        ]
        if odd:
            more = f" (and {len(odd) - 1} more)" if len(odd) > 1 else ""
            raise InputError(
                f"{odd[0]}: is {kind_of(odd[0])}{more}; expected files and folders alone in a "
                "results folder, which leads nowhere else. Remove it."
            )
    except (OSError, RecursionError) as error:
        raise unreadable(folder, error) from error


def real_folder(root: Path, parts: tuple[str, ...]) -> Path:
    """Return the folder below ``root`` that parts name, made if need be; no part is a link.

    Raises OSError.
    """
    here = root
    for part in parts:
        here = here / part
        with suppress(FileExistsError):
            here.mkdir()
        if not stat.S_ISDIR(here.lstat().st_mode):
            raise NotADirectoryError(20, f"{part} is {kind_of(here)}, not a folder")
    return here


def is_name(text: object) -> bool:
    """Say whether a text is one name of a file or folder, not a path to elsewhere."""
    return (
        isinstance(text, str)
        and text not in ("", ".", "..")
        and not re.search(r"[/\\\x00-\x1f]", text)
        and len(text.encode("utf-8", "surrogatepass")) <= caps.PATH_PART
    )


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
