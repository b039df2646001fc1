"""What is printed: in one place, obeyed by no terminal, and whatever becomes of the terminal."""

import ast
import io
import json
import os
import pty
import subprocess
import sys
import threading

import pytest
from helpers.places import ROOT
from helpers.refusals import OBEYED

from toolkit.cli import terminal

PRINTERS = {
    *("toolkit/cli/terminal.py", "toolkit/cli/console/__init__.py"),
    "toolkit/cli/console/progress.py",
}


def test_everything_is_printed_in_one_place():
    """``console`` draws tables and progress by rich; children talk to their parents by print."""
    children = {"toolkit/grid/opendss/plain.py", "toolkit/optimizer/testing/repeated.py"}
    for path in sorted((ROOT / "toolkit").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name in PRINTERS | children or "templates" in name:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in ("print", "typer.echo", "typer.secho", "Console"), name
            assert not called.startswith(("sys.stdout.", "sys.stderr.")), name


def test_tables_and_status_obey_no_markup_and_no_escape(capsys):
    from toolkit.cli import console

    name = "[/x]\x1b[31m\u202e\nVerdict: ok"
    console.print_table(name, ["case", name], [[name, "1"], ["b", name]])
    with console.status(name) as monitor:
        monitor.phase("[/y]")
    terminal.say(name)
    terminal.wrapped(name, "- ")
    terminal.complain(name)
    out, err = capsys.readouterr()
    assert not OBEYED.search(out + err)
    assert "[/x]" in out
    assert not [told for told in out.splitlines() if told.startswith("Verdict")]


def test_json_holds_nothing_that_a_terminal_obeys(capsys):
    terminal.say_json({"name": "\x1b\x7f\x9b\u202e"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "\x1b\x7f\x9b\u202e"}
    assert not OBEYED.search(out)


@pytest.mark.parametrize("words", [["\x1b[31m"], ["optimize", "--\x1b[31m"], ["report", "\u202e"]])
def test_words_typed_are_shown_not_obeyed(words, command):
    code, _, err = command(*words)
    assert code == 2
    assert not OBEYED.search(err)
    assert "x1b" in err or "202e" in err


def test_a_fault_of_our_own_is_one_message_and_a_traceback_on_demand(command, monkeypatch):
    from toolkit.cli.console import plugins

    def broken(*given):
        raise KeyError("\x1b[31m")

    monkeypatch.setattr(plugins, "print_plugins", broken)
    monkeypatch.delenv("TOOLKIT_DEBUG", raising=False)
    code, _, err = command("optimizers", "list")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "KeyError" in err
    assert "--debug" in err
    monkeypatch.setenv("TOOLKIT_DEBUG", "1")
    with pytest.raises(KeyError):
        command("optimizers", "list")


def typed(words, folder, **given):
    """Type a command in a process of its own; return exit code and what it printed as errors."""
    command = [sys.executable, "-m", "toolkit.cli", *words]
    done = subprocess.run(
        command, cwd=folder, stderr=subprocess.PIPE, timeout=120, check=False, **given
    )
    return done.returncode, done.stderr.decode("utf-8", "replace")


def test_a_full_disk_in_the_place_of_a_terminal_is_one_message(tmp_path):
    with open("/dev/full", "wb") as full:
        code, err = typed(["optimizers", "list"], tmp_path, stdout=full)
    assert code == 1
    assert err.count("\n") == 1
    assert "No space left" in err


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    read, write = os.pipe()
    os.close(read)
    code, err = typed(["optimizers", "list"], tmp_path, stdout=write)
    os.close(write)
    assert code in (0, 1)
    assert "Traceback" not in err
    assert "Exception" not in err


def test_a_folder_that_is_gone_is_one_message(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.rmdir({str(gone)!r}); from toolkit.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "feeders", "list"],
        cwd=gone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}, {}]
)
def test_any_alphabet_and_no_home_will_do(environment, tmp_path):
    kept = {"PATH": os.environ.get("PATH", ""), **environment}
    code, err = typed(["simulate", "日本\u202e"], tmp_path, env=kept)
    assert code == 2
    assert "Traceback" not in err


def test_on_a_terminal_a_name_is_shown_not_obeyed(tmp_path):
    """What reaches the terminal itself, with the sequences that rich writes for its own ends."""
    main, sub = pty.openpty()
    (tmp_path / "\x1b]0;owned\x07[red]").mkdir()
    command = [sys.executable, "-m", "toolkit.cli", "reproduce", "\x1b]0;owned\x07[red]"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=sub, stderr=sub, stdin=sub)
    held = io.BytesIO()

    def read():
        try:
            while chunk := os.read(main, 4096):
                held.write(chunk)
        except OSError:
            return

    reader = threading.Thread(target=read)
    reader.start()
    assert running.wait(120) == 2
    os.close(sub)
    reader.join(10)
    os.close(main)
    assert b"\x1b]0;owned" not in held.getvalue()
    assert rb"\x1b]0;owned\x07[red]" in held.getvalue()


@pytest.mark.parametrize("columns", ["0", "1", "-3", "x", "40"])
def test_a_terminal_of_any_width_gets_tables_that_can_be_read(columns, monkeypatch, capsys):
    from toolkit.cli import console

    monkeypatch.setenv("COLUMNS", columns)
    console.print_table("Units", ["name", "kW"], [["pv1", "60"]])
    assert "pv1   60" in capsys.readouterr().out
