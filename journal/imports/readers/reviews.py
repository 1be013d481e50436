"""Who looked again at a note, what they found and how, as the note tells it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from journal.imports.readers.interface import Confidence, Fact, NotedReview, Person
from journal.imports.readers.outline import blocks, plain
from journal.imports.readers.people import persons
from journal.imports.readers.reviewers import NAME, date_in, is_chinese, is_name, person, reviewer_in
from journal.imports.readers.statements import hedges, is_hedged, is_planned, sentences, without_quotations
from journal.model.life import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.readers.outline import Block
    from journal.imports.readers.page import Page
    from journal.model.when import When

_CHINESE = r"(?P<name>(?<![A-Za-z0-9_.-])@?[A-Za-z][\w.-]{0,40}(?:\s[A-Z\d][\w.-]{0,40}){0,2}|[\u4e00-\u9fff]{2,3}?)"
_LONGEST_LIST = 120  # characters of a field with names
_NEAR = 300  # characters before and behind a review's words that are looked at
_DONE = {
    Verdict.VERIFIED: r"(?:double-|cross-)?(?:verified|checked|confirmed|reproduced|replicated|validated)",
    Verdict.CORRECTED: r"corrected",
    Verdict.DISPUTED: r"disputed|contested|refuted",
}
_BY = tuple(
    (verdict, re.compile(rf"\b(?i:(?:{done})\s+(?:\w+ly\s+)?by)\s*:?\s+{NAME}")) for verdict, done in _DONE.items()
)
# Without one of these a block is about no review.
_SPOKEN = re.compile(
    r"\bby\b|\breview|\bverif|\bcorrect|\berrat|\bcorrigend|\breproduce\b|\bconfirm\b|\breplicate\b|\bcheck\b|\bdisput|\bdisagree"
    r"|\bcontests\b|\brefuted\b|由|经|验证|核|复现|审|更正|勘误|订正|修正|确认",
    re.IGNORECASE,
)
# What a piece of software does as often as a person.
_BY_THINGS = re.compile(r"(?<!-)\b(?:checked|confirmed|validated|corrected)\b", re.IGNORECASE)
_BY_CHINESE = tuple(
    (verdict, re.compile(pattern))
    for verdict, pattern in (
        (Verdict.UNVERIFIED, rf"(?:{_CHINESE}\s*(?:无法|未能|不能)(?:独立)?(?:验证|核实|复现|确认))"),
        (Verdict.UNVERIFIED, rf"(?:无法|未能|不能)(?:由|被)\s*{_CHINESE}\s*(?:独立)?(?:验证|核实|复现|确认)"),
        (Verdict.VERIFIED, rf"(?:由|经)\s*{_CHINESE}\s*(?:独立)?(?:验证|核实|复核|复现|确认|核对)"),
        (Verdict.CORRECTED, rf"(?:由|经)\s*{_CHINESE}\s*(?:更正|修正|订正|纠正)"),
    )
)
_COULD_NOT = re.compile(
    rf"(?:^|\b){NAME}\s+(?:could\s+not|couldn['’]t|cannot|can['’]t|was\s+unable\s+to|failed\s+to)\s+(?:\w+ly\s+)?"
    r"(?:verify|reproduce|confirm|replicate|check)\b"
)
_DISPUTES = re.compile(rf"(?:^|\b){NAME}\s+(?:disputes|disputed|disagrees|disagreed|contests|refuted)\b")
_FAILED = re.compile(r"(?:could\s+not|couldn['’]t|cannot|can['’]t|unable\s+to)\s+(?:yet\s+)?be\s*$", re.IGNORECASE)
_NOT_DONE = re.compile(
    r"(?:\bnot(?:\s+yet)?|n['’]t|\bnever|\bto\s+be|\bmust\s+be|\bshould\s+be|\bneeds?\s+to\s+be|\bwill\s+be|\bcan\s+be|\bmay\s+be"
    r"|\bif|\bonce|\buntil|\bunless|\bbe|\bbeing|\bwhen|\bafter|\bbefore|\bpending|\bwaiting)(?:\s+\w+ly)?\s*$",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"^\W*(?:correction|corrected|corrigendum|erratum|更正|勘误|订正|修正)\s*[(（](?P<brackets>[^()（）]{0,200})[)）]",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^\W*(?P<cue>reviewed[\s-]by|reviewers?|verified[\s-]by|verifier|审阅人?|审核人?|复核人?|验证人)\s*[:：]\s*(?P<rest>.+)$",
    re.IGNORECASE,
)
_REVIEWED = re.compile(rf"\b(?i:reviewed\s+(?:\w+ly\s+)?by)\s+{NAME}")
_WORDS_FOR = tuple(
    (verdict, re.compile(pattern, re.IGNORECASE))
    for verdict, pattern in (
        (
            Verdict.UNVERIFIED,
            r"could\s*n[o'’]t\s+(?:verify|reproduce|confirm)|unable\s+to\s+(?:verify|reproduce)|无法(?:验证|复现)|未能(?:验证|复现)",
        ),
        (Verdict.CORRECTED, r"\bcorrected\b|\bcorrections?\b(?!\s+needed)|更正|修正"),
        (
            Verdict.DISPUTED,
            r"\bdisput|\bdisagree|\bwrong\b|\bincorrect\b|\bnot\s+(?:convinced|correct|right)\b|有误|不同意|错误",
        ),
        (
            Verdict.VERIFIED,
            r"\b(?:lgtm|verified|confirmed|approved|reproduced|(?:all|numbers|results|values)\s(?:\w+\s)?(?:match|agree|correct))|通过|无误|已验证|一致",
        ),
    )
)
_METHOD = re.compile(
    r"^[)\]*_\s]*(?P<method>(?:from|via|using|with|against|through|by)\s+[^.;:()（）—–|。；]*+(?:\.\w++[^.;:()（）—–|。；]*+)*+)",
    re.IGNORECASE,
)
_ADVERB = re.compile(r"\s+\w+ly\s*$")
_MOST = 20  # reviews of one kind that one sentence tells of
_SURENESS = (Confidence.STATED, Confidence.LIKELY, Confidence.POSSIBLE)


@dataclass(frozen=True)
class _Found:
    by: Person
    verdict: Verdict
    line: int
    source: str
    method: str | None = None
    at: When | None = None
    confidence: Confidence = Confidence.STATED


def reviews(page: Page) -> list[Fact[NotedReview]]:
    """Who looked again at a note, as it tells itself.

    Args:
        page: The note.

    Returns:
        One fact per reviewer and verdict, at the first line that has it; what is still to be done is none. A review
        without a verdict is only `POSSIBLE`, as one that verified.
    """
    found: dict[tuple[str, Verdict], _Found] = {}
    for block in blocks(page):
        for review in () if block.is_head or not _SPOKEN.search(block.text) else _in_block(block, page):
            key = (review.by.name.casefold(), review.verdict)
            found[key] = _joined(found.get(key, review), review)
    judged = {name for (name, _), review in found.items() if review.confidence is Confidence.STATED}
    kept = [each for (name, _), each in found.items() if each.confidence is Confidence.STATED or name not in judged]
    return [
        Fact(NotedReview(each.by, each.verdict, each.method, each.at), each.source, each.line, each.confidence)
        for each in kept
    ]


def _joined(first: _Found, later: _Found) -> _Found:
    """Two mentions of one review: the surer one, else the first, with what either knows."""
    kept = later if _SURENESS.index(later.confidence) < _SURENESS.index(first.confidence) else first
    return replace(kept, method=kept.method or later.method, at=kept.at or later.at)


def _in_block(block: Block, page: Page) -> Iterator[_Found]:
    words = plain(without_quotations(block.text, _SPOKEN))
    marked = None if block.column else _MARKED.match(words)
    who = reviewer_in(marked["brackets"]) if marked else None
    if marked and who:
        at, sure = date_in(marked["brackets"]), _in_view_of(marked["brackets"])
        yield _Found(who, Verdict.CORRECTED, block.lines[0], f"“{marked[0].strip()}”", None, at, sure)
    labelled = _LINE.match(words)
    found = _labelled(labelled, block) if labelled else _in_sentences(words, block)
    yield from map(_doubted, found) if is_planned(block, page) else found


def _doubted(found: _Found) -> _Found:
    return replace(found, confidence=Confidence.POSSIBLE)


def _in_view_of(words: str) -> Confidence:
    return Confidence.POSSIBLE if is_hedged(words) else Confidence.STATED


def _labelled(labelled: re.Match[str], block: Block) -> Iterator[_Found]:
    """`Reviewed-by: Ana Lee: numbers match`, and `Reviewers: Ana Lee (human), Codex`."""
    source, rest = f"line `{labelled['cue']}:`", labelled["rest"][:_NEAR]
    verified = Verdict.VERIFIED if re.match(r"verif|验证", labelled["cue"], re.IGNORECASE) else None
    listed = persons(rest) if len(rest) < _LONGEST_LIST and _verdict(rest)[0] is None else []
    for each in listed:
        if each.kind is None and not is_name(each.name):
            continue
        found = _reviewed(each, "", block, source)
        yield replace(found, confidence=_in_view_of(rest)) if verified else found
    named = re.match(NAME, rest)
    if named and not listed and is_name(named["name"]):
        found = _reviewed(person(named["name"]), rest[named.end() :], block, source)
        if verified and _verdict(rest)[0] is None:
            found = replace(found, confidence=_in_view_of(rest))
        yield found


def _in_sentences(words: str, block: Block) -> Iterator[_Found]:
    for sentence in sentences(words):
        yield from (found for found in _in_sentence(sentence, block) if is_name(found.by.name))


def _in_sentence(sentence: str, block: Block) -> Iterator[_Found]:
    around = _Around(sentence)
    for verdict, pattern in (*_BY, *_BY_CHINESE):
        for found in islice(pattern.finditer(sentence), _MOST):
            judged = _judged(verdict, around.before(found))
            if judged is not None:
                yield _said(found, judged, around, block)
    for verdict, pattern in ((Verdict.UNVERIFIED, _COULD_NOT), (Verdict.DISPUTED, _DISPUTES)):
        for found in islice(pattern.finditer(sentence), _MOST):
            yield _opening(_said(found, verdict, around, block))
    for found in islice(_REVIEWED.finditer(sentence), _MOST):
        if not _NOT_DONE.search(around.before(found)):
            review = _reviewed(person(found["name"]), around.behind(found), block, "“reviewed by”")
            yield review if around.is_plain(found.start(), len(sentence)) else _doubted(review)


class _Around:
    """What stands near to a review's words in their sentence."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def before(self, found: re.Match[str]) -> str:
        return self._sentence[max(found.start() - _NEAR, 0) : found.start()]

    def behind(self, found: re.Match[str]) -> str:
        return self._sentence[found.end() : found.end() + _NEAR]

    @cached_property
    def _hedges(self) -> list[int]:
        return hedges(self._sentence)

    def is_plain(self, start: int, end: int) -> bool:
        """Whether nothing near the words from `start` to `end` makes them less than a plain statement."""
        first, last = bisect_left(self._hedges, start - _NEAR), bisect_left(self._hedges, end + _NEAR)
        return all(start <= place < end for place in self._hedges[first:last])


