"""The front matter: where it stands in a file, and the model it describes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.document import plain_yaml
from journal.document.lines import plain
from journal.document.plain_yaml import Source
from journal.document.typed import load
from journal.errors import FrontMatterError
from journal.model.entry import FrontMatter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Places = Callable[[tuple[int | str, ...]], tuple[int, int]]

_HINT = "begin the file with a line `---`, then `title:` and `created:`, then a line `---`"

_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*+(?=[\r\n]|\Z)")
_CLOSING = re.compile(rb"(?:\r\n|[\r\n])(?:---|\.\.\.)[ \t]*+(?:\r\n|[\r\n]|\Z)")


def read(raw: bytes, path: Path | str) -> tuple[FrontMatter, int]:
    """The front matter of a file, and where the first line after it starts.

    Raises:
        FrontMatterError: There is none, it is not plain YAML, or a value does not fit.
    """
    source, end = yaml_of(raw, path)
    return load(source, FrontMatter), end


def places(raw: bytes, path: Path | str) -> Places:
    """Where values stand in a file's front matter, which is read once for all of them.

    Args:
        raw: The file.
        path: The file, for errors.

    Returns:
        Gives line and column, both from 1, for the keys and positions down to a value, such as `("runs", 1, "id")`;
        the deepest part there is counts.

    Raises:
        FrontMatterError: The front matter cannot be read.
    """
    source, _ = yaml_of(raw, path)
    top = plain_yaml.read(source)

    def at(location: tuple[int | str, ...]) -> tuple[int, int]:
        line, column = top.place(location)
        return source.line + line, column + 1

    return at


def yaml_of(raw: bytes, path: Path | str) -> tuple[Source, int]:
    """The text between the two lines of hyphens, and where the line below them starts.

    It begins with the end of the first line, so that its own first line is the first of the file.

    Raises:
        FrontMatterError: There is none, it does not end, or it is not UTF-8.
    """
    opening = _OPENING.match(raw)
    if not opening:
        raise FrontMatterError("the entry has no front matter", hint=_HINT, path=path, line=1)
    closing = _CLOSING.search(raw, opening.end())
    if not closing:
        raise FrontMatterError("the front matter does not end", hint="end it with a line `---`", path=path, line=1)
    text = _text(raw[opening.end() : closing.start()], path)
    return Source(text, 1, path, FrontMatterError), closing.end()


def _text(raw: bytes, path: Path | str) -> str:
    try:
        return plain(raw, errors="strict")
    except UnicodeDecodeError as error:
        before = plain(raw[: error.start]).split("\n")
        line, column = len(before), len(before[-1]) + 1
        hint = "save the file as UTF-8"
        raise FrontMatterError("is not UTF-8", hint=hint, path=path, line=line, column=column) from error
