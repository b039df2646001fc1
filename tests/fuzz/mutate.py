"""Good values made bad: plain data, text, bytes and files, by a seeded ``random.Random``."""

import os
import shutil

DEEP = 3_000
LONG = "long" * 20_000
#: What names may hold that a screen, a spreadsheet, a shell or a template would obey.
ODD_TEXT = (
    *("", " ", "\t", "\n", ".", "..", "/", "~", "-", "--", "=", "0", "-1", "nan", "inf", "1e999"),
    *(
        "\x1b[31mred",
        "\x1b]0;title\x07",
        "\x9b2J",
        "a\rb",
        "a\bb",
        "a\x00b",
        "\x7f",
        "a\nVerdict: ok",
    ),
    *("\u202egnp.exe", "\u2066x\u2069", "\u200b", "\ufeff", "\u2028", "é", "日本", "😀", "x\u0301"),
    *("[/x]", "[bold]", "[red]x[/red]", "{}", "{x}", "%s", "%n", "$x$", "$a_b^c$", "\\", "'", '"'),
    *("=1+1", "+1", "-1", "@x", "<b>x</b>", "&amp;", "|", "`x`", "!x", "x//x", "#x", "a,b", "a;b"),
    *("../../x", "/etc/passwd", "/dev/zero", "/dev/stdin", "~root", "x.csv", "x.dss", "x.toml"),
    *("a" * 101, "a" * 300, "a/" * 3000, LONG, "kv:1e999", "kv:", "*", "?", "[", "None", "true"),
)
ODD_NUMBERS = (
    *(0, -0.0, -1, 1, 2, 3, 0.5, -1e-9, 1e-9, 1e-320, 5e-324, 1e9, 1e12, 1e300, -1e300, 1.8e308),
    *(float("nan"), float("inf"), float("-inf"), 2**31, 2**53, 2**63, -(2**63), 2**64, 2**70),
    *(10**30, 0.1, 99.9, 100, 1e6, 1e8, 1000, 10_000),
)
ODD_OTHERS = (None, True, False, [], {}, [[]], [{}], {"": 0}, [None], {"a": {"b": {}}})


def odd(rng):
    """Return a value that few places expect."""
    drawn = rng.random()
    if drawn < 0.45:
        return rng.choice(ODD_NUMBERS)
    if drawn < 0.8:
        return rng.choice(ODD_TEXT)
    if drawn < 0.95:
        return rng.choice(ODD_OTHERS)
    return nested(rng)


def nested(rng):
    """Return lists or sections within each other, deeper than any use."""
    value = 1
    for _ in range(rng.choice((5, 25, 200))):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def places(data, path=()):
    """Return the path of everything within plain data."""
    found = [path] if path else []
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items if isinstance(data, dict | list) else ():
        if isinstance(value, dict | list):
            found += places(value, (*path, key))
        else:
            found.append((*path, key))
    return found


def data(rng, good):
    """Return a copy of plain data with one thing about it changed."""
    found = _copy(good)
    paths = places(found)
    if not paths:
        return odd(rng)
    path = rng.choice(paths)
    holder = found
    for key in path[:-1]:
        holder = holder[key]
    rng.choice(CHANGES)(rng, holder, path[-1])
    return found


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(held) for key, held in value.items()}
    return [_copy(held) for held in value] if isinstance(value, list) else value


def _drop(rng, holder, key):
    del holder[key]


def _replace(rng, holder, key):
    holder[key] = odd(rng)


def _retype(rng, holder, key):
    value = holder[key]
    holder[key] = rng.choice(([value], {"x": value}, str(value), [value, value], None, True))


def _rename(rng, holder, key):
    if isinstance(holder, dict):
        value = holder.pop(key)
        name = str(key)
        typo = name[:-1] if rng.random() < 0.5 else rng.choice(ODD_TEXT)
        holder[typo] = value


def _double(rng, holder, key):
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[rng.choice(ODD_TEXT)] = holder[key]


def _scale(rng, holder, key):
    if isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        holder[key] = holder[key] * rng.choice((-1, 0, 10, 1e6, 1e150, 1e-150, 0.001))


def _many(rng, holder, key):
    if isinstance(holder[key], list) and holder[key]:
        holder[key] = holder[key] * rng.choice((2, 100, 3000))


def _swap(rng, holder, key):
    other = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
    holder[key], holder[other] = holder[other], holder[key]


CHANGES = (_drop, _replace, _replace, _replace, _retype, _rename, _double, _scale, _many, _swap)


def text(rng, good):
    """Return text with one thing about it changed."""
    lines = good.split("\n")
    at = rng.randrange(len(lines))
    drawn = rng.randrange(9)
    if drawn == 0:
        del lines[at]
    elif drawn == 1:
        lines.insert(at, lines[rng.randrange(len(lines))])
    elif drawn == 2:
        lines[at] = rng.choice(ODD_TEXT)
    elif drawn == 3:
        lines[at] += rng.choice(ODD_TEXT)
    elif drawn == 4:
        return good[: rng.randrange(len(good) + 1)]
    elif drawn == 5:
        cut = rng.randrange(len(good) + 1)
        return good[:cut] + rng.choice(ODD_TEXT) + good[cut:]
    elif drawn == 6:
        lines[at] = lines[at] * rng.choice((2, 50))
    elif drawn == 7:
        return good.replace(rng.choice(",.=[]\"' 0123456789"), str(rng.choice(ODD_NUMBERS)), 1)
    else:
        words = lines[at].split(" ")
        words[rng.randrange(len(words))] = rng.choice((*ODD_TEXT, *map(str, ODD_NUMBERS)))
        lines[at] = " ".join(words)
    return "\n".join(lines)


def content(rng, good):
    """Return a text as bytes, in an encoding of its own or damaged."""
    drawn = rng.random()
    if drawn < 0.75:
        return good.encode("utf-8", "surrogatepass")
    if drawn < 0.85:
        encoding = rng.choice(("utf-16", "utf-8-sig", "utf-32", "latin-1", "utf-16-le"))
        return good.encode(encoding, "replace")
    held = bytearray(good.encode("utf-8", "surrogatepass"))
    for _ in range(rng.choice((1, 1, 3, 30))):
        if held:
            held[rng.randrange(len(held))] = rng.randrange(256)
    return bytes(held)


def file(rng, path):
    """Put something in the place of a file: none, a folder, a link, a pipe, a device, odd bytes."""
    drawn = rng.randrange(9)
    held = path.read_bytes() if path.is_file() else b""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if drawn == 1:
        path.mkdir()
    elif drawn == 2:
        os.symlink(rng.choice(("/dev/zero", "nowhere", ".", "../outside/kept", path.name)), path)
    elif drawn == 3:
        os.mkfifo(path)
    elif drawn == 4:
        path.write_bytes(b"")
    elif drawn == 5:
        path.write_bytes(held[: rng.randrange(len(held) + 1)])
    elif drawn == 6:
        path.write_bytes(rng.randbytes(rng.choice((1, 100, 10_000))))
    elif drawn == 7:
        path.write_bytes(held * 3)
    elif drawn == 8:
        path.write_bytes(b"\xef\xbb\xbf" + held)
