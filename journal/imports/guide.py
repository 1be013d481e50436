"""What the author says about the notes to import: the zone of their times, who is who, and facts of single notes."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from journal.document import store
from journal.document.plain_yaml import Source
from journal.document.typed import load
from journal.errors import EntryError
from journal.model.base import Frozen
from journal.model.life import Author, Outcome, Status, Word, Words, keyed
from journal.model.when import When

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


def zone(text: str) -> tzinfo:
    """The zone of a text: an offset such as `+08:00`, `Z`, `UTC`, or a name such as `Asia/Shanghai`.

    Raises:
        ValueError: There is no such zone.
    """
    from zoneinfo import ZoneInfo

    offset = _OFFSET.fullmatch(text)
    if offset is not None:
        sign = -1 if offset[1] == "-" else 1
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        if ahead < timedelta(days=1):
            return timezone(sign * ahead)
    try:
        return ZoneInfo("UTC" if text == "Z" else text)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"{text!r} is no zone; write it like +08:00 or Asia/Shanghai") from error


def _zone(text: str) -> str:
    zone(text)
    return text


Zone = Annotated[Word, AfterValidator(_zone)]


class Told(Frozen):
    """What the author says of one note; what is left out is read from the note."""

    title: Word | None = None
    """Its title."""
    created: When | None = None
    """When it was written."""
    authors: tuple[Annotated[Author, keyed("name")], ...] | None = None
    """Who wrote it."""
    status: Status | None = None
    """Where its work stands."""
    outcome: Outcome | None = None
    """What came of it."""
    tags: Words | None = None
    """Words to find it by."""
    skip: bool = False
    """Leave it out."""


class Guide(Frozen):
    """What the author says of all notes: the file of `--map`, and the options beside it."""

    zone: Zone | None = None
    """The zone of times that name none: an offset, or a name such as `Asia/Shanghai`."""
    created: When | None = None
    """When a note was written that says no time, and of which git knows none."""
    authors: dict[str, Annotated[Author, keyed("name")]] = Field(default_factory=dict)
    """Who is meant by a name that notes use."""
    status: dict[str, Status] = Field(default_factory=dict)
    """What a status line of the notes means, by its words."""
    tags: Words = ()
    """Tags for all of them."""
    notes: dict[str, Told] = Field(default_factory=dict)
    """What is said of single notes, by their path as it is given to `journal import`, or by their name."""

    def told(self, *names: str) -> Told:
        """What is said of one note.

        Args:
            names: Its file as it is called here and there, with forward slashes; its bare name counts too.
        """
        bare = {name.rpartition("/")[2] for name in names}
        by_path = {os.path.normpath(path): told for path, told in self.notes.items()}
        said = (by_path.get(os.path.normpath(name)) for name in (*names, *bare))
        return next((told for told in said if told is not None), Told())

    def unmet(self, names: Iterable[str]) -> list[str]:
        """The notes that are spoken of and that none of some files is, by whichever of their names."""
        met = {os.path.normpath(name) for name in names}
        met |= {name.rpartition("/")[2] for name in met}
        return [path for path in self.notes if os.path.normpath(path) not in met]

    def placed(self, when: When) -> When:
        """A time with the zone that all are in; a day stays a day, and a time with an offset is what it says.

        A time that this zone had twice, or never, stays without.
        """
        if self.zone is None or when.offset is not None or not when.has_clock:
            return when
        local: datetime = when.local.replace(tzinfo=zone(self.zone))
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            return when  # the clock was put forward or back just then: nobody can tell
        return When(local.isoformat(timespec="seconds" if local.second else "minutes"))


def read(path: Path, shown: str) -> Guide:
    """The guide in a file.

    Args:
        path: A YAML file.
        shown: How errors call it.

    Raises:
        EntryError: It cannot be read, or a value does not fit.
    """
    raw = store.read(path).raw
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise EntryError("is not UTF-8", path=shown, hint="save it as UTF-8") from error
    return load(Source(text, 1, shown, EntryError), Guide)
