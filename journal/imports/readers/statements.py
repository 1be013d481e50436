"""Sentences of a note, and whether their words state something plainly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.imports.readers.outline import Block
    from journal.imports.readers.page import Page

_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z\u4e00-\u9fff`*\"“(])|(?<=[。！？]) ?")
_QUOTED = re.compile(
    r"\"[^\"]{1,300}\"|“[^“”]{1,300}”|「[^「」]{1,300}」|(?<!\w)['‘][^'’]{1,300}['’](?!\w)|`[^`]{1,300}`"
)
# What makes of a statement a negation, a condition, a question, a wish, a duty, a plan or hearsay.
_HEDGES = re.compile(
    r"[?？]|n['’]t\b|['’]d\slike\b|\b(?:not|no|never|nor|neither|none|nobody|nothing|without|hardly|cannot|untrue|false|fake"
    r"|if|whether|unless|until|once|when|whenever|before|after|assuming|provided|suppos\w{1,6}|otherwise"
    r"|could|would|should|must|shall|will|may(?!\s\d)|might|can|maybe|perhaps|possibly|probably|apparently|seemingly"
    r"|please|want\w{0,3}|wish\w{0,3}|hop(?:e|es|ed|ing)|expect\w{0,6}|needs?|needed|ensur\w{1,3}"
    r"|make\ssure|has\sto|have\sto|to\s(?:be|get|have)|(?:have|get|let)\s(?:it|them|this|that)|ask\w{0,3}|request\w{0,3}"
    r"|requir\w{1,4}|suggest\w{0,3}|recommend\w{0,3}|propos\w{1,3}|plan(?:s|ned|ning)?|goals?|to-?do|tbd|pending"
    r"|wait\w{0,3}|await\w{0,3}|soon|later|tomorrow|next\s(?:week|month|time)|yet|claim\w{0,3}|alleg\w{1,5}|reportedly|reported\s(?:that|to|as)|said|says?|told|tells?"
    r"|according\sto|heard|believ\w{1,3}|think\w{0,3}|thought|assum\w{1,3}|pretend\w{0,3}|placeholder|for\sexample|e\.g)\b"
    r"|是否|如果|假如|若|应|需|请|希望|建议|计划|打算|待|未|没|不|吗|将|据说|声称|据称|可能|也许",
    re.IGNORECASE,
)
_OPEN_BOX = re.compile(r"[\s>]*+(?:[-*+•]|\d{1,3}[.)])\s+\[ \]")
# Above these stands no report of what was done.
_PLANS = re.compile(
    r"[?？]|\b(?:to-?do|to\s+do|next|plans?|planned|open|questions?|checklist|template|examples?|rules?|guidelines?|policy"
    r"|workflow|how\s+to|future|ideas?|wish\w{0,4}|requirements?|should|must|please|want\w{0,3}|needed|needs)\b"
    r"|待办|计划|下一步|模板|问题|要求|流程",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """The sentences of a text, their blanks joined.

    Examples:
        >>> sentences("Loss was 0.5.  Now it is 0.4.")
        ['Loss was 0.5.', 'Now it is 0.4.']
    """
    return [sentence for part in _SENTENCE.split(" ".join(text.split())) if (sentence := part.strip())]


def is_hedged(words: str) -> bool:
    """Whether words have something by which a sentence is no plain statement of fact.

    Examples:
        >>> is_hedged("Please have it"), is_hedged("they claim that"), is_hedged("the table was")
        (True, True, False)
    """
    return _HEDGES.search(words) is not None


def hedges(sentence: str) -> list[int]:
    """Where in a sentence such words begin, in order."""
    return [found.start() for found in _HEDGES.finditer(sentence)]


def is_planned(block: Block, page: Page) -> bool:
    """Whether a block is about what is still to be done, or might be: a box without its tick, a list of plans."""
    above = [*block.parents, *block.headings[:1]]
    return _OPEN_BOX.match(page.lines[block.lines[0] - 1].text) is not None or any(map(_PLANS.search, above))


def without_quotations(text: str, about: re.Pattern[str]) -> str:
    """A text without what it quotes, be it in quotation marks or as code: that is said by somebody else.

    Args:
        text: Text with its markup.
        about: What the quotations must be about to be left out; those of one word are names and stay.

    Examples:
        >>> without_quotations('The field "checked by" is from `a b`.', re.compile("check"))
        'The field … is from `a b`.'
    """

    def shown(quoted: re.Match[str]) -> str:
        inside = quoted[0][1:-1].strip()
        return "…" if " " in inside and about.search(inside) else quoted[0]

    return _QUOTED.sub(shown, text)
