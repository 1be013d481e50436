"""Markdown that the tool writes: tables, and text from elsewhere made harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Everything that can begin markup somewhere, besides underscores and hyphens inside a word.
_ACTIVE = re.compile(
    r"[&<>|`*\[\]\\!#~^${}@\t\n\r\u2028\u2029]"
    r"|_{2,}|\b_|_\b|={2,}|-{2,}|\+{2,}|/{2,}|:(?=[\w+-]+:)|(?<=www)\."
    # what Material's "smart symbols" replace: (c) +/- =/= c/o 1/2 1st
    r"|\((?=(?:c|r|tm)\))|(?<=\+)/(?=-)|(?<==)/(?==)|(?<=\bc)/(?=o\b)|(?<=(?<!\d)\d)/(?=\d(?!\d))"
    r"|(?<=\d)(?:s(?=t\b)|[nr](?=d\b)|t(?=h\b))",
    re.IGNORECASE,
)
# Control characters and halves of surrogate pairs: no HTML can hold them.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def plain(text: str) -> str:
    """Text from a run, a commit or a configuration, such that no Markdown dialect takes it for markup.

    Every character that could begin markup becomes a numeric character reference; a character that no page can hold
    becomes U+FFFD.

    Examples:
        >>> plain("train/loss_total"), plain("a|b <i>")
        ('train/loss_total', 'a&#124;b &#60;i&#62;')
    """
    held = _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
    return _ACTIVE.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), held)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: int | None = None, left: int = 0) -> str:
    """A pipe table of cells that are already plain.

    Args:
        head: The headings.
        rows: Cells, as many a row as there are headings.
        right: How many of the last columns are aligned to the right; all but the first by default.
        left: How many columns after those are aligned to the left again.
    """
    wide = len(head) - 1 - left if right is None else right
    rules = ["---"] * (len(head) - wide - left) + ["--:"] * wide + ["---"] * left
    lines = [_row(head), "|" + "|".join(rules) + "|", *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
