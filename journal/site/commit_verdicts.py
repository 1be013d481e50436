"""Whether the runs of an entry belong to its commits, as recorded: a line a run, and a notice on those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.revision import CommitVerdict
from journal.model.wording import counted
from journal.site.markup import badge
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.model.revision import Judgement
    from journal.site.view import EntryView

SHOWN = 6
"""How many lines stand open on a page; more of them unfold."""


def lines(view: EntryView) -> list[str]:
    """The verdict on each run with all its reasons; what is contradicted first, and what was found alike together."""
    alike: dict[Judgement, list[str]] = {}
    for handle, judgement in judged(view):
        alike.setdefault(judgement, []).append(handle)
    ranked = sorted(alike.items(), key=lambda item: item[0].verdict is not CommitVerdict.CONTRADICTED)
    written = [_line(handles, judgement) for judgement, handles in ranked]
    return [*written[:SHOWN], *_folded(written[SHOWN:])]


def judged(view: EntryView) -> Iterator[tuple[str, Judgement]]:
    """Each run of the entry, by its handle, of which a verdict is recorded."""
    for ref in view.entry.front_matter.runs:
        if (judgement := view.evidence.verdicts.get(ref.id)) is not None:
            yield ref.handle, judgement


def contradicted(view: EntryView) -> list[tuple[str, Judgement]]:
    """The runs that do not belong to the entry's commits."""
    return [(handle, found) for handle, found in judged(view) if found.verdict is CommitVerdict.CONTRADICTED]


def notice(view: EntryView) -> str:
    """What a reader of the numbers must know: some of the runs did not run what the entry is about."""
    found = contradicted(view)
    if not found:
        return ""
    title = f"{counted(len(found), 'run')} {'contradicts' if len(found) == 1 else 'contradict'} the commits"
    items = [f"<li>{plain(': '.join([handle, *each.reasons[:1]]))}</li>" for handle, each in found[:SHOWN]]
    if len(found) > SHOWN:
        items.append(f"<li>and {len(found) - SHOWN} more</li>")
    head = f'<p class="admonition-title">{title}</p>'
    return "\n".join(['<div class="admonition warning journal-contradicted">', head, "<ul>", *items, "</ul>", "</div>"])


def _line(handles: Iterable[str], judgement: Judgement) -> str:
    words = [badge(judgement.verdict.value), f"<span>{', '.join(map(plain, handles))}</span>"]
    if judgement.reasons:
        words.append(f'<span class="journal-aside">{"; ".join(map(plain, judgement.reasons))}</span>')
    return f'<span class="journal-line journal-verdict">{" ".join(words)}</span>'


def _folded(more: list[str]) -> list[str]:
    if not more:
        return []
    return [f'<details class="journal-rest"><summary>{len(more)} more</summary>{"".join(more)}</details>']
