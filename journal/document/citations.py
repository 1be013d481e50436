"""Cited values: one number in running text, kept by a link to its expression; found as CommonMark reads links.

markdown-it knows what is a link, but not where it stands. So every place that may be one gets a mark of its own, in
its text and in its destination; the marked text is read, and what comes back as a link with its marks is a cited
value. Marks are letters and digits where letters and digits change nothing, so that the marked text has the same
structure. It is read section by section: a heading at the top level ends whatever was open above it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from journal.document.lines import plain
from journal.errors import EntryError
from journal.model.entry import CitedValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_CITATIONS = 10_000
"""Far more than anybody cites."""

MAX_SECTION = 256 * 1024
"""Bytes of a section in which values may be cited: its text is parsed as Markdown, which can take long."""

# Text in which nothing begins that could reach beyond the brackets.
_TEXT = rb"(?:[^\[\]\\`<\r\n]|<(?![A-Za-z/!?]))*+"
_BEGIN = re.compile(rb"\[(?P<text>%s)\]\([ \t]*+<?run:" % _TEXT)
_LINK = re.compile(
    rb"""\[(?P<text>%s)\]\([ \t]*+
    (?:<run:(?:[^<>\\\r\n]|\\[^\r\n])*+>|run:[^\x00-\x20\x7f]*+)[ \t]++
    (?:"(?:[^"\\\r\n]|\\[^\r\n])*+"|'(?:[^'\\\r\n]|\\[^\r\n])*+'|\((?:[^()\\\r\n]|\\[^\r\n])*+\))
    [ \t]*+\)"""
    % _TEXT,
    re.VERBOSE,
)
# Nothing that ends a cell of a table or a line either, or that no file can hold.
_WRITABLE = re.compile(rf"(?![^\x00]*[|\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]){_TEXT.decode()}")

# What needs no angle brackets around it, and what a title or a destination must not show to the text around it.
_PLAIN_RUN = re.compile(r"[\w.:/@+~%,=-]+")
_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "`|\t\n\f\r"}
# What neither Markdown nor a terminal should be given, and CommonMark has no entities for.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited value and where it stands in the file.

    Attributes:
        value: What it says.
        text: Start and end of the text between its brackets, in bytes.
        link: Start and end of the whole link.
    """

    value: CitedValue
    text: tuple[int, int]
    link: tuple[int, int]


def find(raw: bytes, spans: Iterable[tuple[int, int]], path: Path | str) -> list[Citation]:
    """Every cited value of a document, in order.

    Args:
        raw: The whole file.
        spans: The author's text: start and end of each part that the parts around it cannot reach into.
        path: The file, for errors.

    Raises:
        EntryError: There is no end of them, or of the section that holds one.
    """
    if b"run:" not in raw:
        return []
    found: list[Citation] = []
    place, count = Place(raw), 0
    for start, end in spans:
        begins = list(islice(_BEGIN.finditer(raw, start, end), MAX_CITATIONS - count + 1))
        count += len(begins)
        if count > MAX_CITATIONS:
            message, (line, _) = f"more than {MAX_CITATIONS} cited values", place.of(begins[-1].start())
            raise EntryError(message, hint="split the entry", path=path, line=line)
        if begins and end - start > MAX_SECTION:
            message, (line, _) = f"a value is cited in a section of {end - start} bytes", place.of(begins[0].start())
            hint = f"split the section: up to {MAX_SECTION} bytes are looked through"
            raise EntryError(message, hint=hint, path=path, line=line)
        for link, run, title in _links(raw, begins, (start, end)) if begins else ():
            line, column = place.of(link.start())
            value = CitedValue(run=run, expression=title, text=link["text"].decode(), line=line, column=column)
            found.append(Citation(value, link.span("text"), link.span()))
    return found


def writable(text: str) -> bool:
    """Whether a text may stand between the brackets of a cited value, wherever that is: in a cell of a table too."""
    return _WRITABLE.fullmatch(text) is not None


def spelt(text: str, run: str, expression: str) -> str:
    r"""The link that `find` reads back as just this, wherever in a paragraph or a table it is put.

    Args:
        text: What stands between the brackets.
        run: The run's handle or reference.
        expression: The expression.

    Raises:
        ValueError: The text holds brackets, backslashes, line breaks or backticks, or a part is empty or holds control
            characters.

    Examples:
        >>> spelt("1.2", "wide", 'last("val loss")')
        '[1.2](run:wide \'last("val loss")\')'
    """
    if not writable(text) or not run or not expression.strip() or _NO_TEXT.search(text + run + expression):
        raise ValueError(f"cannot be cited: {text!r}, {run!r}, {expression!r}")
    return f"[{text}]({_destination(run)} {_title(expression)})"


