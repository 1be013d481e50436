"""What an author's text links to, as files of this journal might be named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_TARGET = re.compile(
    r"""\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s*<?([^\s>]+)|\b(?:src|href)\s*=\s*["']([^"']+)""", re.MULTILINE
)


# Code and comments link to nothing.
_SILENT = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|<!--.*?-->|(?P<span>(?<!`)`+(?!`)).+?(?<!`)(?P=span)(?!`)",
    re.MULTILINE | re.DOTALL,
)


def targets(text: str) -> Iterator[str]:
    """The targets of the links and pictures in a text, without anchors, with their characters as files have them.

    Args:
        text: Markdown, perhaps with HTML in it.
    """
    for match in _TARGET.finditer(_SILENT.sub(" ", text)):
        found = next(group for group in match.groups() if group).partition("#")[0].partition("?")[0]
        if found and "\0" not in unquote(found):
            yield unquote(found)
