"""Who wrote a note: names in its title and in the fields that say so, never in running text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.imports.readers.agents import is_agent
from journal.imports.readers.fields import fields, title_line
from journal.imports.readers.interface import Confidence, Fact, Person
from journal.imports.readers.times import MONTH, YEAR
from journal.model.life import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.readers.page import Page

_AUTHORS = re.compile(
    r"(?:co-?)?authors?(?:\(s\))?|co-authored-by"
    r"|(?:written |prepared |authored )?by|作者|撰写人|撰写|记录人|記錄人|執筆者"
)
_BETWEEN = re.compile(r"\s*(?:[,，、;；&/]|\s+(?:and|with)\s+|\s+和\s*|\s+与\s*)\s*")
_ASIDE = re.compile(r"\s*(?:\(([^()]*)\)|（([^（）]*)）|<[^<>]*>|\[([^\[\]]*)\])")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_HUMAN = re.compile(r"human|person|人类|人類|人工|人間", re.IGNORECASE)
_AGENT = re.compile(r"(?:ai|coding|llm)?\s*(?:agent|bot|assistant)|ai|llm|智能体|机器人|助手", re.IGNORECASE)
_NOBODY = frozenset(
    {"unknown", "n/a", "na", "none", "nobody", "tbd", "todo", "various", "me", "us", "未知", "无", "-", "—"}
)
_DASH = re.compile(r"(?<!\s)\s++(?:[-–—|]|--)\s++")
_NAME = re.compile(r"@?[^\W\d_][^\n:：!?。！？()（）<>\[\]]*")
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?:\bon\s|@)?\s*(?<!\w)(?:(?:{_DAY}\s)?{MONTH.format('month')}\s(?:{_DAY},?\s)?{YEAR}"
    rf"|{YEAR}[-/.年]\d{{1,2}}(?:[-/.月]\d{{1,2}})?[月日]?)(?!\w)"
)
_COMMA, _ENDS = "\ue000", " \t.,;-–—|"  # a comma in brackets; what a name does not begin or end with
_LONGEST = 300  # characters of a list of names
_MOST_WORDS = 5
_FOOT = 4  # lines


def authors(page: Page) -> list[Fact[Person]]:
    """Who wrote a note, in its order: an agent's name alone between the dashes of the title, and fields of its head.

    At the note's end such a field is likely its author's; elsewhere it may be that of a book.
    """
    return list(_once([*_in_title(page), *_in_fields(page, _AUTHORS)]))


def persons(text: str) -> list[Person]:
    """The persons and agents of a list of names; empty where it is none.

    Examples:
        >>> [(one.name, one.kind and one.kind.value) for one in persons("Ana Ruiz (human), Codex and @bo")]
        [('Ana Ruiz', 'human'), ('Codex', 'agent'), ('@bo', None)]
    """
    if text.strip().casefold() in _NOBODY or len(text) > _LONGEST:
        return []
    shown = _DASH.split(_DATE.sub("", _LINK.sub(r"\1", text)).strip(_ENDS) + " ")[0]
    whole = _ASIDE.sub(lambda aside: _BETWEEN.sub(_COMMA, aside[0]), shown)
    found = [_person(part) for part in _BETWEEN.split(whole) if part.strip(_ENDS)]
    return [one for one in found if one is not None] if None not in found else []


def _person(text: str) -> Person | None:
    asides = [
        words for aside in _ASIDE.finditer(text) for words in next(filter(None, aside.groups()), "").split(_COMMA)
    ]
    name = " ".join(_ASIDE.sub(" ", text).strip(_ENDS).split())
    if not _NAME.fullmatch(name) or name.casefold() in _NOBODY or len(name.split()) > _MOST_WORDS:
        return None
    if any(_HUMAN.fullmatch(words.strip()) for words in asides):
        return Person(name, Kind.HUMAN)
    agent = is_agent(name) or any(_AGENT.fullmatch(words.strip()) for words in asides)
    return Person(name, Kind.AGENT if agent else None)


def _in_title(page: Page) -> Iterator[Fact[Person]]:
    title = title_line(page)
    segments = _DASH.split(title.words) if title is not None else []
    if title is None or len(segments) == 1:
        return
    for segment in segments:
        found = persons(segment)
        if all(is_agent(person.name) for person in found):
            yield from (Fact(person, "title", title.number) for person in found)


def _in_fields(page: Page, labels: re.Pattern[str]) -> Iterator[Fact[Person]]:
    said = [line.number for line in page.prose if line.text.strip()]
    foot = said[-_FOOT:]
    for field in fields(page, labels):
        likely = Confidence.LIKELY if field.line.number in foot else Confidence.POSSIBLE
        confidence = Confidence.STATED if field.in_head else likely
        for person in persons(field.value):
            yield Fact(person, field.source, field.line.number, confidence)


def _once(facts: Iterator[Fact[Person]] | list[Fact[Person]]) -> Iterator[Fact[Person]]:
    seen: dict[str, Fact[Person]] = {}
    for fact in facts:
        if seen.setdefault(fact.value.name.casefold(), fact) is fact:
            yield fact
