"""Open steps of an entry: the boxes of its task lists, and what it says comes next."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from journal.document import blocks, front_matter, lines
from journal.document.lines import plain
from journal.document.synonyms import NEXT_STEPS, canonical
from journal.errors import FrontMatterError
from journal.model.base import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_BOX = re.compile(r"\[(?P<mark>[ xX])\][ \t]+(?P<text>\S.*)", re.DOTALL)
_MAY_HOLD_BOX = re.compile(r"\[[ xX]\]")
_ITEM = re.compile(r"^[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)", re.MULTILINE)
_STRUCK = re.compile(r"~~.*~~\.?", re.DOTALL)
_NOTHING = re.compile(r"(?:none|nothing|n/?a|tbd|无|没有|暂无|待定|[-\u2013\u2014.…\s]*)\.?", re.IGNORECASE)
# What leads in to a list that stands below the next steps and is none.
_OTHER_LIST = re.compile(
    r"(?:related )?(?:commits?|files?(?: (?:touched|changed|modified))?|references?|links?|see also|runs?)"
    r"|(?:相关)?(?:提交|文件|参考|参考文献|链接|运行)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[\\`*_\[\]<>&~!]")
_SECTION_TAG = "h2"
_BLANK = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))


class Step(Frozen):
    """Something that is to be done, or was."""

    text: str
    """What, in plain words on one line."""
    line: int
    """Line, from 1."""
    done: bool
    """Whether its box is ticked, or its words are struck out."""
    section: str | None = None
    """Heading of its section; above the first one, the nearest heading."""
    is_box: bool
    """Whether it is a box of a task list; else an item of a list of next steps."""


def steps(raw: bytes, path: str) -> tuple[Step, ...]:
    """Every box of a task list, and the top-level items of lists below a heading that means next steps, in order.

    Code, comments and generated blocks hold none.

    Args:
        raw: An entry's file, or a note without front matter.
        path: The file, for errors.

    Raises:
        BlockError: The markers of a block are wrong.
    """
    found: list[Step] = []
    for line, text in _sections(raw, path):
        if _MAY_HOLD_BOX.search(text) or (_speaks_of_next(text) and _ITEM.search(text)):
            found += _Reader(line).read(text)
    return tuple(found)


def _speaks_of_next(text: str) -> bool:
    return any(canonical(heading) == NEXT_STEPS for heading in _HEADING.findall(text))


def _sections(raw: bytes, path: str) -> Iterator[tuple[int, str]]:
    """The author's text, cut before each section, with the line on which each part begins.

    Generated blocks are blank there, line for line.
    """
    start = _start(raw, path)
    shaping = list(lines.shaping(raw, start))
    ours = bytearray(raw)
    for region in blocks.find(raw, shaping, path):
        first, last = region.opening, region.closing[1]
        ours[first:last] = ours[first:last].translate(_BLANK)
    cuts = [line.start for line in shaping if ours.startswith(b"##", line.start)]
    number = plain(raw[:start]).count("\n") + 1
    for first, last in pairwise([start, *cuts, len(raw)]):
        text = plain(bytes(ours[first:last]))
        yield number, text
        number += text.count("\n")


def _start(raw: bytes, path: str) -> int:
    try:
        return front_matter.yaml_of(raw, path)[1]
    except FrontMatterError:
        return 0


class _Heading(NamedTuple):
    tag: str
    words: str


class _Reader:
    """Reads one section.

    Args:
        line: The line on which it begins.
    """

    def __init__(self, line: int) -> None:
        self._line = line
        self._headings: list[_Heading] = []
        self._lists = 0
        self._quotes = 0
        self._item: int | None = None
        """Where an item begins of which nothing was read yet."""
        self._lead = ""
        """The last paragraph outside lists."""

    def read(self, text: str) -> Iterator[Step]:
        """Its steps, in order."""
        for token, following in pairwise(_blocks().parse(text)):
            if token.type == "heading_open":
                self._head(token, following)
            elif token.type == "paragraph_open":
                yield from self._paragraph(token, following.content)
            elif token.type.endswith("_list_open") or token.type.endswith("_list_close"):
                self._lists += token.nesting
            elif token.type.startswith("blockquote"):
                self._quotes += token.nesting
            elif token.type == "list_item_open":
                self._item = _line_of(token)

    def _paragraph(self, token: Token, content: str) -> Iterator[Step]:
        """The step that a paragraph is, if it is the first thing of its item."""
        line = _line_of(token)
        if self._item == line:
            yield from self._step(content, self._line + line)
        elif not self._lists:
            self._lead = words(content).rstrip(": \uff1a")
        self._item = None

    def _head(self, token: Token, content: Token) -> None:
        self._headings = [heading for heading in self._headings if heading.tag < token.tag]
        self._headings.append(_Heading(token.tag, words(content.content)))
        self._lead = ""

    def _step(self, content: str, line: int) -> Iterator[Step]:
        box = _BOX.match(content)
        if box is not None:
            text = box["text"]
            yield Step(text=words(text), line=line, done=box["mark"] != " ", section=self._section, is_box=True)
        elif self._is_next and self._lists == 1 and not self._quotes:
            text = words(content)
            if not _NOTHING.fullmatch(text):
                done = _STRUCK.fullmatch(content.strip()) is not None
                yield Step(text=text, line=line, done=done, section=self._section, is_box=False)

    @property
    def _is_next(self) -> bool:
        if _OTHER_LIST.fullmatch(self._lead):
            return False
        return any(canonical(heading.words) == NEXT_STEPS for heading in self._headings)

    @property
    def _section(self) -> str | None:
        own = [heading.words for heading in self._headings if heading.tag == _SECTION_TAG]
        return own[0] if own else self._headings[-1].words if self._headings else None


def _line_of(token: Token) -> int:
    """The line on which a block begins, in the text that was parsed, from 0."""
    return token.map[0] if token.map else 0


def words(markdown: str) -> str:
    """Inline Markdown as plain words on one line.

    Examples:
        >>> words("run `eval.py` on **all** [seeds](x.md)")
        'run eval.py on all seeds'
    """
    if not _MARKUP.search(markdown):
        return " ".join(markdown.split())
    (inline,) = _inlines().parseInline(markdown)
    shown = (
        token.content if token.type in {"text", "code_inline", "image"} else " " * token.type.endswith("break")
        for token in inline.children or ()
    )
    return " ".join("".join(shown).split())


@cache
def _blocks() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable(["inline", "reference"])


@cache
def _inlines() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("strikethrough")
