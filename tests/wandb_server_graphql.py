"""Just enough GraphQL for the test server: what a document asks for, and an answer cut down to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r'#[^\n]*|"(?:[^"\\]|\\.)*"|\.\.\.|[{}()\[\]:$=!]|[A-Za-z_]\w*|-?\d+')

Selection = dict[str, "Selection"]
"""The fields asked for, each with those below it; none below a leaf."""


class Refusal(Exception):
    """What the server answers with instead of data.

    Attributes:
        message: The sentence in the answer's `errors`.
        status: The status of the answer.
    """

    def __init__(self, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass
class Operation:
    """What one request asks for.

    Attributes:
        name: The operation's name, as the document has it.
        fields: What is selected, fragments put in.
        given: Names of arguments that the document fills from variables, and those variables' names.
    """

    name: str
    fields: Selection
    given: dict[str, str] = field(default_factory=dict)


def parse(document: str) -> Operation:
    """Read a document of one operation and its fragments; aliases and directives are not known here."""
    tokens = [token for token in _TOKEN.findall(document) if not token.startswith("#")]
    name, fields, fragments = "", {}, dict[str, Selection]()
    words = iter(tokens)
    for word in words:
        title = "{" if word == "{" else next(words)
        if title != "{":
            _skip_to(words, "{")
        if word == "fragment":
            fragments[title] = _selection(words)
        else:
            name, fields = ("" if title == "{" else title), _selection(words)
    given = dict(re.findall(r"(\w+)\s*:\s*\$(\w+)", document))
    return Operation(name, _filled(fields, fragments), given)


def cut(value: Any, fields: Selection, kind: str = "Query") -> Any:
    """An answer with nothing in it that was not asked for.

    Raises:
        Refusal: A field is asked for that there is not.
    """
    if value is None or not fields:
        return value
    if isinstance(value, list):
        return [cut(each, fields, kind) for each in value]
    unknown = next((name for name in fields if name not in value), None)
    if unknown is not None:
        raise Refusal(f'Cannot query field "{unknown}" on type "{kind.capitalize()}".', 400)
    return {name: cut(value[name], below, name) for name, below in fields.items()}


def _skip_to(words: Iterator[str], end: str) -> None:
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == end and not depth:
            return


def _selection(words: Iterator[str]) -> Selection:
    """The fields up to the closing brace; a fragment stands there as its name after three dots."""
    found: Selection = {}
    last = ""
    for word in words:
        match word:
            case "}":
                return found
            case "{":
                found[last] = _selection(words)
            case "(":
                _skip_to_close(words)
            case "...":
                found[f"...{next(words)}"] = {}
            case _:
                last = word
                found[word] = {}
    return found


def _skip_to_close(words: Iterator[str]) -> None:
    depth = 1
    for word in words:
        depth += (word == "(") - (word == ")")
        if not depth:
            return


def _filled(fields: Selection, fragments: dict[str, Selection]) -> Selection:
    found: Selection = {}
    for name, below in fields.items():
        if name.startswith("..."):
            found |= _filled(fragments[name[3:]], fragments)
        else:
            found[name] = _filled(below, fragments)
    return found
