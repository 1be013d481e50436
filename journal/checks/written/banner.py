"""What an entry says of itself at its head: that all is fixed, or that it is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from journal.document.lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.document.document import Document
    from journal.model.entry import Block

FIRST_SCREEN = 30
"""Lines below the front matter that a reader sees at once."""

_LONGEST = 300
_HAN = "\u4e00-\u9fff"
_PLAIN = re.compile(rf"[A-Za-z0-9{_HAN}]")
_STATUS = re.compile(r"(?:current |overall )?(?:status|state)\s*[:\uff1a=]\s*(?P<said>.+)", re.IGNORECASE)
_STATUS_HAN = re.compile(r"(?:当前|目前)?(?:状态|现状|进展)\s*[:\uff1a]\s*(?P<said>.+)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<said>.+)")
_CLAUSE = re.compile(r"[.,;!(\uff0c\u3002\uff1b\uff01\uff08]|\s[-\u2013\u2014]+\s")
_WORTH_A_LOOK = re.compile(
    r"status|state|状态|现状|进展|fixed|solved|works|working|done|finished|complete|succe|passed|applied|wip|修复|解决|完成|成功|running"
    r"|progress|blocked|broken|failing|pending|进行|运行|失败",
    re.IGNORECASE,
)

_FIXED = r"(?:fixed|resolved|solved)"
_WORD = rf"(?:{_FIXED}|done|finished|completed?|works|working|successful|succeeded|success|passed)"
_IS = r"(?: (?:is|are|was|were|now|has been|have been))*"
_ALL = rf"(?:(?:everything|all(?: \w+){{1,3}}){_IS} {_WORD}|all(?: now)? (?:{_FIXED}|done|passed))(?: now)?"
_APPLIED = r"(?:fix|fixes|patches) (?:is |are )?(?:applied|complete|in place)"
_DONE = re.compile(
    rf"{_ALL}|(?:all )?{_WORD}(?: now)?|{_FIXED} (?:in|by|with|via) .+|(?:all )?(?:\w+ )?{_APPLIED}", re.IGNORECASE
)
_DONE_HAN = re.compile(
    r"(?:所有|全部)?(?:问题)?(?:全部|都|均)*已?(?:全部|都|均)?(?:修复|解决|完成|搞定|成功)(?:完成|完毕|了)?"
)
_OPEN = re.compile(
    r"(?:still |currently |now )?(?:running|in progress|ongoing|work in progress|wip|blocked|broken|failing|failed"
    r"|unresolved|unsolved|not (?:yet )?(?:fixed|done|working|solved|resolved|finished|complete)"
    r"|pending|open|does not work|doesn't work)"
    r"|(?:仍|还|正在|仍在|尚)?(?:进行中|运行中|运行|进行|未解决|未修复|未完成|没有?解决|没有?修复|阻塞|失败|待解决|待修复)",
    re.IGNORECASE,
)
# A heading of one such word names a list: of what is done, of what is running.
_DONE_HEADING = re.compile(
    rf"{_ALL}|all(?: \w+){{0,2}} {_APPLIED}|(?:issue|problem|bug)s? (?:is |are )?{_FIXED}|{_FIXED}"
    r"|(?:(?:所有|全部)?问题)?(?:已全部|(?:全部|都|均)已?)(?:都|均)?(?:修复|解决|完成)(?:完成|完毕|了)?"
    r"|(?:所有|全部)?问题已(?:修复|解决)(?:完毕|了)?|所有问题(?:修复|解决|完成)(?:完成|完毕|了)?",
    re.IGNORECASE,
)
_OPEN_HEADING = re.compile(
    r"still (?:running|in progress|ongoing|broken|failing|not \w+|unresolved)"
    r"|not (?:yet )?(?:fixed|working|solved|resolved)|work in progress|wip|(?:仍|还|尚)(?:未|没有?)(?:解决|修复|完成)",
    re.IGNORECASE,
)
# What makes it less than clear.
_HEDGE = re.compile(
    r"\b(?:partial\w*|partly|mostly|almost|nearly|not|no|never|should|would|could|may|might|hopefully|but|except|remain\w*"
    r"|some|half|un\w+|until|todo|if|once|when|to be|yet|in theory)\b|\?|未|没|部分|尚|待|但|除|基本|应该|可能|如果",
    re.IGNORECASE,
)


class Says(Enum):
    """What a banner says."""

    DONE = "done"
    OPEN = "open"


@dataclass(frozen=True)
class Banner:
    """Words at the head of an entry that say how its work stands.

    Attributes:
        text: The words.
        line: Line, from 1.
        says: What they say.
    """

    text: str
    line: int
    says: Says


def banners(found: Document) -> Iterator[Banner]:
    """The banners of an entry, in order: status lines, and headings that say nothing else; only clear words count.

    They stand above the first section, or within the first lines; code and generated blocks hold none.
    """
    raw = found.render()
    first = plain(raw[: found.start]).count("\n") + 1
    sections = found.entry.sections
    lines = max(FIRST_SCREEN, sections[0].line - first + 1 if sections else 0)
    text = plain(raw[found.start :]).split("\n", lines)[:lines]
    told = ((number, _said(line)) for number, line in enumerate(text) if _is_worth_a_look(line))
    said = [(number, each) for number, each in told if each is not None]
    if said:
        ours = _without_code(_without_blocks(text, found.entry.blocks, first))
        yield from (Banner(words, first + number, says) for number, (words, says) in said if ours[number])


def _is_worth_a_look(line: str) -> bool:
    """Whether a line may be a heading or say a status; most lines lack the signs for it, and need no search."""
    return any(sign in line for sign in "#:=\uff1a") and _WORTH_A_LOOK.search(line) is not None


def _without_blocks(text: list[str], blocks: Iterable[Block], first: int) -> list[str]:
    for block in blocks:
        start = block.line - first
        end = block.spec_line + block.spec.count("\n") + block.body.count("\n") + 2 - first
        text[start:end] = [""] * (min(end, len(text)) - start)
    return text


def _without_code(text: list[str]) -> list[str]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").disable(["inline", "reference"])
    for token in parser.parse("\n".join(text)):
        if token.map and token.type in {"fence", "code_block", "html_block"}:
            first, last = token.map
            text[first:last] = [""] * (last - first)
    return text


def _said(line: str) -> tuple[str, Says] | None:
    """What a line says, if it is a banner with clear words."""
    if len(line) > _LONGEST:
        return None
    heading = _HEADING.match(line)
    words = _words(heading["said"] if heading else line)
    status = _STATUS.fullmatch(words) or _STATUS_HAN.fullmatch(words)
    if status is not None:
        said = _meant(status["said"], _OPEN, _DONE, _DONE_HAN)
    elif heading is not None:
        said = _meant(words, _OPEN_HEADING, _DONE_HEADING)
    else:
        return None
    return None if said is None else (words, said)


def _meant(words: str, open_: re.Pattern[str], *done: re.Pattern[str]) -> Says | None:
    """What words mean; None where they are not clear."""
    clause = _CLAUSE.split(words)[0].strip()
    if open_.fullmatch(clause):
        return Says.OPEN
    if any(pattern.fullmatch(clause) for pattern in done) and not _HEDGE.search(words):
        return Says.DONE
    return None


def _words(line: str) -> str:
    """A line without marks and pictures; a picture whose encoding was broken looks like letters without ASCII ones."""
    bare = re.sub(r"[*_`~#>|]+", "", line).strip().lstrip("-+ ")
    kept = (word for word in bare.split() if _PLAIN.search(word) or not any(map(str.isalpha, word)))
    return " ".join(word for word in kept if _PLAIN.search(word) or word in ":-=\uff1a\u2013\u2014")
