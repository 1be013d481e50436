"""Markdown that the tool writes: tables, and text from elsewhere made harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Everything that can begin markup somewhere, besides underscores and hyphens inside a word.
_ACTIVE = re.compile(
    r"[&<>|`*\[\]\\!#~^${}@\x00-\x1f\x7f\u2028\u2029]"
    r"|\b_|_\b|_{2,}|={2,}|-{2,}|:(?=[\w+-]+:)|(?<=:)//|(?<=\bwww)\."
)


def plain(text: str) -> str:
    """Text from a run, a commit or a configuration, such that no Markdown dialect takes it for markup.

    Every character that could begin markup becomes a numeric character reference.

    Examples:
        >>> plain("train/loss_total"), plain("a|b <i>")
        ('train/loss_total', 'a&#124;b &#60;i&#62;')
    """
    return _ACTIVE.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: int | None = None) -> str:
    """A pipe table of cells that are already plain.

    Args:
        head: The headings.
        rows: Cells, as many a row as there are headings.
        right: How many of the last columns are aligned to the right; all but the first by default.
    """
    wide = len(head) - 1 if right is None else right
    rules = ["---"] * (len(head) - wide) + ["--:"] * wide
    lines = [_row(head), "|" + "|".join(rules) + "|", *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
