"""A new entry: what git, the runs and the entry before it know about it, put through a template."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from journal.authoring import entry_runs, first_tables, follow_up, found_runs, preceding, template
from journal.authoring.from_commit import FromCommits, from_commits, read_commits
from journal.authoring.matching_runs import needs_history
from journal.document import store
from journal.document.document import parse
from journal.errors import (
    EntryError,
    NotWritable,
    RevisionError,
    SourceError,
    TemplateError,
    UsageError,
)
from journal.index.naming import free_stem, slug
from journal.model.clock import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.authoring.entry_runs import EntryRuns, NewRun
    from journal.authoring.follow_up import Earlier
    from journal.authoring.preceding import Around
    from journal.index.journal import Journal
    from journal.model.entry import Entry, RunRef
    from journal.revisions import Repository
    from journal.sources.registry import Sources


@dataclass(frozen=True)
class Wanted:
    """What the author asked for.

    Attributes:
        title: The entry's title; by default that of a follow-up, or what the commits call themselves.
        commits: Revisions that the entry is about, and ranges of them.
        runs: Run references, each optionally with its role in front, as in `baseline:fej59g91`.
        template: Name of the template; by default `experiment`, or `results` for a follow-up.
        results_of: The entry whose results it shall hold; its runs, tables and tags are taken over.
        follows: The entries that it continues; by default the one whose commits its own were made on top of.
        alone: Whether it continues none, and takes over nothing.
    """

    title: str | None = None
    commits: Sequence[str] = ()
    runs: Sequence[str] = ()
    template: str | None = None
    results_of: str | None = None
    follows: Sequence[str] = ()
    alone: bool = False


@dataclass(frozen=True)
class Created:
    """A new entry, and what is to be told of it.

    Attributes:
        entry: The entry.
        about: What its commits gave.
        runs: Its runs with the verdicts on them, and what other runs are around.
        left_out: Relations to other entries that the template did not write: field and id.
    """

    entry: Entry
    about: FromCommits
    runs: EntryRuns
    left_out: tuple[tuple[str, str], ...] = ()


def create(journal: Journal, sources: Sources, repository: Repository | None, wanted: Wanted) -> Created:
    """Write a new entry.

    Args:
        journal: The journal to write it into.
        sources: Where its runs are looked up.
        repository: Where its commits are looked up; may be None when no commit is asked for.
        wanted: What it should be about.

    Raises:
        UsageError: Neither a title, nor a commit, nor an earlier entry was given; or what was asked contradicts itself.
        EntryError: The earlier entry is not there, or cannot be read.
        RevisionError: A commit does not resolve.
        SourceError: A run does not resolve.
        TemplateError: The template does not render to an entry.
        NotWritable: The disk refuses.
    """
    if wanted.alone and wanted.follows:
        raise UsageError("--no-follow and --follows contradict each other", hint="give one of them")
    before = follow_up.earlier(journal, wanted.results_of) if wanted.results_of is not None else None
    about = _about(journal, sources, repository, wanted.commits)
    title = _title(wanted.title or (before.title if before else about.title))
    follows = _follows(journal, wanted, about)
    heritage = [] if before else _heritage(journal, follows, about.around)
    earlier = _earlier(wanted, before, heritage)
    runs = entry_runs.gathered(sources, repository, about, wanted.runs, earlier)
    created = now()
    relations = {"follows": [entry.id for entry in follows], "related": about.undoes}
    used = wanted.template or (template.RESULTS if before else template.DEFAULT)
    context = {
        "title": title,
        "created": created.isoformat(),
        "template": used,
        "authors": _authors(repository, about),
        "status": "running" if any(before is not None or not run.carried for run in runs.runs) else "planned",
        "runs": [run.context() for run in runs.runs],
        **relations,
    }
    context |= about.context() | (before.context() if before else follow_up.NOTHING)
    context |= _tables(sources, runs.runs, before, heritage)
    text = template.render(journal.config, used, context)
    rendered = _Rendered(used, before, relations["follows"] if wanted.follows else [])
    entry = _write(journal, f"{created:%Y-%m-%d}-{slug(title)}", text.encode(), rendered)
    return Created(entry, about, runs, _left_out(entry, relations))


def _title(title: str | None) -> str:
    """The title on one line."""
    if not title or not title.strip():
        raise UsageError("a new entry needs a title", hint='`journal new "What I tried"`, or --from-commit SHA')
    return " ".join(title.split())


def _left_out(entry: Entry, relations: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """The relations that the entry does not name, each with the id of the other one."""
    named = ((name, id_) for name, ids in relations.items() for id_ in ids)
    return tuple((name, id_) for name, id_ in named if id_ not in getattr(entry.front_matter, name))


def _about(journal: Journal, sources: Sources, repository: Repository | None, revisions: Sequence[str]) -> FromCommits:
    """What the commits give; meanwhile git lists all commits, in a process of its own, where runs will ask for that."""
    commits = read_commits(repository, revisions)
    if repository is None or not needs_history(sources, commits):
        return from_commits(journal.config, repository, commits)
    ahead = Thread(target=_try_history, args=(repository,))
    ahead.start()
    try:
        return from_commits(journal.config, repository, commits)
    finally:
        ahead.join()


def _try_history(repository: Repository) -> None:
    with suppress(RevisionError):  # whoever needs it meets the error again
        _ = repository.ancestry


def _follows(journal: Journal, wanted: Wanted, about: FromCommits) -> list[Entry]:
    """The entries that the new one continues; the results of an entry continue no other."""
    if wanted.alone:
        return []
    paths = [journal.find(reference) for reference in dict.fromkeys(wanted.follows)]
    if not paths and wanted.results_of is None and about.around.precedes is not None:
        paths = [about.around.precedes.path]
    return [journal.document(path).entry for path in dict.fromkeys(paths)]


def _heritage(journal: Journal, follows: Sequence[Entry], around: Around) -> list[Entry]:
    """The first of the entries before, and those that hold its results: what it lacks is taken from them."""
    if not follows:
        return []
    is_found = around.precedes is not None and around.precedes.id == follows[0].id
    holding = around.holding if is_found else preceding.with_results(journal.config, follows[0].id)
    return [follows[0], *(journal.document(path).entry for path in holding)]


def _earlier(wanted: Wanted, before: Earlier | None, heritage: Sequence[Entry]) -> Sequence[RunRef]:
    """The runs that an earlier entry hands on."""
    if before is not None:
        return before.entry.front_matter.runs
    asked = [found_runs.split_role(reference)[0] for reference in wanted.runs]
    return next(filter(None, (entry_runs.inherited(entry.front_matter, asked) for entry in heritage)), [])


@dataclass(frozen=True)
class _Rendered:
    """What a text was made by and for."""

    template: str
    before: Earlier | None
    follows: Sequence[str] = ()

    def entry(self, raw: bytes, path: str) -> Entry:
        """The entry in the text."""
        try:
            entry = parse(raw, path).entry
        except EntryError as error:
            said, hint = f"does not make an entry: {error.message}", f"line {error.line} of what it renders"
            raise TemplateError(f"template {self.template!r} {said}", hint=hint) from error
        matter = entry.front_matter
        if self.before is not None and self.before.entry.id not in matter.results_of:
            hint = "add a line `results_of: [{{ results_of.id | yaml }}]` to its front matter"
            raise TemplateError(f"template {self.template!r} does not say whose results these are", hint=hint)
        if not set(self.follows) <= set(matter.follows):
            hint = 'add a line `follows: [{{ follows | map("yaml") | join(", ") }}]` to its front matter'
            raise TemplateError(f"template {self.template!r} does not say what its entry follows", hint=hint)
        return entry


def _write(journal: Journal, stem: str, raw: bytes, rendered: _Rendered) -> Entry:
    """Write the entry under the first id that is free, also when somebody else takes one at this moment."""
    paths = journal.paths if journal.config.entries.is_dir() else ()
    taken = {path.rpartition("/")[2].removesuffix(".md") for path in paths}
    while True:
        free = free_stem(stem, taken)
        path = f"{journal.config.settings.entries}/{free}.md"
        entry = rendered.entry(raw, path)
        try:
            store.create(journal.config.root / path, raw, inside=journal.config.root)
        except NotWritable:
            if not (journal.config.root / path).exists():
                raise
            taken.add(free)
        else:
            return entry


def _authors(repository: Repository | None, about: FromCommits) -> list[str]:
    """Who writes: git's user, or else the commits' authors."""
    user = repository.user_name() if repository else None
    return [user] if user else list(dict.fromkeys(commit.author for commit in about.commits))


def _tables(
    sources: Sources, runs: Sequence[NewRun], before: Earlier | None, heritage: Sequence[Entry]
) -> dict[str, Any]:
    """The tables to begin with, and what a template of one's own can make one of.

    No log is read where an earlier entry's tables have named metrics.
    """
    compared = first_tables.Compared.among((run.handle, run.role) for run in runs)
    named = before.metrics if before else next(filter(None, map(first_tables.metrics_of, heritage)), [])
    metrics = named or first_tables.telling(_shared(sources, runs))
    blocks = [first_tables.marked(block) for block in before.blocks] if before else []
    if not before:
        blocks = next(filter(None, (first_tables.inherited(entry, compared) for entry in heritage)), [])
    if metrics and all(block["kind"] == "runs" for block in blocks):
        blocks.append(first_tables.first(metrics, compared))
    return {"metrics": metrics, "baseline": compared.baseline, "candidate": compared.candidate, "blocks": blocks}


def _shared(sources: Sources, runs: Sequence[NewRun]) -> set[str]:
    """The metrics that all runs have logged; where they share none, those of the first."""
    logged = [names for run in runs if (names := _logged(sources, run)) is not None]
    return set.intersection(*logged) or logged[0] if logged else set()


def _logged(sources: Sources, run: NewRun) -> set[str] | None:
    """The metrics that a run logged; None for one of an earlier entry that cannot be read here and now."""
    try:
        return set(sources.open(run.reference).metric_names)
    except SourceError:
        if run.carried:
            return None
        raise
