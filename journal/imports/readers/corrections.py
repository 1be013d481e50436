"""What a note says about its own mistakes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from journal.imports.readers.interface import Confidence, Fact, NotedCorrection
from journal.imports.readers.outline import blocks
from journal.imports.readers.page import CODE, bare
from journal.imports.readers.reviewers import date_in, reviewer_in
from journal.imports.readers.statements import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.readers.outline import Block
    from journal.imports.readers.page import Page

_MARKED = re.compile(
    r"^\W*(?:(?P<edit>edit(?:ed)?)|corrections?|corrected|corrigend(?:um|a)|errat(?:um|a)|更正|勘误|订正|修正)\s*+"
    r"(?:[(（](?P<brackets>[^()（）]{0,200})[)）]|(?P<by>(?:by|on|from)\s[^:：]{1,60}))?\s*+[:：—–-]\s*+(?P<words>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NOTHING = re.compile(r"(?:none|nothing|nil|n/?a|tbd|-|—|无|没有)?[\s.。]*", re.IGNORECASE)
_LIST = re.compile(r"corrections?|corrigenda|errata|erratum|更正|勘误|订正", re.IGNORECASE)
# No pattern may go over a long line again and again: repeats are bounded or possessive, and none begins within a word.
_VALUE = (
    r"(?:`[^`]{1,120}`|(?<![A-Za-z0-9_.])(?<![0-9],)[~≈<>±]?[-+−]?[0-9]++(?:,[0-9]++)*+(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+"
    r"(?:\s?%|[kKMGx×](?![A-Za-z0-9]))?(?![A-Za-z0-9_.]{0,60}[A-Za-z0-9_]))"
)
_NAME = r"(?:(?<![A-Za-z0-9_./-])[A-Za-z_][A-Za-z0-9_./-]{0,60}+\s*+(?:=|:)\s*+|(?:the\s+)?(?:value\s+)?(?:of\s+)?)"
_WAS = rf"{_NAME}(?P<was>{_VALUE})"
_NOW = rf"(?:(?<![A-Za-z0-9_./-])[A-Za-z_][\w./-]{{0,60}}\s*+=\s*+)?(?P<now>{_VALUE})"
_RIGHT = r"(?:the\s+)?(?:correct|right|true|actual)\s+(?:\w{1,20}\s+)?(?:is|was|should\s+be)"
_BECAME = (
    r"(?:should\s+(?:be|read|have\s+been|have\s+read)|is\s+actually|was\s+actually|is\s+now|now\s+(?:is|reads)"
    rf"|{_RIGHT}|应为|应该是|应是|实为)"
)
_SAID = (
    r"(?:used|reported|stated|listed|quoted|said|gave|cited|had|showed|claimed|computed|copied|read|took|written|given"
    r"|set|recorded)"
)
# The most telling first: of a pair both values, then a wrong value alone.
_PAIRS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:from|由|从)\s+{_WAS}\s+to\s+{_NOW}",
        rf"(?:从|由|将|把)\s*{_WAS}\s*(?:改为|更正为|修正为|改成)\s*{_NOW}",
        rf"{_WAS}\s*(?:→|->|⇒)\s*{_NOW}",
        rf"\b(?:was|were|said|read|reported|stated|gave|listed)\s+(?:as\s+)?{_WAS}\s*[,;—–]?\s*(?:but\s+)?(?:it\s+)?{_BECAME}\s+{_NOW}",
        rf"{_WAS}\s*(?:\([^()]{{0,80}}\)\s*)?[,，]?\s*(?:it\s+)?{_BECAME}\s*{_NOW}",
        rf"{_WAS}\s*[,，;]?\s*but\s+(?:(?:it|this|that|really)\s+)?(?:is|was|were|are)\s+(?:really\s+)?{_NOW}",
        rf"{_WAS}\s+(?:was|is|were)\s+(?:wrong|incorrect)\s*[,;]?\s*(?:but\s+|and\s+)?(?:it\s+)?{_BECAME}\s*{_NOW}",
        rf"\bnot\s+{_WAS}\s*,?\s*but\s+{_NOW}",
        rf"{_BECAME}\s*{_NOW}\s*[,，]?\s*(?:and\s+)?(?:not|rather\s+than|instead\s+of|而不是|而非|不是)\s*{_WAS}",
        rf"{_NOW}\s*[,，]\s*(?:not|rather\s+than|instead\s+of|而不是|而非|不是)\s*{_WAS}",
        rf"{_NOW}\s+(?:rather\s+than|instead\s+of)\s*{_WAS}",
        rf"(?:误写为|误写成|误报为|误用了?|写错为|错写成|错误地\S{{1,4}}?了?)\s*{_WAS}\s*[,，;；]?\s*(?:应为|应该是|应是|实为|正确值?[为是])\s*{_NOW}",
    )
)
_ALONE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:incorrectly|wrongly|mistakenly|erroneously)\s+{_SAID}\s+(?:as\s+)?{_WAS}",
        rf"\b(?:wrong|incorrect|erroneous|mistaken)\s+(?:[a-z]+\s+){{0,2}}(?:of\s+)?{_WAS}",
        rf"{_WAS}\s+(?:was|is|were)\s+(?:wrong|incorrect|a\s+mistake|an\s+error|a\s+typo)",
        rf"(?:误写为|误写成|误报为|误用了?|写错为|错写成|错误地\S{{1,4}}?了?)\s*{_WAS}",
    )
)
_LONGEST = 500  # characters of words that are shown
_UNSURE = re.compile(r"[?？]|\b(?:if|whether|maybe|perhaps|might|probably|possibly)\b", re.IGNORECASE)
_ADVICE = re.compile(r"\bshould\s|应", re.IGNORECASE)
_SHOULD = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bshould\s+(?:be|read)\s+{_NOW}\s*,?\s*not\s+{_WAS}",
        rf"(?:应为|应该是|应是)\s*{_NOW}\s*[,，]\s*(?:而不是|而非|不是)\s*{_WAS}",
    )
)
_STRUCK = re.compile(
    rf"~~(?P<was>[^~]{{1,64}})~~\s*+(?:→|->|=>|:)?\s*+(?P<marks>\*{{0,2}}|_{{0,2}})(?P<now>{_VALUE})(?P=marks)",
    re.IGNORECASE,
)


def corrections(page: Page) -> list[Fact[NotedCorrection]]:
    """The wrong values that a note tells of.

    Read are paragraphs that open with "Correction", "Erratum" or 更正, values that are struck out in front of others,
    and "should be X, not Y", which is only `LIKELY`, since it may speak of something else. "Edit:" opens a correction
    only where its sentence has a wrong value.

    Args:
        page: The note.

    Returns:
        One fact per wrong value, in order; a right value only where the same sentence has it. A correction whose values
        cannot be told apart is `POSSIBLE`, with its words as what was wrong.
    """
    found: dict[tuple[str, str | None], Fact[NotedCorrection]] = {}
    for block in blocks(page):
        for fact in _in_block(block):
            found.setdefault((fact.value.was, fact.value.now), fact)
    return list(found.values())


def _in_block(block: Block) -> Iterator[Fact[NotedCorrection]]:
    marked = None if block.level or block.column else _MARKED.match(block.text.replace("*", "").replace("__", ""))
    if marked:
        yield from _marked(block, marked)
    elif block.is_item and _LIST.fullmatch(block.lead.strip(" :：")):
        yield from _listed(block)
    elif "~~" in block.text or _ADVICE.search(block.text):
        yield from _in_passing(block)


def _in_passing(block: Block) -> Iterator[Fact[NotedCorrection]]:
    shown = CODE.sub(lambda code: " " * len(code[0]) if "~~" in code[0] else code[0], block.text)
    for struck in _STRUCK.finditer(shown):
        was, now = bare(struck["was"]), bare(struck["now"])
        if re.fullmatch(_VALUE, was) and was != now:
            yield Fact(NotedCorrection(was, now), "struck out", block.line_at(struck.start()))
    for sentence in sentences(bare(block.text)):
        plain = next(filter(None, (pattern.search(sentence) for pattern in _SHOULD)), None)
        if plain:
            value = NotedCorrection(_shown(plain["was"]), _shown(plain["now"]), sentence)
            yield Fact(value, "“should be …, not …”", block.lines[0], Confidence.LIKELY)


def _marked(block: Block, marked: re.Match[str]) -> Iterator[Fact[NotedCorrection]]:
    said = bare(marked["brackets"] or marked["by"] or "")
    by, at = reviewer_in(said), date_in(said)
    shown = bare(block.text)
    source = f"“{shown[: len(shown) - len(bare(marked['words']))].strip(' :：—–-')}”"
    read = ((sentence, _values(sentence)) for sentence in sentences(marked["words"]))
    sure = [_plain(block, values, sentence, source) for sentence, values in read if values is not None]
    unsure = [] if marked["edit"] or _NOTHING.fullmatch(marked["words"]) else [_unclear(block, marked["words"], source)]
    for fact in sure or unsure:
        yield replace(fact, value=replace(fact.value, by=by, at=at))


def _listed(block: Block) -> Iterator[Fact[NotedCorrection]]:
    """An item of a list of corrections."""
    values, source = _values(block.text), f"list under “{block.lead.strip(' :：')}”"
    yield _plain(block, values, block.text, source) if values else _unclear(block, block.text, source)


def _plain(block: Block, values: tuple[str, str | None], words: str, source: str) -> Fact[NotedCorrection]:
    line = block.line_at(max(block.text.find(values[0]), 0)) if len(block.lines) > 1 else block.lines[0]
    return Fact(NotedCorrection(*values, bare(words)), source, line)


def _unclear(block: Block, words: str, source: str) -> Fact[NotedCorrection]:
    shown = bare(words[:_LONGEST])
    return Fact(NotedCorrection(shown, None, shown), source, block.lines[0], Confidence.POSSIBLE)


def _values(sentence: str) -> tuple[str, str | None] | None:
    """The wrong value of a sentence and the right one, if it has that too; None where that is not plain."""
    if _UNSURE.search(sentence):
        return None
    for pattern in _PAIRS:
        pair = pattern.search(sentence)
        if pair and _shown(pair["was"]) != _shown(pair["now"]):
            return _shown(pair["was"]), _shown(pair["now"])
    alone = next(filter(None, (pattern.search(sentence) for pattern in _ALONE)), None)
    return (_shown(alone["was"]), None) if alone else None


def _shown(value: str) -> str:
    return bare(value).strip()
