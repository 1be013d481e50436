"""What is known outside of a note: its journal's runs, its repository's commits and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def _no_commits(shas: Sequence[str]) -> Mapping[str, str | None]:
    return dict.fromkeys(shas)


def _no_file(_path: str) -> bool:
    return False


@dataclass(frozen=True)
class Known:
    """What tells a run from a commit and a file from a word; by default nothing is known.

    Attributes:
        runs: Ids of the runs that the journal's sources hold, and names that only one of them bears, each with the id.
        commits: For each sha, full or abbreviated, the full sha of the repository's commit, or None.
        files: Whether the repository has, or had, a file of this path.
    """

    runs: Mapping[str, str] = field(default_factory=dict)
    commits: Callable[[Sequence[str]], Mapping[str, str | None]] = _no_commits
    files: Callable[[str], bool] = _no_file
