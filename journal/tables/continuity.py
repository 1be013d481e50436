"""Whether a run at hand goes on from where the evidence left it; logs only grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import SegmentEvidence

if TYPE_CHECKING:
    from journal.model.evidence import RunEvidence
    from journal.model.run import Elsewhere, Origin, Run
    from journal.sources.open_run import OpenRun


def objection(then: RunEvidence, opened: OpenRun, named: str) -> str | None:
    """In words, why a run at hand must not take the place of the one that the evidence holds.

    It is another run of the same name, or a log of it is another one, or holds less than it did.

    Args:
        then: The run as the evidence holds it.
        opened: The run at hand.
        named: What to call it.
    """
    now, moved = opened.run, in_another_place(then, opened)
    # A server dates a run when it hears of it, a log when it is begun.
    same = ("id", "entity", "project") if moved else ("id", "entity", "project", "started")
    if any(_unlike(getattr(then, name), getattr(now, name)) for name in same):
        return f"run {named} here is {_identity(now)}; the numbers are of {_identity(then)}"
    if moved and _unlike(then.commit, now.commit):
        return f"run {named} is of commit {now.commit} {_where(opened.origin)}; the numbers are of {then.commit}"
    if moved or then.origin.is_online:
        return _fewer(then, opened, named)
    size = opened.origin.bytes
    if now.rows < then.rows or size < then.origin.bytes:
        was = f"{then.rows} rows in {then.origin.bytes} bytes"
        return f"the log of run {named} held {was}, and now {now.rows} in {size}"
    if not _goes_on(then, opened):
        return f"a log that run {named} was read from is gone, or does not begin as it did"
    return None


def growth(then: RunEvidence, opened: OpenRun, named: str) -> str | None:
    """In words, how the bytes of a run are not those that the evidence was made of; None where they are.

    Args:
        then: The run as the evidence holds it.
        opened: The run at hand.
        named: What to call it.
    """
    if then.origin.sha256 == opened.origin.sha256:
        return _told_otherwise(then, opened, named)
    if in_another_place(then, opened) or then.origin.is_online:
        return _more(then, opened, named)
    was, now = len(parts_of(then)), len(opened.segments)
    if now > was:
        return f"run {named} gained {now - was} more of {now} segments"
    if not _goes_on(then, opened):
        return f"the source of run {named} was replaced"
    if opened.rows == then.rows:
        return f"the log of run {named} grew from {then.origin.bytes} to {opened.origin.bytes} bytes, but by no row"
    return f"the log of run {named} grew from {then.rows} to {opened.rows} rows"


def in_another_place(then: RunEvidence, opened: OpenRun) -> bool:
    """Whether a run was read from a folder and is now from a server, or the other way round."""
    return then.origin.is_online != opened.origin.is_online


def is_same_in_another_place(then: RunEvidence, opened: OpenRun) -> bool:
    """Whether a run in a folder has as many rows, up to the same step, as it has on the server, or the other way."""
    moved = in_another_place(then, opened)
    return moved and (then.rows, then.last_step) == (opened.rows, opened.last_step)


def is_told_alike(then: RunEvidence, opened: OpenRun) -> bool:
    """Whether what is recorded of a run is of the bytes at hand, and its name and state are as a server has them."""
    return then.origin.sha256 == opened.origin.sha256 and _told_otherwise(then, opened, then.id) is None


def told_elsewhere(now: Elsewhere | None, then: RunEvidence | None, opened: OpenRun) -> Elsewhere | None:
    """What to tell of a run's other place: what was told of the same bytes, unless it is otherwise there by now.

    Args:
        now: What was found there; None if nobody looked.
        then: The run as the evidence holds it, if it does.
        opened: The run at hand.
    """
    if then is None or then.origin.sha256 != opened.origin.sha256:
        return now
    if now is None or (then.elsewhere is None and not now.unlike):
        return then.elsewhere
    if then.elsewhere is None or now.origin.sha256 != then.elsewhere.origin.sha256:
        return now
    found = then.elsewhere.origin
    origin = now.origin.model_copy(update={"path": found.path, "fetched": found.fetched})
    return now.model_copy(update={"origin": origin})


def others(then: RunEvidence, opened: OpenRun, named: str) -> str | None:
    """In words, that the rows of a run are not those that it had, for a run whose numbers show that.

    Only where its bytes cannot tell: where it was or is on a server.

    Args:
        then: The run as the evidence holds it.
        opened: The run at hand.
        named: What to call it.
    """
    if not (then.origin.is_online or opened.origin.is_online):
        return None
    was = "" if _is_there(then, opened) else f" {_where(then.origin)}"
    return f"run {named} is not the same {_where(opened.origin)} as it was{was}"


def overtaken(then: RunEvidence, opened: OpenRun, named: str) -> str | None:  # noqa: ARG001  (asked as the others are)
    """In words, that rows which counted no longer do: a later part went back or began anew.

    Args:
        then: The run as the evidence holds it.
        opened: The run at hand.
        named: What to call it.
    """
    for part in parts_of(then) if not in_another_place(then, opened) else ():
        now = opened.grown_from(part.origin)
        if now is not None and now.kept < part.kept:
            return f"{part.kept - now.kept} rows of {now.place} that counted no longer do"
    return None


def parts_of(run: RunEvidence) -> tuple[SegmentEvidence, ...]:
    """The logs that a remembered run was read from."""
    return run.segments or (SegmentEvidence(origin=run.origin, kept=run.rows),)


def where_they_were(
    parts: tuple[SegmentEvidence, ...], before: tuple[SegmentEvidence, ...] | None
) -> tuple[SegmentEvidence, ...]:
    """The parts of a run at the places that are remembered of as many, whose bytes are the same together."""
    if before is None or len(before) != len(parts):
        return parts
    pairs = zip(parts, before, strict=True)
    moved = (part.origin.model_copy(update={"path": then.origin.path}) for part, then in pairs)
    return tuple(part.model_copy(update={"origin": origin}) for part, origin in zip(parts, moved, strict=True))


def _goes_on(then: RunEvidence, opened: OpenRun) -> bool:
    """Whether every log of the run is there, as it was or grown since."""
    return all(opened.grown_from(part.origin) is not None for part in parts_of(then))


def _fewer(then: RunEvidence, opened: OpenRun, named: str) -> str | None:
    """That a run has fewer rows than it had, where its bytes cannot tell: another place, or a server."""
    if opened.rows >= then.rows:
        return None
    now = "" if _is_there(then, opened) else f" {_where(opened.origin)}"
    said = f"run {named} had {then.rows} rows {_where(then.origin)}, and now {opened.rows}{now}"
    is_behind = then.origin.is_online and not opened.origin.is_online
    return f'{said} (`first = "server"` under [online] reads it there)' if is_behind else said


def _told_otherwise(then: RunEvidence, opened: OpenRun, named: str) -> str | None:
    """What a server says of a run otherwise than it did, while the history is the same; a log says that in bytes."""
    if not (then.origin.is_online and opened.origin.is_online):
        return None
    if then.state is not opened.state:
        return f"run {named} was {then.state} {_where(then.origin)}, and is {opened.state}"
    return f"run {named} has another name {_where(opened.origin)}" if then.name != opened.name else None


def _more(then: RunEvidence, opened: OpenRun, named: str) -> str:
    """How a run is not what it was, where its bytes cannot tell."""
    is_there = _is_there(then, opened)
    if opened.rows == then.rows:
        was = "before" if is_there else f"it had {_where(then.origin)}"
        return f"run {named} has as many rows {_where(opened.origin)} as {was}, but others"
    if is_there:
        return f"run {named} grew from {then.rows} to {opened.rows} rows {_where(then.origin)}"
    return f"run {named} grew from {then.rows} rows {_where(then.origin)} to {opened.rows} {_where(opened.origin)}"


def _is_there(then: RunEvidence, opened: OpenRun) -> bool:
    """Whether a run is in the very place in which it was: what is said of it names that once."""
    return _where(then.origin) == _where(opened.origin)


def _where(origin: Origin) -> str:
    return f"on {origin.host}" if origin.is_online else "in its folder"


def _unlike(then: object, now: object) -> bool:
    return then is not None and now is not None and then != now


def _identity(run: Run | RunEvidence) -> str:
    address = "/".join(part for part in (run.entity, run.project, run.id) if part)
    return f"{address}, started {run.started:%Y-%m-%d %H:%M:%S %Z}" if run.started else address
