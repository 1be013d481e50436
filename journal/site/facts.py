"""What an entry says about itself, as terms with their definitions: relations, updates, reviews, commits, origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.index.relations import INVERSE
from journal.model.life import Kind, Verdict
from journal.site.markup import SHORT_SHA, badge, code, literal, named, section, told
from journal.site.notices import BANNERS
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from journal.model.entry import CommitRef, FrontMatter
    from journal.model.life import Imported, Review, Update
    from journal.site.contents import Contents
    from journal.site.view import EntryView


def facts(view: EntryView, contents: Contents, places: Mapping[int, str]) -> str:
    """All that is known of an entry beside its text, in a box; nothing where nothing is known.

    Args:
        view: The entry.
        contents: The journal.
        places: Where on the page its updates stand, by their number.
    """
    matter = view.entry.front_matter
    terms = {
        **_relations(view, contents),
        "Updates": [_update(update, places.get(number)) for number, update in enumerate(matter.updates)],
        "Reviews": [_review(review, review in view.reviews.overtaken) for review in matter.reviews],
        "Commit" if len(matter.commits) == 1 else "Commits": [_commit(commit) for commit in matter.commits],
        "Files": [" ".join(code(path) for path in dict.fromkeys(matter.files))] if matter.files else [],
        **_origin(matter),
    }
    return section("journal-facts", "\n\n".join(_term(term, told_of) for term, told_of in terms.items() if told_of))


def _term(term: str, definitions: Iterable[str]) -> str:
    return "\n".join([term, *(f":   {definition}" for definition in definitions)])


def _relations(view: EntryView, contents: Contents) -> dict[str, list[str]]:
    """Relations both ways, but for those that have a banner."""
    found: dict[str, dict[str, None]] = {}
    for relation, inverse in INVERSE.items():
        ids = getattr(view.entry.front_matter, relation)
        found.setdefault(_heading(relation), {}).update(dict.fromkeys(ids))
        if relation not in BANNERS:
            by = contents.relations.by(relation, view.entry.id)
            found.setdefault(_heading(inverse), {}).update(dict.fromkeys(by))
    return {term: [contents.link_to(other, view.page) for other in ids] for term, ids in found.items()}


def _heading(relation: str) -> str:
    """`Followed by`; that entries are related reads the same from both ends."""
    return relation.removesuffix("_from").replace("_", " ").capitalize()


def _update(update: Update, place: str | None) -> str:
    """When, with a link to its words where they stand on the page; what it changed; by whom; under which heading."""
    time = f"<time>{told(update.at)}</time>"
    heading = update.section or ""
    words = [f'<a href="#{place}" title="{literal(heading)}">{time}</a>' if place else time]
    words += [badge(word.value) for word in (update.status, update.outcome) if word is not None]
    if update.by:
        words.append(named(update.by, None))
    if told_more := heading.removeprefix(f"Update {told(update.at)}").lstrip(": "):
        words.append(f'<span class="journal-aside">{plain(told_more)}</span>')
    return _line(words)


def _review(review: Review, overtaken: bool) -> str:
    """What was found, by whom, when and how, and what keeps it from counting."""
    words = [_verdict(review, overtaken), named(review.by, review.kind or "kind unknown")]
    if review.at is not None:
        words.append(f"<time>{told(review.at)}</time>")
    if review.method:
        words.append(f'<span class="journal-aside">{plain(review.method)}</span>')
    return _line(words)


def _verdict(review: Review, overtaken: bool) -> str:
    """The verdict in its colour; in none where nobody should rely on it any more, or an agent alone said `verified`."""
    found = review.verdict.value
    if review.verdict is Verdict.VERIFIED and review.kind is not Kind.HUMAN:
        shown = badge(f"{found}, does not count", kind="none")
    else:
        shown = badge(found, kind="none" if overtaken else None)
    return f"{shown} {badge('evidence changed since', kind='stale')}" if overtaken else shown


def _line(words: Iterable[str]) -> str:
    return f'<span class="journal-line">{" ".join(words)}</span>'


def _commit(commit: CommitRef) -> str:
    note = f" {plain(commit.note)}" if commit.note else ""
    return code(commit.sha[:SHORT_SHA], title=commit.sha) + note


def _origin(matter: FrontMatter) -> dict[str, list[str]]:
    """Where an imported note came from, and its time."""
    if matter.imported is None:
        return {}
    time = matter.imported.created
    return {
        "Imported from": [_source(matter.imported)],
        "Time from": [f'<span class="journal-aside">{plain(time)}</span>'] if time else [],
    }


def _source(imported: Imported) -> str:
    words = [code(imported.source, title=f"SHA-256 {imported.sha256}")]
    if imported.bytes_ is not None:
        words.append(f"bytes {imported.bytes_} of it")
    if imported.repaired is not None:
        words.append(f"its encoding repaired ({plain(imported.repaired)})")
    return ", ".join(words)
