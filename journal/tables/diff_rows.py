"""What two runs differ in, row by row and in words: the same for the command and for blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.model.comparison import Between, CodeDifference, CodeOfRun, Difference
    from journal.model.revision import CommitLine, FileChange
    from journal.model.table import DiffSpec

ABSENT = "—"
NOT_KNOWN = "not known"
_SHORT = 7
_NAMED = 3
_LONGEST = 80


@dataclass(frozen=True)
class Row:
    """One thing that differs.

    Attributes:
        what: What it is.
        one: What the first run has.
        other: What the second has.
        change: How many lines of a file were added and removed, from the first to the second.
    """

    what: str
    one: str
    other: str
    change: str = ""


def config_rows(found: Difference, most: int) -> list[Row]:
    """The keys of the configs that differ; no more than so many."""
    changes = (found.config or ())[:most]
    return [Row(each.key, _value(each.before, ABSENT), _value(each.after, ABSENT)) for each in changes]


def environment_rows(found: Difference) -> list[Row]:
    """What differs around the runs."""
    changes = found.environment or ()
    return [Row(each.key, _value(each.before, NOT_KNOWN), _value(each.after, NOT_KNOWN)) for each in changes]


def code_rows(code: CodeDifference, most: int) -> list[Row]:
    """How the code differs: the commits, what lies between them, and what was not committed.

    Args:
        code: The difference.
        most: How many commits on either side, and how many files, are shown one by one.
    """
    one, other = code.one, code.other
    rows = [Row("commit", _commit(one), _commit(other))] if _commit(one) != _commit(other) else []
    if one.dirty is not False or other.dirty is not False:
        told = one.dirty is not None or other.dirty is not None
        rows += [Row("uncommitted changes", _uncommitted(one), _uncommitted(other))] if told else []
    if one.count_untracked or other.count_untracked:
        rows.append(Row("files that git did not know", _untracked(one), _untracked(other)))
    return rows + (list(_apart(code.between, most)) if code.between is not None else [])


def _apart(between: Between, most: int) -> Iterator[Row]:
    yield from (Row("commit of this run only", text, "") for text in _commits(between.one, between.commits_one, most))
    only_other = _commits(between.other, between.commits_other, most)
    yield from (Row("commit of this run only", "", text) for text in only_other)
    shown = between.files[:most]
    for file in shown:
        yield Row(file.path, "", _done(file), _lines(file.added, file.removed))
    left = between.files_changed - len(shown)
    if left:
        yield Row(f"and {left} more files" if left > 1 else "and one more file", "", "")
    if between.files_changed > 1:
        yield Row(f"{between.files_changed} files", "", "", _lines(between.added, between.removed))


def _commits(commits: Sequence[CommitLine], count: int, most: int) -> Iterator[str]:
    """The newest commits, and how many there are besides."""
    shown = commits[:most]
    yield from (f"{each.sha[:_SHORT]} {_short(each.subject)}".rstrip() for each in shown)
    if count > len(shown):
        yield f"and {count - len(shown)} more"


def _done(file: FileChange) -> str:
    kind = "submodule, " if file.submodule else ""
    moved = f" from {file.old_path}" if file.old_path is not None else ""
    return f"{kind}{file.change.value}{moved}"


def _lines(added: int | None, removed: int | None) -> str:
    """Lines that were added and removed; nothing is counted in a binary file."""
    return "binary" if added is None or removed is None else f"+{added} \N{MINUS SIGN}{removed}"


def _commit(code: CodeOfRun) -> str:
    if code.commit is None:
        return NOT_KNOWN
    before = ", ".join(sha[:_SHORT] for sha in code.earlier)
    return code.commit[:_SHORT] + (f" (earlier parts of the run: {before})" if before else "")


def _uncommitted(code: CodeOfRun) -> str:
    if code.dirty is None:
        return NOT_KNOWN
    if not code.dirty:
        return "none"
    return _some(code.changed, code.count_changed) if code.changed else "yes"


def _untracked(code: CodeOfRun) -> str:
    count = code.count_untracked
    if count is None:
        return NOT_KNOWN
    if not count:
        return "none"
    return _some(code.untracked, count) if code.untracked else f"{count} file{'s' if count > 1 else ''}"


def _some(names: Sequence[str], count: int) -> str:
    """The first names, and how many more there are, of so many in all."""
    more = count - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _value(text: str | None, absent: str) -> str:
    return absent if text is None else _short(text)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def in_words(found: Difference, asked: DiffSpec, names: tuple[str, str], most: int) -> list[str]:
    """What is the same, what is not known, and what is not shown, one phrase each.

    Args:
        found: What two runs differ in.
        asked: What was asked for.
        names: What the two are called.
        most: How many keys are shown.
    """
    one, other = names
    said = [*_of_config(found, most, "the keys asked for are " if asked.keys or asked.ignore else "")]
    if found.code is not None:
        said += _of_code(found.code, one, other)
    if found.environment is not None and not found.environment:
        said.append("environment: the same" if found.facts else "environment: not known")
    if found.metrics is not None:
        held = found.metrics
        for name, only, count in ((one, held.only_one, held.count_one), (other, held.only_other, held.count_other)):
            said += [f"only {name} has {_some(only, count)}"] if only else []
    return said


def _of_config(found: Difference, most: int, which: str) -> Iterator[str]:
    if found.config is not None and not found.config and not found.folders:
        yield f"config: {which}the same"
    elif found.config is not None and found.keys > most:
        yield f"{most} of {found.keys} keys of the config that differ"
    if found.folders:
        keys = "one key differs" if found.folders == 1 else f"{found.folders} keys differ"
        yield f"config: {keys} only in the folders of paths, which are not told"


def _of_code(code: CodeDifference, one: str, other: str) -> Iterator[str]:
    """What is known of the code and does not differ, and what is not known."""
    sides = {one: code.one, other: code.other}
    if code.one.commit is not None and _commit(code.one) == _commit(code.other):
        tree = ", nothing uncommitted" if code.same and code.one.dirty is False else ""
        yield f"code: the same commit {_commit(code.one)}{tree}"
    elif code.one.commit is None and code.other.commit is None:
        yield "code: the commits are not known"
    elif code.between is None and code.one.commit is not None and code.other.commit is not None:
        if code.one.commit != code.other.commit:
            yield "what lies between the commits is not known here"
    elif code.between is not None and not code.between.files_changed:
        yield "code: the commits hold the same files, the journal's own aside"
    if code.between is not None and code.between.cut:
        yield "this clone is shallow, so there may be other commits between"
    unclear = [name for name, side in sides.items() if side.commit is not None and side.dirty is None]
    if unclear:
        trees = "the tree of" if len(unclear) == 1 else "the trees of"
        clean = "was clean" if len(unclear) == 1 else "were clean"
        yield f"whether {trees} {' and '.join(unclear)} {clean} is not known"
    yield from _of_patches(code)
    if code.locks:
        yield f"lock files differ: {_some(code.locks, len(code.locks))}"
    if code.count_unlike:
        named = f": {_some(code.unlike, code.count_unlike)}" if code.unlike else ""
        several = f"{code.count_unlike} files that git did not know differ"
        yield f"{several if code.count_unlike > 1 else 'one file that git did not know differs'} in the two runs{named}"


def _of_patches(code: CodeDifference) -> Iterator[str]:
    """How the uncommitted changes of both stand to each other."""
    one, other = code.one, code.other
    if not (one.dirty and other.dirty):
        return
    same = one.same_patch(other)
    if same is None:
        yield "whether the uncommitted changes are the same is not known"
    else:
        yield f"the uncommitted changes are {'the same' if same else 'not the same'}"
