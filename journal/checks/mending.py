"""Fixes: made from what should stand in a file, and put together into one new text of it."""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from journal.document import original
from journal.document.document import parse
from journal.errors import JournalError
from journal.model.finding import Edit, Fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def fix(path: str, said: str, old: bytes, new: bytes) -> Fix | None:
    """The fix that makes one text of an entry into another; None where they are the same, or it may not be done.

    Args:
        path: The entry, relative to the journal.
        said: What it does, in words and in the imperative.
        old: The file as it was looked at.
        new: What should stand there.
    """
    if old == new or not is_safe(path, old, new):
        return None
    start = _alike(old, new)
    behind = _alike(old[start:][::-1], new[start:][::-1])
    # A character is taken or left as a whole.
    while start and (_is_inside_character(old, start) or _is_inside_character(new, start)):
        start -= 1
    while behind and (_is_inside_character(old, len(old) - behind) or _is_inside_character(new, len(new) - behind)):
        behind -= 1
    try:
        text = new[start : len(new) - behind].decode()
    except UnicodeDecodeError:
        return None
    edit = Edit(path=path, start=start, end=len(old) - behind, new=text, sha256=sum_of(old))
    return Fix(said=said, edits=(edit,))


def sum_of(raw: bytes) -> str:
    """The sum by which an edit knows its file again."""
    return hashlib.sha256(raw).hexdigest()


def is_safe(path: str, old: bytes, new: bytes) -> bool:
    """Whether a new text of an entry can still be read, and the words of an imported note are what they were."""
    try:
        before, after = parse(old, path).entry.front_matter, parse(new, path).entry.front_matter
    except JournalError:
        return False
    return before.imported is None or original.body_of(old, before) == original.body_of(new, after)


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their beginning."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _is_inside_character(raw: bytes, place: int) -> bool:
    return place < len(raw) and raw[place] & 0xC0 == 0x80  # noqa: PLR2004 - the later bytes of a UTF-8 character


class Mended(NamedTuple):
    """What fixes come to.

    Attributes:
        texts: The new text of each file that changes.
        done: Which of the fixes are in it, by their place among those given.
    """

    texts: dict[str, bytes]
    done: frozenset[int]


def mended(fixes: Sequence[Fix], raws: Mapping[str, bytes]) -> Mended:
    """The texts of files with as many of some fixes done as go together, each whole or not at all.

    A fix is left out where its file is not what it was looked at, where it overlaps one before it, or where the entry
    could not be read with it.

    Args:
        fixes: The fixes, the first of them first.
        raws: The files as they are now, by path.
    """
    apart: dict[int, Fix] = {}
    for number, each in enumerate(fixes):
        known = all(edit.path in raws and _is_of(edit, raws[edit.path]) for edit in each.edits)
        if known and each.edits and not _overlap(each, apart.values()):
            apart[number] = each
    if _are_safe(apart.values(), raws):
        taken = apart
    else:  # some of them does harm: which?
        taken = {}
        for number, each in apart.items():
            if _are_safe([*taken.values(), each], raws):
                taken[number] = each
    return Mended(_texts(taken.values(), raws), frozenset(taken))


def _are_safe(fixes: Iterable[Fix], raws: Mapping[str, bytes]) -> bool:
    return all(is_safe(path, raws[path], text) for path, text in _texts(fixes, raws).items())


def _is_of(edit: Edit, raw: bytes) -> bool:
    return edit.sha256 == sum_of(raw) and 0 <= edit.start <= edit.end <= len(raw)


def _overlap(fix: Fix, others: Iterable[Fix]) -> bool:
    """Whether edits touch: of two that put something in at one place, nobody knows which comes first."""
    taken = [edit for other in others for edit in other.edits if edit not in fix.edits]
    return any(
        mine.path == its.path and mine.start <= its.end and its.start <= mine.end for mine in fix.edits for its in taken
    )


def _texts(fixes: Iterable[Fix], raws: Mapping[str, bytes]) -> dict[str, bytes]:
    edits = {edit for fix in fixes for edit in fix.edits}
    texts = {}
    for path, group in groupby(sorted(edits, key=lambda edit: (edit.path, edit.start)), key=lambda edit: edit.path):
        raw = raws[path]
        for edit in reversed(list(group)):
            raw = raw[: edit.start] + edit.new.encode() + raw[edit.end :]
        texts[path] = raw
    return texts
