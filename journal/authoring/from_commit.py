"""What commits give to a new entry: its title, what they changed, and what they undo."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from journal.authoring import change_text, kinds_of_files
from journal.authoring.net_changes import net_changes
from journal.authoring.preceding import NOBODY, Around, around
from journal.changes.wording import HIDDEN
from journal.config import CONFIG_NAME
from journal.errors import UsageError
from journal.model.secrets import hidden
from journal.model.wording import counted, listed
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.authoring.net_changes import NetChanges
    from journal.authoring.preceding import Undone
    from journal.config import Config
    from journal.index.card import Card
    from journal.model.revision import Commit, CommitLine
    from journal.revisions import Repository

MOST_TOLD = 5
"""Commits that are told of one by one; more are told of together."""
MOST_FILES = 10
"""Files of each, where there are several."""

_PULL_REQUEST = re.compile(r"Merge pull request #\d+ from ")
_MERGED = re.compile(
    r"(?:Merge (?:(?:remote-tracking )?branch|tag|commit|pull request #\d+ from)|Merged in) '?([^' ]+)'?.*"
)


@dataclass(frozen=True)
class FromCommits:
    """What commits give to a new entry.

    Attributes:
        commits: The commits, those of a range the oldest first.
        shorts: The shas as an entry names them: short, but long enough to mean one commit.
        around: The entries around them.
        changes: What they did together.
        text: The same and what they say, as Markdown that is safe as it stands.
    """

    commits: tuple[Commit, ...] = ()
    shorts: tuple[str, ...] = ()
    around: Around = NOBODY
    changes: NetChanges | None = None
    text: str = ""

    @property
    def title(self) -> str | None:
        """A title: the subject of one commit, or that of the first of several and how many more there are."""
        if not self.commits:
            return None
        first = self.commits[0]
        subject = _subject(first) or f"Commit {first.short}"
        more = len(self.commits) - 1
        return f"{subject}, and {counted(more, 'more commit')}" if more else subject

    @property
    def undoes(self) -> list[str]:
        """Ids of the entries whose commits these undo."""
        return list(dict.fromkeys(card.id for each in self.around.undone for card in each.entries))

    def context(self) -> dict[str, Any]:
        """What a template may use of it."""
        return {
            "commits": [
                commit.model_dump(mode="json") | {"short": short, "authored": commit.authored.isoformat(" ")}
                for commit, short in zip(self.commits, self.shorts, strict=True)
            ],
            "changed": [
                {
                    **each.file.model_dump(mode="json"),
                    "settings": [change.model_dump(mode="json") for change in each.settings],
                    "names": [change.model_dump(mode="json") for change in each.names],
                    "generated": kinds_of_files.is_generated(each.file.path),
                }
                for each in (self.changes.files if self.changes is not None else ())
            ],
            "change": self.text,
        }


def read_commits(repository: Repository | None, revisions: Sequence[str]) -> tuple[Commit, ...]:
    """The commits that revisions and ranges of them name; what their messages keep secret is hidden.

    Raises:
        UsageError: There is no repository to look them up in.
        RevisionError: A commit does not resolve, or cannot be read.
    """
    if not revisions:
        return ()
    if repository is None:
        raise UsageError("--from-commit needs a git repository", hint="run it inside one")
    return tuple(map(_without_secrets, repository.commits(revisions)))


def _without_secrets(commit: Commit) -> Commit:
    """A commit whose message can be copied: into a title, a file name, a note, the text."""
    said = {name: hidden(text, HIDDEN) for name, text in (("subject", commit.subject), ("body", commit.body))}
    return commit.model_copy(update=said)


def from_commits(config: Config, repository: Repository | None, commits: tuple[Commit, ...]) -> FromCommits:
    """What commits give to a new entry.

    Args:
        config: The journal that the entry is for.
        repository: Where the commits lie; may be None where there are none.
        commits: The commits, those of a range the oldest first.

    Raises:
        RevisionError: Git cannot be asked for something that is needed.
    """
    if repository is None or not commits:
        return FromCommits()
    found = around(config, repository, commits)
    telling = _Telling(config, repository, commits, found)
    return FromCommits(commits, _shorts(repository, commits), found, telling.changes, "\n\n".join(telling.paragraphs()))


def _subject(commit: Commit) -> str:
    """What a commit calls itself; a merged pull request, by its own title, which stands in the message."""
    lines = [line.strip() for line in commit.body.splitlines()]
    own = next(iter(lines), "") if _PULL_REQUEST.match(commit.subject) else ""
    return own or commit.subject.strip()


def _shorts(repository: Repository, commits: Sequence[Commit]) -> tuple[str, ...]:
    """For each commit the beginning of its sha, or all of it where another commit begins alike."""
    known = repository.commits_known(commit.short for commit in commits)
    return tuple(commit.short if known[commit.short] == commit.sha else commit.sha for commit in commits)


def _own_places(config: Config, repository: Repository) -> list[str]:
    """The folders and files of the journal itself, as paths in the repository; not one that holds all the others."""
    root = config.root.resolve()
    places = [config.entries, config.evidence, config.templates]
    places += [root / CONFIG_NAME, root / "mkdocs.yml"]
    found = (os.path.relpath(place.resolve(), repository.root) for place in places)
    return [place for place in found if place != os.curdir]


class _Telling:
    """The paragraphs on what commits did."""

    def __init__(self, config: Config, repository: Repository, commits: Sequence[Commit], around: Around) -> None:
        self._config = config
        self._repository = repository
        self._commits = commits
        self._around = around
        self._known: dict[str, bytes | None] = {}
        self._own = _own_places(config, repository)
        self.changes = net_changes(commits, self._contents)

    def paragraphs(self) -> Iterator[str]:
        """What is told, in order."""
        if len(self._commits) > MOST_TOLD:
            yield from self._together()
            return
        several = len(self._commits) > 1
        for commit in self._commits:
            changes = net_changes([commit], self._contents) if several else self.changes
            most = MOST_FILES if several else change_text.MOST_FILES
            yield f"{change_text.commit_line(commit)}:"
            yield change_text.file_list(changes, self._link, self._is_own, most)
            yield from self._merged(commit)
            yield from (self._undoing(each) for each in self._around.undone if each.by == commit.sha)
            yield from filter(None, [change_text.message(commit)])

    def _together(self) -> Iterator[str]:
        days = sorted(commit.authored.date().isoformat() for commit in self._commits)
        authors = list(dict.fromkeys(commit.author for commit in self._commits))
        by = listed(list(map(plain, authors)), 3)
        when = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
        yield f"{counted(len(self._commits), 'commit')}, {when}, by {by}:"
        yield change_text.commit_list(self._commits)
        yield "What they changed together:"
        yield change_text.file_list(self.changes, self._link, self._is_own)
        for each in self._around.undone:
            yield f"Commit {each.by[:7]}: {self._undoing(each)}"

    def _contents(self, names: Iterable[str], largest: int) -> dict[str, bytes | None]:
        """The contents of files, each read once."""
        asked = list(names)
        missing = [name for name in asked if name not in self._known]
        self._known |= self._repository.blobs(missing, largest) if missing else {}
        return {name: self._known[name] for name in asked}

    def _merged(self, commit: Commit) -> Iterator[str]:
        """What a merge brought in, beside its first parent."""
        for parent in commit.parents[1:]:
            found = self._repository.compare(commit.parents[0], parent)
            branch = match[1] if not commit.parents[2:] and (match := _MERGED.fullmatch(commit.subject)) else None
            of = f" of {change_text.prose(branch)}" if branch else ""
            yield f"It merges {counted(found.count_in_other, 'commit')}{of}:"
            yield _lines(found.only_in_other, found.count_in_other)

    def _undoing(self, undone: Undone) -> str:
        said = f"It undoes commit {undone.sha[:7]}"
        subject = self._undone_subjects.get(undone.sha, "").strip()
        said += f" ({change_text.prose(subject)})" if subject else ""
        if not undone.entries:
            return f"{said}."
        named = " and ".join(self._entry(card) for card in undone.entries)
        return f"{said}, which {named} {'are' if undone.entries[1:] else 'is'} about."

    @cached_property
    def _undone_subjects(self) -> dict[str, str]:
        shas = [each.sha for each in self._around.undone if each.known]
        return {told.sha: told.subject for told in self._repository.messages(shas)} if shas else {}

    def _entry(self, card: Card) -> str:
        """A link to another entry, as seen from the new one."""
        return f"[{plain(card.title)}]({quote(os.path.relpath(card.path, self._config.settings.entries))})"

    def _is_own(self, path: str) -> bool:
        """Whether a file belongs to the journal itself: an entry, its evidence, a template, the configuration."""
        return any(path == place or path.startswith(f"{place}/") for place in self._own)

    def _link(self, path: str) -> str | None:
        """Where a file of the repository lies, as seen from the new entry; None where none lies there now."""
        place = self._repository.root / path
        if not os.path.isfile(place) or os.path.islink(place):  # noqa: PTH113, PTH114 - Path's raise for long names
            return None
        return os.path.relpath(place, self._config.entries.resolve())


def _lines(commits: Sequence[CommitLine], count: int) -> str:
    """Commits as a list, the newest first, as git logs them."""
    shown = commits if count <= MOST_FILES + 1 else commits[:MOST_FILES]
    lines = [change_text.listed(each.sha[:7], each.subject) for each in shown]
    rest = count - len(shown)
    return "\n".join([*lines, *([f"- {counted(rest, 'earlier commit')}"] if rest else [])])
