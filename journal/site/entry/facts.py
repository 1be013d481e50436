"""What an entry says about itself, as terms with their definitions: relations, reviews, commits, files, origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.index.relations import INVERSE
from journal.model.life import Kind, Verdict
from journal.revisions.links import repository_name
from journal.site.entry.notices import BANNERS
from journal.site.markup import badge, code, named, outside, timed_when
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.model.entry import CommitRef, FrontMatter
    from journal.model.life import Imported, Review
    from journal.site.contents import Contents
    from journal.site.entry.leads import Leads
    from journal.site.view import EntryView


def facts(view: EntryView, contents: Contents, leads: Leads) -> str:
    """All that is known of an entry beside its text and its times, as HTML; nothing where nothing is known.

    Args:
        view: The entry.
        contents: The journal.
        leads: Where its links lead.
    """
    matter = view.entry.front_matter
    terms = {
        **_relations(view, contents, leads),
        "Reviews": [_review(review, review in view.reviews.overtaken) for review in matter.reviews],
        "Commit" if len(matter.commits) == 1 else "Commits": [_commit(each, view, leads) for each in matter.commits],
        "Files": [_files(view, contents)] if matter.files else [],
        **_origin(matter),
    }
    lines = [_term(term, told_of) for term, told_of in terms.items() if told_of]
    return "\n".join(['<div class="journal-facts"><dl>', *lines, "</dl></div>"]) if lines else ""


def _term(term: str, definitions: Iterable[str]) -> str:
    return "\n".join([f"<dt>{term}</dt>", *(f"<dd>{definition}</dd>" for definition in definitions)])


def _relations(view: EntryView, contents: Contents, leads: Leads) -> dict[str, list[str]]:
    """Relations both ways, but for those that have a banner."""
    found: dict[str, dict[str, None]] = {}
    for relation, inverse in INVERSE.items():
        ids = getattr(view.entry.front_matter, relation)
        found.setdefault(_heading(relation), {}).update(dict.fromkeys(ids))
        if relation not in BANNERS:
            by = contents.relations.by(relation, view.entry.id)
            found.setdefault(_heading(inverse), {}).update(dict.fromkeys(by))
    return {term: [leads.entry(other) for other in ids] for term, ids in found.items()}


def _heading(relation: str) -> str:
    """`Followed by`; that entries are related reads the same from both ends."""
    return relation.removesuffix("_from").replace("_", " ").capitalize()


def _review(review: Review, overtaken: bool) -> str:
    """What was found, by whom, when and how, and what keeps it from counting."""
    words = [verdict(review, overtaken), named(review.by, review.kind or "kind unknown")]
    if review.at is not None:
        words.append(timed_when(review.at))
    if review.method:
        words.append(_aside(plain(review.method)))
    return _line(words)


def verdict(review: Review, overtaken: bool) -> str:
    """The verdict in its colour; in none where nobody should rely on it any more, or an agent alone said `verified`."""
    found = review.verdict.value
    if review.verdict is Verdict.VERIFIED and review.kind is not Kind.HUMAN:
        shown = badge(f"{found}, does not count", kind="none")
    else:
        shown = badge(found, kind="none" if overtaken else None)
    return f"{shown} {badge('evidence changed since', kind='stale')}" if overtaken else shown


def _line(words: Iterable[str]) -> str:
    return f'<span class="journal-line">{" ".join(words)}</span>'


def _commit(commit: CommitRef, view: EntryView, leads: Leads) -> str:
    """A commit with its links, what it did, whose it is, and what became of it."""
    known = view.evidence.commits.get(commit.sha)
    words = [leads.commit(commit.sha if known is None else known.sha, commit.origin, own=True)]
    if commit.note or known is not None:
        words.append(plain(commit.note or (known.subject if known is not None else "")))
    if commit.origin:
        words.append(_aside(f"of {plain(repository_name(commit.origin) or 'another repository')}"))
    if commit.became:
        words.append(_aside(f"became {leads.commit(commit.became, commit.origin)}"))
    return " ".join(words)


def _aside(text: str) -> str:
    return f'<span class="journal-aside">{text}</span>'


def _files(view: EntryView, contents: Contents) -> str:
    """The files that it touched, each as a link to what the newest of its own commits left of it."""
    newest = newest_commit(view)
    return _line(
        outside(code(path), contents.links.file(newest, path) if newest is not None else None)
        for path in dict.fromkeys(view.entry.front_matter.files)
    )


def newest_commit(view: EntryView) -> str | None:
    """The newest of an entry's commits in its own repository; the last one named, where their dates are not known."""
    own = [commit for commit in view.entry.front_matter.commits if commit.origin is None]
    known = view.evidence.commits
    if not own:
        return None
    dated = all(commit.sha in known for commit in own)
    newest = max(own, key=lambda commit: known[commit.sha].authored) if dated else own[-1]
    return newest.became or (known[newest.sha].sha if newest.sha in known else newest.sha)


def _origin(matter: FrontMatter) -> dict[str, list[str]]:
    """Where an imported note came from, and its time."""
    if matter.imported is None:
        return {}
    time = matter.imported.created
    return {
        "Imported from": [_source(matter.imported)],
        "Time from": [_aside(plain(time))] if time else [],
    }


def _source(imported: Imported) -> str:
    words = [code(imported.source, title=f"SHA-256 {imported.sha256}")]
    if imported.bytes_ is not None:
        words.append(f"bytes {imported.bytes_} of it")
    if imported.repaired is not None:
        words.append(f"its encoding repaired ({plain(imported.repaired)})")
    return ", ".join(words)
