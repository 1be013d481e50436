"""What needs attention, the most urgent first: files, contradicted runs, ground that gave way, blocks, results."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.entry import BUILDING, REPLACING
from journal.model.evidence import BlockState
from journal.model.life import CLOSED, Status
from journal.model.revision import CommitVerdict
from journal.site import quoted
from journal.site.abstracting import SECTION
from journal.site.entry import broken
from journal.site.here import row, when
from journal.site.markup import badge, code, hinted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.errors import JournalError
    from journal.site.abstract import Abstract, Attention
    from journal.site.contents import Contents
    from journal.site.here import Here

BROKEN = "broken"
BUILT_ON = "built on invalid"
CORRECTED = "corrected elsewhere"
UNFILLED = "not filled yet"
OUTDATED = "out of date"

_ORDER = (
    BROKEN,
    CommitVerdict.CONTRADICTED.value,
    BUILT_ON,
    CORRECTED,
    BlockState.DRIFTED.value,
    BlockState.EDITED.value,
    OUTDATED,
    UNFILLED,
    BlockState.PENDING.value,
)
"""Kinds of need, the most urgent first."""

_COLOURED = {CORRECTED: Status.INVALID.value, OUTDATED: BlockState.STALE.value, UNFILLED: BlockState.STALE.value}
_NEVER = ("not filled yet", "not scored yet", "it has no evidence")
"""How the message of a block begins for which no fill was recorded."""

_CLOSED = {status.value for status in CLOSED}


class Need(NamedTuple):
    """Something that somebody should look at.

    Attributes:
        urgency: The lower, the more urgent.
        moment: To order by within that: the older of awaited results is first, of all else the newer.
        word: What its badge says.
        title: The entry's; of a file that is no entry its path.
        page: The entry's page; empty where there is none.
        anchor: Where on it.
        name: The block, run, entry or value that it is about.
        why: What is wrong, in words.
        source: Title and page of the entry with which these words end, where they do.
        since: When the entry was written or last updated, as pages tell it; empty where nobody waits.
        answered: Title and page of an entry that holds the results, where one says so.
    """

    urgency: int
    moment: float
    word: str
    title: str
    page: str = ""
    anchor: str = ""
    name: str = ""
    why: str = ""
    since: str = ""
    answered: tuple[str, str] | None = None
    source: tuple[str, str] | None = None

    @property
    def badge(self) -> str:
        """Its word."""
        return badge(self.word, kind=_COLOURED.get(self.word))

    def reason(self, here: Here) -> str:
        """What is wrong, where the word does not say it already."""
        if self.source is not None:
            return f"{hinted(self.why)} {here.link(*self.source)}"
        return "" if self.why == self.word else hinted(self.why)

    def where(self, here: Here) -> str:
        """The entry as a link to the place in it, or the file."""
        if self.word != BROKEN:
            return here.entry(self.title, self.page, self.anchor)
        return here.around(code(self.title), self.page) if self.page else code(self.title)

    def named(self, here: Here) -> str:
        """The block as a link to its place, or the run."""
        shown = code(self.name)
        return here.around(shown, self.page, anchor=self.anchor) if self.anchor else shown

    def waiting(self, here: Here) -> tuple[str, str]:
        """Since when somebody waits, and where the results may be; empty where that is not so."""
        since = f"since {when(self.since, age=True)}" if self.since else ""
        return since, f"results may be in {here.link(*self.answered)}" if self.answered else ""

    def html(self, here: Here) -> str:
        """Its row."""
        what = f"{code(self.name) if self.name else ''} {self.reason(here)}".strip()
        return row(self.badge, self.where(here), what, *self.waiting(here))


def of(contents: Contents) -> tuple[Need, ...]:
    """Everything that needs attention, the most urgent first."""
    found = [_broken(error, contents) for error in contents.problems]
    found += [*_contradicted(contents), *built_on_invalid(contents), *_corrected(contents)]
    for each in contents.abstracts:
        found += [_block(each, what, contents) for what in each.attention]
    return tuple(sorted(found, key=lambda need: (need.urgency, need.moment)))


def pending(contents: Contents) -> tuple[Need, ...]:
    """Results that are not there yet, the one that is awaited longest first; those that may stand elsewhere last."""
    found = [
        _block(each, what, contents)
        for each in contents.abstracts
        for what in each.attention
        if what.state == BlockState.PENDING
    ]
    return tuple(sorted(found, key=lambda need: (need.urgency, need.moment)))


def is_invalid(each: Abstract, contents: Contents) -> bool:
    """Whether an entry or another one says that it does not hold."""
    return each.status == Status.INVALID or bool(contents.relations.by("invalidates", each.id))


def built_on_invalid(contents: Contents) -> Iterator[Need]:
    """Entries that build on an invalid one and have not dealt with it.

    They have where they are closed themselves, or name an entry that takes the other's place.
    """
    for old in contents.abstracts:
        if not is_invalid(old, contents):
            continue
        by = {name for relation in REPLACING for name in contents.relations.by(relation, old.id)}
        ids = dict.fromkeys(name for relation in BUILDING for name in contents.relations.by(relation, old.id))
        for each in (contents.by_id[name] for name in ids if name not in by):
            named = {*each.follows, *each.results_of, *each.supersedes, *each.invalidates, *each.related}
            if not named & by and each.status not in _CLOSED and contents.replaced(each) is None:
                yield _need(BUILT_ON, each, why=f"builds on an entry that is invalid: {old.title}")


def _corrected(contents: Contents) -> Iterator[Need]:
    """Values that stand in an entry and were corrected in a related one."""
    for each in contents.once(quoted.quoted):
        why = "was corrected as wrong in" if each.now is None else f"was corrected to {each.now} in"
        need = _need(CORRECTED, contents.by_path[each.path], name=each.text, why=why)
        yield need._replace(source=(each.source_title, each.source_page))


def _broken(error: JournalError, contents: Contents) -> Need:
    said = f"{error.message}; {error.hint}" if error.hint else error.message
    page = broken.page_about(error, contents) or ""
    return Need(_ORDER.index(BROKEN), 0.0, BROKEN, error.place or "?", page, why=said)


def _contradicted(contents: Contents) -> Iterator[Need]:
    for each in contents.abstracts:
        for run in each.runs:
            if run.verdict == CommitVerdict.CONTRADICTED:
                yield _need(run.verdict, each, name=run.handle, why="".join(run.reasons[:1]))


def _block(each: Abstract, what: Attention, contents: Contents) -> Need:
    if what.state != BlockState.PENDING:
        return _need(_word(what), each, anchor=what.anchor, name=what.name, why=what.message)
    why = "says itself that it holds no results yet" if what.kind == SECTION else what.message
    holder = next((contents.by_id[name] for name in contents.relations.by("results_of", each.id)), None)
    last = max(each.updates, key=lambda update: update.moment, default=None)
    since = last.at if last is not None and last.moment > each.moment else each.created
    return Need(
        urgency=len(_ORDER) if holder is not None else _ORDER.index(what.state),
        moment=each.touched,
        word=what.state,
        title=each.title,
        page=each.page,
        anchor=what.anchor,
        name=what.name,
        why=why,
        since=since,
        answered=None if holder is None else (holder.title, holder.page),
    )


def _word(what: Attention) -> str:
    """How a block stands, for somebody who is new: what was never filled is nothing that grew old."""
    if what.state != BlockState.STALE:
        return what.state
    return UNFILLED if what.message.startswith(_NEVER) else OUTDATED


def _need(word: str, each: Abstract, *, anchor: str = "", name: str = "", why: str = "") -> Need:
    return Need(_ORDER.index(word), -each.moment, word, each.title, each.page, anchor, name, why)
