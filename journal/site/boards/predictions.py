"""The board of predictions: what was expected before the run, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.evidence import Verdict
from journal.model.life import CLOSED
from journal.site.boards.board import Board, Group
from journal.site.here import badges, row
from journal.site.markup import badge, code
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.abstract import Abstract, Claim
    from journal.site.contents import Contents
    from journal.site.here import Here

PREDICTIONS = "boards/predictions.md"
LEFT = "left open"
"""The verdict of a prediction of an entry that ended before it was scored."""

GONE = "withdrawn"
"""The verdict of a prediction of an entry that is invalid or superseded, whatever was found then."""

_CLOSED = {status.value for status in CLOSED}
_BEFORE = {
    True: '<span title="committed before its run began">preregistered</span>',
    False: '<span title="not known to have been committed before its run began">not preregistered</span>',
    None: "",
}
_ORDER = {
    Verdict.OPEN.value: "Open",
    Verdict.REFUTED.value: "Refuted",
    Verdict.CONFIRMED.value: "Confirmed",
    LEFT: "Left open by entries that were closed",
    GONE: "Of entries that are invalid or superseded",
}


class Prediction(NamedTuple):
    """A prediction on a board.

    Attributes:
        verdict: What became of it.
        claim: Raw text.
        expect: Raw text.
        value: What came of it; None where nothing did.
        preregistered: Whether it was committed before its run began, where that is known.
        title: The entry's.
        page: The entry's page.
        words: What its badges say.
    """

    verdict: str
    claim: str
    expect: str
    value: float | None
    preregistered: bool | None
    title: str
    page: str
    words: tuple[str, ...]

    def html(self, here: Here) -> str:
        """Its row."""
        value = "" if self.value is None else f"was <b>{self.value:.6g}</b>"
        expected = f"expected {code(self.expect)}"
        entry = f"in {here.link(self.title, self.page)}"
        return row(badges(self.words), _claim(self.claim), expected, value, _BEFORE[self.preregistered], entry)


def _claim(claim: str) -> str:
    return f'<span class="journal-claim">{plain(claim)}</span>'


def predictions(contents: Contents) -> Board:
    """All predictions: open ones first, then refuted and confirmed ones; newest entries first in each."""
    found: dict[str, list[Prediction]] = {verdict: [] for verdict in _ORDER}
    for each in contents.abstracts:
        for claim in _of(each, contents):
            found[claim.verdict].append(claim)
    groups = tuple(Group(heading, tuple(found[verdict])) for verdict, heading in _ORDER.items())
    about = "What was expected, as it was written down, and what became of it."
    return Board(PREDICTIONS, "Predictions", about, groups, "No entry predicts anything yet.")


def refuted(contents: Contents) -> tuple[Prediction, ...]:
    """The predictions that did not come true, newest entries first."""
    return tuple(
        each for entry in contents.abstracts for each in _of(entry, contents) if each.verdict == Verdict.REFUTED
    )


def tally(contents: Contents) -> dict[str, int]:
    """How many predictions there are by verdict, in the order of the board."""
    found = dict.fromkeys(_ORDER, 0)
    for each in contents.abstracts:
        for claim in each.predictions:
            found[_verdict(each, claim, contents)] += 1
    return found


def verdict_badge(verdict: str, number: int) -> str:
    """A verdict as a badge, as it is said of so many predictions."""
    said = f"{GONE} with {'its' if number == 1 else 'their'} entry"
    return badge(said, kind=GONE) if verdict == GONE else badge(verdict)


def _of(each: Abstract, contents: Contents) -> Iterator[Prediction]:
    gone = contents.gone(each)
    for claim in each.predictions:
        verdict = _verdict(each, claim, contents)
        words = (verdict,) if gone is None else (claim.verdict or Verdict.OPEN.value, gone)
        known = (claim.claim, claim.expect, claim.value, claim.preregistered)
        yield Prediction(verdict, *known, each.title, each.page, words)


def _verdict(each: Abstract, claim: Claim, contents: Contents) -> str:
    if contents.gone(each) is not None:
        return GONE
    verdict = claim.verdict or Verdict.OPEN.value
    return LEFT if verdict == Verdict.OPEN and each.status in _CLOSED else verdict
