"""Commits found again after ancestry was rewritten: by what they changed, their subject and their author date."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from journal.model.revision import reverted
from journal.revisions import command

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.revisions.ancestry import Ancestry
    from journal.revisions.patches import Patches

_LIST = ("rev-list", "--stdin", "--encoding=UTF-8", "--format=%H%x00%at%x00%s%x00%b%x00")
_BULLET = re.compile(r"^\s*(?:[*+-]\s+)?")
_NEXT = 300
"""So many commits that were made after a lost one are looked at for its patch id."""

_LEAST = 7
"""Digits of a sha in a message that are taken for it."""


class Message(NamedTuple):
    """What a commit says.

    Attributes:
        sha: Its full sha.
        authored: Author date, in UTC.
        subject: First paragraph of the message, on one line.
        body: The rest of the message.
    """

    sha: str
    authored: datetime
    subject: str
    body: str


class Lost(NamedTuple):
    """A commit that no branch leads to any more, as far as it is known.

    Attributes:
        sha: Its sha, as an entry gives it.
        subject: First line of its message.
        authored: Author date.
        patch: Its patch id.
        files: The files that it changed; None where that is not known.
    """

    sha: str
    subject: str | None = None
    authored: datetime | None = None
    patch: str | None = None
    files: frozenset[str] | None = None


class Found(NamedTuple):
    """What a lost commit became.

    Attributes:
        sha: Full sha of the commit that took its place.
        how: By what it was found, in words.
        sure: Whether that is enough to note it without asking anybody.
    """

    sha: str
    how: str
    sure: bool = True


def messages(root: Path, shas: Iterable[str] = ()) -> list[Message]:
    """What commits say.

    Args:
        root: Top of the work tree.
        shas: Full shas; nothing else is told.

    Raises:
        RevisionError: Git cannot tell.
    """
    asked = list(shas)
    if not asked:
        return []
    answer = command.fed(root, asked, *_LIST, "--no-walk=unsorted")
    return list(_messages(command.checked(answer, root, "commits cannot be read").text))


def _messages(text: str) -> Iterator[Message]:
    fields = iter(text.split("\0")[:-1])
    for header in fields:  # `commit SHA`, and below it the sha again
        sha = header.rpartition("\n")[2]
        authored, subject, body = next(fields), next(fields), next(fields)
        yield Message(sha, datetime.fromtimestamp(int(authored), UTC), subject, body.strip("\n"))


def found_again(
    root: Path,
    ancestry: Ancestry,
    patches: Patches,
    lost: Sequence[Lost],
    files: Callable[[str], Collection[str]],
) -> dict[str, Found]:
    """What lost commits became, by the sha that was asked for; those that nothing or too much answers to are left out.

    In this order: the same patch id; the same subject and author date, where the changes had to be fitted; a message
    that names the commit, or lists its subject on a line of its own, as that of a squash does. A subject alone finds
    nothing, and a message alone is not sure: the squash must have changed all files that the commit did.

    Args:
        root: Top of the work tree.
        ancestry: The commits there are; only those that a branch leads to take the place of another.
        patches: Makes patch ids.
        lost: The commits.
        files: Gives the files that a commit changed.

    Raises:
        RevisionError: Git cannot be asked.
    """
    if not lost:
        return {}
    there = _Index([each for each in messages(root, ancestry.shas) if ancestry.is_reachable(each.sha)])
    whole = {sha for sha in ancestry.shas if not ancestry.is_cut(sha)}
    asked = {each.sha for gone in lost if gone.patch is not None for each in there.like(gone)} & whole
    ids = patches.ids(asked)
    found = {gone.sha: _again(gone, there, ids.get, files) for gone in lost}
    return {sha: each for sha, each in found.items() if each is not None}


class _Index:
    """What commits say, by subject and by author date."""

    def __init__(self, told: Sequence[Message]) -> None:
        self.told = told
        self._by_subject: dict[str, list[Message]] = {}
        self._by_date: dict[datetime, list[Message]] = {}
        for each in told:
            self._by_subject.setdefault(each.subject, []).append(each)
            self._by_date.setdefault(each.authored, []).append(each)

    def like(self, gone: Lost) -> list[Message]:
        """Those that a lost commit may have become: with its subject or author date, or made soon after it."""
        same = [*self._by_subject.get(gone.subject or "", ()), *self._dated(gone), *self._after(gone)]
        return list({each.sha: each for each in same if not each.sha.startswith(gone.sha.lower())}.values())

    def _dated(self, gone: Lost) -> Sequence[Message]:
        return () if gone.authored is None else self._by_date.get(gone.authored.astimezone(UTC), ())

    def _after(self, gone: Lost) -> Sequence[Message]:
        if gone.authored is None:
            return ()
        first = bisect_left(self._in_time, gone.authored.astimezone(UTC), key=_authored)
        return self._in_time[first : first + _NEXT]

    @cached_property
    def _in_time(self) -> list[Message]:
        return sorted(self.told, key=_authored)


def _authored(message: Message) -> datetime:
    return message.authored


def _again(
    gone: Lost, there: _Index, patch: Callable[[str], str | None], files: Callable[[str], Collection[str]]
) -> Found | None:
    like = there.like(gone)
    same = [each for each in like if gone.patch is not None and patch(each.sha) == gone.patch]
    both = [each for each in like if each.subject == gone.subject and _is_of(each, gone)]
    told = [(_naming(gone, there.told), "its message names it"), (_listing(gone, there.told), "its message lists it")]
    for candidates, how in (
        ([each for each in same if each in both] or same, "its patch id is the same"),
        (both, "its subject and author date are the same"),
        *told,
    ):
        if len(candidates) == 1:
            (found,) = candidates
            sure = found in same or found in both or (gone.files is not None and gone.files <= set(files(found.sha)))
            return Found(found.sha, how, sure)
        if candidates:
            return None
    return None


def _is_of(message: Message, gone: Lost) -> bool:
    return gone.authored is not None and message.authored == gone.authored.astimezone(UTC)


def _naming(gone: Lost, told: Sequence[Message]) -> list[Message]:
    """Commits whose message names a lost one as `git merge --squash` and `git cherry-pick -x` do."""
    line = re.compile(
        rf"^(?:commit |\(cherry picked from commit ){re.escape(gone.sha.lower())}[0-9a-f]*\)?$", re.MULTILINE
    )
    return [each for each in told if line.search(each.body)] if len(gone.sha) >= _LEAST else []


def _keeps(message: Message) -> bool:
    return not reverted(message.body) and not message.subject.startswith("Revert ")


def _listing(gone: Lost, told: Sequence[Message]) -> list[Message]:
    """Commits that were made later and list the subject of a lost one on a line of its own."""
    subject = (gone.subject or "").strip()
    if not subject:
        return []
    return [
        each
        for each in told
        if subject in each.body
        and (gone.authored is None or each.authored >= gone.authored)
        and any(_BULLET.sub("", line).strip() == subject for line in each.body.splitlines())
        and _keeps(each)
    ]
