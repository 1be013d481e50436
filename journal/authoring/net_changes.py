"""What commits did to each file, all of them together: lines, settings and functions, from what was before to what is.

Commits that touch a file one right after the other are looked at as one step, so that what one adds and the next takes
away is not told. Pure but for one question, the contents of files by their object names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.authoring import kinds_of_files
from journal.changes import names, settings
from journal.changes.wording import HIDDEN
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
        unreadable: Why its settings, functions, or both cannot be told, as the end of a sentence that begins with the
            file; by what cannot be told.
        same_text: Whether nothing but the ends of its lines differs.
    """

    file: FileChange
    settings: tuple[KeyChange, ...] = ()
    names: tuple[NameChange, ...] = ()
    is_script: bool = False
    unreadable: Mapping[str, str] = field(default_factory=dict)
    same_text: bool = False

    @property
    def lines(self) -> int:
        """How many lines were added and removed."""
        return _lines(self.file)


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
    known = set(map(id, worth))
    others = [trail for trail in trails if id(trail) not in known and trail.may_be_same_text]
    looked = [*worth, *others][:MOST_READ]
    read = set(map(id, looked))
    blobs = {blob for trail in looked for step in trail.steps for blob in step if blob is not None}
    raws = contents(sorted(blobs), LARGEST) if blobs else {}
    files = tuple(_looked_into(trail, raws if id(trail) in read else {}) for trail in trails)
    return NetChanges(files, max(0, len(worth) - MOST_READ))


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

    @property
    def may_be_same_text(self) -> bool:
        """Whether perhaps nothing but the ends of lines differs: as many lines came as went."""
        file = self.file
        return len(self.steps) == 1 and None not in self.steps[0] and 0 < (file.added or 0) == file.removed


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
            "executable": _mode(first.executable, then.executable),
        }
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _mode(one: bool | None, other: bool | None) -> bool | None:
    """Two changes of whether a file can be run as one; the second takes the first back where both are one."""
    return other if one is None else one if other is None else None


def _is_nothing(trail: _Trail) -> bool:
    """Whether the file is what it was: it came and went, or was put back."""
    file = trail.file
    came_and_went = file.change is Change.DELETED and file.old_blob is None and not file.submodule
    is_same = file.change is Change.MODIFIED and file.executable is None and not file.submodule
    put_back = not trail.steps and is_same
    return came_and_went or put_back


def _looked_into(trail: _Trail, raws: Mapping[str, bytes | None]) -> ChangedFile:
    file = trail.file
    old_path = file.old_path if file.change is Change.RENAMED and file.old_path else file.path
    found: dict[str, KeyChange] = {}
    touched: dict[str, NameChange] = {}
    unreadable: dict[str, str] = {}
    for before, after in trail.steps:
        held = [None if blob is None else raws.get(blob) for blob in (before, after)]
        if any(blob is not None and raw is None for blob, raw in zip((before, after), held, strict=True)):
            continue  # too large, or not in this clone
        if settings.reads(file.path) and settings.reads(old_path):
            keys = settings.changed(file.path, *held)
            _add_settings(found, keys.changes)
            unreadable |= {"settings": keys.unreadable} if keys.unreadable else {}
        if names.reads(file.path) and names.reads(old_path):
            defined = names.touched(file.path, *held)
            _add_names(touched, defined.changes)
            unreadable |= {"functions": defined.unreadable} if defined.unreadable else {}
    last = raws.get(trail.steps[-1][1] or "") if trail.steps else None
    is_script = file.change is Change.ADDED and kinds_of_files.is_script(file.path, last or b"")
    same = trail.may_be_same_text and _is_same_text(*(raws.get(blob or "") for blob in trail.steps[0]))
    return ChangedFile(file, tuple(found.values()), tuple(touched.values()), is_script, unreadable, same)


def _is_same_text(before: bytes | None, after: bytes | None) -> bool:
    """Whether two contents are equal but for the ends of their lines."""
    if before is None or after is None:
        return False
    return before.replace(b"\r\n", b"\n") == after.replace(b"\r\n", b"\n")


def _add_settings(found: dict[str, KeyChange], changes: Iterable[KeyChange]) -> None:
    for each in changes:
        earlier = found.pop(each.key, None)
        told = each if earlier is None else each.model_copy(update={"before": earlier.before})
        if told.before != told.after or HIDDEN in (told.before or ""):  # what is hidden looks alike
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
