"""Going back from commits to the first that somebody looks for, without reading all of a long history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.revisions import command

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

NEARBY = 2_000
"""Commits that are looked through first: of most, somebody wrote about one of the last few."""


def newest_ancestor(root: Path, shas: Iterable[str], among: Container[str]) -> str | None:
    """The newest commit of some that commits are made of: see `Repository.newest_ancestor`."""
    tips = list(shas)
    for limit in ((f"--max-count={NEARBY}",), ()):
        answer = command.fed(root, tips, "rev-list", *limit, "--stdin")
        listed = command.checked(answer, root, f"what comes before {tips[0][:7]} cannot be listed").text.split()
        found = next((sha for sha in listed if sha in among), None)
        if found is not None or len(listed) < NEARBY:
            return found
    return None
