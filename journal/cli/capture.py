"""`journal capture`."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.output import answer, counted, put
from journal.errors import CorruptLog, JournalError, RunNotFound

if TYPE_CHECKING:
    from journal.model.capture import Capture
    from journal.model.run import RunHead
    from journal.sources.registry import Sources

LATE = timedelta(hours=1)
"""So long after a run's start, what is checked out no longer tells what it ran."""


def command(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="The run, or its folder; by default the one that started last."),
    ] = None,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="-- COMMAND", help="The command that is run, to be recorded.")
    ] = None,
    patch: Annotated[bool, typer.Option("--patch", help="Keep what differs from the commit too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Keep the state of the code beside a run that begins, so that its commit can be proven.

    Writes the commit, what differs from it, lock files and the command into the run's folder, once; runs nothing.
    From a training script, `journal.capture(run)` does the same and never fails.

    Example: journal capture runs/floor-3 --patch -- python train.py --floor 0.001
    """
    from journal.authoring.take_capture import take

    folder, head = _place(run)
    taken = take(folder, [Path.cwd()], keep_patch=patch, command=words or ())
    if taken.differs:
        raise JournalError(
            f"holds what was captured at {taken.capture.at:%Y-%m-%d %H:%M:%S} UTC, and the code has changed since",
            path=os.path.relpath(folder),
            hint="what was captured first stays; give a new run a folder of its own",
        )
    if as_json:
        shape = {"run": head and head.id, "folder": os.path.relpath(folder), "new": taken.is_new}
        answer({**shape, "capture": taken.capture.model_dump(mode="json")})
        return
    put(("captured " if taken.is_new else "already captured ") + _told(taken.capture))


def _place(reference: str | None) -> "tuple[Path, RunHead | None]":
    """The folder of a run, and the run if there is one in it already."""
    from journal.authoring.capture import run_folder
    from journal.sources.registry import Sources, config_here

    config = config_here()
    sources = Sources(config)
    try:
        head = (
            _newest(config.root, sources)
            if reference is None
            else _last_part(config.root, sources, sources.find(reference))
        )
    except (RunNotFound, CorruptLog):  # as yet there may be next to nothing in its folder
        if reference is None or not Path(reference).is_dir():
            raise
        return Path(reference).resolve(), None
    _check_start(head)
    return run_folder(config.root / head.place), head


def _newest(root: Path, sources: "Sources") -> "RunHead":
    from journal.index.run_list import newest_first

    heads = [_last_part(root, sources, head) for head in sources.heads() if (root / head.place).exists()]
    if not heads:
        raise RunNotFound("no run has begun here", hint="give the run's folder: `journal capture FOLDER`")
    return newest_first(heads)[0]


def _last_part(root: Path, sources: "Sources", head: "RunHead") -> "RunHead":
    """The newest folder of a run alone: one that was resumed started anew."""
    return sources.find(str(root / head.place)) if head.segments > 1 else head


def _check_start(head: "RunHead") -> None:
    if head.started is not None and datetime.now(UTC) - head.started > LATE:
        raise JournalError(
            f"run {head.id} began at {head.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC: what is checked out now need "
            "not be what it ran",
            hint="capture a run when it begins",
        )


def _told(capture: "Capture") -> str:
    """A capture in one line."""
    state = "clean"
    if capture.dirty:
        state = f"dirty: {counted(len(capture.changed), 'file')} differ{'s' if len(capture.changed) == 1 else ''}"
    return ", ".join(
        (
            capture.commit[:7] if capture.commit else "a repository without a commit",
            state,
            *(["patch kept"] if capture.patch and capture.patch.file else []),
            *([counted(len(capture.lock_files), "lock file")] if capture.lock_files else []),
        )
    )
