"""What a Markdown text is made of, block by block, as markdown-it reads it, only faster.

Most of the parser's time goes into asking every rule about every line. Here a rule is asked only about lines that begin
as it wants them to, which is the first thing that it looks at itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

    Rule = Callable[[StateBlock, int, int, bool], bool]

# How the lines begin that a rule may be about, and in which others it may end what stands above.
_BEGINNINGS = {
    "fence": ("`~", ("paragraph", "reference", "blockquote", "list")),
    "blockquote": (">", ("paragraph", "reference", "blockquote", "list")),
    "hr": ("*-_", ("paragraph", "reference", "blockquote", "list")),
    "list": ("*-+0123456789", ("paragraph", "reference", "blockquote")),
    "html_block": ("<", ("paragraph", "reference", "blockquote")),
    "heading": ("#", ("paragraph", "reference", "blockquote")),
}
# A line that may underline a heading ends so.
_UNDERLINED = re.compile(r"[-=][ \t]*$", re.MULTILINE)


def tokens(text: str) -> Sequence[Token]:
    """The blocks of a CommonMark text with tables; what stands in a line is not looked at, nor are references.

    Args:
        text: Markdown with line feeds.
    """
    return _parser(underlined=_UNDERLINED.search(text) is not None).parse(text)


@cache
def _parser(*, underlined: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt, rules_block

    # Inline marks are read elsewhere: their columns are wanted, and half the parser's time goes there.
    parser = MarkdownIt("commonmark").enable("table").disable(["inline", "reference"])
    for name, (beginnings, ends) in _BEGINNINGS.items():
        rule = getattr(rules_block, "list_block" if name == "list" else name)
        parser.block.ruler.at(name, _asked(rule, beginnings), {"alt": [*ends]})
    if not underlined:
        parser.block.ruler.at("lheading", _no_underline)
    return parser


def _no_underline(state: StateBlock, first: int, last: int, silent: bool) -> bool:  # noqa: ARG001
    """What the rule for underlined headings comes to where there is none: it leaves this behind."""
    if not state.is_code_block(first):
        state.parentType = "paragraph"
    return False


def _asked(rule: Rule, beginnings: str) -> Rule:
    """A rule that is asked about lines with one of these beginnings alone."""

    def asked(state: StateBlock, first: int, last: int, silent: bool) -> bool:
        place = state.bMarks[first] + state.tShift[first]
        return state.src[place : place + 1] in beginnings and rule(state, first, last, silent)

    return asked
