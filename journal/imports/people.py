"""Who wrote a note, and who looked at it: names in its title and in the fields that say so, never in running text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.imports.agents import is_agent
from journal.imports.fields import fields, title_line
from journal.imports.interface import Confidence, Fact, Person
from journal.model.life import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.page import Page

_AUTHORS = re.compile(
    r"(?:co-?)?authors?|co-authored-by|(?:written |prepared |authored )?by|作者|撰写人|撰写|记录人|記錄人|執筆者"
)
_REVIEWERS = re.compile(
    r"reviewers?|(?:peer |code )?review(?:ed)? by|reviewed-by|审阅|审阅人|审核|审核人|复核|評審|レビュー"
)
_BETWEEN = re.compile(r"\s*(?:[,，、;；&/]|\s+(?:and|with)\s+|\s+和\s*|\s+与\s*)\s*")
_ASIDE = re.compile(r"\s*(?:\(([^()]*)\)|（([^（）]*)）|<[^<>]*>|\[([^\[\]]*)\]\([^()]*\))")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_HUMAN = re.compile(r"human|person|人类|人類|人工|人間", re.IGNORECASE)
_AGENT = re.compile(r"(?:ai|coding|llm)?\s*(?:agent|bot|assistant)|ai|llm|智能体|机器人|助手", re.IGNORECASE)
_NOBODY = frozenset(
    {"unknown", "n/a", "na", "none", "nobody", "tbd", "todo", "various", "me", "us", "未知", "无", "-", "—"}
)
_DASH = re.compile(r"\s+[-–—|]\s+")
_NAME = re.compile(r"@?[^\W\d_][^\n:：!?。！？]*")
_MOST_WORDS = 5
_FOOT = 4  # lines


def authors(page: Page) -> list[Fact[Person]]:
    """Who wrote a note, in its order: an agent's name alone between the dashes of the title, and fields of its head.

    At the note's end such a field is likely its author's; elsewhere it may be that of a book.
    """
    return list(_once([*_in_title(page), *_in_fields(page, _AUTHORS)]))


def reviewers(page: Page) -> list[Fact[Person]]:
    """Who looked at a note, as its fields say it."""
    return list(_once(_in_fields(page, _REVIEWERS)))


def persons(text: str) -> list[Person]:
    """The persons and agents of a list of names; empty where it is none.

    Examples:
        >>> [(one.name, one.kind and one.kind.value) for one in persons("Ana Ruiz (human), Codex and @bo")]
        [('Ana Ruiz', 'human'), ('Codex', 'agent'), ('@bo', None)]
    """
    if text.strip().casefold() in _NOBODY:
        return []
    found = [_person(part) for part in _BETWEEN.split(_LINK.sub(r"\1", text)) if part]
    return [one for one in found if one is not None] if None not in found else []


def _person(text: str) -> Person | None:
    asides = [aside for match in _ASIDE.finditer(text) for aside in match.groups() if aside]
    name = " ".join(_ASIDE.sub("", text).strip(" .").split())
    if not _NAME.fullmatch(name) or name.casefold() in _NOBODY or len(name.split()) > _MOST_WORDS:
        return None
    if any(_HUMAN.fullmatch(aside.strip()) for aside in asides):
        return Person(name, Kind.HUMAN)
    agent = is_agent(name) or any(_AGENT.fullmatch(aside.strip()) for aside in asides)
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
