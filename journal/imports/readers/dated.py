"""Headings that carry a date: the updates of a note, and the parts that a long log is cut into."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from journal.imports.readers.created import created, heading_times, without_time
from journal.imports.readers.fields import headings, is_field
from journal.imports.readers.headline import plain, standing, told
from journal.imports.readers.interface import Confidence, DatedSection, Fact
from journal.imports.readers.times import LEAP_YEAR, MONTH, YEAR, Reading, times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.imports.readers.page import NoteLine, Page
    from journal.model.life import Status
    from journal.model.when import When

_UPDATE = re.compile(
    r"(?:(?:an?|another|final|latest|quick|short|minor) )?(?:update[sd]?|addendum|postscript|follow-?up|p\.?s\.?)"
    r"(?:\s*#?\d+)?(?:\s*[:：.,)\]|–—-].*|\s+(?:on|after|from|by)\s.*)?|.*\S\s*[-–—:|(\[]\s*(?:update|addendum|follow-?up)[)\]]?"
    r"|(?:更新|补充|補充|后续|後續|追记|追記|补记|補記)(?:说明|記錄|记录)?\s*(?:\d*|[:：(（].*|\s.*)",
    re.IGNORECASE,
)
_YEAR = re.compile(
    rf"^\W*(?P<a>{YEAR})(?!\d)|(?P<b>{YEAR})(?:\s*年|[-/]\d{{2}}(?!\d))|{MONTH.format('m')},?\s+(?P<c>{YEAR})(?!\d)"
)
_WINTER = ({1, 2}, {11, 12})


@dataclass(frozen=True)
class Part:
    """Lines of a log that become one entry. Nothing about it depends on what stands further below.

    Attributes:
        first: Its first line, from 1.
        last: Its last line.
        title: What its heading tells besides the date; empty above the first dated heading, and where that is nothing.
        at: The heading's date; None above the first one, and where day and month cannot be told apart.
        is_update: Whether its heading says that it updates what stands above.
    """

    first: int
    last: int
    title: str = ""
    at: When | None = None
    is_update: bool = False


@dataclass(frozen=True)
class _Dated:
    line: NoteLine
    reading: Reading
    title: str
    shape: tuple[int, bool, bool]
    """Its level, whether the date comes first, and whether it tells the time of day."""


def dated_sections(page: Page, words: Mapping[str, Status] | None = None) -> list[Fact[DatedSection]]:
    """The sections of a note whose headings carry a date, in order; its own title is none of them.

    Those that call themselves updates are; and, below the note's own date, those that look just like one.

    Args:
        page: The note.
        words: What the author says that words of its status lines mean.
    """
    found = _dated(page)
    ends = [each.line.number for each in found[1:]] + [len(page.lines) + 1] * bool(found)
    updates = _updates(page, found)
    return [
        Fact(
            _section(page, each, range(each.line.number, end), words, is_update=each.line.number in updates),
            "heading",
            each.line.number,
            each.reading.confidence,
        )
        for each, end in zip(found, ends, strict=True)
    ]


def _section(
    page: Page, dated: _Dated, span: range, words: Mapping[str, Status] | None, *, is_update: bool
) -> DatedSection:
    line = dated.line
    status, outcome = standing(page, span, words)
    return DatedSection(line.heading, dated.title, line.level, dated.reading.when, is_update, status, outcome)


def parts(page: Page) -> list[Part]:
    """The parts of a log, cut at its dated headings of the highest level that has several of them.

    What stands above the first is a part of its own. Together they are all lines, each once; a note that is no log is
    one part.
    """
    found = _dated(page)
    levels = Counter(each.line.level for each in found)
    level = min((level for level, count in levels.items() if count > 1), default=None)
    cuts = [each for each in found if each.line.level == level]
    updates = _updates(page, found)
    end = max(1, len(page.lines) - (not page.lines[-1].text))  # what stands behind the last line's end is no line
    if not cuts:
        return [Part(1, end)]
    firsts = [each.line.number for each in cuts]
    lasts = [*(first - 1 for first in firsts[1:]), end]
    above = [Part(1, firsts[0] - 1)] if firsts[0] > 1 else []
    below = [_part(each, last, is_update=each.line.number in updates) for each, last in zip(cuts, lasts, strict=True)]
    return above + below


def _part(dated: _Dated, last: int, *, is_update: bool) -> Part:
    sure = dated.reading.confidence is Confidence.STATED
    at = dated.reading.when if sure else None
    return Part(dated.line.number, last, told(dated.title), at, is_update)


@lru_cache(maxsize=4)
def _dated(page: Page) -> tuple[_Dated, ...]:
    lines = [line for line in headings(page) if not is_field(line)]
    top = [line for line in lines if line.level == 1]
    own_title = {top[0].number} if len(top) == 1 else set()
    years = _years(page, lines)
    return tuple(each for line in lines if line.number not in own_title for each in _read(line, years.get(line.number)))


def _read(line: NoteLine, year: int | None) -> Iterator[_Dated]:
    words = plain(line.words)
    times = heading_times(words, year)
    if times and times[0][1] is Confidence.STATED:
        reading = times[0][0]
        shape = (line.level, not words[: reading.start].strip(" ([（【"), reading.when.has_clock)
        yield _Dated(line, reading, without_time(words, times), shape)


def _updates(page: Page, found: Sequence[_Dated]) -> set[int]:
    """Numbers of the lines whose headings are updates."""
    named = [each for each in found if _UPDATE.fullmatch(each.title)]
    shapes = {each.shape for each in named}
    own = _own_date(page) if named else None
    alike = [each for each in found if own is not None and each.shape in shapes and own <= each.reading.when]
    return {each.line.number for each in (*named, *alike)}


@lru_cache(maxsize=4)
def _own_date(page: Page) -> When | None:
    return next((fact.value for fact in created(page) if fact.confidence is Confidence.STATED), None)


def _years(page: Page, lines: Sequence[NoteLine]) -> dict[int, int]:
    """The year that each heading stands under: of the nearest one above that tells a year, else of the note's date."""
    found: dict[int, int] = {}
    above: list[tuple[int, int]] = []
    for line in lines:
        above = [(level, year) for level, year in above if level < line.level]
        if above:
            found[line.number] = above[-1][1]
        if (said := _YEAR.search(line.words)) is not None:
            above.append((line.level, int(said["a"] or said["b"] or said["c"])))
    own = _own_date(page) if len(found) < len(lines) else None
    if own is None or not _in_one_year(lines):
        return found
    return {line.number: own.day.year for line in lines} | found


def _in_one_year(page_lines: Sequence[NoteLine]) -> bool:
    """Whether days without a year lie in one: a December beside a January does not tell."""
    days = [times(line.words, LEAP_YEAR) for line in page_lines if not times(line.words)]
    months = {reading.when.day.month for found in days for reading in found}
    return not all(months & end for end in _WINTER)
