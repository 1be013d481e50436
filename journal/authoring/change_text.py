"""What commits did, as Markdown for an entry: short whatever they did, and with a true count of what is left out.

Every word that comes from a commit is made plain first: no subject, path, key, value or name becomes markup.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from journal.authoring import kinds_of_files
from journal.authoring.template import fenced
from journal.changes.wording import HIDDEN
from journal.model.revision import Change
from journal.model.secrets import hidden
from journal.model.wording import counted
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from journal.authoring.net_changes import ChangedFile, NetChanges
    from journal.model.change import KeyChange
    from journal.model.revision import Commit

    Link = Callable[[str], str | None]
    Own = Callable[[str], bool]

MOST_FILES = 20
MOST_FOLDERS = 5
MOST_NAMES = 6
MOST_SETTINGS = 30
MOST_SETTINGS_OF_ONE = 12
MOST_NEW_SETTINGS = 5
MOST_COMMITS = 20
MOST_LINES = 40
"""Lines of a message that are shown."""
LONGEST_VALUE = 80
LONGEST_PATH = 120
LONGEST_SUBJECT = 120

_INDENT = "    "

_HARMLESS = re.compile(r"(?![ #:])[\w ./:;+,='\"()\[\]*#@%!?…-]+(?<! )")
"""What a code span shows as it is: no backtick, no sign of HTML, of a template or a table, and no name of a language
at the beginning, as `#!sh` and `:::sh` are on the site."""
_BETWEEN_BLANKS = re.compile(r"(?:(?<= )|(?<= -))&#(38|60|62);(?= )")
_WHOLE = frozenset({Change.ADDED, Change.DELETED})


def commit_line(commit: Commit) -> str:
    """A commit on one line: sha, subject, author and author date."""
    subject = f", {prose(commit.subject)}" if commit.subject.strip() else ""
    return f"Commit {commit.short}{subject} ({plain(commit.author)}, {commit.authored.isoformat(' ')})"


def message(commit: Commit) -> str:
    """The rest of a commit's message as a code block; empty where there is none."""
    lines = commit.body.splitlines()
    if not any(map(str.strip, lines)):
        return ""
    text = fenced("\n".join(lines[:MOST_LINES]))
    rest = len(lines) - MOST_LINES
    return f"{text}\n\n{counted(rest, 'more line')} of the message: `git show {commit.short}`." if rest > 0 else text


def commit_list(commits: Sequence[Commit], most: int = MOST_COMMITS) -> str:
    """Commits as a list, one on a line; of many, the first and the last."""
    lines = [listed(commit.short, commit.subject) for commit in commits]
    if len(lines) > most:
        head = most - most // 4
        lines[head : head - most] = [f"- … {counted(len(lines) - most, 'more commit')} …"]
    return "\n".join(lines)


def listed(short: str, subject: str) -> str:
    """A commit as an item of a list."""
    return f"- {short} {prose(_short(subject.strip(), LONGEST_SUBJECT)) or '(no message)'}"


def prose(text: str) -> str:
    """A subject within a line: plain, without secrets; signs between blanks stand, which mean nothing to any dialect.

    Examples:
        >>> prose("Loss < 1 & rate > 0 -> done"), prose("R&D <b>")
        ('Loss < 1 & rate > 0 -> done', 'R&#38;D &#60;b&#62;')
    """
    return _BETWEEN_BLANKS.sub(lambda match: chr(int(match[1])), plain(hidden(text, HIDDEN)))


