"""``toolkit init plugin``: what it writes, what it refuses, and the example made with it."""

import sys
import tomllib

import pytest
from helpers.places import EXAMPLES

from toolkit import cli
from toolkit.errors import InputError
from toolkit.optimizer import scaffold
from toolkit.testing import check_optimizer

EXAMPLE = EXAMPLES / "pattern-search"


def files(folder):
    made = ("__pycache__", ".egg-info", ".pytest_cache", "build")
    paths = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return {str(p) for p in paths if not any(part.endswith(made) for part in p.parts)}


def imported(folder, module, name, monkeypatch):
    """Import a package's optimizer from its folder."""
    monkeypatch.syspath_prepend(folder)
    try:
        return getattr(__import__(f"{module}.optimizer", fromlist=[name]), name)
    finally:
        for loaded in [m for m in sys.modules if m.split(".")[0] == module]:
            del sys.modules[loaded]


def test_a_scaffolded_optimizer_passes_the_suite(tmp_path, monkeypatch):
    folder = scaffold.write_plugin("my-own_climber2", tmp_path)
    kind = imported(folder, "my_own_climber2", "MyOwnClimber2", monkeypatch)
    assert [check for check in check_optimizer(kind) if not check.passed] == []


def test_the_example_passes_the_suite(monkeypatch):
    kind = imported(EXAMPLE, "pattern_search", "PatternSearch", monkeypatch)
    assert [check for check in check_optimizer(kind) if not check.passed] == []


def test_the_example_has_the_shape_of_what_is_scaffolded(tmp_path):
    made = scaffold.write_plugin("pattern-search", tmp_path)
    assert files(made) == files(EXAMPLE)

    def project(folder):
        read = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        return {**read, "project": {**read["project"], "description": ""}}

    assert project(made) == project(EXAMPLE)
    for name in ("tests/test_pattern_search.py", "README.md", "pattern_search/__init__.py"):
        assert (made / name).read_bytes() == (EXAMPLE / name).read_bytes(), name


def test_nothing_is_left_to_fill_in(tmp_path):
    folder = scaffold.write_plugin("mine", tmp_path)
    texts = [(folder / name).read_text(encoding="utf-8") for name in files(folder)]
    assert len(texts) == len(scaffold.FILES)
    assert not [text for text in texts if "$" in text]
    assert set(scaffold.FILES.values()) == {p.name for p in scaffold.TEMPLATES.iterdir()}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "found ''"),
        ("My-Own", "lower-case"),
        ("2nd", "a letter first"),
        ("a--b", "'pattern-search'"),
        ("a-", "'pattern-search'"),
        ("../up", "found '../up'"),
        ("a b", "found 'a b'"),
        ("lambda", "of Python itself"),
        ("json", "of Python itself"),
        ("cheetah", "an optimizer already, of p2p-der-toolkit"),
        ("numpy", "an installed module already"),
        ("toolkit", "an installed module already"),
    ],
)
def test_a_name_that_cannot_serve_is_refused(name, told, tmp_path):
    with pytest.raises(InputError, match="plugin name") as caught:
        scaffold.write_plugin(name, tmp_path)
    assert told in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_never_touched(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "README.md").write_text("my thesis", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        scaffold.write_plugin("mine", tmp_path)
    assert (mine / "README.md").read_text(encoding="utf-8") == "my thesis"
    assert len(list(mine.iterdir())) == 1
    (tmp_path / "other").write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        scaffold.write_plugin("other", tmp_path)


def test_the_command_says_where_it_wrote_and_what_comes_next(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["toolkit", "init", "plugin", "mine"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    out = capsys.readouterr().out
    assert "Wrote mine." in out
    assert 'pip install -e "./mine[test]"' in out
    assert (tmp_path / "mine" / "mine" / "optimizer.py").is_file()
