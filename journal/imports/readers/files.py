"""The files that a note says it touched."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from journal.imports.readers.interface import Confidence, Fact
from journal.imports.readers.outline import blocks
from journal.imports.readers.page import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.imports.readers.known import Known
    from journal.imports.readers.outline import Block
    from journal.imports.readers.page import Page

_DONE = r"(?:touched|modified|changed|edited|updated|added|created|deleted|removed|renamed|affected|committed)"
_TOUCHED = re.compile(
    rf"(?:\d+[.)]\s*)?(?:the\s+|all\s+|key\s+|main\s+|source\s+)*(?:"
    rf"files?\s+(?:that\s+)?(?:were\s+|i\s+|we\s+)?{_DONE}(?:\s*(?:/|,|and|&|\+)\s*{_DONE})*"
    rf"|(?:new\s*(?:/|,|and|&|\+)\s*)?{_DONE}(?:\s*(?:/|,|and|&|\+)\s*(?:new|{_DONE}))*\s+(?:source\s+)?files?"
    r"|changes?\s+(?:by|per)\s+file)(?:\s*[(（][^()（）]*[)）])?(?:\s+(?:in|by|for)\b.*)?"
    r"|(?:已|所|被)?(?:修改|改动|变更|涉及|更新|新增|删除|新建)(?:过|了)?的?(?:代码)?文件(?:列表|清单)?"
    r"|(?:文件|代码)(?:修改|改动|变更)(?:列表|清单)?",
    re.IGNORECASE,
)
_KIND = re.compile(rf"(?:new|{_DONE})|新增|修改|删除|新建|更新", re.IGNORECASE)
_LONGEST_GROUP = 5
_UNTOUCHED = re.compile(
    r"\b(?:not|no|un\w+|considered|todo|to\s+do|remaining|next|later|planned|future|see|related|reference\w*|depend\w*)\b"
    r"|未|不|无|待|参考|相关",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"(?:the\s+)?(?:code|source)\s+changes|changes\s+(?:to|in)\s+(?:the\s+)?code|代码改动", re.IGNORECASE
)
_INLINE = re.compile(r"^[*_\s]*+(?P<cue>[^:：`|]{2,40}?)[*_\s]*+[:：][*_\s]*+(?P<rest>\S.*)$")
_ONE = re.compile(r"files?|文件", re.IGNORECASE)
# What was done, not what is planned: "Fixed", "What changed:", but not "Update the reader".
_CHANGED = re.compile(
    r"\b(?:fix|chang|modifi|patch|edit|updat|refactor)ed\b|\bchanges\b|已修复|已修改|改动", re.IGNORECASE
)
_SAYS_HOW = re.compile(
    r"\W*(?:what\s+(?:was\s+|has\s+)?changed|changes?(?:\s+made)?\s*[:：]|修改内容|改动)", re.IGNORECASE
)
_FILE = re.compile(
    r"(?:/|~/|\./|\.\./|[A-Za-z]:[\\/])?[\w.@+()\u4e00-\u9fff-]+(?:[/\\][\w.@+()\u4e00-\u9fff -]*[\w.@+-])*"
)
_ENDED = re.compile(r"\.[A-Za-z][A-Za-z0-9_]{0,11}$")
_ABBREVIATIONS = {"e.g", "i.e", "a.k.a", "z.B", "etc"}
_BARE_NAMES = re.compile(r"(?:Makefile|Dockerfile|Snakefile|Procfile|Justfile|Jenkinsfile|LICENSE|README|\.\w[\w.-]*)$")
_PLACE = re.compile(r"(?::\d+(?:[-:,–]\d+)*|#L?\d+(?:-L?\d+)?|::\w[\w.:]*)$")
# Pictures, numbers and words such as `Modified:` in front of a file's name.
_FIRST = re.compile(
    r"^[\s*_]*+(?:[^\x00-\x7f\u4e00-\u9fff\s]++\s++)*+(?:\d{1,3}[.)]\s++)?+[\s*_]*+"
    r"(?:(?:modified|added|new|created?|deleted?|removed?|renamed?|updated?|edit(?:ed)?|[MADR]|修改|新增|删除|新建)"
    r"(?:\s*+[:：]\s++|\s++))?[\s*_]*+",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\[\s*+`?+(?P<link>[^\]`]++)`?+\s*+\]\([^()]*+\)|(?P<ticks>`{1,3}+)(?P<code>[^`]++)(?P=ticks)"
    r"|(?P<word>[^\s`,;，；、()（）\[\]*:：]++(?::\d[\d,-]*)?)"
)
_NEXT = re.compile(r"[*_]*+\s*+(?:[,、，&+]\s*+(?:and\s++)?|(?<=\s)and\s++|(?:->|→)\s*+|和\s*+)[*_]*+", re.IGNORECASE)
_LONGEST = 400  # characters of a file's name with its folders, or of words that announce files


def files(page: Page, known: Known) -> list[Fact[str]]:
    """The files that a note says it touched, each once, in order; a file that it only mentions is none.

    Read are lists under words such as "Files touched", the headings below such a heading, `Files changed: a.py, b.py`,
    and `File: a.py`. What a list says about a file is dropped. A name without folders stands for the one listed path
    that ends in it.
    """
    found: dict[str, Fact[str]] = {}
    for fact in _facts(blocks(page), known):
        kept = found.get(fact.value)
        if kept is None or (kept.confidence is not Confidence.STATED and fact.confidence is Confidence.STATED):
            found[fact.value] = fact
    longer = Counter(ending for name in found for ending in _endings(name) if ending in found)
    return [fact for fact in found.values() if not _is_short_for_another(fact.value, longer, known)]


def _endings(name: str) -> Iterator[str]:
    return (name[place + 1 :] for place, sign in enumerate(name) if sign == "/")


def _is_short_for_another(name: str, longer: Counter[str], known: Known) -> bool:
    return longer[name] == 1 and not known.files(name)


def _facts(found: Sequence[Block], known: Known) -> Iterator[Fact[str]]:
    for place, block in enumerate(found):
        cue = _cue(block)
        if cue is not None:
            confidence, source = cue
            yield from _named(block.text, block, known, source, confidence)
        else:
            yield from _inline(block, found[place + 1 : place + 3], known)


def _cue(block: Block) -> tuple[Confidence, str] | None:
    """How sure it is that a block opens with a file that was touched, and by which words."""
    if _is_touched(block.column):
        return Confidence.STATED, f"column `{block.column}`"
    if not (block.is_item or block.level or _ONE.fullmatch(block.column)):
        return None
    above = [*block.parents, *block.headings]
    near, next_above = [*above, "", ""][:2]
    source = f"list under “{_plain(next(filter(_is_touched, above), near))}”"
    if _is_touched(near) or (_KIND.fullmatch(_plain(near)) and _is_touched(next_above)):
        return Confidence.STATED, source
    if block.depth == 0 and any(map(_is_touched, block.headings[: 1 if block.parents else 2])):
        return (Confidence.STATED, source) if _is_group(_plain(near)) else None
    return (Confidence.LIKELY, source) if block.is_item and _CHANGES.fullmatch(_plain(near)) else None


def _is_group(words: str) -> bool:
    """Whether words below "Files modified" name a group of its files, such as "Core" or "Tests"."""
    return len(words.split()) <= _LONGEST_GROUP and not _ENDED.search(words) and not _UNTOUCHED.search(words)


@lru_cache(maxsize=256)  # asked of the same headings for each item below them
def _is_touched(words: str) -> bool:
    return len(words) <= _LONGEST and _TOUCHED.fullmatch(_plain(words)) is not None


def _plain(words: str) -> str:
    """Words without the pictures, whole or broken, and the numbers in front of them, and without a colon behind."""
    return re.sub(r"^[^A-Za-z\u4e00-\u9fff]+", "", words).rstrip(" :：#*_")


def _inline(block: Block, following: Sequence[Block], known: Known) -> Iterator[Fact[str]]:
    """`Files touched: a.py, b.py`, and `File: a.py` where changes are spoken of."""
    found = _INLINE.match(block.text)
    if found is None or block.column:
        return
    cue = _plain(bare(found["cue"]))
    if _is_touched(cue):
        yield from _named(found["rest"], block, known, f"line `{cue}:`", Confidence.STATED)
    elif _ONE.fullmatch(cue):
        above = any(map(_CHANGED.search, (*block.headings[:1], *block.parents[:1])))
        below = any(_SAYS_HOW.match(after.words) for after in following)
        sure = Confidence.STATED if above or below else Confidence.LIKELY
        for fact in _named(found["rest"], block, known, f"line `{cue}:`", sure):
            absolute = fact.value.startswith(("/", "~")) or fact.value[1:2] == ":"
            yield Fact(fact.value, fact.source, fact.line, Confidence.POSSIBLE) if absolute else fact


def _named(text: str, block: Block, known: Known, source: str, confidence: Confidence) -> Iterator[Fact[str]]:
    """The file that text opens with, and those that follow it in one row."""
    offset = len(block.text) - len(text)
    opens = _FIRST.match(text)
    at = opens.end() if opens is not None else 0
    while True:
        found = _NAMED.match(text, at)
        if found is None or found.end() - at > _LONGEST:
            return
        name = _PLACE.sub("", (found["link"] or found["code"] or found["word"] or "").strip().rstrip(".;。；"))
        if not _is_file(name, known):
            return
        many = "*" in name or name.endswith("/")
        line = block.line_at(offset + at)
        yield Fact(name, source, line, Confidence.POSSIBLE if many else confidence)
        row = _NEXT.match(text, found.end())
        if row is None:
            return
        at = row.end()


def _is_file(name: str, known: Known) -> bool:
    """Whether a word is a file's name by its looks, or by the repository."""
    if "://" in name or name in _ABBREVIATIONS or not _FILE.fullmatch(name.replace("*", "x").rstrip("/")):
        return False
    return bool(
        _ENDED.search(name)
        or name.endswith("/")
        or _BARE_NAMES.search(name)
        or "/" in name.strip("/")
        or known.files(name)
    )
