"""Where the line of work that is checked out left another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import RevisionError, UnknownRevision
from journal.revisions import command

if TYPE_CHECKING:
    from pathlib import Path

    from journal.revisions.names import Names

_MAIN = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")


def fork(root: Path, names: Names, head: str | None, base: str | None) -> str:
    """The commit in which two lines part: see `Repository.fork`."""
    if head is None:
        raise RevisionError("nothing is committed here yet", path=root, hint="commit first; then there is a before")
    other = names.resolve(base) if base is not None else _main(names)
    if other is None:
        return head
    answer = command.run(root, "merge-base", head, other)
    if answer.status > 1:
        raise RevisionError(f"git cannot answer: {answer.reason}", path=root, hint=command.FETCH)
    return answer.text.strip() or other


def _main(names: Names) -> str | None:
    """The main branch of origin, as far as it was fetched."""
    for name in _MAIN:
        try:
            return names.resolve(name)
        except UnknownRevision:
            continue
    return None
