"""A new entry: what git and the runs know about it, put through a template."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from journal.authoring import follow_up, found_runs, template
from journal.document import store
from journal.document.document import parse
from journal.errors import (
    EntryError,
    NotWritable,
    SourceError,
    TemplateError,
    UsageError,
)
from journal.index.naming import free_stem, slug
from journal.model.entry import Role
from journal.model.run import RunHead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.authoring.follow_up import Earlier
    from journal.index.journal import Journal
    from journal.model.entry import Entry, RunRef
    from journal.model.revision import Commit
    from journal.revisions import Repository
    from journal.sources.registry import Sources

MAX_METRICS = 8


@dataclass(frozen=True)
class Wanted:
    """What the author asked for.

    Attributes:
        title: The entry's title; by default that of a follow-up, or the first commit's subject.
        commits: Revisions that the entry is about.
        runs: Run references, each optionally with its role in front, as in `baseline:fej59g91`.
        template: Name of the template; by default `experiment`, or `results` for a follow-up.
        results_of: The entry whose results it shall hold; its runs, tables and tags are taken over.
    """

    title: str | None = None
    commits: Sequence[str] = ()
    runs: Sequence[str] = ()
    template: str | None = None
    results_of: str | None = None


@dataclass(frozen=True)
class _Run:
    head: RunHead
    reference: str
    alias: str | None
    role: Role | None
    label: str | None
    carried: bool = False
    """Whether the earlier entry has it; it need not be on this machine then, and its head tells no more than its id."""

    @property
    def handle(self) -> str:
        return self.alias or self.reference


def create(journal: Journal, sources: Sources, repository: Repository | None, wanted: Wanted) -> Entry:
    """Write a new entry.

    Args:
        journal: The journal to write it into.
        sources: Where its runs are looked up.
        repository: Where its commits are looked up; may be None when no commit is asked for.
        wanted: What it should be about.

    Raises:
        UsageError: Neither a title, nor a commit, nor an earlier entry was given.
        EntryError: The earlier entry is not there, or cannot be read.
        RevisionError: A commit does not resolve.
        SourceError: A run does not resolve.
        TemplateError: The template does not render to an entry.
        NotWritable: The disk refuses.
    """
    before = follow_up.earlier(journal, wanted.results_of) if wanted.results_of is not None else None
    commits = [_commit(repository, revision) for revision in wanted.commits]
    title = wanted.title or (before.title if before else next((commit.subject for commit in commits), None))
    if not title or not title.strip():
        raise UsageError("a new entry needs a title", hint='`journal new "What I tried"`, or --from-commit SHA')
    runs = _runs(sources, commits, wanted.runs, before.entry.front_matter.runs if before else ())
    created = now()
    used = wanted.template or (template.RESULTS if before else template.DEFAULT)
    context = _context(" ".join(title.split()), created, commits, runs, _authors(repository, commits))
    context |= {"template": used} | (before.context() if before else follow_up.NOTHING)
    context |= _measured(sources, runs, before.metrics if before else [])
    text = template.render(journal.config, used, context)
    return _write(journal, f"{created:%Y-%m-%d}-{slug(title)}", text.encode(), _Rendered(used, before))


@dataclass(frozen=True)
class _Rendered:
    """What a text was made by and for."""

    template: str
    before: Earlier | None

    def entry(self, raw: bytes, path: str) -> Entry:
        """The entry in the text."""
        try:
            entry = parse(raw, path).entry
        except EntryError as error:
            said, hint = f"does not make an entry: {error.message}", f"line {error.line} of what it renders"
            raise TemplateError(f"template {self.template!r} {said}", hint=hint) from error
        if self.before is not None and self.before.entry.id not in entry.front_matter.results_of:
            hint = "add a line `results_of: [{{ results_of.id | yaml }}]` to its front matter"
            raise TemplateError(f"template {self.template!r} does not say whose results these are", hint=hint)
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


def now() -> datetime:
    """The present moment with the local offset, in whole seconds; `SOURCE_DATE_EPOCH` stands in for it."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now().astimezone().replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        hint = "give seconds since 1970, or unset it"
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, not a number of seconds", hint=hint) from error


def _commit(repository: Repository | None, revision: str) -> Commit:
    if repository is None:
        raise UsageError("--from-commit needs a git repository", hint="run it inside one")
    return repository.commit(revision)


def _authors(repository: Repository | None, commits: Sequence[Commit]) -> list[str]:
    """Who writes: git's user, or else the commits' authors."""
    user = repository.user_name() if repository else None
    return [user] if user else list(dict.fromkeys(commit.author for commit in commits))


def _runs(
    sources: Sources, commits: Sequence[Commit], references: Sequence[str], earlier: Sequence[RunRef]
) -> list[_Run]:
    """An earlier entry's runs, those asked for, then those that recorded a commit; no run twice, no handle twice."""
    asked = [found_runs.asked(sources, reference) for reference in references]
    recorded = [(Role.CANDIDATE, head) for commit in commits for head in sources.with_commit(commit.sha)]
    roles = {head.place: role for role, head in asked if role is not None}
    found = [_carried(sources, ref, roles) for ref in earlier]
    for role, head in [*asked, *recorded]:
        if any(run.head == head for run in found):
            continue
        alias = found_runs.alias(head, {run.handle for run in found})
        label = head.name if alias is None else None
        found.append(_Run(head, found_runs.shortest(sources, head), alias, role, label))
    return found


def _carried(sources: Sources, ref: RunRef, roles: Mapping[str, Role]) -> _Run:
    """A run as the earlier entry has it, perhaps in another role."""
    try:
        head = sources.find(ref.id)
    except SourceError:
        head = RunHead(id=ref.id, place="")
    return _Run(head, ref.id, ref.alias, roles.get(head.place, ref.role), ref.label, carried=True)


def _context(
    title: str, created: datetime, commits: Sequence[Commit], runs: Sequence[_Run], authors: Sequence[str]
) -> dict[str, Any]:
    """What a template may use: text, numbers, lists and mappings only."""
    return {
        "title": title,
        "created": created.isoformat(),
        "authors": list(authors),
        "commits": [
            commit.model_dump(mode="json") | {"short": commit.short, "authored": commit.authored.isoformat(" ")}
            for commit in commits
        ],
        "runs": [
            run.head.model_dump(mode="json")
            | {
                "reference": run.reference,
                "alias": run.alias,
                "handle": run.handle,
                "role": run.role.value if run.role else None,
                "label": run.label,
            }
            for run in runs
        ],
    }


def _measured(sources: Sources, runs: Sequence[_Run], named: list[str]) -> dict[str, Any]:
    """Metrics that a first table can show, and the two runs that it can compare.

    No log is read where an earlier entry's tables have named metrics.
    """
    logged = [] if named else [names for run in runs if (names := _logged(sources, run)) is not None]
    shared = set.intersection(*logged) or logged[0] if logged else set()
    return {
        "metrics": named or sorted(shared)[:MAX_METRICS],
        "baseline": _only(runs, Role.BASELINE),
        "candidate": _only(runs, Role.CANDIDATE),
    }


def _logged(sources: Sources, run: _Run) -> set[str] | None:
    """The metrics that a run logged; None for one of an earlier entry that cannot be read here and now."""
    try:
        return set(sources.open(run.reference).metric_names)
    except SourceError:
        if run.carried:
            return None
        raise


def _only(runs: Sequence[_Run], role: Role) -> str | None:
    handles = [run.handle for run in runs if run.role is role]
    return handles[0] if len(handles) == 1 else None
