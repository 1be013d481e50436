"""JSON, TOML and INI as trees."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from journal.changes import scalars
from journal.changes.nodes import Leaf, Tree, within_limits
from journal.changes.unread import Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_PARTS = 30
# Python's reader takes memory by the square of a key's parts.
_LONG_KEY = re.compile(rf"""(?:\.[ \t]*+(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+){{{_MAX_PARTS}}}""")
_COMMENT = ("#", ";")


def json_tree(text: str) -> Tree:
    """A JSON file; numbers keep their spelling.

    Raises:
        Unread: It is not JSON, or holds too much.
    """
    try:
        value = json.loads(text, parse_int=scalars.integer, parse_float=scalars.real, parse_constant=scalars.real)
    except (ValueError, RecursionError):
        raise Unread("is not JSON") from None
    return _limited(value)


def toml_tree(text: str) -> Tree:
    """A TOML file; fractions keep their spelling, other values have that of TOML.

    Raises:
        Unread: It is not TOML, or holds too much.
    """
    if _LONG_KEY.search(text):
        raise Unread(f"holds a key of more than {_MAX_PARTS} parts")
    try:
        value = tomllib.loads(text.replace("\r\n", "\n"), parse_float=scalars.real)
    except (ValueError, RecursionError):
        raise Unread("is not TOML") from None
    return _limited(value)


def _limited(value: Any) -> Tree:
    try:
        return within_limits(_tree(value))
    except RecursionError:
        raise Unread("is nested too deeply") from None


def _tree(value: Any) -> Tree:
    if isinstance(value, dict):
        return {key: _tree(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_tree(below) for below in value]
    if isinstance(value, Leaf):
        return value
    if value is None or isinstance(value, bool):
        return scalars.nothing() if value is None else scalars.truth(value)
    if isinstance(value, str):
        return scalars.text(value)
    return (
        Leaf(("int", value), scalars.spelt(value)) if isinstance(value, int) else Leaf(("time", str(value)), str(value))
    )


def ini_tree(text: str) -> Tree:
    """An INI file: sections of `key = value` or `key: value`, lines that go on when indented, and no interpolation.

    Python's own reader takes time by the square of a line's length.

    Raises:
        Unread: It is something else, or holds too much.
    """
    options: dict[tuple[str, ...], list[str]] = {}
    for path, said in _options(text):
        if path in options and said.startswith("\n"):
            options[path].append(said)
        else:
            options[path] = [said]
    tree: dict[str, Tree] = {}
    for path, lines in options.items():
        value = "".join(lines).strip()
        holder = tree.setdefault(path[0], {}) if path[1:] else tree
        if isinstance(holder, dict):
            holder[path[-1]] = scalars.text(value, None if "\n" in value else value)
    return within_limits(tree)


def _options(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each option and what is said of it; what begins with a line end goes on with what was said."""
    section: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(_COMMENT):
            continue
        if line[0].isspace() and path:
            yield path, f"\n{bare}"
        elif bare[0] == "[" and "]" in bare:
            section, path = (bare[1 : bare.rindex("]")],), ()
        else:
            name, sign, value = _parted(bare)
            if not name or not (sign or section):
                raise Unread("is not made of `key = value` lines")
            path = (*section, name)
            yield path, value


def _parted(line: str) -> tuple[str, str, str]:
    """Name, sign and value of a line, parted at the first `=` or `:`."""
    places = [place for place in (line.find("="), line.find(":")) if place >= 0]
    at = min(places, default=len(line))
    return line[:at].rstrip(), line[at : at + 1], line[at + 1 :].lstrip()
