"""What a source of runs must be able to do: list what it holds, and open one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.model.run_query import Condition
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


class RemoteSource(Source, Protocol):
    """A source behind a network.

    It asks nobody where `Config.offline` says why not. What it fetched before is kept in the journal's derived folder:
    `heads` gives those runs, and `open` opens them without asking anybody where they had ended.
    """

    remote: Literal[True]
    """Says that it is one."""

    def expect(self, references: Iterable[str]) -> None:
        """Be told of references that are about to be asked for, so that they are asked for together.

        Nothing is raised: what goes wrong is told of whoever asks for the run.
        """
        ...

    def find(self, reference: str) -> Sequence[RunHead]:
        """The runs there that have just the id, the address or the URL that a reference gives.

        What was kept of runs that had ended answers without asking; while offline, all that was kept. A bare id is
        looked for in the projects of the configuration alone. Nothing for an address of another server.

        Raises:
            SourceUnavailable: The server could not be asked, so that nobody can tell.
        """
        ...

    def alike(self, reference: str) -> Sequence[RunHead]:
        """The runs there that a word without an address names otherwise: by name, tag, or beginning of the id.

        Of these, the first rule that any run answers to. While offline, what was kept answers.

        Raises:
            SourceUnavailable: The server could not be asked, so that nobody can tell.
        """
        ...

    def search(self, conditions: Sequence[Condition], project: str | None, most: int) -> Iterator[RunHead]:
        """The runs of a project that meet all conditions, the newest first.

        Args:
            conditions: What must hold of a run.
            project: `project` or `entity/project`; those of the configuration if None.
            most: How many at most.

        Raises:
            SourceUnavailable: The server could not be asked.
            UsageError: No project is known, or a condition cannot be asked of this server.
        """
        ...

    def same(self, head: RunHead) -> OpenRun | None:
        """The run on the server that a run of a folder is, as far as `expect` was told of it; no history is read.

        None where nothing is known of it, or nobody may be asked.
        """
        ...


class NotedSource(RemoteSource, Protocol):
    """A remote source whose runs have notes that can be written."""

    def notes(self, head: RunHead) -> str:
        """The notes of a run, as they are now."""
        ...

    def write_notes(self, head: RunHead, notes: str) -> None:
        """Replace the notes of a run, and nothing else of it."""
        ...

    def page(self, head: RunHead) -> str:
        """Web address of a run's page."""
        ...


def is_remote(source: Source) -> TypeGuard[RemoteSource]:
    """Whether a source is one behind a network."""
    return getattr(source, "remote", False) is True


def is_noted(source: Source) -> TypeGuard[NotedSource]:
    """Whether a source's runs have notes that can be written."""
    return hasattr(source, "write_notes")
