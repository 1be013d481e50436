"""What clocks alone tell of a run whose commit is not known here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from journal.model.span import span
from journal.revisions.ties import CONSISTENT, CONTRADICTED, UNKNOWN, Said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from journal.revisions.ties import Part, Tie

SKEW = timedelta(minutes=1)
"""Two clocks that differ by no more say the same."""


def claimed(part: Part) -> Said:
    """A run whose commit is not known here."""
    why = part.absent or "it recorded no commit"
    started = part.code.started
    dated = [tie for tie in part.ties if tie.authored is not None and tie.committed is not None]
    if started is None or not dated:
        return Said(UNKNOWN, [why, *([] if started else ["when it started is not known"])])
    after = [tie for tie in dated if tie.authored and tie.authored > started + SKEW]
    if len(after) == len(dated):
        first = min(after, key=lambda tie: tie.authored or started)
        apart = span((first.authored or started) - started)
        return Said(CONTRADICTED, [f"it started {apart} before {first.short} was made", why])
    if part.absent is not None:
        return Said(UNKNOWN, [why])
    return _between([tie for tie in dated if tie not in after], started, why)


def _between(before: Sequence[Tie], started: datetime, why: str) -> Said:
    """A run that recorded no commit, and started when some of the entry's were there."""
    last = max(before, key=lambda tie: tie.committed or started)
    assert last.committed is not None  # noqa: S101  (its caller looked)
    if started < last.committed:
        rewritten = f"{last.short} got its present form only {span(last.committed - started)} after it started"
        return Said(UNKNOWN, [why, rewritten])
    since = f"it started {span(started - last.committed)} after {last.short}"
    if last.next is not None and last.next[1] <= started:
        return Said(UNKNOWN, [f"{since}, but {last.next[0][:7]} was made in between", why])
    return Said(CONSISTENT, [f"{since}, before anything else was committed on top of it", why])


def compared(part: Part) -> Said:
    """What they tell of a run that an entry only compares with."""
    why, started = part.absent or "it recorded no commit", part.code.started
    made = [tie.authored for tie in part.ties if tie.authored is not None]
    if part.absent is None and started is not None and made and started < min(made) - SKEW:
        said = f"it started {span(min(made) - started)} before the change was made: fine for a run to compare with"
        return Said(CONSISTENT, [said, why])
    return Said(UNKNOWN, [why])
