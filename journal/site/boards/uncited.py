"""The board of runs that no entry cites: those whose digest is left over, and those at hand that never were cited."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.agenda import uncited
from journal.errors import EvidenceError
from journal.site.boards.board import Board, Group
from journal.site.contents import run_page
from journal.site.here import row, when
from journal.site.markup import SHORT_SHA, code
from journal.tables.markdown import plain
from journal.tables.record import UNCITED

if TYPE_CHECKING:
    from journal.model.uncited import UncitedRun
    from journal.site.abstract import RunAbstract
    from journal.site.contents import Contents
    from journal.site.here import Here

RUNS = "boards/uncited.md"

_NEVER = (
    "Only runs whose digest is in the evidence are known here. To see those that were never cited, too, set "
    "<code>uncited = true</code> under <code>[site]</code> in the configuration, then run "
    "<code>journal fill-results</code> where the runs lie."
)
_NOT_YET = "Runs that were never cited are listed here once <code>journal fill-results</code> has run where they lie."
_ALONE = 40


class Uncited(NamedTuple):
    """A run that no entry cites.

    Attributes:
        id: The tracker's id.
        name: Display name, where one was given.
        project: `entity/project`, as far as known.
        started: ISO 8601; empty where nobody knows.
        state: How it ended, where that is known.
        commit: The commit that it recorded.
        place: Where it lies.
        page: Its own page, where it has one.
    """

    id: str
    name: str | None
    project: str
    started: str
    state: str | None = None
    commit: str | None = None
    place: str | None = None
    page: str | None = None

    def html(self, here: Here) -> str:
        """Its row."""
        shown = code(self.id)
        named = here.around(shown, self.page) if self.page else shown
        name = f" {plain(self.name)}" if self.name else ""
        commit = f"commit {code(self.commit[:SHORT_SHA], title=self.commit[:_ALONE])}" if self.commit else ""
        lead = when(self.started[:16].replace("T", " ") + " +00:00") if self.started else ""
        place = code(self.place) if self.place else ""
        return row(lead, f"{named}{name}", plain(self.project), plain(self.state or ""), commit, place)


def runs(contents: Contents) -> Board:
    """Runs that no entry cites: those that were cited once, and those at hand that never were."""
    left = [_left(run) for run in contents.runs.values() if run.key not in contents.citing]
    never, note = _never(contents)
    groups = (
        Group("At hand, and cited nowhere", tuple(never)),
        Group("Cited no more: the evidence keeps a digest that no entry rests on", _newest(left)),
    )
    about = "Runs that no entry cites: was anything learnt from them that is written nowhere?"
    return Board(RUNS, "Runs cited nowhere", about, groups, "No such run is known.", note)


def _never(contents: Contents) -> tuple[tuple[Uncited, ...], str]:
    """The runs that were at hand when the entries were filled, and what is to be said of them."""
    try:
        found = uncited.load(contents.config)
    except EvidenceError as error:
        return (), plain(f"{UNCITED} {error.message}; {error.hint}")
    if found is None:
        return (), _NOT_YET if contents.config.settings.site.uncited else _NEVER
    known = {(run.entity, run.project, run.id) for run in contents.runs.values()}
    told = [_run(run) for run in found.runs if (run.entity, run.project, run.id) not in known]
    return _newest(told), ""


def _newest(found: list[Uncited]) -> tuple[Uncited, ...]:
    return tuple(sorted(found, key=lambda run: (run.started, run.id), reverse=True))


def _left(run: RunAbstract) -> Uncited:
    return Uncited(
        run.id,
        run.name,
        _project(run.entity, run.project),
        run.started or "",
        run.state,
        run.commit,
        page=run_page(run.key),
    )


def _run(run: UncitedRun) -> Uncited:
    from datetime import UTC

    started = "" if run.started is None else run.started.astimezone(UTC).isoformat()
    return Uncited(run.id, run.name, _project(run.entity, run.project), started, commit=run.commit, place=run.place)


def _project(*parts: str | None) -> str:
    return "/".join(part for part in parts if part)
