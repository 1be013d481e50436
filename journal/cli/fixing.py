"""Doing the fixes that findings come with, or showing what that would change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from journal.checks.selection import key
from journal.cli.online import looked_once

if TYPE_CHECKING:
    from journal.cli.weighing import Wanted, Weighed
    from journal.document.store import Stored

_PASSES = 5
"""Fixes that touch one another are done one after the other, so often at most."""


class Fixed(NamedTuple):
    """What came of the fixes.

    Attributes:
        left: What a check finds now.
        mended: How many findings are gone by them.
        files: How many files were written.
    """

    left: Weighed
    mended: int
    files: int


class Change(NamedTuple):
    """A file that fixes change.

    Attributes:
        path: It, relative to the journal.
        stored: It, as it was read.
        new: What shall stand there.
    """

    path: str
    stored: Stored
    new: bytes


def changes(weighed: Weighed) -> tuple[list[Change], list[int]]:
    """What the fixes of some findings come to: the files that change, and which of the findings that is for.

    Raises:
        JournalError: A file cannot be read.
    """
    from journal.checks.mending import mended
    from journal.document import store
    from journal.model.finding import Fix

    places = [place for place, finding in enumerate(weighed.findings) if finding["fix"] is not None]
    fixes = [Fix.model_validate(weighed.findings[place]["fix"]) for place in places]
    root = weighed.told.root
    stored = {edit.path: store.read(root / edit.path) for fix in fixes for edit in fix.edits}
    texts, done = mended(fixes, {path: each.raw for path, each in stored.items()})
    found = [Change(path, stored[path], new) for path, new in sorted(texts.items())]
    return found, [places[number] for number in sorted(done)]


def fix(wanted: Wanted, weighed: Weighed) -> Fixed:
    """Do the fixes of the findings that count, and check again.

    Raises:
        ChangedOnDisk: Somebody else writes one of the files; it is left as they have it.
        NotWritable: The disk refuses one.
    """
    from journal.cli.weighing import weigh
    from journal.document import store

    count, files = 0, set()
    wanted = wanted._replace(reach=looked_once(wanted.reach))
    for _ in range(_PASSES):
        found, done = changes(weighed)
        if not found:
            break
        for change in found:
            store.replace(change.stored, change.new, inside=weighed.told.root)
        files |= {change.path for change in found}
        tried = Counter(key(weighed.findings[place]) for place in done)
        weighed = weigh(wanted)
        gone = (tried - Counter(map(key, weighed.findings))).total()
        count += gone
        if not gone:
            break
    return Fixed(weighed, count, len(files))
