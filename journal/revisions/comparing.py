"""How two commits differ: in the commits that they are made of, and in their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.revision import CommitLine, Comparison
from journal.revisions import command, listing

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.revision import FileChange
    from journal.revisions.names import Names

MOST_LISTED = 300

_LINES = ("rev-list", "--topo-order", "--encoding=UTF-8", "--format=%H %s")


def compare(root: Path, names: Names, one: str, other: str) -> Comparison:
    """How the commits of two full shas differ: see `Repository.compare`."""
    in_one, count_in_one = _side(root, one, other)
    in_other, count_in_other = _side(root, other, one)
    return Comparison(
        one=one,
        other=other,
        only_in_one=in_one,
        only_in_other=in_other,
        count_in_one=count_in_one,
        count_in_other=count_in_other,
        cut=names.is_shallow and _is_cut_between(root, one, other),
        files=_files(root, one, other),
    )


def _side(root: Path, has: str, lacks: str) -> tuple[tuple[CommitLine, ...], int]:
    """The newest commits that one has and another lacks, and how many there are."""
    listed = _asked(root, *_LINES, f"--max-count={MOST_LISTED}", has, f"^{lacks}", "--")
    rows = (line.partition(" ") for line in listed.split("\n")[1::2])  # above each stands `commit SHA`
    lines = tuple(CommitLine(sha=sha, subject=subject) for sha, _, subject in rows)
    if len(lines) < MOST_LISTED:
        return lines, len(lines)
    return lines, int(_asked(root, "rev-list", "--count", has, f"^{lacks}", "--"))


def _is_cut_between(root: Path, one: str, other: str) -> bool:
    """Whether the clone ends within the commits that only one has: git takes such a commit for a first one."""
    return bool(_asked(root, "rev-list", "--max-parents=0", "--max-count=1", f"{one}...{other}", "--"))


def _files(root: Path, one: str, other: str) -> tuple[FileChange, ...]:
    answer = command.run(root, "diff-tree", *listing.FILES, one, other, "--")
    said = f"commits {one[:7]} and {other[:7]} cannot be compared"
    return listing.file_changes(command.checked(answer, root, said).raw)


def _asked(root: Path, *arguments: str) -> str:
    return command.checked(command.run(root, *arguments), root, "the commits cannot be listed").text
