"""A note's headline: its title, its tags, and where its work stands as its status lines say it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from journal.imports.readers.agents import is_agent
from journal.imports.readers.created import FILE_DAY, heading_times, without_time
from journal.imports.readers.fields import Field, fields, front_matter, title_line
from journal.imports.readers.interface import Confidence, Fact
from journal.imports.readers.page import bare
from journal.imports.readers.people import persons
from journal.model.life import Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from journal.imports.readers.page import Page

T = TypeVar("T")

_TITLE = re.compile(r"title|标题|標題")
_TAGS = re.compile(r"tags?|标签|標籤|タグ")
_STATUS = re.compile(
    r"(?:current |overall |run |experiment )?(?:status|state)|(?:当前|目前)?(?:状态|狀態|进度)|進捗|ステータス"
)
_OUTCOME = re.compile(r"(?:final |overall )?(?:outcome|result|verdict)|结果|結果|结论")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_DASH = re.compile(r"(\s+[-–—|]\s+)")
_SUFFIX = re.compile(r"\.(?:md|markdown|txt)$", re.IGNORECASE)
_TAG_BETWEEN = re.compile(r"\s*[,，、;；]\s*|\s+(?=#)")
_TAG = re.compile(r"#?([^\s#,][^#,]{0,39})")
_NOTHING = frozenset({"none", "n/a", "tbd", "-", "—", "无"})

_WORDS: Mapping[Status, str] = {
    Status.PLANNED: r"planned|to ?do|to be done|not (?:yet )?started|计划中|未开始|待开始|待办|待做|計画中|未着手",
    Status.RUNNING: r"running|in[ -]progress|ongoing|wip|work in progress|(?:正在)?(?:进行|运行|训练)中|進行中|実行中",
    Status.BLOCKED: r"blocked|阻塞|受阻|被阻塞",
    Status.CONCLUDED: r"concluded|done|completed?|finished|(?:已经?)?(?:完成|结束)|(?:已)?結束|完了",
    Status.INCONCLUSIVE: r"inconclusive|无定论|無定論|尚无定论|结论不明",
    Status.ABANDONED: r"abandoned|dropped|cancell?ed|(?:已)?(?:放弃|放棄|取消)|中止",
    Status.SUPERSEDED: r"superseded|(?:已)?被?取代",
    Status.INVALID: r"invalid(?:ated)?|无效|無效|(?:已)?作废",
}
_OUTCOMES: Mapping[Outcome, str] = {
    Outcome.POSITIVE: r"positive|正面|阳性",
    Outcome.NEGATIVE: r"negative|负面|阴性",
    Outcome.MIXED: r"mixed|好坏参半",
}
# What may stand behind such a word and leave its meaning: a remark set apart, a date, a preposition of its own.
_REMARK = r"(?:\s*[.!。！]*|\s*[,，;；:：(（.。].*|\s+[-–—]\s.*|\s+(?:on|since|by|as of|at)\s.*|\s*(?:19|20)\d{2}\D.*)"
_NEGATED = re.compile(
    r"\b(?:not|never|isn't|aren't|except|but|partly|partially|mostly|almost|until|unless|pending)\b|未|没|但|部分|尚",
    re.IGNORECASE,
)
_BY_ANOTHER = re.compile(r"\bby\b|\]\(|\.md\b|\bsee\b|[被由].+取代|参见|见", re.IGNORECASE)
_NEAR = 2  # lines between a footer's date and its status
_FOOT = 3  # lines
_DATED = re.compile(r"date|(?:last )?updated(?: (?:at|on))?|日期|更新时间|更新日期|最后更新")
_SURE = (Confidence.LIKELY, Confidence.STATED)


def title(page: Page) -> Fact[str]:
    """What a note calls itself, without date, author and markup; the file's name where no heading does."""
    front = front_matter(page)
    for field in fields(page, _TITLE):
        if field.line.number in front:
            return Fact(field.value.strip("\"'"), "front matter", field.line.number)
    line = title_line(page)
    if line is not None and (words := told(line.words)):
        sure = Confidence.STATED if line.level == 1 else Confidence.LIKELY
        return Fact(words, "title" if line.level == 1 else "first heading", line.number, sure)
    if (words := _of_file(page.name)) or line is None:
        return Fact(words or page.name, "file name", None, Confidence.LIKELY)
    return Fact(plain(line.words), "title", line.number, Confidence.LIKELY)


def told(words: str) -> str:
    """What a heading tells besides its date and the agents that wrote under it; empty where that is nothing."""
    words = plain(words)
    times = [(reading, own) for reading, own in heading_times(words) if own is Confidence.STATED]
    parts = _DASH.split(without_time(words, times) if times else words)
    by_agents = {place for place in range(0, len(parts), 2) if _names_agents(parts[place])}
    if (by_agents and len(parts) > 1) or times:
        kept = [place for place in range(0, len(parts), 2) if place not in by_agents]
        parts = [part for place in kept for part in parts[place - 1 if place != kept[0] else place : place + 1]]
    return "".join(parts)


def _names_agents(segment: str) -> bool:
    found = persons(segment)
    return bool(found) and all(is_agent(person.name) for person in found)


def plain(words: str) -> str:
    """Words of a heading without links and backslashes."""
    return " ".join(_ESCAPE.sub(r"\1", _LINK.sub(r"\1", words)).split())