def file_list(changes: NetChanges, link: Link, own: Own = lambda _: False, most: int = MOST_FILES) -> str:
    """Files as a list, with the settings and functions that differ.

    Args:
        changes: What commits did.
        link: Where a path of the repository lies, as seen from the entry; None where nothing is there to be read.
        own: Whether a path of the repository belongs to the journal itself; such files are only counted.
        most: How many files are told one by one.
    """
    files = [each for each in changes.files if not own(each.file.path)]
    generated = [each for each in files if kinds_of_files.is_generated(each.file.path)]
    others = [each for each in files if not kinds_of_files.is_generated(each.file.path)]
    chosen = set(map(id, _chosen(others, most) if len(others) > most + 1 else others))
    room = MOST_SETTINGS
    lines: list[str] = []
    for each in (each for each in others if id(each) in chosen):
        lines += [f"- {_file(each, link)}", *_unreadable(each)]
        told = _settings(each, min(room, MOST_SETTINGS_OF_ONE))
        lines += told
        room = max(room - len(told), 1)
    lines += _rest([each for each in others if id(each) not in chosen], "more file")
    lines += _rest(generated, "generated or lock file", named=True)
    if rest := len(changes.files) - len(files):
        lines.append(f"- {'and ' if lines else ''}{counted(rest, 'file')} of the journal")
    if changes.unread:
        lines.append(f"- settings and functions of {counted(changes.unread, 'file')} were not looked for")
    return "\n".join(lines) or "- no files"


