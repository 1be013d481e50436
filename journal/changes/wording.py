"""How keys and values are spelt: dotted keys, values on one line, nothing that should stay secret."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from journal.changes.nodes import Leaf, Tagged
from journal.model.secrets import hidden, is_secret_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.changes.nodes import Tree

LONGEST = 200
"""Characters of a value that are shown."""

HIDDEN = "(hidden)"
"""What is shown of a value that should stay secret."""

_ENOUGH = 4 * LONGEST  # of a mapping or list, which is shown only where it took the place of something else

_NOTHING = {"", "null", "None", "~", '""', "''"}
_BARE = re.compile(r"[^\s.\[\]{}\"'`\\,]+")
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def member(key: str, name: str) -> str:
    """The key of a member of a mapping: `experiment.wandb`, quoted where it would be ambiguous."""
    bare = _BARE.fullmatch(name) and not _UNPRINTABLE.search(name)
    spelt = name if bare else visible(json.dumps(name, ensure_ascii=False))
    return f"{key}.{spelt}" if key else spelt


def item(key: str, place: int) -> str:
    """The key of an item of a list: `layers[2]`."""
    return f"{key}[{place}]"


def quoted(text: str) -> str:
    """Text in double quotes, on one line, as JSON, TOML and YAML read it."""
    return json.dumps(text, ensure_ascii=False)


def visible(text: str) -> str:
    r"""Text in which characters that nobody sees, or that steer a terminal, are spelt as `\u200b`."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def pair(key: str, before: Tree | None, after: Tree | None) -> tuple[str | None, str | None]:
    """Two values of one key as they are shown; where both are long, from shortly before they part."""
    one, other = _told(key, before), _told(key, after)
    start = 0
    if one is not None and other is not None and min(len(one), len(other)) > LONGEST // 2:
        same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
        start = same - LONGEST // 4 if same > LONGEST // 2 else 0
    return one and _shortened(one, start), other and _shortened(other, start)


def shown(key: str, value: Tree) -> str:
    """A value as it is shown: on one line, shortened."""
    return _shortened(_told(key, value) or "", 0)


def _shortened(text: str, start: int) -> str:
    cut = text[start : start + LONGEST]
    return ("…" if start else "") + cut + ("…" if start + LONGEST < len(text) else "")


def _told(key: str, tree: Tree | None) -> str | None:
    if tree is None:
        return None
    told = ""
    for piece in _pieces(key, tree):
        told += piece
        if len(told) > _ENOUGH:
            break
    return told


def _pieces(key: str, tree: Tree) -> Iterator[str]:
    """A value bit by bit, mappings and lists in YAML's flow style."""
    if not isinstance(tree, (dict, list)):
        yield _clean(key, tree.written) if isinstance(tree, Leaf) else f"{visible(tree.tag)} "
        if isinstance(tree, Tagged):
            yield from _pieces(key, tree.value)
        return
    opening, closing = "{}" if isinstance(tree, dict) else "[]"
    yield opening
    for place, below in enumerate(tree.items() if isinstance(tree, dict) else tree):
        name, value = below if isinstance(below, tuple) else ("", below)
        yield ", " if place else ""
        yield f"{member('', name)}: " if isinstance(tree, dict) else ""
        yield from _pieces(name or key, value)
    yield closing


def _clean(key: str, written: str) -> str:
    """A plain value on one line, unless it should stay secret."""
    if is_secret_key(key) and written not in _NOTHING:
        return HIDDEN
    return visible(hidden(written, HIDDEN))
