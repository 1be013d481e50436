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


def lines(view: EntryView) -> str:
    """The verdict on each run with all its reasons; what is contradicted first, and what was found alike together."""
    alike: dict[Judgement, list[str]] = {}
    for handle, judgement in judged(view):
        alike.setdefault(judgement, []).append(handle)
    ranked = sorted(alike.items(), key=lambda item: item[0].verdict is not CommitVerdict.CONTRADICTED)
    written = [_line(handles, judgement) for judgement, handles in ranked]
    return "\n".join([*written[:SHOWN], *_folded(written[SHOWN:])])


def judged(view: EntryView) -> Iterator[tuple[str, Judgement]]:
    """Each run of the entry, by its handle, of which a verdict is recorded."""
    for ref in view.entry.front_matter.runs:
        if (judgement := view.evidence.verdicts.get(ref.id)) is not None:
            yield ref.handle, judgement


def contradicted(view: EntryView) -> list[tuple[str, Judgement]]:
    """The runs that do not belong to the entry's commits."""
    return [(handle, found) for handle, found in judged(view) if found.verdict is CommitVerdict.CONTRADICTED]


def reasons(view: EntryView) -> tuple[str, list[str]]:
    """What a reader of the numbers must know: how many runs did not run what the entry is about, and why; HTML."""
    found = contradicted(view)
    title = f"{counted(len(found), 'run')} {'contradicts' if len(found) == 1 else 'contradict'} the commits"
    items = [plain(": ".join([handle, *each.reasons[:1]])) for handle, each in found[:SHOWN]]
    return title, [*items, f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else items


def _line(handles: Iterable[str], judgement: Judgement) -> str:
    words = [badge(judgement.verdict.value), f"<span>{', '.join(map(plain, handles))}</span>"]
    if judgement.reasons:
        words.append(f'<span class="journal-aside">{"; ".join(map(plain, judgement.reasons))}</span>')
    return f'<p class="journal-line journal-verdict">{" ".join(words)}</p>'


def _folded(more: list[str]) -> list[str]:
    if not more:
        return []
    inside = "\n".join(more)
    return [f'<details class="journal-rest"><summary>{len(more)} more</summary>\n{inside}\n</details>']
