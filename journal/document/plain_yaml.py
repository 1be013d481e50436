"""YAML without surprises: every scalar is the text that stands there, and every value knows its place.

PyYAML's own constructors turn `sha: 1234567` into a number and `verified: no` into False. Here only its parser
is used; nothing is resolved, and types come from the models. Tags, duplicate keys, and excess of size, depth or
aliases are errors with line and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NoReturn

from journal.document import yaml_events
from journal.errors import EntryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_CHARACTERS = 65_536
MAX_DEPTH = 20
MAX_NODES = 10_000

# YAML 1.1 ends a line at each of these, YAML 1.2 and this loader do not.
_SEPARATORS = "\x85\u2028\u2029"
# Text from an escape such as "\\e" could steer a terminal, or fit into no file.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BRIEF = 60
_QUOTE = "if it is meant as text, put it in quotes"


@dataclass(frozen=True)
class Source:
    """Where a YAML text stands: what errors need to name the place.

    Attributes:
        text: The YAML.
        line: Line of the file on which the text begins, from 1.
        path: The file.
        error: The error to raise.
        tagged: Whether tags are passed over, and what they tag is read as it stands; they are errors otherwise.
    """

    text: str
    line: int
    path: Path | str
    error: type[EntryError] = EntryError
    tagged: bool = False

    def fail(self, message: str, line: int, column: int, hint: str | None = None) -> NoReturn:
        """Raise at a place counted from 0 within the text."""
        raise self.error(message, hint=hint, path=self.path, line=self.line + line, column=column + 1)


@dataclass(slots=True)
class Node:
    """One value: text, a list of nodes or a mapping of text to nodes; lines and columns count from 0.

    Attributes:
        line: Where it begins.
        column: Where it begins.
        value: What it is; None where nothing stands.
        key_places: Of a mapping, where its keys begin.
        end: Where it ends: behind its last character in flow style or one line, else where the next thing begins.
        style: How it is written: `plain`, `'`, `"`, `|`, `>`, `flow`, `block`, or `alias`.
    """

    line: int
    column: int
    value: str | list[Node] | dict[str, Node] | None
    key_places: dict[str, tuple[int, int]] = field(default_factory=dict)
    end: tuple[int, int] = (0, 0)
    style: str = "block"

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
        source.fail(f"YAML of {len(source.text)} characters; the limit is {MAX_CHARACTERS}", 0, 0, "shorten it")
    node = _composed(source)
    if node is None or node.value is None:
        return Node(0, 0, {})
    if not isinstance(node.value, dict):
        source.fail("expected `key: value` lines", node.line, node.column, "begin with a key and a colon")
    return node


def _composed(source: Source) -> Node | None:
    """The text as nodes; the pure parser has the last word, also on what is wrong."""
    separators = _Separators(source.text)
    events = yaml_events.quick(separators.hidden)
    if events is not None:
        try:
            return _Composer(source, separators, events).document()
        except (yaml_events.Unsure, EntryError):
            pass
    return _Composer(source, separators, _events(source, separators.hidden), pure=True).document()


def _events(source: Source, text: str) -> Iterator[Any]:
    """The events of a text by the pure parser."""
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        while loader.check_event():
            yield loader.get_event()  # type: ignore[no-untyped-call]
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark or loader.get_mark()
        problem = (error.problem or error.context or "")[:_BRIEF]
        hint = "indent with spaces" if "'\\t'" in problem else _QUOTE
        source.fail(f"not YAML: {problem}", mark.line, mark.column, hint)
    except yaml.reader.ReaderError as error:
        before = source.text[: error.position]
        place = before.count("\n"), len(before) - before.rfind("\n") - 1
        source.fail("a character that YAML does not allow", *place, "remove it")
    except (ValueError, OverflowError):  # an escape or a version beyond any bound
        source.fail("not YAML: a number out of range", loader.line, loader.column, _QUOTE)


class _Composer:
    """Events to nodes, without resolving anything, within budgets.

    Events are typed Any: PyYAML's stubs give them neither tag nor anchor.
    """

    def __init__(self, source: Source, separators: _Separators, events: Iterator[Any], *, pure: bool = False) -> None:
        self._source = source
        self._separators = separators
        self._events = events
        self._pure = pure
        self._last = source.text.count("\n"), len(source.text) - source.text.rfind("\n") - 1
        self._nodes = 0
        self._characters = 0
        self._anchors: dict[str, tuple[Node, int, int]] = {}

    def document(self) -> Node | None:
        found: Node | None = None
        for event in self._events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                if found is not None:
                    self._fail("a second YAML document begins here", event, "keep to one")
                found = self._node(next(self._events), depth=0)
        return found

    def _fail(self, message: str, event: Any, hint: str) -> NoReturn:
        self._source.fail(message, event.start_mark.line, event.start_mark.column, hint)

    def _count(self, event: Any, nodes: int, characters: int) -> None:
        """Charge for what an event stands for; an alias costs as much as what it repeats."""
        self._nodes += nodes
        self._characters += characters
        if self._nodes > MAX_NODES:
            self._fail(f"more than {MAX_NODES} values", event, "shorten it")
        if self._characters > MAX_CHARACTERS:
            self._fail(f"more than {MAX_CHARACTERS} characters with every alias", event, "shorten it")

    def _node(self, event: Any, depth: int, *, in_flow: bool = False) -> Node:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._nodes, self._characters
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._count(event, 0, 0)
        if depth > MAX_DEPTH:
            self._fail(f"nested deeper than {MAX_DEPTH} levels", event, "write it flatter")
        if event.tag is not None and not self._source.tagged:
            self._fail(f"tag {_brief(event.tag)} is not allowed", event, "write the plain value")
        line, column = self._place(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            text, style = self._text(event, in_flow=in_flow), event.style or "plain"
            node = Node(line, column, text, {}, self._place(event.end_mark), style)
        else:
            node = Node(line, column, None)
            in_flow = bool(event.flow_style)
            node.style = "flow" if in_flow else "block"
            is_list = isinstance(event, yaml.SequenceStartEvent)
            node.value = (
                self._items(node, depth, in_flow=in_flow) if is_list else self._pairs(node, depth, in_flow=in_flow)
            )
        if event.anchor is not None:
            self._anchors[event.anchor] = node, self._nodes - before[0], self._characters - before[1]
        return node

    def _text(self, event: Any, *, in_flow: bool) -> str | None:
        if not event.style and event.value == "":
            if in_flow and not self._pure:
                raise yaml_events.Unsure
            return None
        text = self._separators.shown(event.value)
        if _NO_TEXT.search(text):
            self._fail("a character that no text should hold", event, "remove it")
        self._characters += len(text)
        if self._characters > MAX_CHARACTERS:
            self._count(event, 0, 0)
        return text

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self._anchors:
            self._fail(f"alias {_brief(event.anchor)} names no anchor before it", event, _QUOTE)
        node, nodes, characters = self._anchors[event.anchor]
        self._count(event, nodes, characters)
        return replace(node, end=self._place(event.end_mark), style="alias")

    def _items(self, node: Node, depth: int, *, in_flow: bool) -> list[Node]:
        import yaml

        items: list[Node] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                node.end = self._place(event.end_mark)
                break
            items.append(self._node(event, depth + 1, in_flow=in_flow))
        return items

    def _pairs(self, node: Node, depth: int, *, in_flow: bool) -> dict[str, Node]:
        import yaml

        pairs: dict[str, Node] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                node.end = self._place(event.end_mark)
                break
            key = self._node(event, depth + 1, in_flow=in_flow).value
            if not isinstance(key, str):
                self._fail("a key must be plain text", event, _QUOTE)
            if key in pairs:
                self._fail(f"key {_brief(key)} stands twice", event, "keep one of the two")
            node.key_places[key] = (event.start_mark.line, event.start_mark.column)
            pairs[key] = self._node(next(self._events), depth + 1, in_flow=in_flow)
        return pairs

    def _place(self, mark: Any) -> tuple[int, int]:
        """A place in the text: for the C parser the end of the last line is on the line below."""
        if mark.line > self._last[0] and not self._pure:
            return self._last
        return mark.line, mark.column


class _Separators:
    """Hides the separators of YAML 1.1 from PyYAML, behind characters that stand nowhere in the text.

    Attributes:
        hidden: The text without them, as long as before.
    """

    def __init__(self, text: str) -> None:
        self.hidden, self._shown = text, dict[int, int]()
        if any(separator in text for separator in _SEPARATORS):
            held = set(text)
            free = (code for code in range(0x10FFFD, 0xF0000, -1) if chr(code) not in held)
            pairs = list(zip(map(ord, _SEPARATORS), free, strict=False))
            self.hidden = text.translate(dict(pairs))
            self._shown = {stand_in: separator for separator, stand_in in pairs}

    def shown(self, text: str) -> str:
        """A part of the text with its separators again."""
        return text.translate(self._shown) if self._shown else text


def _brief(text: str) -> str:
    """Foreign text for a message."""
    return repr(text if len(text) <= _BRIEF else f"{text[:_BRIEF]}…")
