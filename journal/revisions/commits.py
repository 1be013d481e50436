"""What commits say and change: one git process for any number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import RevisionError, ShallowClone
from journal.revisions import command, listing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.model.revision import Commit
    from journal.revisions.names import Names


_PATHS = (
    "--stdin",
    "--root",
    "--diff-merges=first-parent",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    *listing.RAW,
)


_RENAMES = ("--stdin", "-M", "-l1000", "--diff-filter=R", "--no-ext-diff", "--no-textconv", *listing.RAW)

Delta = dict[str, tuple[str | None, str | None]]
"""Of each file that a commit changed the object names of its contents before and after; None where it is not there."""


def read(root: Path, names: Names, shas: Sequence[str]) -> tuple[Commit, ...]:
    """The commits of some full shas, in their order: see `Repository.commits`."""
    if not shas:
        return ()
    answer = command.fed(root, shas, "diff-tree", *listing.DETAILS)
    if answer.status:
        raise _unread(root, shas)
    found = tuple(listing.commits(answer.raw))
    for commit in found:
        if not commit.parents and names.is_cut(commit.sha):
            raise ShallowClone(
                f"commit {commit.short} is where this shallow clone ends, so what it changed is not known",
                path=root,
                hint="run `git fetch --unshallow`",
            )
    return found


def deltas(root: Path, shas: Sequence[str]) -> dict[str, Delta]:
    """What commits made of files against their first parents, by their full shas; see `Repository.deltas`."""
    if not shas:
        return {}
    answer = command.fed(root, shas, "diff-tree", *_PATHS)
    if answer.status:
        raise _unread(root, shas)
    found = {
        sha: {each.path: (each.old_blob, each.blob) for each in files if each.old_blob != each.blob}
        for sha, files in listing.differences(answer.raw)
    }
    for sha in shas:
        if sha not in found:  # git passes over what it does not know
            raise RevisionError(f"commit {sha[:7]} is not in this repository", path=root, hint=command.FETCH)
    return found


def renamed(root: Path, one: str, other: str) -> frozenset[str]:
    """The files of a commit that have another name in a second one, which need not be made of it."""
    answer = command.fed(root, [f"{other} {one}"], "diff-tree", *_RENAMES)
    if answer.status:
        raise _unread(root, [one, other])
    return frozenset(each.former for _, files in listing.differences(answer.raw) for each in files)


def _unread(root: Path, shas: Sequence[str]) -> RevisionError:
    """What is said of the first commit that cannot be read, which is looked for by halves."""
    while len(shas) > 1:
        half = shas[: len(shas) // 2]
        shas = half if command.fed(root, half, "diff-tree", *listing.DETAILS).status else shas[len(half) :]
    short = shas[0][:7]
    reason = command.fed(root, shas, "diff-tree", *listing.DETAILS).reason
    hint = f"in a partial clone, `git show {short}` fetches what is missing; otherwise run `git fsck`"
    return RevisionError(f"commit {short} cannot be read: {reason}", path=root, hint=hint)