def _chosen(files: Sequence[ChangedFile], most: int) -> list[ChangedFile]:
    """What is told where not everything can be: notes and scripts up to a third, then settings, code, and size."""
    ranked = sorted(files, key=lambda each: (not each.settings, not each.names, -each.lines))
    own = [each for each in ranked if _is_new_note(each) or each.is_script][: most // 3]
    known = set(map(id, own))
    return [*own, *(each for each in ranked if id(each) not in known)][:most]


def _is_new_note(changed: ChangedFile) -> bool:
    return changed.file.change is Change.ADDED and kinds_of_files.is_note(changed.file.path)


def _file(changed: ChangedFile, link: Link) -> str:
    file = changed.file
    if file.submodule:
        return f"{_first(_end(file.path))}, submodule{_SUBMODULE.get(file.change, ' at another commit')}"
    kind = " note" if _is_new_note(changed) else " script" if changed.is_script else ""
    href = link(file.path) if kind and file.path == hidden(file.path, HIDDEN) else None
    words = [f"[{_path(file.path)}]({quote(href)})" if href else _first(_end(file.path))]
    if file.old_path:
        words[0] += f" ({'copy of' if file.change is Change.COPIED else 'was'} {_path(file.old_path)})"
    words += [word + kind for word in [_CHANGE.get(file.change, "")] if word]
    words += [lines] if (lines := _lines(changed)) else []
    words += ["line endings only"] if changed.same_text else []
    words += [] if file.executable is None else ["now executable" if file.executable else "no longer executable"]
    names = _names(changed)
    return ", ".join(words) + (f": {names}" if names else "")


_CHANGE = {Change.ADDED: "new", Change.DELETED: "deleted", Change.RETYPED: "another type of file"}
_SUBMODULE = {Change.ADDED: ", new", Change.DELETED: ", removed"}


def _lines(changed: ChangedFile) -> str:
    file = changed.file
    if file.added is None or file.removed is None:
        return "binary"
    if file.change is Change.ADDED:
        return f"+{file.added}"
    if file.change is Change.DELETED:
        return f"-{file.removed}"
    if not changed.lines:
        return "" if file.old_path or file.executable is not None else "no lines"
    return f"+{file.added} -{file.removed}"


def _names(changed: ChangedFile) -> str:
    """The functions and classes, those that were modified first; none for a file that is wholly new or gone."""
    if changed.file.change in _WHOLE:
        groups = [("", [each.name for each in changed.names if "." not in each.name])]
    else:
        found = {
            change: [each.name for each in changed.names if each.change is change]
            for change in (Change.MODIFIED, Change.ADDED, Change.DELETED)
        }
        groups = [("", found[Change.MODIFIED]), ("new ", found[Change.ADDED]), ("removed ", found[Change.DELETED])]
    left, parts = MOST_NAMES, list[str]()
    for words, names in groups:
        shown = names[:left]
        left -= len(shown)
        parts += [words + ", ".join(code(_short(name, LONGEST_VALUE)) for name in shown)] if shown else []
    rest = sum(len(names) for _, names in groups) - (MOST_NAMES - left)
    return "; ".join(parts) + (f", and {rest} more" if rest else "")


def _settings(changed: ChangedFile, room: int) -> list[str]:
    """The settings that differ, those that have another value first; none for a file that is wholly new or gone."""
    if changed.file.change in _WHOLE:
        return []
    ranked = sorted(changed.settings, key=lambda each: (each.before is None, each.after is None))
    moved = [each for each in ranked if each.before is not None and each.after is not None][:room]
    most = len(moved) + min(MOST_NEW_SETTINGS, room - len(moved))
    shown = ranked if len(ranked) <= most + 1 else ranked[:most]
    lines = [f"{_INDENT}- {_setting(each)}" for each in shown]
    rest = len(ranked) - len(shown)
    return [*lines, *([f"{_INDENT}- {counted(rest, 'more setting')}"] if rest else [])]


def _unreadable(changed: ChangedFile) -> Iterator[str]:
    """Why something of a file is not told: once, though both its settings and its functions may stand in it."""
    whole = changed.file.change in _WHOLE  # the settings of which are not told anyway
    found = {what: why for what, why in changed.unreadable.items() if not (whole and what == "settings")}
    if found:
        reason = next(iter(found.values()))
        yield f"{_INDENT}- its {' and '.join(found)} cannot be read: it {plain(reason)}"


def _setting(change: KeyChange) -> str:
    key = _first(_short(hidden(change.key, HIDDEN), LONGEST_PATH))
    if change.before is not None and change.before == change.after:  # what differs is hidden
        return f"{key}: {_value(change.after)} changed"
    if change.before is None:
        return f"{key}: {_value(change.after)} (new)"
    if change.after is None:
        return f"{key}: removed (was {_value(change.before)})"
    return f"{key}: {_value(change.before)} -> {_value(change.after)}"


def _value(text: str | None) -> str:
    return code(_short(" ".join((text or "").split()), LONGEST_VALUE)) or "(empty)"


def _rest(files: Sequence[ChangedFile], what: str, *, named: bool = False) -> Iterator[str]:
    """Files in one line: how many, with how many lines, and where they lie."""
    if not files:
        return
    added, removed = (sum(getattr(each.file, name) or 0 for each in files) for name in ("added", "removed"))
    told = f"- {counted(len(files), what)}, +{added} -{removed}"
    paths = [each.file.path for each in files]
    if named and len(paths) <= MOST_FOLDERS:
        yield f"{told}: {', '.join(map(_path, paths))}"
        return
    folders = Counter(path.rpartition("/")[0].partition("/")[0] for path in paths).most_common()
    places = [
        f"{count} {'in ' + _path(f'{name}/') if name else 'at the top'}" for name, count in folders[:MOST_FOLDERS]
    ]
    elsewhere = sum(count for _, count in folders[MOST_FOLDERS:])
    yield f"{told}: {', '.join(places)}" + (f", {elsewhere} elsewhere" if elsewhere else "")


def _path(path: str) -> str:
    """A path in running text."""
    return code(_end(path))


def _end(path: str) -> str:
    """Of a very long path the end, which tells most; no secret."""
    path = hidden(path, HIDDEN)
    return path if len(path) <= LONGEST_PATH else f"…{path[1 - LONGEST_PATH :]}"


def code(text: str) -> str:
    """A name or value from a commit as code, where it holds nothing that any dialect could take for more; else plain.

    Examples:
        >>> code("Model.__init__"), code("a|b")
        ('`Model.__init__`', 'a&#124;b')
    """
    return f"`{text}`" if _HARMLESS.fullmatch(text) else plain(text)


def _first(text: str) -> str:
    """The same at the beginning of an item, where a sign or a number could begin a list or a block of its own."""
    told = code(text)
    return told if not told or told[0] in "`&" or told[0].isalpha() else f"&#{ord(told[0])};{told[1:]}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
