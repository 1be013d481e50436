"""What a reader must know before the text: that an entry was replaced, what in it was wrong, what cannot be traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.index.relations import INVERSE
from journal.model.evidence import BlockState
from journal.model.wording import counted
from journal.site import quoted
from journal.site.entry import commit_verdicts
from journal.site.entry.state_words import is_unfilled, state_words
from journal.site.markup import hinted, named, told
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.model.life import Correction
    from journal.site.abstract import Attention
    from journal.site.contents import Contents
    from journal.site.entry.leads import Leads
    from journal.site.quoted import Quoted
    from journal.site.view import EntryView

BANNERS = {"invalidates": "danger", "supersedes": "warning"}
"""Relations that the entry at their other end shows as a banner, and of which kind, the graver first."""


def notices(view: EntryView, contents: Contents, leads: Leads) -> Iterator[str]:
    """Banners above an entry's text as HTML, the gravest first, its corrections, and what is waited for.

    Args:
        view: The entry.
        contents: The journal.
        leads: Where its links lead.
    """
    for relation, kind in BANNERS.items():
        by = [leads.entry(other) for other in contents.relations.by(relation, view.entry.id)]
        if by:
            yield _banner(kind, INVERSE[relation].replace("_", " ").capitalize(), by)
    if view.problem is not None:
        yield _banner("danger", "Its numbers cannot be traced", [f"Because: {hinted(str(view.problem))}"])
    yield _quoting(contents.once(quoted.by_path).get(view.entry.path, ()), leads)
    yield _disputed(view)
    title, items = commit_verdicts.reasons(view)
    yield _banner("warning", title, items, "journal-contradicted")
    attention = contents.by_path[view.entry.path].attention
    unfilled = [each for each in attention if is_unfilled(each.state, each.message)]
    yield _unlike([each for each in attention if each.state != BlockState.PENDING and each not in unfilled])
    yield _unfilled(unfilled, view)
    still = contents.once(quoted.by_correction)
    corrections = [
        _correction(each, still.get((view.entry.path, each.was), ()), leads)
        for each in view.entry.front_matter.corrections
    ]
    yield _banner("note", "Corrections", corrections, "journal-corrections")
    yield _pending([each for each in attention if each.state == BlockState.PENDING], view)


def _banner(kind: str, title: str, items: Sequence[str], style: str = "") -> str:
    """An admonition of the theme's; nothing for no items. Title and items are HTML."""
    if not items:
        return ""
    head = f'<p class="admonition-title">{title}</p>'
    said = [f"<li>{item}</li>" for item in items]
    name = f"admonition {kind} {style}".rstrip()
    return "\n".join([f'<div class="{name}">', head, "<ul>", *said, "</ul>", "</div>"])


def _quoting(found: Sequence[Quoted], leads: Leads) -> str:
    """Values that were corrected in another entry and still stand here."""
    items = [_quoted(each, leads) for each in found]
    title = "A value here was corrected elsewhere" if len(items) == 1 else "Values here were corrected elsewhere"
    return _banner("danger", title, items, "journal-quoting")


def _quoted(each: Quoted, leads: Leads) -> str:
    now = "is wrong" if each.now is None else f"→ <strong>{plain(each.now)}</strong>"
    source = leads.titled(each.source_title, each.source_page)
    return f"<del>{plain(each.text)}</del> {now}, as corrected in {source}"


def _disputed(view: EntryView) -> str:
    review = view.reviews.disputed_by
    if review is None:
        return ""
    words = [named(review.by, review.kind)]
    words += [f"<time>{told(review.at)}</time>"] if review.at is not None else []
    words += [f'<span class="journal-aside">{plain(review.method)}</span>'] if review.method else []
    return _banner("warning", "Disputed", [" ".join(words)])


def _unlike(found: Sequence[Attention]) -> str:
    items = [" ".join(_attention(each)) for each in found]
    title = (
        "A number here is not what its evidence says"
        if len(items) == 1
        else "Numbers here are not what their evidence says"
    )
    return _banner("warning", title, items)


def _pending(found: Sequence[Attention], view: EntryView) -> str:
    matter = view.entry.front_matter
    times = [matter.created, *(update.at for update in matter.updates)]
    title = f"Waits for results since <time>{told(max(times))}</time>"
    return _banner("info", title, [_attention(each)[1] for each in found])


def _unfilled(found: Sequence[Attention], view: EntryView) -> str:
    """Blocks and cited values that nobody filled; in one line where that is so of all blocks."""
    blocks = [each for each in found if each.anchor]
    items = [_attention(each)[1] for each in found]
    if len(blocks) == len(view.entry.blocks) > 1:
        values = len(found) - len(blocks)
        items = [
            f"none of its {len(blocks)} blocks is filled" + (f", nor {counted(values, 'value')}" if values else "")
        ]
    return _banner("info", "Not filled yet", items, "journal-unfilled")


def _attention(each: Attention) -> tuple[str, str]:
    """How it stands as a badge; what it is, with a link where it stands on the page, and why."""
    word, why = state_words(each.state, each.message, each.kind)
    name = plain(f"{each.kind} {each.name}" if each.name != each.kind else each.name)
    shown = f'<a href="#{each.anchor}">{name}</a>' if each.anchor else name
    return word, f"{shown}: {why}" if why else shown


def _correction(correction: Correction, still: Sequence[Quoted], leads: Leads) -> str:
    now = f"<strong>{plain(correction.now)}</strong>" if correction.now else "<em>the right value is not known</em>"
    words = [f"<del>{plain(correction.was)}</del> → {now}"]
    if correction.reason:
        words.append(plain(correction.reason))
    signed = [named(correction.by, None)] if correction.by else []
    signed += [f"<time>{told(correction.at)}</time>"] if correction.at is not None else []
    if signed:
        words.append(f'<span class="journal-aside">{" ".join(signed)}</span>')
    words.append(quoted.still_quoted([leads.titled(each.title, each.page) for each in still]))
    return "<br>".join(filter(None, words))
