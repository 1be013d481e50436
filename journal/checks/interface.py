"""What a rule is, and what it may look at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.checks import mending
from journal.checks.past import Grounds, Past
from journal.checks.written import authored
from journal.document import front_matter, original
from journal.document.document import Document
from journal.errors import EvidenceError, JournalError, RevisionError, SourceError, SourceUnavailable
from journal.model import clock
from journal.model.evidence import Evidence
from journal.model.finding import Finding, Fix, Severity
from journal.tables import record
from journal.tables.digest import path_of
from journal.tables.fill import EntryFill, plan
from journal.tables.verdicts import has_pairs, judge_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import Protocol

    from journal.checks.written.reading import Writing
    from journal.config import Config
    from journal.document.front_matter import Places
    from journal.index.journal import Journal
    from journal.model.entry import Entry
    from journal.model.run import RunHead
    from journal.revisions import Repository
    from journal.revisions.first_commits import Beginnings
    from journal.sources.open_run import OpenRun
    from journal.tables.fill import Prepared

    class Opener(Protocol):
        """What finds and opens runs."""

        def find(self, reference: str) -> RunHead:
            """The run that a reference names."""
            ...

        def open(self, reference: str) -> OpenRun:
            """That run, opened."""
            ...


class Brief(NamedTuple):
    """What filling an entry came to, in short: all that is asked of it by a rule that looks at many entries.

    Attributes:
        digests: The files of the digests of its runs, relative to the journal; sorted.
        failed: Whether it cannot be filled.
        unreached: Whether some run could not be looked at, so that not every number was checked.
    """

    digests: tuple[str, ...]
    failed: bool
    unreached: bool


@dataclass
class Shared:
    """What is the same for every entry, and found once.

    Attributes:
        briefs: What filling came to, by the entry's path.
        commits: The full sha that each sha of an entry stands for, or None.
        values: Statistics of runs, by whatever asks for them.
        digests: What digests of runs should be.
        now: The present moment.
        past: What git knows of the entries' files; None until somebody asks.
    """

    briefs: dict[str, Brief] = field(default_factory=dict)
    commits: dict[str, str | None] = field(default_factory=dict)
    values: dict[Any, float | None] = field(default_factory=dict)
    digests: Prepared = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: clock.now())  # noqa: PLW0108 - tests put another in its place
    past: Past | None = None


@dataclass(frozen=True)
class Scene:
    """All that rules look at, read once.

    Attributes:
        journal: The journal.
        paths: The entry files to check, relative to the journal.
        sources: Where runs come from.
        repository: The git repository, or None outside one.
        shared: What the scenes of single entries have in common.
        grounds: On what else rests what is found here.
    """

    journal: Journal
    paths: frozenset[str]
    sources: Opener
    repository: Repository | None
    shared: Shared = field(default_factory=Shared)
    grounds: Grounds = field(default_factory=Grounds)
    _places: dict[str, Places] = field(default_factory=dict, init=False)
    _writing: dict[str, Writing | None] = field(default_factory=dict, init=False)
    _failures: dict[str, SourceError | None] = field(default_factory=dict, init=False)
    _evidence: dict[str, Evidence] = field(default_factory=dict, init=False)

    def of(self, path: str, sources: Opener | None = None) -> Scene:
        """The same scene, with one entry alone.

        Args:
            path: The entry.
            sources: Where its runs come from, if that is something else.
        """
        return replace(self, paths=frozenset((path,)), sources=sources or self.sources, grounds=Grounds())

    @property
    def now(self) -> datetime:
        """The present moment; a rule that goes by it says with `holds_until` for how long that is good."""
        return self.shared.now

    def holds_until(self, moment: datetime) -> None:
        """Say that what is found here may be otherwise from a moment on, if that is to come."""
        if moment > self.now:
            self.grounds.until = min(moment, self.grounds.until or moment)

    def rests_on(self, path: Path) -> None:
        """Say that what is found here rests on a file or folder, be it there or not."""
        self.grounds.files[path] = None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries to check that can be read, in path order."""
        return tuple(found.entry for found in map(self._document, sorted(self.paths)) if isinstance(found, Document))

    @cached_property
    def problems(self) -> tuple[JournalError, ...]:
        """Why some of the files to check are no entries, in path order."""
        return tuple(found for found in map(self._document, sorted(self.paths)) if isinstance(found, JournalError))

    def _document(self, path: str) -> Document | JournalError:
        try:
            return self.journal.document(path)
        except JournalError as error:
            return error

    @cached_property
    def fills(self) -> tuple[tuple[Entry, EntryFill | JournalError], ...]:
        """What filling each entry would do, or why it cannot be filled."""
        return tuple((entry, self._fill(entry)) for entry in self.entries)

    def _fill(self, entry: Entry) -> EntryFill | JournalError:
        document = self.journal.document(entry.path)
        try:
            return plan(
                self.journal.config,
                entry.path,
                self.sources,
                repository=self.repository,
                document=document,
                prepared=self.shared.digests,
            )
        except JournalError as error:
            return error

    def briefs(self) -> Iterator[Brief]:
        """What filling each entry came to."""
        if not all(entry.path in self.shared.briefs for entry in self.entries):
            config = self.journal.config
            self.shared.briefs.update({entry.path: _brief(fill, config) for entry, fill in self.fills})
        return (self.shared.briefs[entry.path] for entry in self.entries)

    def commits(self) -> dict[str, str | None]:
        """The full sha that each sha of an entry stands for, or None; git is asked once for all that are not known."""
        if self.repository is not None:
            refs = [ref for entry in self.entries for ref in entry.front_matter.commits]
            asked = {sha for ref in refs for sha in (ref.sha, ref.became) if sha is not None}
            if missing := sorted(asked - self.shared.commits.keys()):
                self.shared.commits.update(self.repository.commits_known(missing))
                with suppress(RevisionError):  # whoever asks again is told
                    paired = (ref for entry in self.entries if has_pairs(entry) for ref in entry.front_matter.commits)
                    judge_of(self.repository, self.journal.config).expect(paired)
        return self.shared.commits

    def beginnings(self) -> Beginnings:
        """When the entries were first committed, by path in the journal; git is asked once for all of them."""
        return self._past.beginnings

    def renamed(self) -> dict[str, str]:
        """What entries are called that commits renamed, by what they were called; paths in the journal."""
        return self._past.renamed

    @property
    def _past(self) -> Past:
        if self.shared.past is None:
            self.shared.past = Past(self.repository, self.journal.config)
        return self.shared.past

    def evidence(self, entry: Entry) -> Evidence:
        """The evidence of an entry, read once; without any where it cannot be read, of which TAB001 speaks."""
        if entry.path not in self._evidence:
            try:
                self._evidence[entry.path] = record.load(entry, self.journal.config)
            except EvidenceError:
                self._evidence[entry.path] = Evidence(entry=entry.id)
        return self._evidence[entry.path]

    def failure(self, reference: str) -> SourceError | None:
        """Why a run is not to be had; None for one that is."""
        if reference not in self._failures:
            try:
                self.sources.find(reference)
            except SourceError as error:
                self._failures[reference] = error
            else:
                self._failures[reference] = None
        return self._failures[reference]

    def raw(self, entry: Entry) -> bytes:
        """An entry's bytes."""
        return self.journal.document(entry.path).render()

    def fix(self, entry: Entry, said: str, new: Callable[[bytes], bytes]) -> Fix | None:
        """What would mend an entry; None where it cannot be edited safely, or is an imported note whose words it is.

        Args:
            entry: The entry.
            said: What it does, in words and in the imperative.
            new: Gives the bytes that should stand there for those that do, as `document.edits` does.
        """
        raw = self.raw(entry)
        try:
            return mending.fix(entry.path, said, raw, new(raw))
        except JournalError:
            return None

    def writing(self, entry: Entry) -> Writing | None:
        """What an entry's author wrote by hand; None if it is too long to be looked at."""
        if entry.path not in self._writing:
            self._writing[entry.path] = authored.writing(self.journal.document(entry.path))
        return self._writing[entry.path]

    def hint_if_imported(self, rule: Rule, entry: Entry, line: int) -> str | None:
        """What to do about a line that is of an imported note's own words; None for one that is not."""
        if not original.holds(self.raw(entry), entry.front_matter, line):
            return None
        return f"it is of the imported words: say `ignore: {{{rule.code}: WHY}}` in the front matter"

    def at(self, entry: Entry, *location: int | str) -> tuple[int, int]:
        """Line and column of a front-matter value."""
        if entry.path not in self._places:
            self._places[entry.path] = front_matter.places(self.raw(entry), entry.path)
        return self._places[entry.path](location)


