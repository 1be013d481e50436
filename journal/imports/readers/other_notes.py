"""The other notes that a note names, and what it says they are to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from journal.imports.readers.interface import Confidence, Fact
from journal.imports.readers.outline import blocks
from journal.imports.readers.page import bare
from journal.imports.readers.statements import is_hedged, is_planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.readers.outline import Block
    from journal.imports.readers.page import Page

_NOTE = r"(?:md|markdown)"
_LINK = re.compile(
    rf"(?<!!)\[[^\[\]]{{0,300}}\]\(\s*+<?(?P<path>[^()<>\s#]{{1,300}}\.{_NOTE})(?:#[^()\s]*+)?>?"
    r"(?:\s++[\"'][^\"']{0,300}[\"'])?\s*+\)",
    re.IGNORECASE,
)
_WIKI = re.compile(
    r"(?<!!)\[\[(?=(?:(?![\[\]|#,])[\W\d_]){0,300}+[^\W\d_])(?P<path>[^\[\]|#,]{1,300}+)(?:#[^\[\]|]{0,300}+)?(?:\|[^\[\]]{0,300}+)?\]\]"
)
_TICKED = re.compile(rf"`(?P<path>[^`\s]{{1,300}}\.{_NOTE})(?:#[^`]{{0,100}}+)?`", re.IGNORECASE)
_WORD = re.compile(
    rf"(?<![\w/`(\[.@-])(?P<path>(?:\.{{0,2}}/)?\w[\w./-]{{0,300}}\.{_NOTE})(?![\w`/-])",
    re.IGNORECASE,
)
_NEAR = 120  # characters around a note's name in which its relation is looked for
_FILLER = (
    r"(?:\s*(?:the|that|this|our|my|from|in|on|of|note|notes|entry|report|file|original|earlier|previous|last|笔记|记录|实验)\b)*"
    r"[\s:：*_`\[(（“\"<-]*$"
)
# The words right before a note's name; an active form only: "superseded by x" says nothing that this note is to x.
_RELATIONS = (
    (
        "results_of",
        re.compile(
            rf"(?:\bresults?\s+(?:of|for|from)\b|\bevaluat(?:es|ion\s+of)\b|的?结果来自){_FILLER}", re.IGNORECASE
        ),
    ),
    ("supersedes", re.compile(rf"(?:\bsupersedes\b|\breplaces\b|取代了?|替代了?){_FILLER}", re.IGNORECASE)),
    ("invalidates", re.compile(rf"(?:\binvalidates\b|推翻了?){_FILLER}", re.IGNORECASE)),
    (
        "follows",
        re.compile(
            rf"(?:\bfollows(?:\s+(?:up\s+)?(?:on|from))?\b|\bfollowing\s+up\s+(?:on|from)?|\bcontinues\b|\bcontinu(?:ation\s+of|ed\s+from|ing\s+from)\b"
            rf"|\bfollow[-\s]?up\s+(?:to|of|on|for)\b|\bbuilds\s+(?:up)?on\b|\bpicks\s+up\s+from\b|\bprevious(?:ly)?(?:\s+(?:note|entry))?\s*[:：]"
            rf"|接续|延续|承接|上接|续){_FILLER}",
            re.IGNORECASE,
        ),
    ),
    (
        "related",
        re.compile(
            rf"(?:\boriginal\s+note\b|\bsee(?:\s+also)?\b|\bcf\.?|\brelated(?:\s+to)?\b|\bdetails?\s+in\b|参见|参考|另见|详见|见){_FILLER}",
            re.IGNORECASE,
        ),
    ),
)
_BEHIND = (
    ("results_of", re.compile(r"^[`*_)\]\s]*的(?:实验)?结果")),
    ("follows", re.compile(r"^[`*_)\]\s]*的(?:后续|延续|续篇)")),
    ("related", re.compile(r"^[`*_\s]*[(（](?:the\s+)?original\s+note[)）]", re.IGNORECASE)),
)
_DONE = r"(?:\s+(?:also|now|fully|partly|directly))?"
_THIS_NOTE = (
    r"(?:this|the\s+present)\s+(?:note|entry|report|document|page|post|write-?up|experiment|study|analysis)"
    r"|本文|本笔记|本记录|本报告|本实验|这篇笔记"
)
_IS = r"(?:(?:\s+(?:is|was))?(?:\s+(?:an?|the|our|my))?(?:\s+(?:direct|short|quick|brief|second|third))?|\s*(?:是|为))"
# What may stand between the beginning of a block, or of a later sentence, and the words of a relation.
_FIRST = re.compile(rf"\W*(?:(?:{_THIS_NOTE}|this|这){_DONE}{_IS}|(?:an?|our|my|the))?\s*", re.IGNORECASE)
_LATER = re.compile(rf"\W*(?:{_THIS_NOTE}){_DONE}{_IS}\s*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]")
_ITSELF_SUBJECT = re.compile(  # "Results of x are good" says nothing of this note
    r"[`*_)\]>\s]*(?:(?:is|are|was|were|has|have|had|does|do|did|shows?|suggests?|indicates?|gave|gives?|led|remains?|needs?)\b"
    r"|(?:and|vs)\b.{0,80}\b(?:are|were|have|differ|agree|show|suggest)\b|是|表明|显示)",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[`*_)\]>\s]*[?？]")


class NamedNote(NamedTuple):
    """Another note that a note names.

    Attributes:
        relation: What the note says that it is to the other: one of `journal.model.entry.RELATIONS`.
        path: The other's path or name, as it stands, its anchor left away.
    """

    relation: str
    path: str


class _Said(NamedTuple):
    relation: str
    words: str
    is_plain: bool


def notes_named(page: Page) -> list[Fact[NamedNote]]:
    """The other notes that a note names, in order.

    A Markdown link to a note is `related`, unless the words before it say more ("follow-up to", "results of"). A mere
    file name ending in `.md` counts only behind such words, or behind "see" and its like. More than `related` is stated
    only where the block or sentence speaks of this note itself, plainly: "This note supersedes x", "Follow-up to x".
    "If it holds, this supersedes x" and "A table replaces x" leave a link `related`, and the rest `LIKELY`.

    Args:
        page: The note.

    Returns:
        One fact per other note, and one more for what is only `LIKELY`. A link of the form `[[name]]` is only `LIKELY`,
        since it does not say which file.
    """
    stated: dict[str, Fact[NamedNote]] = {}
    likely: dict[str, Fact[NamedNote]] = {}
    for block in blocks(page):
        in_table = block.is_head or block.cell or block.column
        is_own = not (in_table or block.depth or is_planned(block, page))  # else its subject may stand elsewhere
        for fact in _in_block(block, is_own=is_own):
            found = stated if fact.confidence is Confidence.STATED else likely
            kept = found.get(fact.value.path)
            if kept is None or (kept.value.relation == "related" and fact.value.relation != "related"):
                found[fact.value.path] = fact
    more = (fact for path, fact in likely.items() if path not in stated or _says_more(fact, stated[path]))
    return [fact for fact in (*stated.values(), *more) if fact.value.path.rpartition("/")[2] != page.name]


def _says_more(fact: Fact[NamedNote], than: Fact[NamedNote]) -> bool:
    return than.value.relation == "related" != fact.value.relation


def _in_block(block: Block, *, is_own: bool) -> Iterator[Fact[NamedNote]]:
    places = []
    for pattern in (_LINK, _WIKI, _TICKED, _WORD):
        places += [(found.start(), found, pattern) for found in pattern.finditer(block.text)]
    last = end = 0
    for start, found, pattern in sorted(places, key=lambda place: place[0]):
        last, end = end, found.end()
        path = unquote(found["path"].strip())
        if "://" in path:
            continue
        linked, line = pattern in {_LINK, _WIKI}, block.line_at(start)
        name = path if pattern is not _WIKI or re.search(rf"\.{_NOTE}$", path) else f"{path}.md"
        said = _relation(block, start, end, last)
        sure = Confidence.LIKELY if pattern is _WIKI else Confidence.STATED
        is_plain = said is not None and (said.relation == "related" or (is_own and said.is_plain))
        if said is not None:
            yield Fact(NamedNote(said.relation, name), said.words, line, sure if is_plain else Confidence.LIKELY)
        if linked and not is_plain:
            yield Fact(NamedNote("related", name), "link", line, sure)


def _relation(block: Block, start: int, end: int, last: int) -> _Said | None:
    """What the words right before or behind a note's name say of it; a list's lead counts where nothing else stands.

    Args:
        block: The block that names it.
        start: Where the name begins.
        end: Where it ends.
        last: Where the name before it ends: no words before that one are about this one.
    """
    after = block.text[end : end + _NEAR]
    for relation, pattern in _BEHIND:
        if pattern.match(after):
            return _Said(relation, "words behind it", _is_of_this(_shown(block.text[:start]), after))
    words, whole = _shown(block.text[max(last, start - _NEAR) : start]), block.text[:start]
    if not words and not last and block.is_item and block.parents:
        words, whole, after = block.parents[0][-_NEAR:], block.parents[0], ""
    for relation, pattern in _RELATIONS if words else ():
        found = pattern.search(words)
        if found:
            before = _shown(whole).removesuffix(words) + words[: found.start()]
            return _Said(relation, "words before it", relation == "related" or _is_of_this(before, after))
    return None


def _shown(text: str) -> str:
    """The end of a text without markup; begins with a sign of its own where it is cut."""
    return ("" if len(text) <= 2 * _NEAR else "\ufffd") + bare(text[-2 * _NEAR :].replace("`", ""))


def _is_of_this(before: str, after: str) -> bool:
    """Whether a relation is said of this note itself, plainly, by the words before the relation's and behind."""
    ends = [end.end() for end in _SENTENCE_END.finditer(before)]
    subject = _LATER.fullmatch(before, ends[-1]) if ends else _FIRST.fullmatch(before)
    if subject is None or _ITSELF_SUBJECT.match(after):
        return False
    return not is_hedged(_SENTENCE_END.split(f"{after} ", maxsplit=1)[0]) and not _ASKED.match(after)
