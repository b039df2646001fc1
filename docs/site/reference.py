"""Reference tables from the code itself: a hook of mkdocs.

A page in docs/reference/ holds a mark, in place of which the built site has the table. No table is
committed, so none can be older than the code it describes. The page on Python is mkdocstrings'.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from toolkit.cli import app
from toolkit.cli.init import study_schema
from toolkit.common.plugins.options import option_table
from toolkit.optimizer import registry
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS
from toolkit.problem.mechanisms.registry import MECHANISMS
from toolkit.problem.policies.registry import POLICIES
from toolkit.results import columns as schema

DOCS = Path(__file__).resolve().parents[1]
#: How a cell of a table writes a bar.
BAR = r"\|"
#: Where a page wants a table.
MARK = re.compile(r"<!-- made: (\w+) -->")


def on_config(config):
    """List every decision, and under Explanation each page the navigation does not name."""
    decisions = sorted(f"decisions/{path.name}" for path in DOCS.glob("decisions/*.md"))
    named = {page for section in config.nav for page in _pages(section)}
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    explanation = next(s["Explanation"] for s in config.nav if "Explanation" in s)
    explanation += sorted(pages - named - set(decisions))
    config.nav.append({"Decisions": decisions})
    return config


def on_page_markdown(markdown, page, config, files):
    """Put the tables in place of their marks."""
    return MARK.sub(lambda mark: TABLES[mark[1]](), markdown)


def _pages(entry):
    """Return the pages an entry of the navigation names, at any depth."""
    if isinstance(entry, str):
        return [entry]
    inside = entry if isinstance(entry, list) else entry.values()
    return [page for part in inside for page in _pages(part)]


def command_tree():
    """Return every command by the words that call it."""

    def below(words, command):
        yield words, command
        for name, sub in getattr(command, "commands", {}).items():
            yield from below((*words, name), sub)

    return dict(below(("toolkit",), get_command(app)))


def commands():
    """Return what each command says of itself."""
    parts = []
    for words in command_tree():
        asked = [*words[1:], "--help"]
        told = CliRunner().invoke(app, asked, prog_name="toolkit", env={"COLUMNS": "80"})
        parts += [f"## {' '.join(words)}", f"```text\n{told.output.strip()}\n```"]
    return "\n\n".join(parts)


def study():
    """Return every field of a study file."""
    whole = study_schema()
    parts = [_fields(whole, whole)]
    for title, section in _sections(whole, whole):
        parts += [f"## {title}", section.get("description", ""), _fields(section, whole)]
    return "\n\n".join(parts)


def _sections(part, whole, above=""):
    """Yield the sections below a part of the schema: heading as in TOML, schema."""
    for key, field in part["properties"].items():
        # A kind's section that may be left out has the fields of any kind's, which are told once.
        inner = _inner(field, whole, optional=not above)
        if "properties" in inner:
            named = f"{above}{key}{'.NAME' if 'additionalProperties' in field else ''}"
            yield f"[[{named}]]" if "items" in field else f"[{named}]", inner
            yield from _sections(inner, whole, f"{above}{key}.")


def _inner(field, whole, optional=True):
    """Return what a field holds, or each of its items: a section has properties."""
    forms = [*field.get("oneOf", []), *(field.get("anyOf", []) if optional else [])]
    for holder in (field, field.get("additionalProperties"), field.get("items"), *forms):
        if isinstance(holder, dict) and "$ref" in holder:
            return whole["$defs"][holder["$ref"].rpartition("/")[2]]
    return field


def _fields(part, whole):
    """Return the table of a section's own fields."""
    required = part.get("required", [])
    rows = [
        (
            f"`{key}`",
            _kind(field),
            "required" if key in required else _default(field.get("default")),
            field.get("description", ""),
        )
        for key, field in part["properties"].items()
        if "oneOf" in field or "properties" not in _inner(field, whole, optional=False)
    ]
    return _table(("field", "value", "default", "meaning"), rows)


def _kind(field):
    """Say what values a field takes."""
    if "enum" in field:
        return " or ".join(f"`{value!r}`" for value in field["enum"])
    if "oneOf" in field:
        return " or ".join("section" if "$ref" in f else _kind(f) for f in field["oneOf"])
    if "anyOf" in field:
        return " or ".join(_kind(f) for f in field["anyOf"] if f.get("type") != "null")
    if field.get("type") == "array":
        items = field.get("prefixItems") or [field.get("items", {})]
        more = "" if "prefixItems" in field else ", ..."
        return f"[{', '.join(_kind(item) for item in items)}{more}]"
    words = {"number": "number", "integer": "whole number", "string": "text", "object": "table"}
    words["boolean"] = "true or false"
    signs = {
        "minimum": ">=",
        "exclusiveMinimum": ">",
        "maximum": "<=",
        "exclusiveMaximum": "<",
    }
    limits = [f"{sign} {field[key]:g}" for key, sign in signs.items() if key in field]
    return " ".join([words.get(field.get("type"), "any"), *limits])


def _default(value):
    return "-" if value is None or value in ({}, []) else f"`{json.dumps(value)}`"


def columns():
    """Return every column of every results file."""
    parts = []
    for file, listed in schema.FILES.items():
        rows = [(f"`{c.name}`", c.unit, c.about) for c in listed]
        parts += [f"## {file}", _table(("column", "unit", "meaning"), rows)]
    return "\n\n".join(parts)


def options():
    """Return every option of every optimizer installed here."""
    parts = []
    for name in registry.names():
        optimizer = registry.load(name)
        parts += [f"## {name}", *_plugin(optimizer)]
    return "\n\n".join(parts)


def policies():
    """Return every option and every parameter of every dispatch policy installed here."""
    parts = []
    for name in POLICIES.names():
        policy = POLICIES.load(name)
        parts += [f"### {name}", *_plugin(policy)]
        asked = list(policy().parameters(1))
        searched = [(f"`{p.name}`", p.lower, p.upper, p.default, p.unit, p.meaning) for p in asked]
        parts += [_table(("searched", "from", "to", "default", "unit", "meaning"), searched)]
    return "\n\n".join(parts)


def mechanisms():
    """Return every option of every mechanism of settlement installed here."""
    parts = []
    for name in MECHANISMS.names():
        parts += [f"### {name}", *_plugin(MECHANISMS.load(name))]
    return "\n\n".join(parts)


def goals():
    """Return every option of every goal installed here."""
    parts = []
    for name in GOAL_PLUGINS.names():
        parts += [f"### {name}", *_plugin(GOAL_PLUGINS.load(name))]
    return "\n\n".join(parts)


def _plugin(kind):
    """Return what a plug-in's class is, and its options."""
    rows = [
        (f"`{o.name}`", o.kind, o.range, f"`{o.default}`", o.description)
        for o in option_table(kind)
    ]
    options = _table(("option", "value", "range", "default", "meaning"), rows)
    return [f"{kind.description}. {kind.reference}.", options]


def _table(header, rows):
    if not rows:
        return "None."
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(str(c).replace('|', BAR) for c in r)} |" for r in lines)


#: What makes each table, by the word in the mark.
TABLES = {"commands": commands, "study": study, "columns": columns, "options": options}
TABLES["policies"] = policies
TABLES["mechanisms"] = mechanisms
TABLES["goals"] = goals
