"""Front matter as text with places: what is put where to change one value and no other byte, and whether that came out.

The places are those that the loader gives; what comes out is read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from journal.document import front_matter, plain_yaml
from journal.document.plain_yaml import Source
from journal.document.quoting import Value, flow, like, quoted
from journal.errors import EntryError, FrontMatterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.document.plain_yaml import Node

Location = tuple[int | str, ...]
"""Keys and positions down to a value, such as `("runs", 1, "id")`."""

_LINE_END = re.compile(rb"\r\n|[\r\n]")


@dataclass(frozen=True)
class Edit:
    """Bytes of the file that give way to a text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Matter:
    """A file's front matter, and where its lines stand.

    Attributes:
        raw: The file.
        path: The file, for errors.
        lines: The text of each line, from the line of the opening hyphens to that of the closing ones.
        starts: Where each of them starts in the file.
        top: The values.
        end: Where the text below starts.
    """

    raw: bytes
    path: str
    lines: list[str]
    starts: list[int]
    top: Node
    end: int

    @property
    def tree(self) -> Any:
        """All values as text, lists, dicts and None."""
        return tree_of(self.top)

    def find(self, location: Location) -> Node | None:
        """The value at a place, which nothing but this place shows; None if it is not there."""
        node = self.top
        for part in location:
            if isinstance(node.value, dict) and part in node.value:
                node = node.value[str(part)]
            elif isinstance(node.value, list) and isinstance(part, int) and 0 <= part < len(node.value):
                node = node.value[part]
            else:
                return None
            if node.style == "alias" or self._sign(node) == "&":
                self.refuse(f"{_shown(location)} is shared by an anchor or alias", node, "write its value out")
        return node

    # --- edits --------------------------------------------------------------------------------------------------------

    def replacing(self, node: Node, location: Location, value: Value) -> Edit:
        """Another value in place of text or of nothing."""
        start, end = self._offset(node.line, node.column), self._end(node)
        if isinstance(node.value, (list, dict)):
            self.refuse(f"{_shown(location)} is not a text", node, "edit it by hand")
        inside = any(self._at(location[:depth]).style == "flow" for depth in range(len(location)))
        text = like(value, node.style, inside_flow=inside) if isinstance(value, str) else flow(value)
        return self._behind_sign(node, location, text) if node.value is None else Edit(start, end, text)

    def adding(self, text: str, location: Location) -> Edit:
        """A line above the closing hyphens."""
        if self.top.style == "flow":
            self.refuse(f"{_shown(location)} cannot be added", self.top, "write each key on a line of its own")
        start = self.starts[-1]
        return Edit(start, start, f"{self._indentation}{text}{self._eol}")

    def extending(self, location: Location, value: Value) -> Edit:
        """One more key behind the others of a mapping below the top level."""
        node = self.find(location[:-1])
        if node is None or not isinstance(node.value, dict) or not node.value:
            self.refuse(f"there is no {_shown(location[:-1])}", node, "add it by hand")
        *_, last = node.value.values()
        key, end = quoted(str(location[-1])), self._end(last)
        if node.style == "flow":
            return Edit(end, end, f", {key}: {flow(value)}")
        column = min(column for _, column in node.key_places.values())
        place = self._line_end(end)
        return Edit(place, place, f"{self._eol}{' ' * column}{key}: {_lone(value)}")

    def begun(self, item: Value) -> str:
        """What stands behind the colon of a list with its first item."""
        if not isinstance(item, Mapping) or self.top.style == "flow":
            return f" {flow([item])}"
        return f"{self._eol}{self._indentation}  - {flow(item)}"

    def beginning(self, node: Node, location: Location, item: Value) -> Edit:
        """The first item of a list behind a key without a value."""
        text = self.begun(item)
        if text.startswith(" "):
            return self._behind_sign(node, location, text.removeprefix(" "))
        end = self._line_end(self._offset(node.line, node.column))
        return Edit(end, end, text)

    def widening(self, node: Node, text: str, item: Value) -> Edit:
        """A list in place of the one text that stood for it."""
        start, end = self._offset(node.line, node.column), self._end(node)
        kept = self.raw[start:end].decode() if node.style in {"'", '"'} else quoted(text)
        return Edit(start, end, f"[{kept}, {_item(item, node.style)}]")

    def lengthening(self, node: Node, items: Sequence[Node], item: Value) -> Edit:
        """An item behind the last one of a list."""
        if node.style == "flow":
            first = self._offset(node.line, node.column) + 1
            place = self._end(items[-1]) if items else first
            text = f", {_item(item, items[-1].style)}" if items else flow(item)
            return Edit(place, place, text)
        if self._sign(node) != "-":
            self.refuse("this list cannot be edited", node, "write each item behind a hyphen")
        place = self._line_end(self._end(items[-1]))
        return Edit(place, place, f"{self._eol}{self._line_of(node, items[-1], item)}")

    def _line_of(self, node: Node, last: Node, item: Value) -> str:
        """An item of a block list as the last one is written: indentation, hyphen, value."""
        line = self.lines[last.line]
        is_beside = line[node.column : last.column].rstrip(" ") == "-" and last.value is not None
        gap = line[node.column + 1 : last.column] if is_beside and last.style != "alias" else " "
        indentation = " " * node.column
        if isinstance(item, str):
            return f"{indentation}-{gap}{like(item, last.style, inside_flow=False)}"
        if not isinstance(item, Mapping) or not item or not isinstance(last.value, dict) or last.style != "block":
            return f"{indentation}-{gap}{flow(item)}"
        keys = [f"{quoted(key)}: {_lone(value)}" for key, value in item.items()]
        return f"{indentation}-{gap}" + f"{self._eol}{indentation} {' ' * len(gap)}".join(keys)

    def spliced(self, edit: Edit, location: Location, expected: Any) -> bytes:
        """The file with an edit, if that changes the front matter to what is expected and nothing else."""
        new = self.raw[: edit.start] + edit.text.encode("utf-8", "replace") + self.raw[edit.end :]
        try:
            after = read(new, self.path)
        except FrontMatterError as error:
            raise self._unsafe(location) from error
        if after.tree != expected or after.raw[after.end :] != self.raw[self.end :]:
            raise self._unsafe(location)
        try:
            front_matter.read(new, self.path)
        except FrontMatterError as error:
            raise FrontMatterError(
                f"{error.message}; nothing was written", hint=error.hint, path=self.path, line=error.line
            ) from error
        return new

    # --- places -------------------------------------------------------------------------------------------------------

    @property
    def _indentation(self) -> str:
        return " " * min((column for _, column in self.top.key_places.values()), default=0)

    @property
    def _eol(self) -> str:
        """The line ending above the closing hyphens."""
        ends = list(_LINE_END.finditer(self.raw, 0, self.starts[-1]))
        return ends[-1][0].decode()

    def _at(self, location: Location) -> Node:
        return self.find(location) or self.top

    def _behind_sign(self, node: Node, location: Location, text: str) -> Edit:
        """A text where nothing stands, behind a colon or hyphen."""
        place = self._offset(node.line, node.column)
        if self.raw[place - 1 : place] not in {b":", b"-"}:
            self.refuse(f"{_shown(location)} has no place for a value", node, "write a colon behind it")
        return Edit(place, place, f" {text}")

    def _sign(self, node: Node) -> str:
        """The character with which a value begins."""
        self._offset(node.line, node.column)
        return self.lines[node.line][node.column : node.column + 1]

    def _end(self, node: Node) -> int:
        """Where a value's text ends, without blank lines and comments behind it."""
        if node.style == "block" and node.value:
            return self._end([*(node.value.values() if isinstance(node.value, dict) else node.value)][-1])
        end = self._offset(*node.end)
        if node.style not in {"|", ">"}:
            return end
        start = self._offset(node.line, node.column)
        if "#" in self.lines[node.line][node.column :]:
            self.refuse("this text cannot be edited: a comment stands in it", node, "move the comment")
        return start + len(self.raw[start:end].rstrip(b" \t\r\n"))

    def _offset(self, line: int, column: int) -> int:
        """Where in the file a place is, given by line and column from 0."""
        before = self.lines[line][:column]
        if "\ufeff" in self.lines[line][: column + 1]:  # the loader does not count it as a column
            said, hint = "a byte order mark stands in this line", "remove it"
            raise FrontMatterError(said, hint=hint, path=self.path, line=line + 1)
        return self.starts[line] + len(before.encode())

    def _line_end(self, place: int) -> int:
        found = _LINE_END.search(self.raw, place)
        return found.start() if found else len(self.raw)

    # --- refusals -----------------------------------------------------------------------------------------------------

    def refuse(self, message: str, node: Node | None, hint: str) -> NoReturn:
        """Leave the file as it is."""
        line = None if node is None else node.line + 1
        raise FrontMatterError(f"{message}; nothing was written", hint=hint, path=self.path, line=line)

    def _unsafe(self, location: Location) -> EntryError:
        line = self.top.place(location)[0] + 1
        said = f"{_shown(location)} cannot be edited without a change to more than it; nothing was written"
        return EntryError(said, hint="edit it by hand", path=self.path, line=line)


def read(raw: bytes, path: str) -> Matter:
    """The front matter of a file.

    Raises:
        FrontMatterError: There is none, or it is not plain YAML.
    """
    source, end = front_matter.yaml_of(raw, path)
    # A text in `|` style ends with its line, also where the closing hyphens follow.
    text = f"{source.text}\n"
    lines = text.split("\n")
    starts = [0, *(found.end() for found in _LINE_END.finditer(raw, 0, end))][: len(lines)]
    return Matter(raw, path, lines, starts, plain_yaml.read(Source(text, 1, path, FrontMatterError)), end)


def tree_of(node: Node) -> Any:
    """A value and all in it as text, lists, dicts and None."""
    if isinstance(node.value, dict):
        return {key: tree_of(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [tree_of(item) for item in node.value]
    return node.value


def _item(item: Value, style: str) -> str:
    return like(item, style, inside_flow=True) if isinstance(item, str) else flow(item)


def _lone(value: Value) -> str:
    return like(value, "plain", inside_flow=False) if isinstance(value, str) else flow(value)


def _shown(location: Location) -> str:
    return repr(".".join(map(str, location)))
