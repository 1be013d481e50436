"""YAML as a tree: by PyYAML's events, so that nothing is ever constructed, within limits of size and depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from journal.changes import scalars, wording
from journal.changes.nodes import MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_MUCH, Leaf, Tagged, Tree
from journal.changes.unread import MAX_BYTES, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_SLOW = 1 << 16  # characters that PyYAML's pure parser, where there is no other, reads in a second
_MAX_DIRECTIVES = 100  # the C parser compares each with all others
_STANDARD = "tag:yaml.org,2002:"
_MERGE = f"{_STANDARD}merge"
_COLLECTIONS = {None, "!", f"{_STANDARD}map", f"{_STANDARD}seq"}
_TEXT = f"{_STANDARD}str"
_TRUE = {"yes", "true", "on"}


def documents(text: str) -> list[Tree]:
    """The documents of a YAML file.

    A plain value means what YAML 1.1 makes of it, as PyYAML does: `yes` is true, and `1e-4` is a text, while
    `1.0e-4` is a number.

    Raises:
        Unread: It is not YAML, or holds too much.
    """
    import yaml

    if not yaml.__with_libyaml__ and len(text) > _MAX_SLOW:
        raise Unread(f"is larger than {_MAX_SLOW >> 10} KiB, and PyYAML is here without its fast parser")
    if text.count("\n%") > _MAX_DIRECTIVES:
        raise Unread("is not YAML")
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        return list(_Composer(yaml.parse(text, Loader=loader)).documents())
    except (yaml.YAMLError, OverflowError, UnicodeError):
        raise Unread("is not YAML") from None


class _Composer:
    """Events to trees. Events are typed Any: PyYAML's stubs give them neither tag nor anchor."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._nodes = 0
        self._characters = 0
        self._anchors: dict[str, tuple[Tree, int, int]] = {}

    def documents(self) -> Iterator[Tree]:
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                self._anchors = {}
                yield self._node(next(self._events), 0)

    def _node(self, event: Any, depth: int) -> Tree:
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event)
        before = self._nodes, self._characters
        self._count(1, 0)
        if depth > MAX_DEPTH:
            raise Unread(TOO_DEEP)
        if kind == "ScalarEvent":
            self._count(0, len(event.value))
            tree: Tree = _scalar(event)
        else:
            tree = self._items(depth) if kind == "SequenceStartEvent" else self._members(depth)
            if event.tag not in _COLLECTIONS:
                tree = Tagged(_spelt(event.tag), tree)
        if event.anchor is not None:
            self._anchors[event.anchor] = tree, self._nodes - before[0], self._characters - before[1]
        return tree

    def _count(self, nodes: int, characters: int) -> None:
        """Charge for what an event stands for; an alias costs as much as what it repeats."""
        self._nodes += nodes
        self._characters += characters
        if self._nodes > MAX_NODES:
            raise Unread(TOO_MUCH)
        if self._characters > 2 * MAX_BYTES:
            raise Unread("unfolds by its aliases beyond measure")

    def _alias(self, event: Any) -> Tree:
        if event.anchor not in self._anchors:
            raise Unread("is not YAML that ends: an alias stands within what it names, or names nothing")
        tree, nodes, characters = self._anchors[event.anchor]
        self._count(nodes, characters)
        return tree

    def _items(self, depth: int) -> list[Tree]:
        items: list[Tree] = []
        for event in self._events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self._node(event, depth + 1))
        return items

    def _members(self, depth: int) -> dict[str, Tree]:
        """The members of a mapping: its own, then what it takes from others by `<<`."""
        own: dict[str, Tree] = {}
        merged: list[Tree] = []
        for event in self._events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key, value = self._node(event, depth + 1), self._node(next(self._events), depth + 1)
            if isinstance(key, Leaf) and key.meaning == _MERGE and _is_mergeable(value):
                merged += value if isinstance(value, list) else [value]
            else:
                own[_key(event, key)] = value
        for each in merged:
            own = {**own, **{name: value for name, value in _mapping(each).items() if name not in own}}
        return own


def _is_mergeable(value: Tree) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and all(isinstance(each, dict) for each in value))


def _mapping(tree: Tree) -> dict[str, Tree]:
    return tree if isinstance(tree, dict) else {}


def _key(event: Any, key: Tree) -> str:
    """A key as text: `1` and `"1"` are one, as people write them."""
    if isinstance(key, Leaf):
        return str(event.value) if type(event).__name__ == "ScalarEvent" else key.written
    return wording.shown("", key)


def _scalar(event: Any) -> Leaf:
    value, tag = event.value, event.tag
    written = _written(value, event.style)
    if tag is None:
        tag = _TEXT if event.style else _resolved(value)
    elif tag == "!":
        tag = _TEXT
    elif not tag.startswith(_STANDARD) or tag == f"{_STANDARD}binary":
        return Leaf((tag, value), f"{_spelt(tag)} {written}".rstrip())
    leaf = _plain(tag, value, written)
    return leaf if event.tag in {None, "!"} else Leaf(leaf.meaning, f"{_spelt(tag)} {written}".rstrip())


def _written(value: str, style: str | None) -> str:
    """A scalar as the file writes it; what takes several lines, in double quotes."""
    if style == '"' or "\n" in value:
        return wording.quoted(value)
    return "'" + value.replace("'", "''") + "'" if style == "'" else value


def _resolved(value: str) -> str:
    """The tag of YAML 1.1 that a plain scalar has by its form."""
    import yaml

    rules: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers
    return next((tag for tag, form in rules.get(value[:1], ()) if form.match(value)), _TEXT)


def _plain(tag: str, value: str, written: str) -> Leaf:
    kind = tag.removeprefix(_STANDARD)
    if kind == "null":
        return scalars.nothing(written or "null")
    if kind == "bool":
        return Leaf(("bool", value.lower() in _TRUE), written)
    if kind in {"int", "float"} and ":" not in value:  # in base 60 there is no second spelling
        return _number(kind, value, written)
    if kind == "str":
        return scalars.text(value, written)
    if kind == "merge":
        return Leaf(_MERGE, written)
    return Leaf((tag, value), written)


def _number(kind: str, value: str, written: str) -> Leaf:
    digits = value.replace("_", "")
    if kind == "int":
        octal = re.fullmatch(r"([-+]?)0([0-7]+)", digits)
        meaning = scalars.integer(f"{octal[1]}0o{octal[2]}" if octal else digits).meaning
    else:
        meaning = scalars.real(re.sub(r"(?i)\.(inf|nan)", r"\1", digits)).meaning
    return Leaf(meaning, written)


def _spelt(tag: str) -> str:
    """A tag as a file writes it: `!Net`, `!!python/name:torch.nn.GELU`."""
    return f"!!{tag.removeprefix(_STANDARD)}" if tag.startswith(_STANDARD) else tag if tag[:1] == "!" else f"!<{tag}>"
