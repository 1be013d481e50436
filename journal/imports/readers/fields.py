"""Lines of a note that give a field, such as `**Date**: ...`, `| Author | ... |` or a heading with its answer below."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from journal.imports.readers.page import LineKind, NoteLine, bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.imports.readers.page import Page

_MARKER = re.compile(r"^\s*(?:>\s?|[-*+•]\s+(?!\[)|\d{1,2}[.)]\s+|\|\s*)*")
_FIELD = re.compile(r"\W*(?P<label>[^\W\d_][\w /-]{0,30}?(?:\(s\))?)\s*(?:[:：]\s*|\|\s*)(?P<value>.*)", re.DOTALL)
_NEXT_FIELD = re.compile(r"(?<=\S)\s++[|·•]\s++(?=[^\W\d_][\w ]{0,20}[:：])")
_FENCE = re.compile(r"---\s*")
_FENCE_END = re.compile(r"(?:---|\.\.\.)\s*")
_DELIMITER = re.compile(r"(?=[^-]*-)[\s|:-]+")
_YAML_ITEM = re.compile(r"\s*+-\s++[\"']?+([^:\"']++)[\"']?+\s*+")
_YAML_KEY = re.compile(r"[\w-]+:(?:\s|$)")
_YAML_LINE = re.compile(rf"\s*$|{_YAML_KEY.pattern}|\s+\S|-\s|#(?!#)\s")
_COLON = re.compile(r"[:：|]")
_THEMATIC_BREAK = re.compile(r" {0,3}(?:[-*_]\s*+){3,}+")
_TITLE_AND_SECTION = 2
_LONGEST_FRONT = 200  # lines
_LONGEST_ANSWER = 80  # characters, of what stands below a heading that asks


@dataclass(frozen=True)
class Field:
    """A field that a note gives.

    Attributes:
        name: What it is called, as it stands.
        value: What it says, without emphasis, code ticks and pictures; never empty.
        line: Where it stands.
        in_head: Whether that is above the note's first section.
        is_item: Whether it is an item of a list or a row of a table.
    """

    name: str
    value: str
    line: NoteLine
    in_head: bool
    is_item: bool = False

    @cached_property
    def label(self) -> str:
        """What it is called, in lower case."""
        return _label(self.name)

    @property
    def source(self) -> str:
        """Where something was read, in words."""
        return f"line `{self.name}:`"


@lru_cache(maxsize=32)
def fields(page: Page, labels: re.Pattern[str]) -> tuple[Field, ...]:
    """The fields of a note whose labels fit a pattern, in order.

    Args:
        page: The note.
        labels: Fits a whole label, in lower case.
    """
    return tuple(field for field in _all(page) if labels.fullmatch(field.label))


@lru_cache(maxsize=4)  # a note is asked for many kinds of field, one after the other
def _all(page: Page) -> tuple[Field, ...]:
    front, end = front_matter(page), _head_end(page)
    lines = [line for line in page.lines if line.number in front or line.kind in {LineKind.PROSE, LineKind.HEADING}]
    return tuple(
        field
        for place, line in enumerate(lines)
        if ":" in line.text or "：" in line.text or "|" in line.text or line.level
        for field in _given(line, lines[place + 1 : place + 9], in_head=line.number < end)
    )


@lru_cache(maxsize=4)
def front_matter(page: Page) -> range:
    """Numbers of the lines of YAML that a note begins with, without their fences; empty if it has none."""
    lines = page.lines
    if not _FENCE.fullmatch(lines[0].text.lstrip("\ufeff")):
        return range(0)
    inside = list(takewhile(lambda line: not _FENCE_END.fullmatch(line.text), lines[1:_LONGEST_FRONT]))
    is_yaml = any(_YAML_KEY.match(line.text) for line in inside) and all(_YAML_LINE.match(line.text) for line in inside)
    return range(2, 2 + len(inside) * (is_yaml and len(inside) + 1 < len(lines)))


@lru_cache(maxsize=4)
def headings(page: Page) -> tuple[NoteLine, ...]:
    """The headings of a note, without what only looks like one in its front matter."""
    front = front_matter(page)
    return tuple(line for line in page.headings if line.number not in front)


def title_line(page: Page) -> NoteLine | None:
    """The heading that gives a note its title: the first of level 1, else the first that is no field."""
    found = headings(page)
    return next(
        chain((line for line in found if line.level == 1), (line for line in found if not is_field(line))), None
    )


def opens(page: Page, field: Field) -> bool:
    """Whether nothing stands above a field but a title, the heading of a first section, and other fields."""
    front, given = front_matter(page), {each.line.number for each in _all(page) if _COLON.search(each.line.text)}
    above = [line for line in page.lines[: field.line.number - 1] if line.text.strip() and line.number not in front]
    names = [line for line in above if line.level]
    return len(names) == _TITLE_AND_SECTION and all(
        line.level or line.number in given or _THEMATIC_BREAK.fullmatch(line.text) or _FENCE.fullmatch(line.text)
        for line in above
    )


def is_field(line: NoteLine) -> bool:
    """Whether a heading is a field: a known label with its answer."""
    found = _FIELD.fullmatch(line.words)
    return found is not None and bool(found["value"]) and _KNOWN.fullmatch(_label(found["label"])) is not None


_KNOWN = re.compile(
    r"(?:date|time|created|written|status|state|author|tag|by)s?|(?:current )?status|(?:last )?updated"
    r"|日期|时间|時間|状态|狀態|作者|标签|標籤|更新时间"
)


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _head_end(page: Page) -> int:
    """Number of the line where the first section begins; the first heading is the title's."""
    rest = (line for line in headings(page)[1:] if not is_field(line))
    sections = (line.number for line in rest if not _KNOWN.fullmatch(_label(line.words.strip(":： "))))
    return next(sections, len(page.lines) + 1)


