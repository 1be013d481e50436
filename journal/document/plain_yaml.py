"""YAML without surprises: every scalar is the text that stands there, and every value knows its place.

PyYAML's own constructors turn `sha: 1234567` into a number and `verified: no` into False. Here only its parser
is used; nothing is resolved, and types come from the models. Tags, duplicate keys, and excess of size, depth or
aliases are errors with line and column.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from journal.errors import EntryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_CHARACTERS = 65_536
MAX_DEPTH = 20
MAX_NODES = 10_000


@dataclass(frozen=True)
class Source:
    """Where a YAML text stands: what errors need to name the place.

    Attributes:
        text: The YAML.
        line: Line of the file on which the text begins, from 1.
        path: The file.
        error: The error to raise.
    """

    text: str
    line: int
    path: Path | str
    error: type[EntryError] = EntryError

    def fail(self, message: str, line: int, column: int, hint: str | None = None) -> NoReturn:
        """Raise at a place counted from 0 within the text."""
        raise self.error(message, hint=hint, path=self.path, line=self.line + line, column=column + 1)


@dataclass
class Node:
    """One value: text, a list of nodes or a mapping of text to nodes; line and column count from 0."""

    line: int
    column: int
    value: str | list[Node] | dict[str, Node] | None
    key_places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value as text, lists and dicts; keys without a value are left out."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items() if node.value is not None}
        if isinstance(self.value, list):
            return ["" if node.value is None else node.plain() for node in self.value]
        return self.value

    def place(self, location: tuple[int | str, ...]) -> tuple[int, int]:
        """Line and column of the deepest part of `location` that exists, from 0."""
        node, place = self, (self.line, self.column)
        for part in location:
            if isinstance(node.value, dict) and part in node.value:
                place = node.key_places[str(part)]
                node = node.value[str(part)]
            elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                place = (node.line, node.column)
        return place


def read(source: Source) -> Node:
    """The top mapping of a YAML text; an empty text is an empty mapping.

    Raises:
        EntryError: Of the class that the source names, at the place of the trouble.
    """
    if len(source.text) > MAX_CHARACTERS:
        source.fail(f"YAML of {len(source.text)} characters; the limit is {MAX_CHARACTERS}", 0, 0)
    composer = _Composer(source)
    node = composer.document()
    if node is None or node.value is None:
        return Node(0, 0, {})
    if not isinstance(node.value, dict):
        source.fail("expected `key: value` lines", node.line, node.column)
    return node


class _Composer:
    """Events to nodes, without resolving anything, within budgets.

    Events are typed Any: PyYAML's stubs give them neither tag nor anchor.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._nodes = 0
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}

    def document(self) -> Node | None:
        events = self._events()
        found: Node | None = None
        for event in events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                if found is not None:
                    self._fail("a second YAML document begins here", event)
                found = self._node(next(events), events, depth=0)
        return found

    def _events(self) -> Iterator[Any]:
        import yaml

        try:
            yield from yaml.parse(self._source.text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            self._source.fail(f"not YAML: {error.problem or error.context}", line, column)
        except yaml.reader.ReaderError as error:
            before = self._source.text[: error.position]
            place = before.count("\n"), len(before) - before.rfind("\n") - 1
            self._source.fail(f"a character that YAML does not allow: {error.reason}", *place)
        except (ValueError, OverflowError) as error:
            self._source.fail(f"not YAML: {error}", 0, 0)

    def _fail(self, message: str, event: Any, hint: str | None = None) -> NoReturn:
        self._source.fail(message, event.start_mark.line, event.start_mark.column, hint)

    def _count(self, event: Any, amount: int = 1) -> None:
        self._nodes += amount
        if self._nodes > MAX_NODES:
            self._fail(f"more than {MAX_NODES} values", event)

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._count(event)
        before = self._nodes
        if depth > MAX_DEPTH:
            self._fail(f"nested deeper than {MAX_DEPTH} levels", event)
        if event.tag is not None:
            self._fail(f"tag {event.tag!r} is not allowed", event, "write the plain value")
        node = Node(event.start_mark.line, event.start_mark.column, None)
        if isinstance(event, yaml.ScalarEvent):
            empty = event.style is None and event.value == ""
            node.value = None if empty else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            node.value = self._items(events, depth)
        else:
            node.value = self._pairs(node, events, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
            self._sizes[id(node)] = self._nodes - before + 1
        return node

    def _alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            self._fail(f"alias *{event.anchor} names no anchor before it", event)
        self._count(event, self._sizes[id(node)])
        return node

    def _items(self, events: Iterator[Any], depth: int) -> list[Node]:
        import yaml

        items: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, depth + 1))
        return items

    def _pairs(self, node: Node, events: Iterator[Any], depth: int) -> dict[str, Node]:
        import yaml

        pairs: dict[str, Node] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1).value
            if not isinstance(key, str):
                self._fail("a key must be plain text", event)
            if key in pairs:
                self._fail(f"key {key!r} stands twice", event)
            node.key_places[key] = (event.start_mark.line, event.start_mark.column)
            pairs[key] = self._node(next(events), events, depth + 1)
        return pairs
