"""Whether a run at hand goes on from where the evidence left it; logs only grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import SegmentEvidence

if TYPE_CHECKING:
    from journal.model.evidence import RunEvidence
    from journal.model.run import Run
    from journal.sources.open_run import OpenRun


def objection(then: RunEvidence, opened: OpenRun, named: str) -> str | None:
    """In words, why a run at hand must not take the place of the one that the evidence holds.

    It is another run of the same name, or a log of it is another one, or holds less than it did.

    Args:
        then: The run as the evidence holds it.
        opened: The run at hand.
        named: What to call it.
    """
    now = opened.run
    if any(_unlike(getattr(then, name), getattr(now, name)) for name in ("id", "entity", "project", "started")):
        return f"run {named} here is {_identity(now)}; the numbers are of {_identity(then)}"
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
        return None
    was, now = len(parts_of(then)), len(opened.segments)
    if now > was:
        return f"run {named} gained {now - was} more of {now} segments"
    if not _goes_on(then, opened):
        return f"the source of run {named} was replaced"
    if opened.rows == then.rows:
        return f"the log of run {named} grew from {then.origin.bytes} to {opened.origin.bytes} bytes, but by no row"
    return f"the log of run {named} grew from {then.rows} to {opened.rows} rows"


def overtaken(then: RunEvidence, opened: OpenRun, named: str) -> str | None:  # noqa: ARG001  (asked as the others are)
    """In words, that rows which counted no longer do: a later part went back or began anew.

    Args:
        then: The run as the evidence holds it.
        opened: The run at hand.
        named: What to call it.
    """
    for part in parts_of(then):
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


def _unlike(then: object, now: object) -> bool:
    return then is not None and now is not None and then != now


def _identity(run: Run | RunEvidence) -> str:
    address = "/".join(part for part in (run.entity, run.project, run.id) if part)
    return f"{address}, started {run.started:%Y-%m-%d %H:%M:%S %Z}" if run.started else address
