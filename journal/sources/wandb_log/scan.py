"""A `.wandb` log read into one run: identity, config, state, and the cells of every metric."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from journal.errors import CorruptLog
from journal.model.run import Problem, RunState
from journal.sources.wandb_log.batch import decode_batch
from journal.sources.wandb_log.framing import ALIGNMENT_BYTES, CUT, FILE_HEADER, alignment, has_header
from journal.sources.wandb_log.head import LogHead
from journal.sources.wandb_log.history import History
from journal.sources.wandb_log.records import (
    Body,
    ConfigChange,
    Exit,
    HistoryRow,
    MetricDefinition,
    RunIdentity,
    decode,
)
from journal.sources.wandb_log.rows import Rows
from journal.sources.wandb_log.values import Replay
from journal.sources.wandb_log.vocabulary import Vocabulary
from journal.sources.wandb_log.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journal.sources.wandb_log.batch import Batch
    from journal.sources.wandb_log.buffers import Ints, Spans
    from journal.sources.wandb_log.records import KeyPath
    from journal.sources.wandb_log.windows import LogFile, Stretch

_MOST_PROBLEMS = 10_000


@dataclass
class LogScan:
    """What the records of a log add up to, while they arrive.

    Attributes:
        head: Who the run is.
        config: Its config.
        history: Its rows.
        step_metrics: What `define_metric` declared as the x-axis of metrics, by name or glob.
        exit_code: How it ended; None if it did not.
        records: Records decoded so far.
        number: The writer's count of the last record.
        problems: What could not be read; the first ten thousand.
        unlisted: How many problems there are beyond those.
        resume: Where in the file to go on when it has grown.
        base: Where in the file its blocks are counted from.
    """

    head: LogHead = field(default_factory=LogHead)
    config: Replay = field(default_factory=Replay)
    history: History = field(default_factory=History)
    step_metrics: dict[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    records: int = 0
    number: int = 0
    problems: list[Problem] = field(default_factory=list)
    unlisted: int = 0
    resume: int = 0
    base: int = 0

    def read(self, file: LogFile, size: int, on_read: Callable[[memoryview], object] | None = None) -> None:
        """Read on, up to `size` bytes.

        Args:
            file: The log.
            size: Its size, as far as it is to be read.
            on_read: Told the bytes of every window.

        Raises:
            CorruptLog: It is not a W&B log, or nothing of it can be read.
        """
        if not self.resume:
            self.problems, self.unlisted = [], 0
            file.seek(0)
            start = file.read(min(size, ALIGNMENT_BYTES))
            if not has_header(start):
                self._report(["the log ends inside its header"] if start else [], 0)
                if on_read is not None:
                    on_read(memoryview(start))
                return
            self.resume, self.base = FILE_HEADER, alignment(start)
            if self.base and on_read is not None:
                on_read(memoryview(start)[:FILE_HEADER])
        self.problems = [problem for problem in self.problems if problem.message != CUT]
        vocabulary = Vocabulary()
        windows = Windows(file, self.resume, size, self.base, on_read)
        for stretch in windows:
            batch = decode_batch(stretch.spans, vocabulary)
            self._take(stretch, batch, vocabulary.paths)
        self.resume = windows.resume
        damage = [problem for problem in self.problems if problem.message != CUT]
        if damage and not self.records and size > FILE_HEADER:
            first = min(damage, key=lambda problem: problem.offset or 0)
            raise CorruptLog(f"nothing of the log can be read; at byte {first.offset}: {first.message}")

    def goes_on(self, file: LogFile) -> bool:
        """Whether what was read stays as it is now that the log has grown, so that it can be read on."""
        file.seek(0)
        start = file.read(ALIGNMENT_BYTES) or b""
        return alignment(start) == self.base if self.resume else not self.records

    @property
    def state(self) -> RunState:
        """How the run ended."""
        if self.exit_code is None:
            return RunState.CRASHED_OR_RUNNING
        return RunState.FINISHED if self.exit_code == 0 else RunState.FAILED

    def step_metric(self, name: str) -> str | None:
        """The metric that was declared as the x-axis of another: by its name, or else by the last glob that fits."""
        if name in self.step_metrics:
            return self.step_metrics[name]
        globs = [glob for glob in self.step_metrics if glob.endswith("*") and name.startswith(glob[:-1])]
        return self.step_metrics[globs[-1]] if globs and not name.startswith("_") else None

    def config_problems(self) -> list[str]:
        """What is to be said of the config."""
        return [f"the config value {name!r} cannot be read" for name in self.config.result()[1]]

    def _take(self, stretch: Stretch, batch: Batch, paths: Sequence[KeyPath]) -> None:
        """Take the records of a window in: rows of history many at once, the others one by one."""
        self._list(stretch.problems)
        spans = stretch.spans
        single: list[tuple[int, HistoryRow]] = []
        for record in batch.single.tolist():
            body = self._decode(spans, batch, record)
            if isinstance(body, HistoryRow):
                single.append((record, body))
            elif body is not None:
                self._take_body(body)
        self._count(batch.number, spans.offset)
        self.records += int((batch.number >= 0).sum())
        for record, name in self.history.add(Rows(spans.buffer, batch, paths, single)):
            self._report([f"a value of {name!r} cannot be read"], int(spans.offset[record]))

    def _decode(self, spans: Spans, batch: Batch, record: int) -> Body | None:
        """One record, decoded singly; one that cannot be becomes a problem."""
        try:
            decoded = decode(spans.buffer[spans.start[record] : spans.end[record]].tobytes())
        except ValueError as error:
            self._report([f"a record cannot be decoded: {error}"], int(spans.offset[record]))
            return None
        batch.number[record] = decoded.number
        return decoded.body

    def _take_body(self, body: Body) -> None:
        match body:
            case ConfigChange():
                self.config.apply(body)
            case Exit():
                self.exit_code = body.code
            case MetricDefinition():
                self._define(body)
            case _:
                self.head.take(body)
        if isinstance(body, RunIdentity) and body.config is not None:
            self.config.apply(body.config)

    def _define(self, definition: MetricDefinition) -> None:
        name = definition.name or definition.glob
        if name and definition.step_metric:
            self.step_metrics[name] = definition.step_metric

    def _count(self, number: Ints, offset: Ints) -> None:
        """Notice records that are missing: the writer numbers them without gaps."""
        counted = number > 0
        numbers, offsets = number[counted], offset[counted]
        if not len(numbers):
            return
        before = np.append(self.number, numbers[:-1])
        for place in np.flatnonzero((before > 0) & (numbers > before + 1)).tolist():
            lost = int(numbers[place] - before[place] - 1)
            self._report([f"{lost} records before this one are missing"], int(offsets[place]))
        self.number = int(numbers[-1])

    def _report(self, messages: list[str], offset: int | None) -> None:
        self._list([Problem(message=message, offset=offset) for message in messages])

    def _list(self, problems: list[Problem]) -> None:
        """Take problems in, as many as anybody could read."""
        room = max(_MOST_PROBLEMS - len(self.problems), 0)
        self.problems += problems[:room]
        self.unlisted += len(problems[room:])
