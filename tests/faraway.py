"""A server of runs to test with: it keeps nothing, and remembers what it was asked."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from typing import TYPE_CHECKING, ClassVar, Literal

import polars as pl

from journal.errors import SourceUnavailable
from journal.model.run import Column, Origin, Run, RunHead, RunState
from journal.sources import registry
from journal.sources.open_run import Loaded, OpenRun

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pytest

    from journal.config import Config
    from journal.model.run_query import Condition

FAR = "far.example/lab/toy/runs"


def far_run(run_id: str, name: str | None = None, state: RunState = RunState.FINISHED, lr: float = 0.001) -> Run:
    """A run that the server has: four rows."""
    return Run(
        id=run_id,
        entity="lab",
        project="toy",
        name=name,
        place=f"{FAR}/{run_id}",
        state=state,
        config={"lr": lr},
        rows=4,
        last_step=3,
    )


class Faraway:
    """A source behind a network that is not there: its runs are those of `shelf`."""

    kind = "faraway"
    remote: Literal[True] = True
    variables = ("WANDB_MODE",)
    shelf: ClassVar[list[Run]] = []
    asked: ClassVar[list[tuple[object, ...]]] = []
    """Each question, in order: what was done, and with what."""
    down: ClassVar[bool] = False

    def __init__(self, config: Config) -> None:
        self._config = config

    @classmethod
    def of(cls, what: str) -> list[object]:
        """With what a thing was asked for, each time."""
        return [said[1] for said in cls.asked if said[0] == what]

    def _ask(self, *question: object) -> None:
        assert self._config.offline is None
        self.asked.append(question)
        if self.down:
            raise SourceUnavailable("far.example does not answer", hint="try again later")

    def places(self) -> tuple[str, ...]:
        """The server."""
        return ("far.example",)

    def watched(self) -> tuple[()] | None:
        """Nothing, or what cannot be told: the server may have other runs at any time."""
        return () if self._config.offline is not None else None

    def heads(self) -> Iterator[RunHead]:
        """Nothing is kept."""
        return iter(())

    def locate(self, reference: str) -> RunHead | None:  # noqa: ARG002 - the interface's name
        """It has no paths."""
        return None

    def expect(self, references: Iterable[str]) -> None:
        """Take note of what is asked for together."""
        self.asked.append(("expect", list(references)))

    def find(self, reference: str) -> Sequence[RunHead]:
        """The run by its id or address."""
        if self._config.offline is not None:
            return ()
        self._ask("find", reference, self._config.reach.refresh)
        return [_head(run) for run in self.shelf if reference in {run.id, run.address}]

    def alike(self, reference: str) -> Sequence[RunHead]:
        """The run by its name."""
        if self._config.offline is not None:
            return ()
        self._ask("alike", reference, self._config.reach.refresh)
        return [_head(run) for run in self.shelf if reference == run.name]

    def search(self, conditions: Sequence[Condition], project: str | None, most: int) -> Iterator[RunHead]:
        """All of them, whatever is asked for."""
        self._ask("search", [str(each) for each in conditions], project, most)
        yield from map(_head, self.shelf[:most])

    def same(self, head: RunHead) -> OpenRun | None:  # noqa: ARG002 - the interface's name
        """None of them lies in a folder."""
        return None

    def open(self, head: RunHead) -> OpenRun:
        """The run, whose loss halves from step to step."""
        self._ask("open", head.id, self._config.reach.refresh)
        (run,) = (each for each in self.shelf if each.id == head.id)
        steps, values = pl.Series(range(4), dtype=pl.Int64), pl.Series([8.0, 4.0, 2.0, 1.0])
        times = pl.Series([None] * 4, dtype=pl.Float64)
        held = {"loss": Column(name="loss", steps=steps, values=values, times=times)}
        origin = Origin(kind=self.kind, path=head.place, bytes=1, sha256="0" * 64)
        return OpenRun(Loaded(run=run, origin=origin, held=held, summary={}))


def _head(run: Run) -> RunHead:
    return RunHead.model_validate(run.model_dump(include=set(RunHead.model_fields)))


def with_server(monkeypatch: pytest.MonkeyPatch, *runs: Run, down: bool = False) -> type[Faraway]:
    """Have runs in folders, and a server that has these."""
    ours = EntryPoint("wandb-folder", "journal.sources.wandb_folder.folders:WandbFolders", registry.GROUP)
    far = EntryPoint("faraway", f"{__name__}:Faraway", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", EntryPoints([ours, far]).select)
    monkeypatch.setattr(Faraway, "shelf", list(runs))
    monkeypatch.setattr(Faraway, "asked", [])
    monkeypatch.setattr(Faraway, "down", down)
    return Faraway
