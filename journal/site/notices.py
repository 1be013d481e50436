"""What a reader must know before the text: that an entry was replaced, what in it was wrong, what cannot be traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.index.relations import INVERSE
from journal.site import commit_verdicts
from journal.site.markup import named, told
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.model.life import Correction
    from journal.site.contents import Contents
    from journal.site.view import EntryView

BANNERS = {"supersedes": "warning", "invalidates": "danger"}
"""Relations that the entry at their other end shows as a banner, and of which kind."""


def notices(view: EntryView, contents: Contents) -> Iterator[str]:
    """Banners above an entry's text, the gravest last, and its corrections.

    Args:
        view: The entry.
        contents: The journal.
    """
    for relation, kind in BANNERS.items():
        by = contents.relations.by(relation, view.entry.id)
        if by:
            names = ", ".join(contents.link_to(other, view.page) for other in by)
            yield f'!!! {kind} "{INVERSE[relation].replace("_", " ").capitalize()}"\n\n    {names}'
    if view.problem is not None:
        yield f'!!! danger "Its numbers cannot be traced"\n\n    Because: {plain(str(view.problem))}'
    yield commit_verdicts.notice(view)
    yield _corrections(view.entry.front_matter.corrections)


def _corrections(corrections: tuple[Correction, ...]) -> str:
    """As HTML: the wrong values may still stand in the text below, which nobody may have touched."""
    if not corrections:
        return ""
    title = '<p class="admonition-title">Corrections</p>'
    items = [f"<li>{_correction(each)}</li>" for each in corrections]
    return "\n".join(['<div class="admonition note journal-corrections">', title, "<ul>", *items, "</ul>", "</div>"])


def _correction(correction: Correction) -> str:
    now = f"<strong>{plain(correction.now)}</strong>" if correction.now else "<em>the right value is not known</em>"
    words = [f"<del>{plain(correction.was)}</del> → {now}"]
    if correction.reason:
        words.append(plain(correction.reason))
    signed = [named(correction.by, None)] if correction.by else []
    signed += [f"<time>{told(correction.at)}</time>"] if correction.at is not None else []
    if signed:
        words.append(f'<span class="journal-aside">{" ".join(signed)}</span>')
    return "<br>".join(words)
