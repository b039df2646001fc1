"""Styles and scripts of a page, which has them within itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from markupsafe import Markup

from toolkit.results.report.environment import TEMPLATES


def style(names: Sequence[str]) -> Markup:
    """Return style sheets as one."""
    return Markup("".join(_template(f"{name}.css") for name in names))


def script(names: Sequence[str]) -> Markup:
    """Return scripts as one: a page names the checksum of what may run."""
    return Markup(
        "\n".join(['"use strict";', *(_template(f"{name}.js").strip() for name in names)])
    )


def script_hash(text: str) -> str:
    """Return the checksum of a script as a page's policy has it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def svg_source(content: bytes) -> str:
    """Return a drawing as the address of a picture, so that none sees another's styles."""
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode('ascii')}"


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