def _opening(found: _Found) -> _Found:
    """A name that opens a sentence may be any noun, such as "Measurement"; an agent's is known."""
    is_plain = found.by.kind is Kind.AGENT or found.confidence is not Confidence.STATED
    return found if is_plain else replace(found, confidence=Confidence.LIKELY)


def _judged(verdict: Verdict, before: str) -> Verdict | None:
    """The verdict in view of the words before it: "could not be verified by", "to be verified by"."""
    if verdict is Verdict.UNVERIFIED:
        return verdict
    before = _ADVERB.sub(" ", before)
    if _FAILED.search(before):
        return Verdict.UNVERIFIED if verdict is Verdict.VERIFIED else None
    return None if _NOT_DONE.search(before) or re.search(r"(?:未|没有|待|需要?|尚未)\s*$", before) else verdict


def _said(found: re.Match[str], verdict: Verdict, around: _Around, block: Block) -> _Found:
    before, after, start = around.before(found), around.behind(found), found.start()
    if verdict is Verdict.UNVERIFIED and (failed := _FAILED.search(_ADVERB.sub(" ", before))):
        start += failed.start() - len(before)
    words = found.string[start : found.end()].strip()
    at, by = date_in(after[:40]), person(found["name"])
    doubted = is_chinese(by.name) or _BY_THINGS.search(words)  # any word may begin like a Chinese name
    sure = Confidence.STATED if by.kind is Kind.AGENT or not doubted else Confidence.LIKELY
    how = _method(after) if verdict is not Verdict.UNVERIFIED else None
    review = _Found(by, verdict, _line(block, found[0]), f"“{words}”", how, at, sure)
    return review if around.is_plain(start, found.end()) else _doubted(review)


