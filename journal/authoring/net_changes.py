"""What commits did to each file, all of them together: lines, settings and functions, from what was before to what is.

Commits that touch a file one right after the other are looked at as one step, so that what one adds and the next takes
away is not told. Pure but for one question, the contents of files by their object names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.authoring import kinds_of_files
from journal.changes import names, settings
from journal.model.revision import Change, FileChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from journal.model.change import KeyChange, NameChange
    from journal.model.revision import Commit

    Contents = Callable[[Iterable[str], int], Mapping[str, bytes | None]]

MOST_READ = 100
"""Files whose contents are looked into."""
LARGEST = 1 << 18
"""Bytes of a file that is looked into."""

_Step = tuple[str | None, str | None]  # object names of the contents before and after


@dataclass(frozen=True)
class ChangedFile:
    """One file and what became of it.

    Attributes:
        file: The change from before the first commit to behind the last.
        settings: The settings that differ.
        names: The functions, methods and classes that differ.
        is_script: Whether it is a new file that is meant to be run.
    """

    file: FileChange
    settings: tuple[KeyChange, ...] = ()
    names: tuple[NameChange, ...] = ()
    is_script: bool = False

    @property
    def lines(self) -> int:
        """How many lines were added and removed."""
        return (self.file.added or 0) + (self.file.removed or 0)


@dataclass(frozen=True)
class NetChanges:
    """What commits did together.

    Attributes:
        files: Every file that is not what it was, in the order in which they were first touched.
        unread: How many files might have held settings or functions but were not looked into, since there are so many.
    """

    files: tuple[ChangedFile, ...] = ()
    unread: int = 0


def net_changes(commits: Sequence[Commit], contents: Contents) -> NetChanges:
    """What commits did together.

    Args:
        commits: In the order in which they were made.
        contents: Gives the contents of files by their object names, up to a size.
    """
    trails = _trails(commits)
    worth = [trail for trail in trails if trail.is_worth_reading]
    worth.sort(key=lambda trail: (not settings.reads(trail.file.path), -_lines(trail.file)))
    read = {id(trail) for trail in worth[:MOST_READ]}
    blobs = {blob for trail in worth[:MOST_READ] for step in trail.steps for blob in step if blob is not None}
    raws = contents(sorted(blobs), LARGEST) if blobs else {}
    files = tuple(_looked_into(trail, raws if id(trail) in read else {}) for trail in trails)
    return NetChanges(files, len(worth) - len(read))


@dataclass
class _Trail:
    """A file through the commits, and the steps in which it changed."""

    file: FileChange
    steps: list[_Step]

    @property
    def is_worth_reading(self) -> bool:
        path = self.file.path
        if kinds_of_files.is_generated(path) or self.file.submodule or not self.steps:
            return False
        is_new_script = self.file.change is Change.ADDED and kinds_of_files.may_be_script(path)
        return settings.reads(path) or names.reads(path) or is_new_script


def _trails(commits: Sequence[Commit]) -> list[_Trail]:
    """The files that the commits changed; nothing of a merge whose merged commits stand here themselves."""
    known = {commit.sha for commit in commits}
    trails: dict[str, _Trail] = {}
    for commit in commits:
        if known.isdisjoint(commit.parents[1:]):
            for file in commit.files:
                _follow(trails, file)
    return [trail for trail in trails.values() if not _is_nothing(trail)]


def _follow(trails: dict[str, _Trail], file: FileChange) -> None:
    """Take one more change of a file, perhaps under a new name."""
    moved = file.change is Change.RENAMED and file.old_path is not None
    before = trails.pop(file.old_path, None) if moved and file.old_path else trails.get(file.path)
    step = (file.old_blob, file.blob)
    if before is None:
        trails[file.path] = _Trail(file, [step])
        return
    *others, last = before.steps or [step]
    joined = [*others, (last[0], step[1])] if last[1] == step[0] else [*before.steps, step]
    trails[file.path] = _Trail(_together(before.file, file), [each for each in joined if each[0] != each[1]])


def _together(first: FileChange, then: FileChange) -> FileChange:
    """Two changes of a file as one."""
    old = first.old_path or (first.path if first.path != then.path else None)
    change = then.change
    if first.change is Change.ADDED and change is not Change.DELETED:
        old, change = None, Change.ADDED
    elif first.change is Change.DELETED and change is Change.ADDED:
        change = Change.MODIFIED
    elif first.change in {Change.RENAMED, Change.COPIED} and change is Change.MODIFIED:
        change = first.change
    return then.model_copy(
        update={
            "old_path": old if old != then.path else None,
            "added": _sum(first.added, then.added),
            "removed": _sum(first.removed, then.removed),
            "change": change,
            "old_blob": first.old_blob,
        }
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _is_nothing(trail: _Trail) -> bool:
    """Whether the file is what it was: it came and went, or was put back."""
    file = trail.file
    came_and_went = file.change is Change.DELETED and file.old_blob is None and not file.submodule
    put_back = not trail.steps and file.change is Change.MODIFIED and not file.submodule
    return came_and_went or put_back


def _looked_into(trail: _Trail, raws: Mapping[str, bytes | None]) -> ChangedFile:
    file = trail.file
    old_path = file.old_path if file.change is Change.RENAMED and file.old_path else file.path
    found: dict[str, KeyChange] = {}
    touched: dict[str, NameChange] = {}
    for before, after in trail.steps:
        held = [None if blob is None else raws.get(blob) for blob in (before, after)]
        if any(blob is not None and raw is None for blob, raw in zip((before, after), held, strict=True)):
            continue  # too large, or not in this clone
        if settings.reads(file.path) and settings.reads(old_path):
            _add_settings(found, settings.changed(file.path, *held).changes)
        if names.reads(file.path) and names.reads(old_path):
            _add_names(touched, names.touched(file.path, *held).changes)
    last = raws.get(trail.steps[-1][1] or "")
    is_script = file.change is Change.ADDED and kinds_of_files.is_script(file.path, last or b"")
    return ChangedFile(file, tuple(found.values()), tuple(touched.values()), is_script)


def _add_settings(found: dict[str, KeyChange], changes: Iterable[KeyChange]) -> None:
    for each in changes:
        earlier = found.pop(each.key, None)
        told = each if earlier is None else each.model_copy(update={"before": earlier.before})
        if told.before != told.after:
            found[each.key] = told


def _add_names(touched: dict[str, NameChange], changes: Iterable[NameChange]) -> None:
    for each in changes:
        earlier = touched.pop(each.name, None)
        pair = (earlier.change if earlier is not None else None, each.change)
        if pair == (Change.ADDED, Change.DELETED):
            continue
        change = {
            (Change.ADDED, Change.MODIFIED): Change.ADDED,
            (Change.DELETED, Change.ADDED): Change.MODIFIED,
        }.get(pair, each.change)  # type: ignore[arg-type]
        touched[each.name] = each.model_copy(update={"change": change})


def _lines(file: FileChange) -> int:
    return (file.added or 0) + (file.removed or 0)