def _of_file(name: str) -> str:
    words = FILE_DAY.sub(" ", _SUFFIX.sub("", name))
    return " ".join(re.split(r"[\s_-]+", words)).strip(" .")


def tags(page: Page) -> list[Fact[str]]:
    """The words that a note's lines of tags list, each once."""
    found: dict[str, Fact[str]] = {}
    for field in fields(page, _TAGS):
        for part in _TAG_BETWEEN.split(field.value.strip("[]")):
            match = _TAG.fullmatch(part.strip(" \"'`."))
            if match is not None and match[1].casefold() not in _NOTHING:
                found.setdefault(match[1], Fact(match[1], field.source, field.line.number))
    return list(found.values())


def statuses(page: Page, words: Mapping[str, Status] | None = None) -> list[Fact[Status]]:
    """Where a note's work stands, by its status lines, in order; the last one counts, since banners go stale.

    A later line that says something else takes the word from those above it: they are likely only, as is a line of a
    list or of a section of its own, which may be about one of many things.

    Args:
        page: The note.
        words: What the author says that other words mean.
    """
    return _known(_lines(page, _STATUS), lambda value: status_of(value, words))


def outcomes(page: Page) -> list[Fact[Outcome]]:
    """What came of a note's work, as its lines say it, in order; see `statuses`."""
    return _known(_lines(page, _OUTCOME), outcome_of)


def unclear(page: Page, words: Mapping[str, Status] | None = None) -> list[Fact[str]]:
    """What a note's status lines say that is no status of ours, in their own words; all of it merely possible."""
    lines = [line for line in _lines(page, _STATUS) if status_of(line.value, words) is None]
    return [replace(line, confidence=Confidence.POSSIBLE) for line in lines]


def standing(
    page: Page, span: range, words: Mapping[str, Status] | None = None
) -> tuple[Status | None, Outcome | None]:
    """Where the work stood and what had come of it, by the last such line among some of a note's.

    Args:
        page: The note.
        span: Numbers of its lines.
        words: What the author says that other words mean.
    """
    last = {name: _last_in(page, labels, span) for name, labels in (("status", _STATUS), ("outcome", _OUTCOME))}
    return status_of(last["status"], words), outcome_of(last["outcome"])


def status_of(text: str, words: Mapping[str, Status] | None = None) -> Status | None:
    """The status that words state; None where they state none of ours.

    Examples:
        >>> str(status_of("Done (see below)")), status_of("Almost done"), str(status_of("进行中"))
        ('concluded', None, 'running')
    """
    told_by_author = {key.casefold(): status for key, status in (words or {}).items()}
    if (meant := told_by_author.get(text.casefold())) is not None:
        return meant
    found = _stated(text, _WORDS)
    # By another note: then that one says so, and this status stands only once both are entries.
    return None if found is Status.SUPERSEDED and _BY_ANOTHER.search(text) else found


def outcome_of(text: str) -> Outcome | None:
    """The outcome that words state; None where they state none of ours."""
    return _stated(text, _OUTCOMES)


def _stated(text: str, meanings: Mapping[T, str]) -> T | None:
    for meaning, pattern in meanings.items():
        found = re.fullmatch(rf"(?:{pattern})(?P<remark>{_REMARK})", text.strip(), re.IGNORECASE)
        if found is not None:
            return None if _NEGATED.search(found["remark"]) else meaning
    return None


def _last_in(page: Page, labels: re.Pattern[str], span: range) -> str:
    numbers, values = _standing_lines(page, labels)
    place = bisect_left(numbers, span.stop)
    return values[place - 1] if place and numbers[place - 1] in span else ""


@lru_cache(maxsize=4)  # asked for every section of a note
def _standing_lines(page: Page, labels: re.Pattern[str]) -> tuple[list[int], list[str]]:
    said = [(field.line.number, field.value) for field in fields(page, labels) if not field.is_item]
    said.sort(key=lambda pair: pair[0])
    return [number for number, _ in said], [value for _, value in said]


def _lines(page: Page, labels: re.Pattern[str]) -> list[Fact[str]]:
    """What the lines with such a label say, with how surely it is about the whole note."""
    dated = {field.line.number + gap for field in fields(page, _DATED) for gap in range(-_NEAR, _NEAR + 1)}
    foot = [line.number for line in page.prose if line.text.strip()][-_FOOT:]

    def of_all(field: Field) -> bool:
        number = field.line.number
        section = field.line.section
        near = number in dated or number in foot
        return field.in_head or (not field.is_item and (near or _bears_date(section) or _asks(section, labels)))

    return [Fact(field.value, field.source, field.line.number, _SURE[of_all(field)]) for field in fields(page, labels)]


@lru_cache(maxsize=4)  # many lines stand below one heading
def _bears_date(section: str) -> bool:
    return any(own is Confidence.STATED for _, own in heading_times(section))


@lru_cache(maxsize=4)
def _asks(section: str, labels: re.Pattern[str]) -> bool:
    return labels.fullmatch(bare(section).strip(":： ").casefold()) is not None


def _known(lines: list[Fact[str]], meaning: Callable[[str], T | None]) -> list[Fact[T]]:
    found: list[Fact[T]] = []
    contradicted = False
    for line in reversed(lines):
        value = meaning(line.value)
        if value is None:
            contradicted = contradicted or line.confidence is Confidence.STATED
            continue
        confidence = Confidence.LIKELY if contradicted else line.confidence
        found.append(Fact(value, line.source, line.line, confidence))
    return found[::-1]
