"""What people see before they install: the citation, and the metadata of the package."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_citation_is_of_this_version(project):
    yaml = pytest.importorskip("yaml")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["title"] == project["name"]
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert citation["authors"] == project["authors"]


def test_every_required_package_is_imported(project):
    names = [re.split("[<>=]", requirement)[0] for requirement in project["dependencies"]]
    modules = {
        "opendssdirect.py": "opendssdirect",
        "tomli-w": "tomli_w",
        "numpy-financial": "numpy_financial",
    }
    code = [p for folder in ("toolkit", "plugins") for p in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in code)
    for name in names:
        assert re.search(
            rf"\bimport(_module\()? ?[\"']?{modules.get(name, name)}\b|"
            rf"\bfrom {modules.get(name, name)}\b",
            text,
        ), name


def test_urls_are_named_elsewhere_too(project):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(url in readme for url in project["urls"].values())
    assert metadata.version(project["name"]) == project["version"]


def test_the_changelog_has_the_form_of_keep_a_changelog():
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("## ")] == ["## [Unreleased]"]
    kinds = [line for line in lines if line.startswith("### ")]
    assert kinds == ["### Added", "### Changed", "### Fixed"]


def test_every_package_is_installed():
    """The list is by hand, since the bundled feeders and profiles lie beside the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {path.parent.relative_to(ROOT) for path in (ROOT / "toolkit").rglob("__init__.py")}
    listed = set(project["tool"]["setuptools"]["packages"])
    beside = {"toolkit_plugins", "toolkit.dss", "toolkit.profiles_data"}
    assert listed - beside == {".".join(folder.parts) for folder in found}
