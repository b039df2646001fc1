"""What a folder holds, and the small search that results folders are tried with."""

import os
import stat

from toolkit.commands.request import Request

QUICK = Request(("cheetah",), 12, 2)


def tree(folder):
    """Return what a folder holds, links and what they name included, files with their content."""
    found = {}
    for root, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = os.path.join(root, name)
            mode = os.lstat(path).st_mode
            held = os.readlink(path) if stat.S_ISLNK(mode) else stat.S_IFMT(mode)
            if stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    held = file.read()
            found[os.path.relpath(path, folder)] = held
    return found