def _given(line: NoteLine, below: Sequence[NoteLine], *, in_head: bool) -> Iterator[Field]:
    text = line.heading if line.level else line.text
    marker = _MARKER.match(text)
    is_row, is_item = text.lstrip("> ").startswith("|"), bool(marker and marker[0].strip(" >")) and not line.level
    inner = text[marker.end() if marker else 0 :]
    for part in [inner] if is_row else _NEXT_FIELD.split(inner):
        found = _FIELD.fullmatch(bare(part))
        value = found["value"].strip(" |") if found is not None else ""
        if found is not None and value and not (is_row and _is_no_pair(value, below)):
            yield Field(found["label"], value, line, in_head, is_item)
    if line.level or text.rstrip().endswith(":"):
        yield from _answered(line, below, in_head=in_head)


def _is_no_pair(value: str, below: Sequence[NoteLine]) -> bool:
    """Whether a row of a table is one of many columns, or the names of two."""
    heads = bool(below) and _DELIMITER.fullmatch(below[0].text) is not None
    return "|" in value or (heads and not any(char.isdigit() for char in value))


def _answered(line: NoteLine, below: Sequence[NoteLine], *, in_head: bool) -> Iterator[Field]:
    """A field whose answer stands below: of a heading the next line, of a key of YAML the list."""
    name = line.words.strip(":： ")
    answer = next((other for other in below if other.text.strip()), None)
    if line.level and answer is not None and not answer.level and _is_short(answer.text):
        yield Field(name, bare(answer.text), answer, in_head)
    items = list(takewhile(bool, (_YAML_ITEM.fullmatch(other.text) for other in below)))
    if not line.level and items:
        yield Field(name, ", ".join(item[1] for item in items if item), line, in_head)


def _is_short(text: str) -> bool:
    item = _MARKER.match(text)
    return len(text) <= _LONGEST_ANSWER and not (item and item[0].strip()) and bool(bare(text))
