"""What figures for print are asked to be: how wide, and in whose style."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
from matplotlib.font_manager import fontManager

from toolkit.common.arguments import PathLike
from toolkit.common.errors import InputError, unknown_name
from toolkit.common.excerpts import excerpt, line, shortened
from toolkit.common.files import read_text
from toolkit.common.validation import path_flaw
from toolkit.results.figures.rules import NARROW
from toolkit.results.widths import NARROWEST, ONE_COLUMN, WIDEST, checked_width

#: A style in Python: a file or a name of matplotlib's, or settings.
Style = PathLike | Mapping[str, Any] | None
#: Settings of matplotlib that say how it runs, not how figures look; styles never change them.
NO_STYLE = {
    *("backend", "backend_fallback", "date.epoch", "docstring.hardcopy", "figure.hooks"),
    *("figure.max_open_warning", "figure.raise_window", "interactive", "savefig.directory"),
    *("timezone", "tk.window_focus", "toolbar", "webagg.address", "webagg.open_in_browser"),
    *("webagg.port", "webagg.port_retries"),
}
#: What matplotlib has by itself, and what is set now; any text is asked for as a name in it.
USUAL: Any = matplotlib.rcParamsDefault
NOW: Any = matplotlib.rcParams
TEX = (
    "text.usetex: found true; expected false, since names in figures are no TeX. The fonts of a "
    "document come with font.family and mathtext.fontset."
)


@dataclass(frozen=True)
class Page:
    """How figures for print are to look.

    width: inches, None for that of the house; rules: what the user sets, over the house's style;
    titles: whether figures say above them what they are about.
    """

    width: float | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    titles: bool = True

    @property
    def narrow(self) -> bool:
        """Whether figures stand in one column of a page."""
        return self.width is not None and self.width < ONE_COLUMN

    @property
    def house(self) -> dict[str, Any]:
        """The house's rules that a narrow figure has instead of those of a page's width."""
        return NARROW if self.narrow else {}


def page_of(width: float | None, style: Style, titles: bool = True) -> Page:
    """Return the page that is asked for. Raises InputError.

    What is set counts in this order: ``style``; what the user's matplotlibrc or session changes of
    matplotlib's defaults; the style of the house. A width is kept whatever these say.
    """
    width = checked_width(width)
    rules = {**_session(), **dict(_asked(style))}
    if rules.get("text.usetex"):
        raise InputError(TEX)
    if "font.family" in rules and not fonts({**USUAL, **rules}):
        named = ", ".join(rules["font.family"])
        raise InputError(f"font.family: found {line(named)}; none of these fonts is installed.")
    if width is None and "figure.figsize" in rules:
        width = min(max(float(rules["figure.figsize"][0]), NARROWEST), WIDEST)
    if width is not None:
        rules["savefig.bbox"] = None
    return Page(width, rules, titles)


def fonts(rules: Mapping[str, Any]) -> list[str]:
    """Return the installed fonts that rules name, families such as serif by their members."""
    known = set(fontManager.get_font_names())
    families = rules["font.family"]
    named = [font for family in families for font in rules.get(f"font.{family}", [family])]
    return [font for font in named if font in known]


def _session() -> dict[str, Any]:
    """Return what the user's matplotlibrc, or script, has set."""
    names = [name for name in USUAL if name not in NO_STYLE]
    return {name: NOW[name] for name in names if NOW[name] != USUAL[name]}


def _asked(style: Style) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a style, checked."""
    if style is None:
        return
    if isinstance(style, Mapping):
        for name, value in style.items():
            yield from _setting("style", str(name), value)
    elif not isinstance(style, str | Path) or not str(style) or path_flaw(str(style)):
        raise InputError(
            f"style: found {excerpt(style)}; expected a style file, the name of a style of "
            "matplotlib, or settings by name."
        )
    elif Path(style).is_file():
        for number, text in enumerate(read_text(Path(style)).splitlines(), 1):
            name, _, value = (part.strip() for part in _uncommented(text).partition(":"))
            if name:
                yield from _setting(f"{style}, line {number}", name, value.strip('"'))
    elif str(style) in matplotlib.style.library:
        library: Any = matplotlib.style.library[str(style)]
        # A style without a grid says nothing of ours.
        ours = {} if library.get("axes.grid") else {n for n in library if n.startswith("grid.")}
        left_out = {*NO_STYLE, *ours}
        yield from ((name, value) for name, value in library.items() if name not in left_out)
    elif Path(style).suffix == ".mplstyle" or len(Path(style).parts) > 1:
        raise InputError(f"{style}: no such style file.")
    else:
        raise unknown_name("style", str(style), [*matplotlib.style.available])


def _uncommented(text: str) -> str:
    """Return a line of a style file without its comment; a # in quotes is none."""
    for at, sign in enumerate(text):
        if sign == "#" and text[:at].count('"') % 2 == 0:
            return text[:at]
    return text


def _setting(where: str, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a setting as matplotlib has it, nothing for one that is no matter of style."""
    if name in NO_STYLE:
        return
    if name not in USUAL:
        raise InputError(f"{where}: {unknown_name('setting', name, [*USUAL])}")
    checked: Any = matplotlib.RcParams()
    try:
        checked[name] = value
    except (ValueError, TypeError) as error:
        found = f"{name}: found {excerpt(str(value))}"
        raise InputError(f"{where}: {found}; {line(shortened(str(error), 160))}") from error
    yield name, checked[name]
