"""One case carried out in this process, and what is wrong with how it went."""

import os
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

import kinds

#: What a case may take, seconds.
MOST_S = 60.0
#: What a terminal would obey.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: Where Python's own ``multiprocessing`` puts what processes share.
SHARED = "/dev/shm/pym-"
#: Signs of a fault of the toolkit's own.
FAULTS = re.compile("Traceback|[a-z]Warning:|fault of the toolkit|Exception ignored")
#: A message has at most so many lines and characters.
LINES, CHARACTERS = 14, 4_500
#: Operations that change files, by the place of the paths among their arguments.
CHANGES = {
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.mkdir": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "shutil.rmtree": (0,),
}


@dataclass
class Verdict:
    """How a case went: what is wrong with it, nothing if ``wrong`` is empty."""

    number: int
    kind: str
    told: str
    code: object
    seconds: float
    wrong: list
    said: str = ""


class Watch:
    """Notes what is written outside a folder; a hook on Python's own calls, never removed."""

    def __init__(self):
        self.allowed = ()
        self.seen = []
        sys.addaudithook(self.hook)

    def hook(self, event, args):
        if event == "open" and isinstance(args[0], str | bytes):
            if isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self.note(event, args[0])
        elif event in CHANGES:
            for at in CHANGES[event]:
                self.note(event, args[at])

    def note(self, event, path):
        if not self.allowed or isinstance(path, int):
            return
        try:
            full = os.path.abspath(os.fsdecode(path))
        except (OSError, ValueError):
            return
        if not full.startswith(self.allowed) and full != os.devnull:
            self.seen.append(f"{event} {full}")


class Judge:
    """Carries out cases, each in a folder of its own below ``place``."""

    def __init__(self, seed, stock, place):
        import matplotlib.figure  # noqa: F401  before anything is watched

        from toolkit import cli
        from toolkit.results import figures

        self.seed, self.stock, self.place = seed, Path(stock), Path(place)
        self.main, self.figures, self.draw = cli.main, figures, figures.draw_folder
        self.temporary = self.place / "temporary"
        self.temporary.mkdir(exist_ok=True)
        tempfile.tempdir = os.environ["TMPDIR"] = str(self.temporary)
        self.watch = Watch()

    def case(self, number):
        """Make case ``number`` in a new folder and carry it out."""
        root = self.place / f"case{number}"
        shutil.rmtree(root, ignore_errors=True)
        folder, outside = root / "in", root / "outside"
        folder.mkdir(parents=True)
        outside.mkdir()
        (outside / "kept").write_text("kept", encoding="utf-8")
        case = kinds.make(number, self.seed, self.stock, folder)
        verdict = self.carried_out(number, case, folder)
        left = sorted(p.name for p in outside.iterdir()), sorted(p.name for p in root.iterdir())
        if left != (["kept"], ["in", "outside"]) or (outside / "kept").read_text("utf-8") != "kept":
            verdict.wrong.append(f"outside its folder: {left}")
        if not verdict.wrong:
            shutil.rmtree(root, ignore_errors=True)
        return verdict

    def carried_out(self, number, case, folder):
        began = time.monotonic()
        self.figures.draw_folder = self.draw if case.draws else lambda folder: None
        os.chdir(folder)
        self.watch.seen.clear()
        self.watch.allowed = tuple(
            map(str, (folder, folder.parent / "printed", self.temporary, SHARED))
        )
        try:
            if case.call:
                code, said, wrong = self.called(case)
            else:
                code, said, wrong = self.typed(case, folder.parent / "printed")
        finally:
            self.watch.allowed = ()
            os.chdir(self.place)
        wrong += [f"written outside: {what}" for what in self.watch.seen[:3]]
        seconds = time.monotonic() - began
        if seconds > MOST_S:
            wrong.append(f"took {seconds:.0f} s")
        return Verdict(number, case.kind, case.told(), code, seconds, wrong, said)

    def typed(self, case, printed):
        """Type a command; return exit code, what was printed, and what is wrong."""
        sys.argv = ["toolkit", *case.words]
        with Printed(printed) as held:
            try:
                self.main()
                code = 0
            except SystemExit as end:
                code = end.code or 0
            except BaseException:
                code = "raised"
                traceback.print_exc()
        return code, f"{held.out}\n{held.err}"[-3000:], wrong_with(code, held.out, held.err)

    def called(self, case):
        """Call a function; return what came of it, what it said, and what is wrong."""
        import toolkit

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                getattr(toolkit, case.call)(**case.given)
                code, said, wrong = "fine", "", []
            except toolkit.InputError as error:
                code, said = "InputError", str(error)
                wrong = [] if said and OBEYED.search(said) is None else ["message"]
                wrong += ["long message"] if len(said) > CHARACTERS else []
            except toolkit.ToolkitError as error:
                code, said, wrong = "ToolkitError", str(error), []
            except BaseException as error:
                code, said = type(error).__name__, traceback.format_exc()[-3000:]
                wrong = [f"raised {code}: {str(error)[:200]}"]
        odd = [w for w in caught if w.category is not UserWarning]
        return code, said, wrong + [f"warns {w.category.__name__}: {w.message}" for w in odd[:2]]


class Printed:
    """What is printed within the block, by Python or by libraries in C."""

    def __init__(self, path):
        self.path, self.out, self.err = path, "", ""

    def __enter__(self):
        sys.stdout.flush()
        sys.stderr.flush()
        self.path.mkdir()
        self.kept = [os.dup(1), os.dup(2)]
        for number, name in ((1, "out"), (2, "err")):
            file = os.open(self.path / name, os.O_WRONLY | os.O_CREAT)
            os.dup2(file, number)
            os.close(file)
        return self

    def __exit__(self, *error):
        sys.stdout.flush()
        sys.stderr.flush()
        for number, kept in zip((1, 2), self.kept, strict=True):
            os.dup2(kept, number)
            os.close(kept)
        self.out, self.err = (
            (self.path / name).read_bytes().decode("utf-8", "replace") for name in ("out", "err")
        )
        shutil.rmtree(self.path)


def wrong_with(code, out, err):
    """Return what is wrong with an exit code and what was printed."""
    wrong = []
    if code not in (0, 1, 2):
        wrong.append(f"exit code {code}")
    wrong += [f"prints '{found[0]}'" for found in [FAULTS.search(out + err)] if found]
    lines = [line for line in err.splitlines() if line.strip()]
    if code == 2 and not any("Error" in line or "Usage" in line for line in lines):
        wrong.append("exit code 2 without a message")
    if code == 1 and not (lines or out.strip()):
        wrong.append("exit code 1 without a message")
    if code in (1, 2) and (len(lines) > LINES or len(err) > CHARACTERS) and "Usage" not in err:
        wrong.append(f"a message of {len(lines)} lines, {len(err)} characters")
    if code == 0 and not all(line.startswith(("Notice:", " ")) for line in lines):
        wrong.append("exit code 0 with errors printed")
    if found := OBEYED.search(out + err):
        wrong.append(f"prints {found[0]!r}, which a terminal obeys")
    return wrong
