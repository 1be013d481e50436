"""What the notes of a run say of an entry: a few lines of Markdown in which nothing from elsewhere is markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.model.life import Status
from journal.model.secrets import hidden
from journal.tables.fitting import placeless
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.entry import Entry, RunRef
    from journal.model.life import Correction

_TITLE = 120
_VALUE = 30
_SUMMARY = 300
_CORRECTIONS = 2
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_LIST = re.compile(r"^([0-9]*)([-+.)])(?=[\s-]|$)")
"""What begins an item of a list at the beginning of a line."""
_SENTENCE = re.compile(r"[.!?](?=\s)")


@dataclass(frozen=True)
class Pointer:
    """An entry that a reader is sent to.

    Attributes:
        title: Its title.
        id: Its id.
        link: The web address of its page; None where nobody says where the site is.
    """

    title: str
    id: str
    link: str | None

    def __str__(self) -> str:
        title = harmless(self.title, _TITLE)
        return f"**{title}** ({harmless(self.id, _TITLE)})" if self.link is None else f"[{title}]({self.link})"


@dataclass(frozen=True)
class Said:
    """What is said of an entry, whichever of its runs it is said to.

    Attributes:
        entry: The entry.
        pointer: The same, as readers are sent to it.
        replaced: Superseded or invalid, where it or another entry says so; else None.
        by: The entry that took its place, if any.
        summary: The first paragraph of its results, without markup; may be empty.
    """

    entry: Entry
    pointer: Pointer
    replaced: Status | None = None
    by: Pointer | None = None
    summary: str = ""

    def to(self, refs: Sequence[RunRef]) -> str:
        """The same for the notes of one run.

        Args:
            refs: The run, as the entry names it, perhaps more than once.
        """
        about = f"Journal entry {self.pointer}{self._standing()}. {_part_of(refs)}".strip()
        lines = [self._replaced(), _corrected(self.entry.front_matter.corrections), about]
        if self.replaced is None:  # what holds no longer is not repeated
            lines.append(harmless(self.summary, _SUMMARY))
        return "\n\n".join(line for line in lines if line)

    def _replaced(self) -> str:
        see = f" See {self.by}." if self.by is not None else ""
        if self.replaced is Status.INVALID:
            return f"**Invalid:** what is concluded below does not hold.{see}"
        return f"**Superseded:** another entry took its place.{see}" if self.replaced is not None else ""

    def _standing(self) -> str:
        """How the work stands and what came of it, in words."""
        matter = self.entry.front_matter
        status = matter.status if self.replaced is None else self.replaced
        words = [status.value] if status is not None else []
        words += [f"{matter.outcome.value} outcome"] if matter.outcome is not None else []
        return f": {', '.join(words)}" if words else ""


def harmless(text: str, most: int) -> str:
    """Text of somebody's for the notes: on one line, without secrets and folders of a machine, cut, and no markup.

    Args:
        text: The text.
        most: How many characters it may have, before what could be markup is spelt otherwise.

    Examples:
        >>> harmless("logs in /home/ada/runs/a.log, *all* of them", 80)
        'logs in …/a.log, &#42;all&#42; of them'
        >>> harmless("One sentence here. Another one there.", 25)
        'One sentence here.'
    """
    line = _TURNING.sub("", placeless(hidden(" ".join(text.split()), "(hidden)")))
    return _LIST.sub(lambda found: f"{found[1]}&#{ord(found[2])};", plain(_cut(line, most)))


def _cut(line: str, most: int) -> str:
    """The first sentences of a line that is too long, or its first words."""
    if len(line) <= most:
        return line
    ends = [found.end() for found in _SENTENCE.finditer(line, 0, most + 1)]
    if ends and ends[-1] > most // 2:
        return line[: ends[-1]]
    words = line[: most - 1].rpartition(" ")[0]
    return (words if len(words) > most // 2 else line[: most - 1]) + "…"


def _part_of(refs: Sequence[RunRef]) -> str:
    """The part of a run in an entry; nothing where the entry says none."""
    told = []
    for ref in refs:
        words = [f"the {ref.role.value}"] if ref.role is not None else []
        words += [f"`{ref.alias}`"] if ref.alias is not None else []
        told += [" ".join(words)] if words else []
    return f"In it, this run is {' and '.join(dict.fromkeys(told))}." if told else ""


def _corrected(corrections: Sequence[Correction]) -> str:
    """The values that were wrong, the last ones in full."""
    last = corrections[-_CORRECTIONS:]
    told = [
        f"{harmless(each.was, _VALUE)} was wrong" + (f", it is {harmless(each.now, _VALUE)}" if each.now else "")
        for each in last
    ]
    more = f"; {len(corrections) - len(last)} more before" if len(corrections) > len(last) else ""
    return f"**Corrected:** {'; '.join(told)}{more}." if told else ""
