"""The front matter: where it stands in a file, and the model it describes."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from journal.document import plain_yaml
from journal.document.lines import split
from journal.document.plain_yaml import Source
from journal.document.typed import load
from journal.errors import FrontMatterError
from journal.model.entry import FrontMatter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.document.lines import Line

_HINT = "begin the file with a line `---`, then `title:` and `created:`, then a line `---`"


def read(raw: bytes, lines: Sequence[Line], path: Path | str) -> tuple[FrontMatter, int]:
    """The front matter of a file, and the index of the first line after it.

    Raises:
        FrontMatterError: There is none, it is not plain YAML, or a value does not fit.
    """
    end = _end(raw, lines, path)
    text = _text(raw[lines[0].next : lines[end].start], path)
    return load(Source(text, 2, path, FrontMatterError), FrontMatter), end + 1


def _end(raw: bytes, lines: Sequence[Line], path: Path | str) -> int:
    """Index of the line that closes the front matter."""
    if not lines or raw[: lines[0].end].removeprefix(codecs.BOM_UTF8).rstrip() != b"---":
        raise FrontMatterError("the entry has no front matter", hint=_HINT, path=path, line=1)
    for index in range(1, len(lines)):
        if raw[lines[index].start : lines[index].end].rstrip() in {b"---", b"..."}:
            return index
    raise FrontMatterError("the front matter does not end", hint="end it with a line `---`", path=path, line=1)


def _text(raw: bytes, path: Path | str) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 2 + raw[: error.start].count(b"\n")
        raise FrontMatterError("is not UTF-8", hint="save the file as UTF-8", path=path, line=line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def place(raw: bytes, location: tuple[int | str, ...], path: Path | str) -> tuple[int, int]:
    """Line and column of a value in a file's front matter, both from 1.

    Args:
        raw: The file.
        location: Keys and positions down to the value, such as `("runs", 1, "id")`; the deepest part there is counts.
        path: The file, for errors.

    Raises:
        FrontMatterError: The front matter cannot be read.
    """
    all_lines = split(raw)
    text = _text(raw[all_lines[0].next : all_lines[_end(raw, all_lines, path)].start], path)
    line, column = plain_yaml.read(Source(text, 2, path, FrontMatterError)).place(location)
    return line + 2, column + 1
