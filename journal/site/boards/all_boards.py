"""All boards, and the page that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site.boards import needs
from journal.site.boards.attention import attention, pending
from journal.site.boards.corrections import corrections
from journal.site.boards.outcomes import negative, next_steps
from journal.site.boards.predictions import predictions
from journal.site.boards.uncited import runs
from journal.site.contents import BOARDS
from journal.site.here import Here
from journal.site.markup import page
from journal.site.sheet import Sheet
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.boards.board import Board
    from journal.site.contents import Contents


def boards(contents: Contents) -> tuple[Board, ...]:
    """All boards, in the order in which they are listed."""
    return (
        attention(needs.of(contents)),
        pending(contents),
        predictions(contents),
        next_steps(contents),
        negative(contents),
        corrections(contents),
        runs(contents),
    )


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The pages of all boards, and the one that leads to them."""
    all_ = boards(contents)
    told = [(board.page, board.title, board.about, board.size) for board in all_]
    yield Sheet(BOARDS, (contents.site, told), lambda: _index(told, contents))
    for board in all_:
        yield from board.sheets(contents)


def _index(told: Sequence[tuple[str, str, str, int]], contents: Contents) -> bytes:
    here = Here(BOARDS, contents)
    lines = [
        f"<li><b>{count:,}</b><div>{here.entry(title, target)}<p>{plain(about)}</p></div></li>"
        for target, title, about, count in told
    ]
    listed = "\n".join(['<ul class="journal-boards">', *lines, "</ul>"])
    return page("Boards", listed, hide="navigation, toc", listing=True)
