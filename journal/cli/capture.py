"""`journal capture`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.output import answer, put
from journal.errors import JournalError
from journal.model.span import span
from journal.model.wording import counted

if TYPE_CHECKING:
    from journal.authoring.capture_place import Place
    from journal.authoring.take_capture import Taken
    from journal.model.capture import Capture


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
    from journal.authoring.capture_place import place_of
    from journal.authoring.take_capture import take

    place = place_of(run)
    taken = take(place.folder, [Path.cwd()], keep_patch=patch, command=words or ())
    if taken.differs:
        raise JournalError(
            f"holds what was captured at {taken.capture.at:%Y-%m-%d %H:%M:%S} UTC, and the code has changed since",
            path=os.path.relpath(place.folder),
            hint="what was captured first stays; give a new run a folder of its own",
        )
    if as_json:
        answer(_shape(place, taken))
        return
    put(("captured " if taken.is_new else "already captured ") + _told(taken.capture) + _too_late(place, taken))


def _shape(place: "Place", taken: "Taken") -> dict[str, Any]:
    head, capture = place.head, taken.capture
    return {
        "run": head and head.id,
        "folder": os.path.relpath(place.folder),
        "new": taken.is_new,
        "timely": place.late(capture.at) is None if head is not None and head.started is not None else None,
        "capture": capture.model_dump(mode="json"),
    }


def _too_late(place: "Place", taken: "Taken") -> str:
    """That a capture proves nothing, if so."""
    late = place.late(taken.capture.at)
    return "" if late is None else f"; too late to prove: it began {span(late)} {'ago' if taken.is_new else 'before'}"


def _unknown(capture: "Capture") -> list[str]:
    """That there are files that git does not know, which may have taken part."""
    if capture.untracked is None:
        return ["files that git does not know could not be listed"]
    return [f"{counted(len(capture.untracked), 'file')} that git does not know"] if capture.untracked else []


def _told(capture: "Capture") -> str:
    """A capture in one line."""
    state = "clean"
    if capture.dirty:
        state = f"dirty: {counted(len(capture.changed), 'file')} differ{'s' if len(capture.changed) == 1 else ''}"
    return ", ".join(
        (
            capture.commit[:7] if capture.commit else "a repository without a commit",
            state,
            *_unknown(capture),
            *(["patch kept"] if capture.patch and capture.patch.file else []),
            *([counted(len(capture.lock_files), "lock file")] if capture.lock_files else []),
        )
    )
