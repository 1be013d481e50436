"""The other notes that a note names, and what it says they are to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from journal.imports.interface import Confidence, Fact
from journal.imports.outline import blocks
from journal.imports.page import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.outline import Block
    from journal.imports.page import Page

_NOTE = r"(?:md|markdown)"
_LINK = re.compile(
    rf"(?<!!)\[[^\]]*\]\(\s*<?(?P<path>[^()<>\s#]+\.{_NOTE})(?:#[^()\s]*)?>?(?:\s+[\"'][^\"']*[\"'])?\s*\)",
    re.IGNORECASE,
)
_WIKI = re.compile(r"(?<!!)\[\[(?P<path>[^\[\]|#,]*[^\W\d_][^\[\]|#,]*)(?:#[^\[\]|]*)?(?:\|[^\[\]]*)?\]\]")
_TICKED = re.compile(rf"`(?P<path>[^`\s]+\.{_NOTE})(?:#[^`]*)?`", re.IGNORECASE)
_WORD = re.compile(
    rf"(?<![\w/`(\[.@-])(?P<path>(?:\.{{0,2}}/)?[\w\u4e00-\u9fff][\w\u4e00-\u9fff./-]*\.{_NOTE})(?![\w`/-])",
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


class NamedNote(NamedTuple):
    """Another note that a note names.

    Attributes:
        relation: What the note says that it is to the other: one of `journal.model.entry.RELATIONS`.
        path: The other's path or name, as it stands, its anchor left away.
    """

    relation: str
    path: str


def notes_named(page: Page) -> list[Fact[NamedNote]]:
    """The other notes that a note names, each once, in order.

    A Markdown link to a note is `related`, unless the words before it say more ("follow-up to", "results of"). A mere
    file name ending in `.md` counts only behind such words, or behind "see" and its like.

    Args:
        page: The note.

    Returns:
        One fact per other note. A link of the form `[[name]]` is only `LIKELY`, since it does not say which file.
    """
    found: dict[str, Fact[NamedNote]] = {}
    for block in blocks(page):
        for fact in _in_block(block):
            kept = found.get(fact.value.path)
            if kept is None or (kept.value.relation == "related" and fact.value.relation != "related"):
                found[fact.value.path] = fact
    return [fact for fact in found.values() if fact.value.path.rpartition("/")[2] != page.name]


def _in_block(block: Block) -> Iterator[Fact[NamedNote]]:
    places = []
    for pattern, linked in ((_LINK, True), (_WIKI, True), (_TICKED, False), (_WORD, False)):
        places += [(found.start(), found, pattern is _WIKI, linked) for found in pattern.finditer(block.text)]
    for start, found, wiki, linked in sorted(places, key=lambda place: place[0]):
        path = unquote(found["path"].strip())
        if "://" in path:
            continue
        said = _relation(
            block, block.text[max(start - _NEAR, 0) : start], block.text[found.end() : found.end() + _NEAR]
        )
        if said is None and not linked:
            continue
        relation, words = said or ("related", "link")
        name = path if not wiki or re.search(rf"\.{_NOTE}$", path) else f"{path}.md"
        sure = Confidence.LIKELY if wiki else Confidence.STATED
        yield Fact(NamedNote(relation, name), words, block.line_at(start), sure)


def _relation(block: Block, before: str, after: str) -> tuple[str, str] | None:
    """What the words right before or behind a note's name say of it; a list's lead counts where nothing else stands."""
    for relation, pattern in _BEHIND:
        if pattern.match(after):
            return relation, "words behind it"
    words = bare(before.replace("`", "")) or (block.parents[0] if block.is_item and block.parents else "")
    for relation, pattern in _RELATIONS:
        if pattern.search(words):
            return relation, "words before it"
    return None