def _brief(fill: EntryFill | JournalError, config: Config) -> Brief:
    if isinstance(fill, JournalError):
        return Brief((), failed=True, unreached=isinstance(fill, SourceUnavailable))
    runs = {**fill.recorded.runs, **fill.evidence.runs}
    digests = sorted({config.relative(path_of(run, config)) for run in runs.values()})
    return Brief(tuple(digests), failed=False, unreached=any(block.unreached for block in fill.blocks))


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong.

    Attributes:
        code: Stable code: a family of three letters and a number.
        severity: How much it matters.
        summary: What it finds, in a few words.
        look: Finds it.
        own: Whether what it finds in an entry rests on no other entry, but on its file, its evidence, runs, digests
            and commits alone. Such a rule is given a scene of one entry, and what it finds there may be remembered.
        across: Of such a rule, finds what shows only where all entries are looked at.
        fixable: Whether some of what it finds comes with a fix that is safe: nothing is decided for the author.
        ignorable: Whether an entry may say, with a reason, that it does not apply.
    """

    code: str
    severity: Severity
    summary: str
    look: Callable[[Rule, Scene], Iterable[Finding]]
    own: bool = False
    across: Callable[[Rule, Scene], Iterable[Finding]] | None = None
    fixable: bool = False
    ignorable: bool = True

    def finding(
        self,
        path: str,
        message: str,
        *,
        place: tuple[int, int] | None = None,
        hint: str | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this rule; `place` is line and column, both from 1, and `fix` what `Scene.fix` makes."""
        line, column = place or (None, None)
        return Finding(
            code=self.code,
            severity=self.severity,
            path=path,
            line=line,
            column=column,
            message=message,
            hint=hint,
            fix=fix,
        )
