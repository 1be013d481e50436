"""A new entry: what git and the runs know about it, put through a template."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from journal.authoring import template
from journal.document import store
from journal.document.document import parse
from journal.errors import AmbiguousRun, EntryError, NotWritable, RunNotFound, TemplateError, UsageError
from journal.index.naming import free_stem, slug
from journal.model.entry import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.index.journal import Journal
    from journal.model.entry import Entry
    from journal.model.revision import Commit
    from journal.model.run import RunHead
    from journal.revisions import Repository
    from journal.sources.registry import Sources

MAX_METRICS = 8

_HANDLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")


@dataclass(frozen=True)
class Wanted:
    """What the author asked for.

    Attributes:
        title: The entry's title; the first commit's subject by default.
        commits: Revisions that the entry is about.
        runs: Run references, each optionally with its role in front, as in `baseline:fej59g91`.
        template: Name of the template.
    """

    title: str | None = None
    commits: Sequence[str] = ()
    runs: Sequence[str] = ()
    template: str = template.DEFAULT


@dataclass(frozen=True)
class _Run:
    head: RunHead
    reference: str
    alias: str | None
    role: Role | None


def create(journal: Journal, sources: Sources, repository: Repository | None, wanted: Wanted) -> Entry:
    """Write a new entry.

    Args:
        journal: The journal to write it into.
        sources: Where its runs are looked up.
        repository: Where its commits are looked up; may be None when no commit is asked for.
        wanted: What it should be about.

    Raises:
        UsageError: Neither a title nor a commit was given.
        RevisionError: A commit does not resolve.
        SourceError: A run does not resolve.
        TemplateError: The template does not render to an entry.
        NotWritable: The disk refuses.
    """
    commits = [_commit(repository, revision) for revision in wanted.commits]
    title = wanted.title or next((commit.subject for commit in commits), None)
    if not title or not title.strip():
        raise UsageError("a new entry needs a title", hint='`journal new "What I tried"`, or --from-commit SHA')
    runs = _runs(sources, commits, wanted.runs)
    created = now()
    context = _context(" ".join(title.split()), created, commits, runs, _authors(repository, commits))
    text = template.render(journal.config, wanted.template, context | _measured(sources, runs))
    return _write(journal, f"{created:%Y-%m-%d}-{slug(title)}", text.encode(), wanted.template)


def _write(journal: Journal, stem: str, raw: bytes, used: str) -> Entry:
    """Write the entry under the first id that is free, also when somebody else takes one at this moment."""
    paths = journal.paths if journal.config.entries.is_dir() else ()
    taken = {path.rpartition("/")[2].removesuffix(".md") for path in paths}
    while True:
        free = free_stem(stem, taken)
        path = f"{journal.config.settings.entries}/{free}.md"
        entry = _parsed(raw, path, used)
        try:
            store.create(journal.config.root / path, raw, inside=journal.config.root)
        except NotWritable:
            if not (journal.config.root / path).exists():
                raise
            taken.add(free)
        else:
            return entry


def _parsed(raw: bytes, path: str, used: str) -> Entry:
    try:
        return parse(raw, path).entry
    except EntryError as error:
        raise TemplateError(
            f"template {used!r} does not make an entry: {error.message}", hint=f"line {error.line} of what it renders"
        ) from error


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


def _runs(sources: Sources, commits: Sequence[Commit], references: Sequence[str]) -> list[_Run]:
    """The runs asked for, then the runs that recorded one of the commits; no run twice, no handle twice."""
    asked = [_asked(sources, reference) for reference in references]
    recorded = [(Role.CANDIDATE, head) for commit in commits for head in sources.with_commit(commit.sha)]
    found: list[_Run] = []
    for role, head in [*asked, *recorded]:
        if any(run.head == head for run in found):
            continue
        handles = {run.alias or run.reference for run in found}
        found.append(_Run(head, _reference(sources, head), _alias(head, handles), role))
    return found


def _asked(sources: Sources, reference: str) -> tuple[Role | None, RunHead]:
    role, colon, rest = reference.partition(":")
    if colon and role in set(Role):
        return Role(role), sources.find(rest)
    return None, sources.find(reference)


def _reference(sources: Sources, head: RunHead) -> str:
    """The shortest reference that means this run and no other."""
    for reference in (head.id, head.address):
        try:
            if sources.find(reference) == head:
                return reference
        except (AmbiguousRun, RunNotFound):
            continue
    return head.place


def _alias(head: RunHead, taken: set[str]) -> str | None:
    """The display name where it makes a handle that is still free."""
    name = head.name or ""
    return name if _HANDLE.fullmatch(name) and name not in taken and name != head.id else None


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
                "handle": run.alias or run.reference,
                "role": run.role.value if run.role else None,
                "label": run.head.name if run.alias is None else None,
            }
            for run in runs
        ],
    }


def _measured(sources: Sources, runs: Sequence[_Run]) -> dict[str, Any]:
    """Metrics that a first table can show, and the two runs that it can compare."""
    logged = [set(sources.open(run.reference).metric_names) for run in runs]
    shared = set.intersection(*logged) or logged[0] if logged else set()
    return {
        "metrics": sorted(shared)[:MAX_METRICS],
        "baseline": _only(runs, Role.BASELINE),
        "candidate": _only(runs, Role.CANDIDATE),
    }


def _only(runs: Sequence[_Run], role: Role) -> str | None:
    handles = [run.alias or run.reference for run in runs if run.role is role]
    return handles[0] if len(handles) == 1 else None
