"""Where the capture of a run that begins belongs, and whether it comes in time to prove anything."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from journal.authoring.capture import run_folder
from journal.errors import CorruptLog, JournalError, RunNotFound
from journal.model.capture import FILE, TIMELY
from journal.model.revision import is_full
from journal.model.span import span
from journal.revisions.repository import Repository

if TYPE_CHECKING:
    from datetime import timedelta

    from journal.model.run import RunHead
    from journal.sources.registry import Sources


class Place(NamedTuple):
    """Where a capture belongs.

    Attributes:
        folder: The run's folder.
        head: The run; None where there is none in it as yet.
    """

    folder: Path
    head: RunHead | None

    def late(self, at: datetime) -> timedelta | None:
        """How long after the run's start a time is, where that is too long for a capture to prove anything."""
        if self.head is None or self.head.started is None:
            return None
        ago = at - self.head.started
        return ago if ago > TIMELY else None


def place_of(reference: str | None) -> Place:
    """Where the capture of a run that begins belongs.

    Args:
        reference: The run in any way that names it, or its folder; None for the run that started last.

    Raises:
        RunNotFound: There is no such run.
        JournalError: It began so long ago that nothing speaks for what is checked out now: nobody named it, or its
            tracker recorded another commit.
    """
    from journal.config import Reach
    from journal.sources.registry import Sources, config_here

    config = config_here(reach=Reach(online=False))  # a training that begins waits for no server
    sources = Sources(config)
    try:
        head = _newest(config.root, sources) if reference is None else sources.find(reference)
        head = _last_part(config.root, sources, head)
    except (RunNotFound, CorruptLog):  # as yet there may be next to nothing in its folder
        if reference is None or not Path(reference).is_dir():
            raise
        return Place(Path(reference).resolve(), None)
    place = Place(run_folder(config.root / head.place), head)
    ago = place.late(datetime.now(UTC))
    if ago is not None and not os.path.lexists(place.folder / FILE):
        _check_late(head, ago, is_named=reference is not None)
    return place


def _newest(root: Path, sources: Sources) -> RunHead:
    from journal.index.run_list import newest_first

    heads = [_last_part(root, sources, head) for head in sources.heads() if (root / head.place).exists()]
    if not heads:
        raise RunNotFound("no run has begun here", hint="give the run's folder: `journal capture FOLDER`")
    return newest_first(heads)[0]


def _last_part(root: Path, sources: Sources, head: RunHead) -> RunHead:
    """The newest folder of a run alone: one that was resumed started anew."""
    return sources.find(str(root / head.place)) if head.segments > 1 else head


def _check_late(head: RunHead, ago: timedelta, *, is_named: bool) -> None:
    """Refuse what would put a wrong commit beside a run.

    Raises:
        JournalError: Nobody named the run, or it is known to have run another commit than is checked out.
    """
    if not is_named:
        raise JournalError(
            f"no run has just begun: the last, {head.id}, began {span(ago)} ago",
            hint="capture a run when it begins; `journal capture RUN` captures this one all the same",
        )
    commit = Repository.find(Path.cwd()).head() if head.commit and is_full(head.commit) else None
    if commit is not None and commit != head.commit:
        raise JournalError(
            f"run {head.id} began {span(ago)} ago with commit {str(head.commit)[:7]}, and {commit[:7]} is checked out",
            hint="capture a run when it begins",
        )