def _destination(run: str) -> str:
    if _PLAIN_RUN.fullmatch(run):
        return f"run:{run}"
    escaped = re.sub(r"([<>&\\])", r"\\\1", run)
    return f"<run:{escaped.translate(_ENTITIES)}>"


def _title(expression: str) -> str:
    sign = "'" if '"' in expression and "'" not in expression else '"'
    escaped = re.sub(rf"([\\{sign}]|&(?=[#A-Za-z]))", r"\\\1", expression)
    return f"{sign}{escaped.translate(_ENTITIES)}{sign}"


# --- finding ----------------------------------------------------------------------------------------------------------


def _links(
    raw: bytes, begins: Sequence[re.Match[bytes]], span: tuple[int, int]
) -> Iterator[tuple[re.Match[bytes], str, str]]:
    """The places that are links of ours: where they stand in the file, their runs and their titles."""
    marks = Marks(raw, [(begin.start("text"), begin.end()) for begin in begins], span)
    for number, run, title in chain.from_iterable(marks.links(tokens, begun=True) for tokens in marks.inlines()):
        # One that goes on over several lines is left to its author.
        link = _LINK.match(raw, begins[number].start(), span[1])
        if link is not None and run and title.strip() and _is_utf8(link[0]):
            yield link, run, title


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


class Marks:
    """A part of the text with a mark in every place that may be a link, and what a reader of Markdown makes of it.

    Args:
        raw: The whole file.
        cuts: For each such place where its mark is put, once or several times; the last is behind its `run:`.
        span: Start and end of the part.
    """

    def __init__(self, raw: bytes, cuts: Sequence[tuple[int, ...]], span: tuple[int, int]) -> None:
        start, end = span
        # Nobody can write a text that holds its own sum.
        self.mark = "x" + hashlib.sha256(raw[start:end]).hexdigest()[:16]
        parts, done = [], start
        for number, each in enumerate(cuts):
            for cut in each:
                parts += [raw[done:cut], self.numbered(number).encode()]
                done = cut
        self._text = plain(b"".join([*parts, raw[done:end]])).replace("\0", "\N{REPLACEMENT CHARACTER}")
        self._href = re.compile(rf"run:{self.mark}n(\d+)e(.*)", re.DOTALL)

    def numbered(self, number: int) -> str:
        """The mark of one place."""
        return f"{self.mark}n{number}e"

    def inlines(self) -> Iterator[list[Token]]:
        """The tokens of each paragraph, heading or cell that holds a mark, in order."""
        reader, env = _reader(), {}  # type: ignore[var-annotated]
        tokens: list[Token] = []
        reader.block.parse(self._text, reader, env, tokens)
        for token in tokens:
            if token.type == "inline" and self.mark in token.content:
                children: list[Token] = []
                reader.inline.parse(token.content, reader, env, children)
                yield children

    def in_html(self) -> Iterator[int]:
        """The numbers of the marks that stand in raw HTML, which comments are."""
        tokens: list[Token] = []
        reader, env = _reader(), {}  # type: ignore[var-annotated]
        reader.block.parse(self._text, reader, env, tokens)
        raw = [token.content for token in tokens if token.type == "html_block"]
        for children in self.inlines():
            raw += [token.content for token in children if token.type == "html_inline"]
        yield from (int(number) for text in raw for number in re.findall(rf"{self.mark}n(\d+)e", text))

    def links(self, tokens: Sequence[Token], *, begun: bool = False) -> Iterator[tuple[int, str, str]]:
        """Number, run and title of each link among tokens; perhaps only of those whose text begins with their mark.

        Another bracket may have begun the link, where ours is escaped or part of raw HTML.
        """
        for number, token in enumerate(tokens):
            if token.type != "link_open":
                continue
            href = self._href.fullmatch(str(token.attrs["href"]))
            if href and (not begun or tokens[number + 1].content.startswith(self.numbered(int(href[1])))):
                yield int(href[1]), href[2], str(token.attrs.get("title", ""))


@cache
def _reader() -> MarkdownIt:
    """CommonMark with destinations as they are written, and without what makes no difference to links."""
    from markdown_it import MarkdownIt

    class Reader(MarkdownIt):
        def normalizeLink(self, url: str) -> str:  # noqa: N802  (the library's name)
            return url

    return Reader("commonmark").disable(["emphasis", "entity"])


class Place:
    """Lines and columns of a file, asked for from its beginning to its end."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at, self._line, self._column = 0, 1, 1

    def of(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte that begins a character, both from 1; columns count characters."""
        *above, last = plain(self._raw[self._at : offset]).split("\n")
        self._column = len(last) + (1 if above else self._column)
        self._line += len(above)
        self._at = offset
        return self._line, self._column