def _reviewed(by: Person, rest: str, block: Block, source: str) -> _Found:
    """A review whose verdict stands behind the reviewer's name, if anywhere."""
    verdict, others = _verdict(rest)
    sure = _in_view_of(others) if verdict else Confidence.POSSIBLE
    line = _line(block, by.name)
    return _Found(by, verdict or Verdict.VERIFIED, line, source, _method(rest), date_in(rest[:40]), sure)


def _method(after: str) -> str | None:
    """How somebody looked, by the words behind their name; None where those have no end in sight."""
    method = _METHOD.match(after)
    return method["method"].strip(" ,，") if method and method.end() < _NEAR else None


def _verdict(words: str) -> tuple[Verdict | None, str]:
    """What a reviewer's words amount to, None where they say nothing of the kind or several things; the other words."""
    said = {verdict: found for verdict, pattern in _WORDS_FOR if (found := pattern.search(words))}
    verdict = next(iter(said)) if len(said) == 1 or Verdict.UNVERIFIED in said else None
    found = said[verdict] if verdict else None
    return verdict, words[: found.start()] + words[found.end() :] if found else words


def _line(block: Block, words: str) -> int:
    """The line on which the words begin, looked for by their first word."""
    first = words.split(maxsplit=1)[0]
    for part, line in zip(block.parts, block.lines, strict=True):
        if first in part:
            return line
    return block.lines[0]
