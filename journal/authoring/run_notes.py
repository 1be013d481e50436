"""The notes of a run on a server: each entry's own part of them stands between two marker lines, all else is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from journal.document.blocks import digest
from journal.errors import EditedByHand

if TYPE_CHECKING:
    from collections.abc import Sequence

# Comments, which whoever shows Markdown hides; the id is spelt so that it can end none.
_MARKER = re.compile(
    r"^[ \t]*(?P<marker><!-- (?P<end>/)?journal:entry (?P<name>\S+)(?: (?P<sum>[0-9a-f]{8}))? -->)[ \t]*\r?$",
    re.MULTILINE,
)
_BREAK = re.compile(r"\r\n|[\r\n]")


def noted(notes: str, entry_id: str, text: str) -> str:
    """The notes with this text as the entry's own part: in place of the one that stands there, or else at the end.

    Everything outside the part stays as it is, and so does the text of other entries' parts. What is noted already
    changes nothing.

    Args:
        notes: The notes as they stand.
        entry_id: The entry's id.
        text: What the part shall say: Markdown, in which no line is a comment.

    Raises:
        EditedByHand: The part's markers are not as they were written, or what stands between them is not.

    Examples:
        >>> print(noted("Seed 3.", "2026-02-21-clamp", "It holds."))
        Seed 3.
        <BLANKLINE>
        <!-- journal:entry 2026-02-21-clamp -->
        <BLANKLINE>
        It holds.
        <BLANKLINE>
        <!-- /journal:entry 2026-02-21-clamp 9e5fa3e7 -->
    """
    name = quote(entry_id, safe="")
    part = f"<!-- journal:entry {name} -->\n\n{text}\n\n<!-- /journal:entry {name} {_sum(text)} -->"
    place = _own_part(notes, name)
    if place is not None:
        return notes[: place[0]] + part + notes[place[1] :]
    return notes + _gap(notes) + part


def _own_part(notes: str, name: str) -> tuple[int, int] | None:
    """Where the part of this name begins and ends; None where there is no trace of one."""
    markers = list(_MARKER.finditer(notes))
    own = [number for number, marker in enumerate(markers) if marker["name"] == name]
    if not own and re.search(rf"journal:entry\s+{re.escape(name)}(?![^\s<>&])", notes) is None:
        return None
    if not _is_pair(own, markers):
        said = f"the part of {name} in its notes does not stand between its two marker lines any more"
        raise EditedByHand(said, hint="delete what is left of the part there, markers too, and push again")
    first, last = markers[own[0]], markers[own[1]]
    if _sum(notes[first.end() : last.start()]) != last["sum"]:
        said = f"the part of {name} in its notes was changed by hand"
        hint = "put your words above or below it there, delete the part, markers too, and push again"
        raise EditedByHand(said, hint=hint)
    return first.start("marker"), last.end("marker")


def _is_pair(own: Sequence[int], markers: Sequence[re.Match[str]]) -> bool:
    """Whether these are an opening marker and a closing one, and no other stands between them."""
    return [bool(markers[number]["end"]) for number in own] == [False, True] and own[1] == own[0] + 1


def _sum(text: str) -> str:
    """A sum of a part's text; servers and editors may take outer blanks and other line ends away from it."""
    lines = (line.rstrip(" \t") for line in _BREAK.split(text))
    return digest("\n".join(lines).encode("utf-8", "surrogatepass"))


def _gap(notes: str) -> str:
    """What sets a part apart from the notes above it: a blank line."""
    if not notes:
        return ""
    ends = len(notes) - len(notes.rstrip("\n"))
    return "\n" * (2 - min(ends, 2))
