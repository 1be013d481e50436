"""The runs of a journal as a list: chosen, newest first, with the entries that cite them, read as far as asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journal.errors import JournalError, SourceUnavailable
from journal.index.citations import citations
from journal.model.run import RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.index.journal import Journal
    from journal.model.run import Run, RunHead
    from journal.sources.registry import Sources


@dataclass(frozen=True)
class ListedRun:
    """A run in a list.

    Attributes:
        head: What identifies it.
        cited_by: Ids of the entries whose front matter references it, newest first.
        run: What its log says; None where it was not read.
        problem: Why it could not be read.
    """

    head: RunHead
    cited_by: tuple[str, ...] = ()
    run: Run | None = None
    problem: JournalError | None = None

    @property
    def state(self) -> RunState | None:
        """How it ended; unknown if its log cannot be read, None if it was not read."""
        if self.problem is not None:
            return RunState.UNKNOWN
        return self.run.state if self.run is not None else None

    @property
    def unreached(self) -> bool:
        """Whether nobody could look."""
        return isinstance(self.problem, SourceUnavailable)

    def read(self, sources: Sources) -> ListedRun:
        """The same run with what its log says, or with the reason why it cannot be read."""
        try:
            return replace(self, run=sources.open(self.head, keep=False).run)
        except JournalError as error:
            return replace(self, problem=error.placed(self.head.place))


@dataclass(frozen=True)
class RunFilter:
    """Which runs are wanted; what is None does not matter.

    Attributes:
        project: `project`, or `entity/project`.
        commit: The commit that the run recorded, or the beginning of its sha.
        cited: Whether an entry cites it.
    """

    project: str | None = None
    commit: str | None = None
    cited: bool | None = None

    def takes(self, listed: ListedRun) -> bool:
        """Whether a run is wanted."""
        head = listed.head
        return (
            (self.project is None or self.project in {head.project, f"{head.entity}/{head.project}"})
            and (self.commit is None or (head.commit or "").startswith(self.commit.lower()))
            and (self.cited is None or self.cited == bool(listed.cited_by))
        )


def list_runs(
    journal: Journal | None, sources: Sources, wanted: RunFilter, heads: Sequence[RunHead] | None = None
) -> list[ListedRun]:
    """The wanted runs, the one that started last first, those without a start last; no log is read for it.

    Args:
        journal: The journal whose entries may cite them; None where there is none.
        sources: Where they lie.
        wanted: Which of them are wanted.
        heads: The runs to choose from; all that the sources list by default.
    """
    heads = sources.heads() if heads is None else heads
    cited = citations(journal, sources, heads) if journal is not None else {}
    listed = (ListedRun(head, cited.get(head, ())) for head in newest_first(heads))
    return [each for each in listed if wanted.takes(each)]


def newest_first(heads: Iterable[RunHead]) -> list[RunHead]:
    """Runs by their start, the newest first; then by where they lie."""
    return sorted(heads, key=lambda head: (head.started is None, -_seconds(head), head.place))


def _seconds(head: RunHead) -> float:
    return head.started.timestamp() if head.started is not None else 0.0


def citing(journal: Journal | None, sources: Sources, head: RunHead) -> tuple[str, ...]:
    """Ids of the entries whose front matter references a run, newest first."""
    if journal is None:
        return ()
    cited = citations(journal, sources)
    same_run = (ids for other, ids in cited.items() if other.address == head.address)
    found = cited.get(head) or next(same_run, ())
    return found or citations(journal, sources, [head]).get(head, ())  # one that only a server lists
