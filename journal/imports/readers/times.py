"""Times in a text, in the many ways that people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from journal.imports.readers.interface import Confidence
from journal.model.when import When

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?P<{0}>(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?))\.?"
)
YEAR = r"(?:19|20)\d{2}"
LEAP_YEAR = 2000
_DAY = (
    # 2025-10-23, 2025/10/23, 2025.10.23
    rf"(?P<y1>{YEAR})(?P<s1>[-/.])(?P<m1>\d{{1,2}})(?P=s1)(?P<d1>\d{{1,2}})",
    rf"(?P<y2>{YEAR})\s*年\s*(?P<m2>\d{{1,2}})\s*月\s*(?P<d2>\d{{1,2}})\s*[日号號]",
    rf"{MONTH.format('m3')}\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>{YEAR})",
    rf"(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of\s+|[\s-]+){MONTH.format('m4')},?[\s-]+(?P<y4>{YEAR})",
    rf"(?P<d5>\d{{1,2}})(?P<s5>[-/.])(?P<m5>\d{{1,2}})(?P=s5)(?P<y5>{YEAR})",
    r"(?P<m6>\d{1,2})\s*月\s*(?P<d6>\d{1,2})\s*[日号號]",
    rf"{MONTH.format('m7')}\s+(?P<d7>\d{{1,2}})(?:st|nd|rd|th)?(?!\w)",
)
WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?|(?:周|週|星期|礼拜)[一二三四五六日天]"
_PART = r"凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|午前|午後"
_CLOCK = (
    rf"(?:(?P<part>{_PART})\s*)?(?P<h>\d{{1,2}})(?:[:：](?P<min>\d{{2}})(?:[:：](?P<sec>\d{{2}})(?:[.,]\d+)?)?"
    r"|\s*[点點时時](?:(?P<half>半)|(?P<min2>\d{1,2})\s*分?(?:\s*(?P<sec2>\d{1,2})\s*秒)?)?整?)(?!\d)"
    r"(?:\s*(?P<ap>[AaPp])\.?[Mm]\b\.?)?"
    r"|(?P<h3>\d{1,2})\s*(?P<ap3>[AaPp])\.?[Mm]\b\.?"
)
_OFFSET = r"(?P<gap>\s*)\(?(?P<base>UTC|GMT)?\s*(?P<sign>[+−-])(?P<oh>\d{1,2})(?::?(?P<om>\d{2}))?(?!\d|:\d)\)?"
_PLACE = r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]*\w){1,2}"  # as zoneinfo names them
_NAME = rf"\s*(?P<open>[(\[（])?\s*(?P<zone>Z|[A-Z]{{3,4}}|{_PLACE})(?![\w/])(?(open)(?:\s*[)\]）])?)"
_BETWEEN = rf"(?:T|\s*+[,，@]?+\s*+(?:[(（]?(?:{WEEKDAY})[)）]?[,，]?\s*+)?(?:at\s++|@\s*+|[-–—|]\s++)?)"
_TIME = re.compile(
    rf"(?<![A-Za-z0-9_.])(?<!\d/)(?<![A-Za-z0-9_]-)(?P<day>{'|'.join(_DAY)})(?!\d|[-/.]\d)(?:(?P<join>{_BETWEEN})(?:{_CLOCK})(?:{_OFFSET}|{_NAME})?)?"
)
_UNIX = re.compile(  # as `date` and `git log` print it
    rf"\b(?:{WEEKDAY})\s+{MONTH.format('month')}\s+(?P<day>\d{{1,2}})\s+(?P<clock>\d{{2}}:\d{{2}}:\d{{2}})"
    rf"(?:\s+(?P<name>[A-Z]{{3,4}}))?\s+(?P<year>{YEAR})(?:\s+(?P<offset>[+-]\d{{4}}))?\b"
)
_BARE_CLOCK = re.compile(rf"\s*(?:{_CLOCK})(?:{_OFFSET}|{_NAME})?\s*")
# Names that mean one offset wherever they are used. The others are told as unknown: CST is American, Cuban and Chinese.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9}
_UNSURE_ZONE = re.compile(r"[ACEIMNPSW]?[A-Z][SD]T")
_MAX_OFFSET = 14  # hours
_NOON = 12
_EITHER = "day and month could be the other way round"
_MORNING, _AFTERNOON = {"凌晨", "清晨", "早上", "早晨", "上午", "午前"}, {"下午", "傍晚", "晚上", "午後"}


@dataclass(frozen=True)
class Reading:
    """A time that a text tells.

    Attributes:
        when: The time, as exactly as it is told.
        start: Where it begins in the text.
        end: Where it ends.
        confidence: STATED if it can be read in one way only.
        note: What is unclear about it, in a few words; empty where nothing is.
    """

    when: When
    start: int
    end: int
    confidence: Confidence = Confidence.STATED
    note: str = ""


def times(text: str, year: int | None = None) -> list[Reading]:
    """The times in a text, in order; one of which day and month cannot be told apart stands twice.

    Args:
        text: Text without markup.
        year: The year of days that are told without one; without it those are no times.

    Examples:
        >>> [str(told.when) for told in times("Oct 23rd 2025, 12:01 PM; 2025年10月23日 下午3点20分")]
        ['2025-10-23 12:01', '2025-10-23 15:20']
        >>> [(str(told.when), told.confidence.value) for told in times("03/04/2025")]
        [('2025-03-04', 'likely'), ('2025-04-03', 'possible')]
    """
    found = [told for match in _UNIX.finditer(text) for told in _unix(match)]
    taken = [range(told.start, told.end) for told in found]
    matches = (match for match in _TIME.finditer(text) if not any(match.start() in span for span in taken))
    found += [told for match in matches for told in _told(match, year)]
    return sorted(found, key=lambda told: told.start)


def with_clock(day: Reading, text: str) -> Reading:
    """A day with the time of day that a text is; the day alone if it is none."""
    match = _BARE_CLOCK.fullmatch(text)
    when, note = _at(day.when.day, match) if match is not None else (None, "")
    return replace(day, when=when, note=note or day.note) if when is not None else day


def _unix(match: re.Match[str]) -> Iterator[Reading]:
    day = _date(int(match["year"]), _month(match["month"]), int(match["day"]))
    zone, note = (match["offset"] or "", "") if match["name"] is None else _named(match["name"])
    if day is not None and (when := when_of(f"{day}T{match['clock']}{zone}")) is not None:
        yield Reading(when, match.start(), match.end(), note=note)


def _told(match: re.Match[str], year: int | None) -> Iterator[Reading]:
    days = _days(match, year)
    for place, day in enumerate(days):
        confidence = (Confidence.STATED, Confidence.LIKELY, Confidence.POSSIBLE)[place + (len(days) > 1)]
        when, note = _at(day, match)
        end = _end(match) if when is not None or note else match.end("day")
        note = _EITHER if len(days) > 1 else note
        yield Reading(when or When(day.isoformat()), match.start(), end, confidence, note)


def _end(match: re.Match[str]) -> int:
    """Where a match ends, without a word behind it that is no zone after all."""
    word = match["zone"]
    if word is None or word in _ZONES or _UNSURE_ZONE.fullmatch(word) or _place(word) is not None:
        return match.end()
    return match.start() + len(match.string[match.start() : match.start("zone")].rstrip(" ([（"))


def _days(match: re.Match[str], year: int | None) -> list[date]:
    """The days that a match may mean, the likelier first; none if there is no such day."""
    number = next(number for number in "1234567" if match[f"d{number}"] is not None)
    written = year if number in "67" else match[f"y{number}"]
    if written is None:
        return []
    month, day = _month(match[f"m{number}"]), int(match[f"d{number}"])
    readings = [(month, day)]
    if number == "5":  # 3/4 is the fourth of March to most, and 3.4. the third of April
        readings = [(month, day), (day, month)] if match["s5"] == "." else [(day, month), (month, day)]
    days = [_date(int(written), *reading) for reading in dict.fromkeys(readings)]
    return [day for day in days if day is not None]


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].casefold()) + 1


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def when_of(text: str) -> When | None:
    """A time in ISO 8601; None if there is no such time."""
    try:
        return When(text)
    except ValueError:
        return None


def _at(day: date, match: re.Match[str]) -> tuple[When | None, str]:
    """A day at the time of day of a match, None if it has none; and what is unclear."""
    clock = _clock(match)
    if not clock:
        return None, ""
    local = when_of(f"{day}T{clock}")
    if local is None:
        return None, "no such time of day"
    zone, note = _zone(match, local)
    return when_of(f"{day}T{clock}{zone}") or local, note


def _clock(match: re.Match[str]) -> str:
    """Time of day as ISO 8601 writes it, empty where nobody said."""
    hour = _hour(match)
    if hour is None:
        return ""
    minute = "30" if match["half"] else match["min"] or match["min2"] or "0"
    second = match["sec"] or match["sec2"]
    return f"{hour:02}:{int(minute):02}" + (f":{int(second):02}" if second else "")


def _hour(match: re.Match[str]) -> int | None:
    text, half = match["h"] or match["h3"], (match["ap"] or match["ap3"] or "").casefold()
    if text is None:
        return None
    hour, part = int(text), match["part"]
    if half and hour <= _NOON:
        return hour % _NOON + _NOON * (half == "p")
    if part in _AFTERNOON and hour <= _NOON:
        return None if hour == _NOON and part == "晚上" else hour % _NOON + _NOON
    if part in _MORNING:
        return hour % _NOON if hour == _NOON else hour
    spoken = match["min"] is None and match["h"] is not None
    return None if spoken and part is None and hour <= _NOON else hour  # three o'clock of which half of the day?


def _zone(match: re.Match[str], local: When) -> tuple[str, str]:
    """The offset as ISO 8601 writes it, empty where nobody said or knows; and what is unclear."""
    if match["zone"] is not None:
        return _of_place(match["zone"], local) if "/" in match["zone"] else _named(match["zone"])
    if match["sign"] is None:
        return "", ""
    hours, minutes = int(match["oh"]), int(match["om"] or 0)
    told = match["base"] is not None or (len(match["oh"]) == len("08") and (match["sign"] == "+" or _is_sign(match)))
    if not told or hours > _MAX_OFFSET or minutes not in {0, 30, 45}:
        return "", ""
    return f"{'+' if match['sign'] == '+' else '-'}{hours:02}:{minutes:02}", ""


def _is_sign(match: re.Match[str]) -> bool:
    """Whether a hyphen before digits is a sign, and not the word "until"."""
    return match.groupdict().get("join") == "T" or match["sec"] is not None or bool(match["gap"])


@lru_cache(maxsize=64)
def _place(name: str) -> ZoneInfo | None:
    """The zone of a place, such as `Asia/Shanghai`; None if there is none of that name."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def _of_place(name: str, local: When) -> tuple[str, str]:
    """The one offset of a place at its local time; none where its clocks were put forward or back just then."""
    place = _place(name)
    if place is None:
        return "", ""
    offsets = {local.local.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1)}
    minutes, rest = divmod(offsets.pop() or timedelta(), timedelta(minutes=1))
    if offsets or rest:
        return "", f"zone {name} is not one offset then"
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}", ""


def _named(name: str) -> tuple[str, str]:
    if name in _ZONES:
        return f"+{_ZONES[name]:02}:00", ""
    return "", f"zone {name} is not one offset" if _UNSURE_ZONE.fullmatch(name) else ""
