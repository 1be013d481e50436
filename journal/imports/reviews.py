"""Who looked again at a note, what they found and how, as the note tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journal.imports.interface import Confidence, Fact, NotedReview, Person
from journal.imports.outline import blocks
from journal.imports.page import bare
from journal.imports.people import persons
from journal.imports.reviewers import NAME, date_in, is_chinese, is_name, person, reviewer_in, sentences
from journal.model.life import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.outline import Block
    from journal.imports.page import Page
    from journal.model.when import When

_CHINESE = r"(?P<name>@?[A-Za-z][\w.-]*(?:\s[A-Z\d][\w.-]*){0,2}|[\u4e00-\u9fff]{2,3}?)"
_LONGEST_LIST = 120  # characters of a field with names
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
    r"^\W*(?:correction|corrected|corrigendum|erratum|更正|勘误|订正|修正)\s*[(（](?P<brackets>[^()（）]*)[)）]",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^\W*(?P<cue>reviewed[\s-]by|reviewers?|verified[\s-]by|verifier|审阅人?|审核人?|复核人?|验证人)\s*[:：]\s*(?P<rest>.+)$",
    re.IGNORECASE,
)
_REVIEWED = re.compile(rf"\b(?i:reviewed\s+(?:\w+ly\s+)?by)\s+{NAME}(?P<rest>[^\n]*)")
_WORDS_FOR = (
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
        r"\blgtm\b|\bverified\b|\bconfirmed\b|\bapproved\b|\breproduced\b|\b(?:all|numbers|results|values)\s+(?:\w+\s+)?(?:match|agree|correct)|通过|无误|已验证|一致",
    ),
)
_METHOD = re.compile(
    r"^[)\]*_\s]*(?P<method>(?:from|via|using|with|against|through|by)\s+[^.;:()（）—–|。；]*(?:\.\w+[^.;:()（）—–|。；]*)*)",
    re.IGNORECASE,
)


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
        for review in () if block.is_head or not _SPOKEN.search(block.text) else _in_block(block):
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
    surer = later.confidence is Confidence.STATED and first.confidence is not Confidence.STATED
    kept = later if surer else first
    return replace(kept, method=kept.method or later.method, at=kept.at or later.at)


def _in_block(block: Block) -> Iterator[_Found]:
    marked = None if block.column else _MARKED.match(block.words)
    who = reviewer_in(marked["brackets"]) if marked else None
    if marked and who:
        at = date_in(marked["brackets"])
        yield _Found(who, Verdict.CORRECTED, block.lines[0], f"“{marked[0].strip()}”", None, at)
    labelled = _LINE.match(block.words)
    if labelled:
        yield from _labelled(labelled, block)
        return
    for sentence in sentences(block.words):
        yield from (found for found in _in_sentence(sentence, block) if is_name(found.by.name))


def _labelled(labelled: re.Match[str], block: Block) -> Iterator[_Found]:
    """`Reviewed-by: Ana Lee: numbers match`, and `Reviewers: Ana Lee (human), Codex`."""
    source, rest = f"line `{labelled['cue']}:`", labelled["rest"]
    verified = Verdict.VERIFIED if re.match(r"verif|验证", labelled["cue"], re.IGNORECASE) else None
    listed = persons(rest) if len(rest) < _LONGEST_LIST and _verdict(rest) is None else []
    for each in listed:
        if each.kind is None and not is_name(each.name):
            continue
        yield _reviewed(each, verified, "", block, source)
    named = re.match(NAME, rest)
    if named and not listed and is_name(named["name"]):
        rest = rest[named.end() :]
        yield _reviewed(person(named["name"]), verified or _verdict(rest), rest, block, source)


def _in_sentence(sentence: str, block: Block) -> Iterator[_Found]:
    for verdict, pattern in (*_BY, *_BY_CHINESE):
        for found in pattern.finditer(sentence):
            judged = _judged(verdict, sentence[: found.start()])
            if judged is not None:
                yield _said(found, judged, sentence, block)
    for verdict, pattern in ((Verdict.UNVERIFIED, _COULD_NOT), (Verdict.DISPUTED, _DISPUTES)):
        for found in pattern.finditer(sentence):
            yield _opening(_said(found, verdict, sentence, block))
    for found in _REVIEWED.finditer(sentence):
        if not _NOT_DONE.search(sentence[: found.start()]):
            yield _reviewed(person(found["name"]), _verdict(found["rest"]), found["rest"], block, "“reviewed by”")


def _opening(found: _Found) -> _Found:
    """A name that opens a sentence may be any noun, such as "Measurement"; an agent's is known."""
    return found if found.by.kind is Kind.AGENT else replace(found, confidence=Confidence.LIKELY)


def _judged(verdict: Verdict, before: str) -> Verdict | None:
    """The verdict in view of the words before it: "could not be verified by", "to be verified by"."""
    if verdict is Verdict.UNVERIFIED:
        return verdict
    before = re.sub(r"\s+\w+ly\s*$", " ", before)
    if _FAILED.search(before):
        return Verdict.UNVERIFIED if verdict is Verdict.VERIFIED else None
    return None if _NOT_DONE.search(before) or re.search(r"(?:未|没有|待|需要?|尚未)\s*$", before) else verdict


def _said(found: re.Match[str], verdict: Verdict, sentence: str, block: Block) -> _Found:
    after = sentence[found.end() :]
    method = _METHOD.match(after) if verdict is not Verdict.UNVERIFIED else None
    how = method["method"].strip(" ,，") if method else None
    failed = _FAILED.search(re.sub(r"\s+\w+ly\s*$", " ", sentence[: found.start()]))
    words = sentence[failed.start() : found.end()] if failed else found[0].strip()
    at = date_in(after[:40])
    by = person(found["name"])
    doubted = is_chinese(by.name) or _BY_THINGS.search(words)  # any word may begin like a Chinese name
    sure = Confidence.STATED if by.kind is Kind.AGENT or not doubted else Confidence.LIKELY
    return _Found(by, verdict, _line(block, by.name, found[0]), f"“{words}”", how, at, sure)


def _reviewed(by: Person, verdict: Verdict | None, rest: str, block: Block, source: str) -> _Found:
    method = _METHOD.match(rest)
    how = method["method"].strip(" ,，") if method else None
    sure = Confidence.STATED if verdict else Confidence.POSSIBLE
    line = _line(block, by.name, by.name)
    return _Found(by, verdict or Verdict.VERIFIED, line, source, how, date_in(rest[:40]), sure)


def _verdict(words: str) -> Verdict | None:
    """What a reviewer's words amount to; None where they say nothing of the kind, or several things."""
    said = [verdict for verdict, pattern in _WORDS_FOR if re.search(pattern, words, re.IGNORECASE)]
    return said[0] if len(said) == 1 or (said and said[0] is Verdict.UNVERIFIED) else None


def _line(block: Block, name: str, words: str) -> int:
    """The line on which the words begin, looked for by their first word beside the name."""
    first = words.split(maxsplit=1)[0]
    for part, line in zip(block.parts, block.lines, strict=True):
        if first in bare(part) and (name.split(maxsplit=1)[0] in bare(part) or len(block.lines) > 1):
            return line
    return block.lines[0]
