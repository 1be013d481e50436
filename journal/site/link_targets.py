"""What an author's text links to, as files of this journal might be named."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGN = r"\\.|[^()\\\s]|[ \t](?=[^\s\"'()])"  # a blank is part of it, unless a title follows
_LINK = rf"\]\((?=\s*(?:<([^<>\n]+)>|((?:{_SIGN}|\((?:{_SIGN})*\))+)))"  # one in the words of another counts too
_MARKS = r"(?:[ \t>]|[-*+][ \t]|\d+[.)][ \t])*"  # of quotes and items of lists
_DEFINITION = rf"^{_MARKS}\[[^\]\n]+\]:\s*(?:<([^<>\n]+)>|([^\s<>]+))"
_ATTRIBUTE = r"""\b(?:src|href)\s*=\s*["']([^"']+)"""
_TARGET = re.compile(f"{_LINK}|{_DEFINITION}|{_ATTRIBUTE}", re.MULTILINE)

# Code and comments link to nothing. Code within a line may go over several of them, but not over an empty one.
_SILENT = re.compile(
    rf"^{_MARKS}(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}})[^\n]*\n(?s:.*?)^[ \t>]*(?P=fence)[`~]*[ \t]*$"
    r"|<!--(?s:.*?)-->"
    r"|(?P<span>(?<![`\\])`+(?!`))(?:.|\n(?![ \t>]*$))+?(?<!`)(?P=span)(?!`)",
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|(&#?\w+;)")


def targets(text: str) -> Iterator[str]:
    """The targets of the links and pictures in a text, without anchors, with their characters as files have them.

    Args:
        text: Markdown, perhaps with HTML in it.
    """
    for match in _TARGET.finditer(_SILENT.sub(" ", text)):
        written = next(group for group in match.groups() if group)
        meant = _ESCAPED.sub(lambda each: each[1] or unescape(each[2]), written)
        found = unquote(meant.partition("#")[0].partition("?")[0])
        if found and "\0" not in found:
            yield found
