"""What a source of runs must be able to do: list what it holds, and open one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.sources.open_run import OpenRun


class Source(Protocol):
    """A place that holds runs.

    A source is made from the journal's configuration, touches nothing until asked, never writes,
    and never samples a history. Plugins register a class under the entry point group `journal.sources`.
    """

    kind: str
    """Short name, stored in evidence."""

    def __init__(self, config: Config) -> None: ...

    def places(self) -> tuple[str, ...]:
        """Where the source looks for runs, for messages: folders or addresses."""
        ...

    def heads(self) -> Iterator[RunHead]:
        """Every run the source holds, cheaply, in a stable order.

        A run that cannot be identified is left out here; `open` says why it cannot be read.

        Raises:
            SourceUnavailable: A part could not be reached; only after all other runs were given.
        """
        ...

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head that this source listed.

        Raises:
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: It could not be reached.
        """
        ...

    def locate(self, reference: str) -> RunHead | None:
        """The run at a path or address that only this source understands, or None if it is not one of its own.

        Bare ids and `entity/project/id` are not passed here: the registry matches those against `heads`.

        Raises:
            AmbiguousRun: Several runs are there.
            CorruptLog: It is a run of this source, but nothing of it can be read.
            SourceUnavailable: It could not be looked for.
        """
        ...


class WatchedSource(Source, Protocol):
    """A source that can also tell what its answers rest on, so that what did not change is not looked at again.

    None of it is needed. Without `watched`, runs are listed anew each time; without `files` of an opened run (see
    `journal.sources.open_run`), entries about it are looked at in full each time.
    """

    variables: tuple[str, ...]
    """Names of the environment variables that it reads."""

    def watched(self) -> tuple[Path, ...] | None:
        """Every folder and file that decided what `heads` gave; None if that cannot be told.

        As long as all of them are as they were, those that are not there included, `heads` gives the same runs, and so
        does `locate`, but for what lies at the very path that it is given.
        """
        ...
