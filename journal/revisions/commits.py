"""What commits say and change: one git process for any number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import RevisionError
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
            raise RevisionError(
                f"commit {commit.short} is where this shallow clone ends, so what it changed is not known",
                path=root,
                hint="run `git fetch --unshallow`",
            )
    return found


def paths(root: Path, shas: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The files that commits changed against their first parents, by their full shas; of a renamed one both names."""
    if not shas:
        return {}
    answer = command.fed(root, shas, "diff-tree", *_PATHS)
    if answer.status:
        raise _unread(root, shas)
    found = {sha: tuple(each.path for each in files) for sha, files in listing.differences(answer.raw)}
    lost = next((sha for sha in shas if sha not in found), None)  # git passes over them without a word
    if lost is not None:
        raise RevisionError(f"commit {lost[:7]} is not in this repository", path=root, hint=command.FETCH)
    return found


def paths_between(root: Path, one: str, other: str) -> tuple[str, ...]:
    """The files that differ between two commits, by their full shas; of a renamed one both names."""
    answer = command.fed(root, [f"{other} {one}"], "diff-tree", *_PATHS)
    if answer.status:
        raise _unread(root, [one, other])
    return tuple(each.path for _, files in listing.differences(answer.raw) for each in files)


def _unread(root: Path, shas: Sequence[str]) -> RevisionError:
    """What is said of the first commit that cannot be read, which is looked for by halves."""
    while len(shas) > 1:
        half = shas[: len(shas) // 2]
        shas = half if command.fed(root, half, "diff-tree", *listing.DETAILS).status else shas[len(half) :]
    short = shas[0][:7]
    reason = command.fed(root, shas, "diff-tree", *listing.DETAILS).reason
    hint = f"in a partial clone, `git show {short}` fetches what is missing; otherwise run `git fsck`"
    return RevisionError(f"commit {short} cannot be read: {reason}", path=root, hint=hint)
