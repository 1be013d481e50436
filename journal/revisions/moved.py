"""Commits found again after history was rewritten: by what they changed, their subject and their author date."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import RevisionError
from journal.revisions import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.revisions.ancestry import History
    from journal.revisions.patches import Patches

_LIST = ("rev-list", "--stdin", "--encoding=UTF-8", "--format=%H%x00%at%x00%s%x00%b%x00")
_BULLET = re.compile(r"^\s*(?:[*+-]\s+)?")
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
    """

    sha: str
    subject: str | None = None
    authored: datetime | None = None
    patch: str | None = None


class Found(NamedTuple):
    """What a lost commit became.

    Attributes:
        sha: Full sha of the commit that took its place.
        how: By what it was found, in words.
    """

    sha: str
    how: str


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
    if answer.status:
        raise RevisionError(f"commits cannot be read: {answer.reason}", path=root, hint=command.FETCH)
    return list(_messages(answer.text))


def _messages(text: str) -> Iterator[Message]:
    fields = iter(text.split("\0")[:-1])
    for header in fields:  # `commit SHA`, and below it the sha again
        sha = header.rpartition("\n")[2]
        authored, subject, body = next(fields), next(fields), next(fields)
        yield Message(sha, datetime.fromtimestamp(int(authored), UTC), subject, body.strip("\n"))


def found_again(root: Path, history: History, patches: Patches, lost: Sequence[Lost]) -> dict[str, Found]:
    """What lost commits became, by the sha that was asked for; those that nothing or too much answers to are left out.

    In this order: the same changes with the same subject or author date; the same changes; the same subject and author
    date, where the changes had to be fitted; a commit whose message names the sha, or the subject on a line of its own,
    as the message of a squash does. Nothing is found by a subject alone.

    Args:
        root: Top of the work tree.
        history: The commits there are; only those that a branch leads to take the place of another.
        patches: Makes patch ids.
        lost: The commits.

    Raises:
        RevisionError: Git cannot be asked.
    """
    if not lost:
        return {}
    there = _Index([each for each in messages(root, history.shas) if history.is_reachable(each.sha)])
    asked = {each.sha for gone in lost for each in there.like(gone)}
    ids = patches.ids(asked)
    found = {gone.sha: _again(gone, there, ids.get) for gone in lost}
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
        """Those with the subject or the author date of a lost commit."""
        same = [*self._by_subject.get(gone.subject or "", ()), *self._dated(gone)]
        return list({each.sha: each for each in same if not each.sha.startswith(gone.sha.lower())}.values())

    def _dated(self, gone: Lost) -> Sequence[Message]:
        return () if gone.authored is None else self._by_date.get(gone.authored.astimezone(UTC), ())


def _again(gone: Lost, there: _Index, patch: Callable[[str], str | None]) -> Found | None:
    like = there.like(gone)
    same = [each for each in like if gone.patch is not None and patch(each.sha) == gone.patch]
    both = [each for each in like if each.subject == gone.subject and _is_of(each, gone)]
    for candidates, how in (
        (same, "it makes the same changes"),
        (both, "it has the same subject and author date"),
        (_naming(gone, there.told), "its message names the commit"),
        (_listing(gone, there.told), "its message lists the subject, as that of a squash does"),
    ):
        if len(candidates) == 1:
            return Found(candidates[0].sha, how)
        if candidates:
            return None
    return None


def _is_of(message: Message, gone: Lost) -> bool:
    return gone.authored is not None and message.authored == gone.authored.astimezone(UTC)


def _naming(gone: Lost, told: Sequence[Message]) -> list[Message]:
    """Commits whose message names a lost one, but for those that say they undo it."""
    if len(gone.sha) < _LEAST:
        return []
    words = re.compile(rf"\b{re.escape(gone.sha[:_LEAST].lower())}[0-9a-f]*\b")
    return [each for each in told if any(_same(found, gone.sha) for found in words.findall(each.body)) and _keeps(each)]


def _same(one: str, other: str) -> bool:
    """Whether two shas, full or abbreviated, can be the same."""
    return one.startswith(other.lower()) or other.lower().startswith(one)


def _keeps(message: Message) -> bool:
    return "This reverts commit" not in message.body and not message.subject.startswith("Revert ")


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
