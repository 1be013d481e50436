"""The contents of a run that lies in one log."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from journal.errors import CorruptLog, SourceUnavailable
from journal.model.run import Column, Origin, Run, RunHead, Segment
from journal.sources.open_run import sole_segment
from journal.sources.wandb_folder.identity import beside, identify
from journal.sources.wandb_folder.joining import Part
from journal.sources.wandb_log.head import read_head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from journal.model.revision import Code
    from journal.sources.wandb_folder.search import LogFile
    from journal.sources.wandb_log.reading import LogReading

Answer = TypeVar("Answer")


class LogPlace(NamedTuple):
    """A log and what the journal calls it.

    Attributes:
        id: Id of the run that it is a part of.
        file: The log.
        place: Its run folder, for people.
        path: The log's own name in evidence.
    """

    id: str
    file: LogFile
    place: str
    path: str


class OneLog:
    """The contents of a run that lies in one log.

    Args:
        log: The log.
        read: Reads a log, or prepares to: it is asked when first something is wanted.

    Raises:
        CorruptLog: It is not a W&B log. That nothing of it can be read may also be found out later.
        SourceUnavailable: It cannot be opened.
    """

    def __init__(self, log: LogPlace, read: Callable[[Path], LogReading]) -> None:
        self.log = log
        self._beside = beside(log.file)
        self._read = read
        try:
            self._head = read_head(Path(log.file.path))
        except OSError as error:
            raise SourceUnavailable.of(log.file.path, error) from error
        except CorruptLog as error:
            raise CorruptLog(error.message, hint=error.hint, path=log.path) from error

    @cached_property
    def head(self) -> RunHead:
        """What the beginning of the log tells, completed from the files beside it."""
        identity = identify(self.log.file, self._head)._asdict()
        del identity["parent"]
        return RunHead(**identity, place=self.log.place)

    @cached_property
    def run(self) -> Run:
        """The run as its log tells it, completed from the files beside the log."""
        return self._ask(self._run)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of its metrics, sorted."""
        return self._ask(lambda reading: reading.metric_names)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The tracker's own summary."""
        return self._ask(lambda reading: reading.summary) or self._beside.summary()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The log itself."""
        steps = self._ask(lambda reading: reading.steps)
        return (sole_segment(self.run, self.origin, int(steps[0]) if steps.len() else None),)

    @cached_property
    def origin(self) -> Origin:
        """The log's bytes."""
        return self._ask(lambda reading: reading.origin(self.log.path))

    def columns(self, metrics: Iterable[str]) -> Mapping[str, Column]:
        """The columns of those of these metrics that the log has."""
        return self._ask(lambda reading: reading.columns(metrics))

    def grown_from(self, origin: Origin) -> Segment | None:
        """The log itself, if its bytes are those that an origin tells of, or begin with them."""
        begins = self._ask(lambda reading: reading.begins_with(origin.bytes, origin.sha256))
        return self.segments[0] if begins else None

    @property
    def files(self) -> tuple[Path, ...]:
        """The log, the folder that it shares or does not share with others, and the files beside it."""
        log = Path(self.log.file.path)
        return (log, log.parent, *self._beside.files)

    @cached_property
    def code(self) -> tuple[Code, ...]:
        """What was run, without a look at the history."""
        known = identify(self.log.file, self._head)
        return (self._beside.code(known.commit, known.remote, known.started),)

    @property
    def branches(self) -> bool:
        """Whether it leaves another run, or an earlier state of its own."""
        return self._head.branch is not None

    @cached_property
    def part(self) -> Part:
        """What joining needs of it."""
        return self._ask(self._part)

    def _ask(self, what: Callable[[LogReading], Answer]) -> Answer:
        """Something of the log; when it cannot be had, the error says of which."""
        try:
            return what(self._reading)
        except OSError as error:
            raise SourceUnavailable.of(self.log.file.path, error) from error
        except CorruptLog as error:
            raise CorruptLog(error.message, hint=error.hint, path=self.log.path) from error

    @cached_property
    def _reading(self) -> LogReading:
        return self._read(Path(self.log.file.path))

    def _run(self, reading: LogReading) -> Run:
        side = self._beside
        side.summary()  # what is wrong with it is a problem of the run, whoever asks for it
        identity = identify(self.log.file, reading.head)._asdict()
        del identity["parent"]
        dirty = side.dirty(identity["commit"])
        return Run(
            **identity,
            place=self.log.place,
            state=reading.state,
            dirty=dirty,
            sdk=reading.head.sdk or side.sdk,
            config=reading.config or side.config(),
            environment=reading.head.machine or side.environment,
            rows=reading.rows,
            last_step=reading.last_step,
            problems=(*reading.problems, *side.problems),
        )

    def _part(self, reading: LogReading) -> Part:
        return Part(
            id=self.log.id,
            started=identify(self.log.file, reading.head).started,
            resume=reading.head.resume,
            branch=reading.head.branch,
            state=reading.state,
            steps=reading.steps,
            times=reading.times,
            numbered=reading.numbered,
        )
