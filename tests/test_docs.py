"""Docs and code hold each other: what a page says exists, and what exists is in a page."""

import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib

import pytest
from helpers.environment import Environment
from helpers.places import ROOT

from toolkit.cli.init import study_schema
from toolkit.common.plugins.options import option_table
from toolkit.inputs.study import Study
from toolkit.optimizer import registry
from toolkit.results import columns as schema

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
STUDIES = sorted([*ROOT.glob("dss/*/study.toml"), *ROOT.glob("examples/**/*.toml")])
STUDIES = [path for path in STUDIES if path.name != "pyproject.toml"]
#: Read in order, each page in the folder the one before has left.
READ = ("tutorial", "how-to/feeder", "how-to/profiles", "how-to/data", "how-to/optimizer")
READ += ("how-to/policy", "how-to/connection-limits", "how-to/switches", "how-to/reactive-power")
READ += (
    "how-to/many-runs",
    "how-to/pandas",
    "how-to/papers",
    "how-to/opendss",
    "how-to/costs",
    "how-to/sweep",
)
READ += (
    "how-to/mechanism",
    "how-to/goal",
    "how-to/goal-limits",
    "how-to/report",
    "how-to/front",
    "how-to/community",
    "how-to/long-runs",
    "how-to/notebook",
    "how-to/which-goal",
    "how-to/compare-folders",
    "how-to/command-line",
)
#: Evaluations of a search after the first.
FEW = 20
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def named(path):
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def reference():
    pytest.importorskip("mkdocs")
    spec = importlib.util.spec_from_file_location("reference", DOCS / "site" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(text):
    """Yield (language, file the paragraph before names last, content) of each fenced block."""
    for found in FENCE.finditer(text):
        before = text[: found.start()].rstrip().rpartition("\n\n")[2]
        files = re.findall(r"`([\w/.-]+\.\w+)`", before)
        yield found[1], files[-1] if files else None, found[2]


def commands_in(text):
    """Return every toolkit command in code, indented, fenced or within a line."""
    text = re.sub(r"\\\n\s*", " ", text)
    code = [content for _, _, content in blocks(text)]
    prose = FENCE.sub("", text)
    code += re.findall(r"^ {4,}(.*)$", prose, re.MULTILINE)
    code += [" ".join(piece.split()) for piece in re.findall(r"`([^`]+)`", prose)]
    lines = [line.strip() for piece in code for line in piece.splitlines()]
    return [line for line in lines if line.startswith("toolkit ")]


# --- the reference is whole ---------------------------------------------------------------------


def test_every_command_and_option_is_in_the_reference(reference):
    page = reference.TABLES["commands"]()
    for words, command in reference.command_tree().items():
        assert f"## {' '.join(words)}\n" in page
        own = page.partition(f"## {' '.join(words)}\n")[2].partition("\n## ")[0]
        # An older spelling is in no help.
        for parameter in (p for p in command.params if not getattr(p, "hidden", False)):
            assert all(name in own for name in parameter.opts if name.startswith("--"))
    assert len(reference.command_tree()) > 12


def fields(model, above=""):
    """Yield every field of a study, sections inside it too."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        yield model, name
        for part in [inner, *getattr(inner, "__args__", ())]:
            if hasattr(part, "model_fields"):
                yield from fields(part)


def test_every_field_of_a_study_is_in_the_reference(reference):
    page = reference.TABLES["study"]()
    known = list(fields(Study))
    assert len(known) > 40
    for model, name in known:
        field = model.model_fields[name]
        told = (field.description or "").replace("|", "\\|")
        # A section has a heading; any other field a row with its description.
        if not told or f"| {told} |" not in page:
            assert re.search(rf"^## \[+([\w.]+\.)?{name}\b", page, re.MULTILINE), name


def test_every_column_is_in_the_reference_and_its_unit_in_the_glossary(reference):
    page = reference.TABLES["columns"]()
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    units = glossary.partition("**Units.**")[2].partition("\n\n")[0]
    for file, columns in schema.FILES.items():
        part = page.partition(f"## {file}\n")[2].partition("\n## ")[0]
        for column in columns:
            about = column.about.replace("|", "\\|")
            assert f"| `{column.name}` | {column.unit} | {about} |" in part
            assert not column.unit or re.search(rf"(^|\W){re.escape(column.unit)}\W", units)


@pytest.mark.parametrize(
    "name", [n for n in registry.names() if registry.owner(n).startswith("p2p")]
)
def test_every_option_of_ours_is_explained_by_hand_too(name, reference):
    told = (DOCS / "optimizers.md").read_text(encoding="utf-8")
    own = told.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    own += (DOCS / f"{name}.md").read_text() if (DOCS / f"{name}.md").is_file() else ""
    table = f"\n{reference.TABLES['options']()}"
    generated = table.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    rows = option_table(registry.load(name))
    assert rows
    for row in rows:
        assert f"`{row.name}`" in own
        assert f"| `{row.name}` |" in generated


# --- what pages say exists ----------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_in_pages_exist_with_their_options(page, reference):
    tree = reference.command_tree()
    for line in commands_in(page.read_text(encoding="utf-8")):
        words = shlex.split(line, comments=True)
        path = ("toolkit",)
        while len(words) > len(path) and (*path, words[len(path)]) in tree:
            path = (*path, words[len(path)])
        command = tree[path]
        if hasattr(command, "commands"):
            rest = [w for w in words[len(path) :] if not w.startswith("-")]
            assert not rest, f"{line}: no such command"
        known = {name for parameter in command.params for name in parameter.opts}
        known |= {"--help", "-h"}
        used = {w.partition("=")[0] for w in words if re.match(r"--?[a-z]", w)}
        assert used <= known, f"{line}: no option {used - known}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_that_pages_mention_exist(page):
    text = page.read_text(encoding="utf-8")
    written = {file for _, file, _ in blocks(text)}
    told = re.findall(
        r"`((?:toolkit|plugins|docs|dss|profiles|tests|examples|\.ci)/[^`\s]*)`", text
    )
    for name in told:
        if not re.search(r"[A-Z]{3,}", name.replace("README", "")) and name not in written:
            assert list(ROOT.glob(name)) or (ROOT / name).exists(), name


def anchors(page):
    """Return what a link may name after its # on a code host and in the built site alike."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", words).strip().lower().replace(" ", "-") for words in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_work_on_a_code_host_and_in_the_built_site(page):
    """A file beside the page; from the manual to its pages and pictures: the site has no more."""
    links = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text(encoding="utf-8")))
    for target in links:
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_file(), target
        shown = file.suffix == ".md" or file.parent == DOCS / "gallery"
        assert DOCS not in page.parents or (DOCS in file.parents and shown), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_that_is_named_is_a_link(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for name in re.findall(r"`(?:docs/)?([\w/-]+\.md)`", text):
        folders = [DOCS, page.parent] if DOCS in page.parents else [DOCS]
        assert not any((folder / name).is_file() for folder in folders), name


def test_decisions_are_numbered_without_gaps():
    pages = sorted((DOCS / "decisions").glob("*.md"))
    for number, page in enumerate(pages, start=1):
        assert page.name.startswith(f"{number:04d}-")
        assert page.read_text(encoding="utf-8").startswith(f"# {number:04d} ")


def test_code_speaks_of_pages_that_exist():
    code = [
        p for f in ("toolkit", "plugins", "examples", "tests") for p in (ROOT / f).rglob("*.py")
    ]
    told = {
        (name, path)
        for path in code
        for name in re.findall(r"\bdocs/[\w/-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert told
    for name, path in told:
        assert (ROOT / name).is_file(), f"{named(path)} mentions {name}"


def test_the_gallery_shows_every_picture_with_its_command_and_is_small():
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "site" / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["gallery"] = module  # where its dataclass looks for its module
    spec.loader.exec_module(module)
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    shown = re.findall(r"\]\(gallery/([\w.]+)\)", page)
    assert sorted(shown) == sorted(shot.name for shot in module.SHOTS)
    assert all(f"    {shot.command}\n" in page for shot in module.SHOTS)
    pictures = list((DOCS / "gallery").iterdir())
    assert sorted(picture.name for picture in pictures) == sorted(shown)
    assert sum(picture.stat().st_size for picture in pictures) < 1_000_000
    assert all(not alt or len(alt) > 20 for alt in re.findall(r"!\[(.*?)\]", page))


# --- the schema that editors use ----------------------------------------------------------------


@pytest.fixture(scope="module")
def validator():
    """What holds a study against the schema, which is one."""
    found = pytest.importorskip("jsonschema").Draft202012Validator(study_schema())
    found.check_schema(study_schema())
    return found


@pytest.mark.parametrize("path", STUDIES, ids=named)
def test_the_schema_takes_every_study(path, validator):
    validator.validate(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"feeder": "x"},
        {"name": "x", "feeder": "x", "limit": {}},
        {"name": "x", "feeder": "x", "limits": {"v_min": "low"}},
        {"name": "x", "feeder": "x", "fleet": {"add": [{"name": "a", "kind": "sun", "bus": "1"}]}},
    ],
)
def test_the_schema_refuses_what_the_toolkit_refuses(wrong, validator):
    assert list(validator.iter_errors(wrong))


# --- the site -----------------------------------------------------------------------------------


def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(tmp_path, reference):
    words = ["-m", "mkdocs", "build", "--strict", "--quiet", "-f", DOCS / "site" / "mkdocs.yml"]
    done = subprocess.run(
        [sys.executable, *words, "-d", tmp_path / "site"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 20
    loaded = re.compile(
        r"<(?:script|img|iframe)[^>]*src=\W?(?:https?:)?//|<link[^>]*href=\W?(?:https?:)?//"
    )
    styles = re.compile(r"@import|url\(\W?(?:https?:)?//")
    for page in pages:
        assert not loaded.search(page.read_text(encoding="utf-8")), page
    for style in (tmp_path / "site").rglob("*.css"):
        assert not styles.search(style.read_text(encoding="utf-8")), style
    bound = (tmp_path / "site" / "bound.html").read_text(encoding="utf-8")
    assert 'href="decisions/0004-proven-bound.html"' in bound
    python = (tmp_path / "site" / "reference" / "python.html").read_text(encoding="utf-8")
    assert 'id="toolkit.Scores.penalised"' in python
    assert "numpy.ndarray of shape (n,)" in python
    made = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert "toolkit feeders check" in made
    assert "<!-- made" not in made


# --- pages as a new user types them -------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An environment of its own and an empty folder, as the tutorial begins."""
    return Environment(tmp_path_factory.mktemp("desk"))


def typed(desk, line, shown):
    """Do what one line of a terminal says; return what it prints.

    The first search is carried out as it is typed. Others leave out what they show no more of:
    figures, processes that begin from nothing, and most evaluations where what they print is not
    ``shown``.
    """
    words = shlex.split(line, comments=True)
    if words[:2] == ["mkdir", "-p"]:
        (desk.work / words[2]).mkdir(parents=True, exist_ok=True)
        return ""
    if words[:3] == ["pip", "install", "-e"]:
        desk.install(*words[3:])
        return ""
    assert words[0] == "toolkit", line
    as_it_is = not (desk.work / "results").exists()
    if as_it_is:
        return desk.toolkit(*words[1:]).stdout
    return desk.sooner(*(words[1:] if shown else fewer(words[1:]))).stdout


def fewer(words):
    """Return the words of a command with a small budget."""
    at = words.index("--budget") + 1 if "--budget" in words else len(words)
    return words[:at] + [str(min(int(word), FEW)) for word in words[at : at + 1]] + words[at + 1 :]


def run(desk, python):
    """Run the Python of a page so far; return what it prints. The first begins from nothing."""
    file = desk.work / "typed.py"
    as_it_is = not file.exists()
    file.write_text(python, encoding="utf-8")
    return (desk.run if as_it_is else desk.run_sooner)(file.name).stdout


@pytest.mark.parametrize("page", READ)
def test_a_page_works_as_it_is_typed(page, desk):
    """``bash`` is typed, ``python`` run, other blocks saved under the name before them.

    ``text`` is what was printed before, line by line; ``sh`` prepares the machine and is left out.
    """
    printed, python, did = "", "", 0
    found = list(blocks((DOCS / f"{page}.md").read_text(encoding="utf-8")))
    after = [language for language, _, _ in found[1:]]
    for (language, file, content), coming in zip(found, [*after, None], strict=True):
        did += 1
        if language == "bash":
            shown = coming == "text"
            printed = "".join(typed(desk, line, shown) for line in content.splitlines())
        elif language == "python":
            python += content
            if coming != "python":
                printed = run(desk, python)
        elif language == "text":
            shown = {" ".join(line.split()) for line in printed.splitlines()}
            assert {" ".join(line.split()) for line in content.splitlines()} <= shown, printed
        elif file and language != "sh":
            (desk.work / file).write_text(content, encoding="utf-8")
    assert did
