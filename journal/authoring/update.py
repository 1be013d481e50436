"""An entry goes on: a dated section at its end, and a status that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.authoring.change import Change
from journal.errors import UsageError
from journal.model.clock import now
from journal.model.life import REPLACED, Status
from journal.model.when import When

if TYPE_CHECKING:
    from datetime import datetime

    from journal.index.journal import Journal
    from journal.model.entry import Entry
    from journal.model.life import Outcome

PROMPT = "What is new, what it rests on, and what it changes."
"""What stands in an update that is still to be written."""


@dataclass(frozen=True)
class Said:
    """What the author adds.

    Attributes:
        text: The Markdown of the new section; without text and title there is none.
        title: What its heading says behind the date.
        status: Where the work stands from now on.
        outcome: What has come of it.
        by: Who says so.
    """

    text: str = ""
    title: str | None = None
    status: Status | None = None
    outcome: Outcome | None = None
    by: str | None = None


def update(journal: Journal, reference: str, said: Said) -> Entry:
    """Add to an entry, leaving every word of it as it stands, and let its status follow.

    Raises:
        UsageError: There is nothing to add, or the entry's place was taken by another and its status stays.
        EntryError: The entry is not there, or what is added would change something else of it.
        ChangedOnDisk: Somebody else wrote the file meanwhile.
    """
    change = Change.begin(journal, reference)
    _refuse(change.entry, said)
    return dated(change, now(), said).write(journal.config)


def dated(change: Change, at: datetime, said: Said) -> Change:
    """The change with an update more: its section if it has words, its record, and the status and outcome it says."""
    heading = None
    if said.text.strip() or (said.title or "").strip():
        heading = _heading(at, said.title, {section.heading for section in change.entry.sections})
        change = change.section(heading, said.text)
    change = change.append(
        "updates",
        {
            "at": When.of(at).isoformat(),
            "by": said.by,
            "status": said.status and said.status.value,
            "outcome": said.outcome and said.outcome.value,
            "section": heading,
        },
    )
    return change.set("status", said.status).set("outcome", said.outcome)


def _refuse(entry: Entry, said: Said) -> None:
    if not (said.text.strip() or (said.title or "").strip() or said.status or said.outcome):
        hint = f'`journal update {entry.id} "What is new"`, or --file, --edit, --status'
        raise UsageError("an update needs something to say", hint=hint)
    standing = entry.front_matter.status
    if said.status is not None and standing in REPLACED and said.status is not standing:
        hint = f"`journal show {entry.id}` says by which entry; update that one, or leave out --status"
        raise UsageError(f"{entry.id} is {standing}: its status stays", hint=hint)
    if said.status is Status.SUPERSEDED and standing is not Status.SUPERSEDED:
        raise UsageError("what supersedes it is missing", hint=f"`journal supersede {entry.id} NEW` says it in both")


def _heading(at: datetime, title: str | None, taken: set[str]) -> str:
    """`Update 2026-02-22 10:30 +08:00`, with a number where that stands already, and a title behind it."""
    offset = at.strftime("%z")
    date = f"Update {at:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]}"
    words = " ".join((title or "").split())
    number, heading = 1, ""
    while not heading or heading in taken:
        numbered = date if number == 1 else f"{date} ({number})"
        heading = f"{numbered}: {words}" if words else numbered
        number += 1
    return heading
