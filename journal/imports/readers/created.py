"""When a note was written, by what it says itself, and the times that its headings bear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.imports.readers.fields import Field, fields, headings, is_field, opens
from journal.imports.readers.interface import Confidence, Fact
from journal.imports.readers.page import bare
from journal.imports.readers.times import WEEKDAY, YEAR, Reading, times, when_of, with_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.imports.readers.page import Page
    from journal.model.when import When

__all__ = ["FILE_DAY", "created", "heading_times", "times", "without_time"]

_LABELS = re.compile(
    r"(?:date|time|datetime|timestamp|created|written)(?: ?(?:and|&|/) ?time| created| written| (?:at|on))?"
    r"|日期|时间|時間|创建时间|创建日期|記錄時間|记录时间|记录日期|撰写时间|写作时间|日時|作成日"
)
_LEAD = re.compile(rf"(?:[^\w~≈]|{WEEKDAY})*")
_MENTIONED = re.compile(
    r"(?<![A-Za-z])(?:from|of|since|before|after|until|till|to|vs\.?|with|than|by|and|as of|at|on)[\W_]*$",
    re.IGNORECASE,
)
_DASHES = "-–—|·"
FILE_DAY = re.compile(
    rf"(?<![0-9A-Za-z])(?P<y>{YEAR})(?P<s>[-_.]?)(?P<m>\d{{2}})(?P=s)(?P<d>\d{{2}})"
    r"(?:[T_-](?P<h>\d{2})(?P<c>[-_:.]?)(?P<min>\d{2})(?:(?P=c)(?P<sec>\d{2}))?(?P<z>Z)?(?![\dA-Za-z]))?(?!\d)"
)
# A date behind such a word, or below it, is the thing's own.
_OF_A_THING = re.compile(
    r"(?<![A-Za-z])(?:data(?:sets?)?|runs?|checkpoints?|ckpts?|snapshots?|releases?|versions?|v|models?|papers?|due|deadlines?)"
    r"(?![A-Za-z])|数据|版本|论文|截止",
    re.IGNORECASE,
)
_LONGEST_HEAD = 20  # lines
_NEAR = 2  # lines


def created(page: Page) -> list[Fact[When]]:
    """When a note was written, by what it says itself, the best first.

    A field in its head, its title and the beginning of its file's name state it; a date elsewhere, or one that can be
    read in two ways, is less sure. When it was last updated is no answer.
    """
    found = [*_by_fields(page), *_by_title(page), *_by_name(page.name)]
    if not any(fact.confidence is Confidence.STATED for fact in found):
        found += _by_heading(page)
    return sorted(found, key=lambda fact: list(Confidence).index(fact.confidence))


def _by_fields(page: Page) -> Iterator[Fact[When]]:
    given = fields(page, _LABELS)
    dated = [field for field in given if times(field.value)]
    for place, field in enumerate(given):
        readings = times(field.value)
        own = [reading for reading in readings if reading.start == readings[0].start]
        plain = len(own) == len(readings) and all(_LEAD.fullmatch(field.value[: one.start]) for one in own)
        ranks = (Confidence.STATED, Confidence.LIKELY, Confidence.POSSIBLE)
        of_all = field.in_head or (dated == [field] and _opens(page, field))
        for reading in own:
            whole = _with_clock(reading, given[place + 1 : place + 2], field)
            yield _fact(whole, field.source, field.line.number, ranks[(not of_all) * 2 or not plain])


def _opens(page: Page, field: Field) -> bool:
    """Whether a field below the first section's heading is about the note: it opens it, and the section has no date."""
    section = bare(field.line.section)
    return field.line.number <= _LONGEST_HEAD and not _OF_A_THING.search(section) and opens(page, field)


def _with_clock(reading: Reading, following: Sequence[Field], field: Field) -> Reading:
    """A day with the time of day that the next field tells, as `Date:` and `Time:` do."""
    near = [other.value for other in following if other.line.number - field.line.number <= _NEAR]
    return with_clock(reading, near[0]) if near and not reading.when.has_clock else reading


def _by_title(page: Page) -> Iterator[Fact[When]]:
    title = next((line for line in headings(page) if line.level == 1), None)
    if title is not None and not is_field(title):
        yield from (_fact(told, "title", title.number, at_most) for told, at_most in heading_times(title.words))


def _by_heading(page: Page) -> Iterator[Fact[When]]:
    for line in headings(page):
        if line.level > 1 and not is_field(line) and (found := heading_times(line.words)):
            yield from (_fact(told, "heading", line.number, Confidence.LIKELY) for told, _ in found)
            return


def _by_name(name: str) -> Iterator[Fact[When]]:
    match = FILE_DAY.search(name)
    if match is None:
        return
    day = "-".join(match.group("y", "m", "d"))
    clock = ":".join(filter(None, match.group("h", "min", "sec"))) + (match["z"] or "")
    when = (when_of(f"{day}T{clock}") if clock else None) or when_of(day)
    if when is not None:
        before, after = name[: match.start()], name[match.end() :]
        said = not before or not (_OF_A_THING.search(before) or _MENTIONED.search(before) or after[:1].isalnum())
        sure = said and FILE_DAY.search(after) is None
        yield Fact(when, "file name", None, Confidence.STATED if sure else Confidence.LIKELY)


def heading_times(words: str, year: int | None = None) -> list[tuple[Reading, Confidence]]:
    """The time that a heading bears, with how surely it is the heading's own and not one that it only mentions.

    Args:
        words: The heading without markup.
        year: The year of a day that is told without one.
    """
    readings = times(words, year)
    own = [reading for reading in readings if reading.start == readings[0].start]
    if len(own) < len(readings):
        return [(reading, Confidence.POSSIBLE) for reading in own]
    return [(reading, _belongs(words, reading)) for reading in own]


def _belongs(words: str, reading: Reading) -> Confidence:
    before, after = words[: reading.start], words[reading.end :]
    opens, closes = not before.strip(" ([（【"), not after.strip(" )]）】.:：")
    apart = before.rstrip()[-1:] in {*"-–—|:：,，·(（[【"} and (closes or after.lstrip()[:1] in {*"-–—|:：,，·)）]】"})
    if opens or apart or (closes and not _MENTIONED.search(before)):
        return Confidence.STATED
    return Confidence.LIKELY


def _fact(reading: Reading, source: str, line: int, at_most: Confidence) -> Fact[When]:
    ranks = list(Confidence)
    confidence = max(reading.confidence, at_most, key=ranks.index)
    return Fact(reading.when, f"{source}, {reading.note}" if reading.note else source, line, confidence)


def without_time(words: str, readings: Sequence[tuple[Reading, Confidence]]) -> str:
    """A heading's words without the time that it bears, and without the signs that set it apart."""
    reading = readings[0][0]
    before, after = words[: reading.start].rstrip(), words[reading.end :].lstrip()
    dash = f" {before[-1]} " if before[-1:] and before[-1] in _DASHES else " "
    before, after = before.rstrip(f" ([（【:：,，@{_DASHES}"), after.lstrip(f" )]）】:：,，.{_DASHES}")
    return f"{before}{dash}{after}" if before and after else before or after
