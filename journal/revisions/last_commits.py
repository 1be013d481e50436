"""Which commit last changed each file of a folder: for all files at once, and continued from an earlier answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.revisions import ancestry, command
from journal.revisions.listing import RAW, differences

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from journal.revisions.repository import Repository

_QUIET = ("--no-ext-diff", "--no-textconv", "--no-renames")
# Every commit with its own parents (`--sparse`), so that a listing that begins later says the same of what it lists.
_HISTORY = ("log", "--topo-order", "--full-history", "--sparse", "--parents", "--root", "--diff-merges=off", *_QUIET)
_STEP = ("-r", "-z", "--raw", "--no-abbrev", "--date=raw", "--ignore-submodules=none", "--format=%H|%P|%ad")
_REACHES = ("merge-base", "--is-ancestor")
_MERGES = ("diff-tree", "--stdin", *_QUIET, *RAW)


class Last(NamedTuple):
    """A file as a commit has it.

    Attributes:
        blob: Object name of its contents.
        sha: The commit that last changed it.
        authored: That commit's author date, in git's raw form.
    """

    blob: str
    sha: str
    authored: str


class LastCommits(NamedTuple):
    """The commits that last changed the files of a folder.

    Attributes:
        folder: The folder, from the root of the repository.
        head: The commit that was checked out; None before the first.
        cut: The commits at which a shallow clone ends, sorted.
        files: By the file's path from the root; without those whose last commit a shallow clone does not hold.
    """

    folder: str
    head: str | None
    cut: tuple[str, ...]
    files: Mapping[str, Last]


class _Step(NamedTuple):
    sha: str
    parents: tuple[str, ...]
    authored: str
    changed: frozenset[str]


def last_commits(repository: Repository, folder: str, before: LastCommits | None = None) -> LastCommits:
    """The commits that last changed the files of a folder.

    As `git log -1 -- FILE` tells for each: where a merge has a file as one of its parents has it, the commit is looked
    for on the side of the first such parent; a merge that has it as none does changed it itself. Author dates are what
    a rebase keeps.

    Args:
        repository: The repository.
        folder: The folder, from its root.
        before: An earlier answer for the same folder, which is continued where it can be: the answer is the same.

    Raises:
        RevisionError: Git cannot answer.
    """
    head = repository.head()
    if head is None:
        return LastCommits(folder, None, (), {})
    cut = tuple(sorted(ancestry.cut(repository.root)))
    if before is not None and (before.folder, before.head, before.cut) == (folder, head, cut):
        return before
    blobs = repository.files_at(head, folder)
    if before is not None and before.folder == folder and not cut and not before.cut:
        found = _continued(repository, head, before, blobs)
        if found is not None:
            return LastCommits(folder, head, cut, found)
    return LastCommits(folder, head, cut, _walked(repository, folder, cut, blobs, head)[0])


def _continued(
    repository: Repository, head: str, before: LastCommits, blobs: Mapping[str, str]
) -> dict[str, Last] | None:
    """What is known when the walk back ends where an earlier answer was given; None if files lead past that."""
    base = before.head
    if base is None or command.run(repository.root, *_REACHES, base, head).status:  # no ancestor, or not here any more
        return None
    found, left = _walked(repository, before.folder, (), blobs, head, f"^{base}")
    paths = left.pop(base, set())
    if any(left.values()) or not all(path in before.files and before.files[path].blob == blobs[path] for path in paths):
        return None
    return found | {path: before.files[path] for path in paths}


def _walked(
    repository: Repository, folder: str, cut: Collection[str], blobs: Mapping[str, str], head: str, *until: str
) -> tuple[dict[str, Last], dict[str, set[str]]]:
    """The last commit of each file; and the files that no commit of the walk changed, by the one they lead to.

    Args:
        repository: The repository.
        folder: The folder.
        cut: The commits at which a shallow clone ends.
        blobs: The files that are looked for, with the object names of their contents.
        head: Where the walk begins.
        until: What it leaves out.
    """
    steps = _steps(repository, folder, head, *until)
    sides = _sides(repository, folder, [step for step in steps if len(step.parents) > 1])
    found: dict[str, Last] = {}
    waiting = {head: set(blobs)}
    for step in steps:
        paths = waiting.pop(step.sha, set())
        for parent in step.parents:
            changed = paths & (step.changed if len(step.parents) == 1 else sides[step.sha, parent])
            paths -= changed
            _add(waiting, parent, paths)
            paths = changed
        if not step.parents:
            paths = paths & step.changed  # a name that is not UTF-8 is never met
        if step.sha not in cut:
            found |= {path: Last(blobs[path], step.sha, step.authored) for path in paths}
    return found, waiting


def _add(waiting: dict[str, set[str]], sha: str, paths: set[str]) -> None:
    """Let files wait for a commit. On one line of commits it is one set, never copied."""
    if sha in waiting:
        waiting[sha] |= paths
    elif paths:
        waiting[sha] = paths


def _sides(repository: Repository, folder: str, merges: Sequence[_Step]) -> dict[tuple[str, str], frozenset[str]]:
    """In which files merges differ from each of their parents: one git process answers for all."""
    pairs = [(step.sha, parent) for step in merges for parent in step.parents]
    if not pairs:
        return {}
    asked = (f"{sha} {parent}" for sha, parent in pairs)
    answer = command.fed(repository.root, asked, *_MERGES, "--", f":(literal){folder}")
    raw = command.checked(answer, repository.root, f"the history of {folder} cannot be read").raw
    told = (frozenset(each.path for each in files) for _, files in differences(raw))
    return dict(zip(pairs, told, strict=True))


def _steps(repository: Repository, folder: str, *revisions: str) -> tuple[_Step, ...]:
    """Commits, each before its parents, with the files that they changed; of merges those are not told."""
    words = (*_HISTORY, *_STEP, *revisions, "--", f":(literal){folder}")
    answer = command.run(repository.root, *words)
    raw = command.checked(answer, repository.root, f"the history of {folder} cannot be read").raw
    return tuple(_step(header, frozenset(each.path for each in files)) for header, files in differences(raw))


def _step(header: str, changed: frozenset[str]) -> _Step:
    sha, parents, authored = header.split("|", 2)
    return _Step(sha, tuple(parents.split()), authored, changed)
