"""The contents of a run whose history lies in several logs, joined to one."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from journal.errors import CorruptLog
from journal.model.run import Column, Origin, Problem, Run, RunHead, Segment
from journal.sources.wandb_folder.joining import Joined, join, join_column
from journal.sources.wandb_folder.runs import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from journal.model.revision import Code
    from journal.sources.wandb_folder.one_log import OneLog


class JoinedLogs:
    """The contents of a run whose history lies in several logs, or leaves another.

    A log of which nothing can be read is a problem of the run, and takes nothing else away.

    Args:
        run_id: The run's id.
        logs: Its logs in the order in which they were begun, those of the runs it was forked from before them.
        alone: Whether one part was asked for alone, so that nobody misses the rows before it.
    """

    def __init__(self, run_id: str, logs: Sequence[OneLog], *, alone: bool = False) -> None:
        self._id = run_id
        self._alone = alone
        self._given = logs
        self._unread: list[Problem] = []
        self._columns: dict[str, Column | None] = {}

    @property
    def head(self) -> RunHead:
        """The run: what its parts say of it takes reading them."""
        return self.run

    @cached_property
    def run(self) -> Run:
        """The run as its logs tell it.

        A config value is that of the newest log that gives one, where logs whose rows all lost their place are left
        out. So it is with what is said of the SDK, of the machine and of uncommitted changes.
        """
        counting = [log.run for log in self._counting]
        steps = [joint.steps for joint in self._joined.joints]
        own = self._own
        return Run(
            id=self._id,
            **merged([log.run for log in own]),
            place=own[-1].log.place,
            segments=len(self._given),
            state=self._joined.state,
            dirty=next((run.dirty for run in reversed(counting) if run.dirty is not None), None),
            sdk=next((run.sdk for run in reversed(counting) if run.sdk), None),
            environment=next((run.environment for run in reversed(counting) if run.environment), {}),
            config={key: value for run in counting for key, value in run.config.items()},
            rows=sum(each.count() for each in steps),
            last_step=max((last for each in steps if (last := _whole(each.max())) is not None), default=None),
            rule=f"this part alone, which {self._joined.joints[-1].note}" if self._alone else self._joined.rule,
            problems=(*self._problems(), *self._unread, *self._problems_of_logs()),
        )

    @cached_property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics that have a row that counts, sorted."""
        whole = [not joint.steps.null_count() for joint in self._joined.joints]
        sure = {name for log, all_rows in zip(self._logs, whole, strict=True) if all_rows for name in log.metric_names}
        asked = {name for log in self._logs for name in log.metric_names} - sure
        return tuple(sorted(sure | set(self.columns(asked))))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The tracker's own summary, of the newest log that has one."""
        return next((log.summary for log in reversed(self._own) if log.summary), {})

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The logs, in the order in which they were joined."""
        return tuple(
            Segment(
                place=log.log.place,
                origin=log.origin,
                state=log.run.state,
                started=log.run.started,
                rows=log.run.rows,
                kept=joint.steps.count(),
                first_step=_whole(joint.steps.min()),
                last_step=_whole(joint.steps.max()),
                note=joint.note,
            )
            for log, joint in zip(self._logs, self._joined.joints, strict=True)
        )

    @cached_property
    def origin(self) -> Origin:
        """The bytes of all logs, under the newest one's name."""
        origins = [log.origin for log in self._logs]
        if len(origins) == 1:
            return origins[0]
        sums = "".join(f"{origin.sha256}\n" for origin in origins)
        return Origin(
            kind=origins[-1].kind,
            path=origins[-1].path,
            bytes=sum(origin.bytes for origin in origins),
            sha256=sha256(sums.encode()).hexdigest(),
        )

    def columns(self, metrics: Iterable[str]) -> Mapping[str, Column]:
        """The columns of those of these metrics that have a row that counts."""
        wanted = list(metrics)
        new = [name for name in wanted if name not in self._columns]
        if new:
            parts = [log.columns(new) for log in self._logs]
            for name in new:
                self._columns[name] = join_column(self._joined, [part.get(name) for part in parts])
        return {name: column for name in wanted if (column := self._columns[name]) is not None}

    @cached_property
    def _logs(self) -> list[OneLog]:
        """The logs that can be read.

        Raises:
            CorruptLog: None of the run's own can.
        """
        read: list[OneLog] = []
        for log in self._given:
            try:
                _ = log.part
            except CorruptLog as error:
                if log is self._given[-1] and not any(each.log.id == self._id for each in read):
                    raise
                self._unread.append(Problem(message=f"{log.log.place}: {error.message}"))
            else:
                read.append(log)
        return read

    def grown_from(self, origin: Origin) -> Segment | None:
        """The segment whose bytes are those that an origin tells of, or begin with them."""
        for log, segment in zip(self._logs, self.segments, strict=True):
            if log.grown_from(origin) is not None:
                return segment
        return None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of every log, also of those that cannot be read."""
        return tuple(dict.fromkeys(file for log in self._given for file in log.files))

    @cached_property
    def code(self) -> tuple[Code, ...]:
        """What each of the run's own logs ran, also one whose history cannot be read."""
        return tuple(code for log in self._given if log.log.id == self._id for code in log.code)

    @property
    def _own(self) -> list[OneLog]:
        return [log for log in self._logs if log.log.id == self._id]

    @property
    def _counting(self) -> list[OneLog]:
        """The run's own logs without those that logged rows of which none counts."""
        kept = [joint.steps.count() or joint.steps.is_empty() for joint in self._joined.joints]
        return [log for log, counts in zip(self._logs, kept, strict=True) if counts and log.log.id == self._id]

    @cached_property
    def _joined(self) -> Joined:
        return join(self._id, [log.part for log in self._logs])

    def _problems(self) -> tuple[Problem, ...]:
        """What is missing before the run's own rows."""
        return () if self._alone else self._joined.problems

    def _problems_of_logs(self) -> list[Problem]:
        """What could not be read in each log, with its folder where there are several."""
        return [
            problem.model_copy(update={"message": f"{log.log.place}: {problem.message}"})
            if len(self._given) > 1
            else problem
            for log in self._logs
            for problem in log.run.problems
        ]


def _whole(step: Any) -> int | None:
    """A step from among those of a series."""
    return None if step is None else int(step)
