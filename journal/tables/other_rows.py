"""Whether a call that was answered before is answered from other rows now, and not only from more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import CallEvidence, CellState
from journal.tables.run_book import ask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.tables.run_book import RunBook


def others(
    before: Iterable[CallEvidence], now: Iterable[CallEvidence], handles: Iterable[str], runs: RunBook
) -> list[str]:
    """Runs on a server that give something else for as many rows of the same window: no growth does that.

    What a config or summary says may change on a server, but not between a folder and a server.

    Args:
        before: The calls of what was recorded.
        now: Those of what is found now.
        handles: The runs that they are of.
        runs: The entry's runs.
    """
    then = {ask(call): call for call in before if call.state is not CellState.PENDING}
    both = [(then[ask(call)], call) for call in now if ask(call) in then]
    gave = {call.run for was, call in both if _gives_otherwise(was, call)}
    told = {call.run for was, call in both if call.window is None and (was.value, was.text) != (call.value, call.text)}
    found = [each for each in handles if runs.ref(each).id in (gave | told if runs.stands(each) else gave)]
    return [said for handle in found if (said := runs.others(handle)) is not None]


def _gives_otherwise(then: CallEvidence, now: CallEvidence) -> bool:
    if now.window is None or now.state is CellState.PENDING or slid(then, now):
        return False
    names = ("value", "text", "first_step", "last_step")
    return rows_of(then) == rows_of(now) and any(getattr(then, name) != getattr(now, name) for name in names)


def slid(then: CallEvidence, now: CallEvidence) -> bool:
    """Whether a window that hangs on the end of a run, or on other runs, lies elsewhere than it did."""
    return then.steps != now.steps and then.window is not None and then.window.startswith(("last ", "matched"))


def rows_of(call: CallEvidence) -> int:
    """Rows that a call was answered from, those without a finite number included."""
    return (call.n or 0) + (call.nonfinite or 0)
