"""The history of a run on a server: fetched in full, kept page by page, gone on with, and counted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.config import CONFIG_NAME, Config, Settings
from journal.errors import SourceUnavailable
from journal.sources.wandb_api import history
from journal.sources.wandb_api.client import Page
from journal.sources.wandb_api.history import ServerHistory
from journal.sources.wandb_api.kept import KeptRun, KeptRuns
from journal.sources.wandb_api.places import RunPlace
from journal.sources.wandb_api.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PLACE = RunPlace("https://wandb.lab.example", "lab", "notes", "kp12ab")
NOW = datetime(2026, 2, 21, 11, tzinfo=UTC)


class PluggedOut(Exception):
    """The network went away."""


@dataclass
class Server:
    """A server with one run, that may lose the line after some pages."""

    rows: list[dict[str, Any]]
    state: str = "finished"
    pages_left: int = 1_000_000
    lost: frozenset[int] = frozenset()
    asked: list[tuple[tuple[str, ...] | None, int, int]] = field(default_factory=list)

    def statement(self) -> Statement:
        counts: dict[str, int] = {}
        for row in self.rows:
            for name, value in row.items():
                counts[name] = counts.get(name, 0) + (value is not None)
        keys = {name: {"typeCounts": [{"type": "number", "count": count}]} for name, count in counts.items()}
        last = max((row["_step"] for row in self.rows), default=-1)
        told = {"id": PLACE.id, "state": self.state, "rows": len(self.rows), "created_at": "2026-02-21T10:00:00"}
        return Statement(PLACE, NOW, {**told, "history_keys": {"keys": keys, "lastStep": last}})

    def fetch(self, keys: Sequence[str] | None, first: int, last: int, page: int) -> Iterator[Page]:
        self.asked.append((None if keys is None else tuple(keys), first, last))
        for begin in range(first, last + 1, page):
            if self.pages_left == 0:
                raise PluggedOut
            self.pages_left -= 1
            stop = min(begin + page, last + 1)
            rows = [row for row in self.rows if begin <= row["_step"] < stop and row["_step"] not in self.lost]
            wanted = [row for row in rows if keys is None or all(key in row for key in keys)]
            chosen = [row if keys is None else {key: row[key] for key in ("_step", *keys)} for row in wanted]
            yield Page(begin, stop, chosen)

    def history(self, kept: KeptRun) -> ServerHistory:
        return ServerHistory(self.statement(), kept, self.fetch, None)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / CONFIG_NAME).write_text("")
    return Config(tmp_path, Settings(), tmp_path / CONFIG_NAME)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE_ROWS", 10)
    monkeypatch.setattr(history, "_SAVE_EVERY", 0.0)


def rows(count: int, stride: int = 1) -> list[dict[str, Any]]:
    return [{"_step": at * stride, "_timestamp": 1.7e9 + at, "loss": 1 / (at + 1)} for at in range(count)]


def values(found: ServerHistory, metric: str = "loss") -> list[tuple[int, float]]:
    cells = found.cells(metric)
    assert cells is not None
    return list(zip(found.steps[cells.rows].tolist(), cells.values.tolist(), strict=True))


def truth(server: Server, metric: str = "loss") -> list[tuple[int, float]]:
    return [(row["_step"], row[metric]) for row in server.rows if metric in row]


def test_every_row_of_every_page_is_there(config: Config) -> None:
    server = Server(rows(95))
    found = server.history(KeptRuns(config).run(PLACE))
    assert values(found) == truth(server)
    assert found.names == ("loss",)
    assert found.problems == ()


def test_pages_span_as_many_steps_as_hold_their_rows(config: Config) -> None:
    server = Server(rows(50, stride=1000), pages_left=6)
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)


def test_a_history_that_was_fetched_is_not_asked_for_again(config: Config) -> None:
    server = Server(rows(30))
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    kept = KeptRuns(config).run(PLACE)
    assert kept.statement is not None
    again = ServerHistory(kept.statement, kept, None, "nobody may be asked")
    assert values(again) == truth(server)
    assert len(server.asked) == 1


@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 100))
def test_wherever_the_line_is_lost_the_next_fetch_goes_on_there(first: int, second: int, count: int) -> None:
    server, kept = Server(rows(count)), KeptRun(None, writable=False)
    for pages in (first, second):
        server.pages_left = pages
        with suppress(PluggedOut):
            _ = server.history(kept).steps
    server.pages_left = 1_000_000
    found = server.history(kept)
    assert values(found) == truth(server)
    assert [begin for _, begin, _ in server.asked] == sorted(begin for _, begin, _ in server.asked)


def test_pages_that_came_before_the_line_was_lost_are_on_disk(config: Config) -> None:
    server = Server(rows(100), pages_left=7)
    with pytest.raises(PluggedOut):
        _ = server.history(KeptRuns(config).run(PLACE)).steps
    server.pages_left = 3
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    assert [first for _, first, _ in server.asked] == [0, 70]


def test_a_run_that_has_grown_is_fetched_from_where_it_was(config: Config) -> None:
    server = Server(rows(25), state="running")
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows = rows(48)
    server.rows[40]["late"] = 1.0
    found = server.history(KeptRuns(config).run(PLACE))
    assert values(found) == truth(server)
    assert values(found, "late") == [(40, 1.0)]
    assert [first for _, first, _ in server.asked] == [0, 24, 25]


def test_a_run_that_was_rewound_and_went_on_otherwise_is_fetched_anew(config: Config) -> None:
    server = Server(rows(25), state="running")
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows = [row | ({"loss": 7.0} if row["_step"] >= 10 else {}) for row in rows(48)]
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    assert [first for _, first, _ in server.asked] == [0, 24, 0]


def test_rows_that_come_before_those_that_were_fetched_are_found_out_by_their_number(config: Config) -> None:
    server = Server([row for row in rows(30) if row["_step"] != 7], state="running")
    assert len(server.history(KeptRuns(config).run(PLACE)).steps) == 29
    server.rows = rows(40)
    found = server.history(KeptRuns(config).run(PLACE))
    assert values(found) == truth(server)
    assert found.problems == ()


def test_another_run_of_the_same_id_is_fetched_anew(config: Config) -> None:
    server = Server(rows(30))
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows = [{**row, "loss": -row["loss"]} for row in rows(20)]
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)


def test_rows_that_the_server_counts_and_does_not_give_are_told(config: Config) -> None:
    server = Server(rows(30), lost=frozenset({3, 4}))
    found = server.history(KeptRuns(config).run(PLACE))
    assert len(found.steps) == 28
    assert [problem.message for problem in found.problems] == ["the server tells of 30 rows and gave 28"]


def test_nobody_is_asked_where_that_is_not_allowed(config: Config) -> None:
    found = ServerHistory(Server(rows(3)).statement(), KeptRuns(config).run(PLACE), None, "--offline was given")
    with pytest.raises(SourceUnavailable, match="was not fetched yet") as caught:
        _ = found.steps
    assert caught.value.hint == "--offline was given"


def test_a_run_without_rows_is_not_asked_for_any(config: Config) -> None:
    server = Server([])
    found = server.history(KeptRuns(config).run(PLACE))
    assert (found.rows, found.names, server.asked) == (0, (), [])


def test_what_is_kept_and_damaged_is_fetched_again(config: Config) -> None:
    server = Server(rows(30))
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    for file in (config.derived / "online").rglob("*.columns"):
        file.write_bytes(b"\0" * file.stat().st_size)
    with pytest.raises(SourceUnavailable, match="is damaged"):
        _ = server.history(KeptRuns(config).run(PLACE)).steps
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)


class TestVeryLarge:
    """A history of which only the metrics that are asked for are fetched."""

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(history, "MOST_CELLS", 20)

    def server(self) -> Server:
        made = [row | ({"val/loss": float(row["_step"])} if row["_step"] % 10 == 0 else {}) for row in rows(60)]
        return Server(made)

    def test_only_steps_and_the_metrics_asked_for_are_fetched(self, config: Config) -> None:
        server = self.server()
        found = server.history(KeptRuns(config).run(PLACE))
        assert values(found, "val/loss") == truth(server, "val/loss")
        assert [keys for keys, _, _ in server.asked] == [("_timestamp",), ("val/loss",)]
        assert found.names == ("loss", "val/loss")
        assert len(found.steps) == 60

    def test_a_metric_that_was_fetched_is_kept(self, config: Config) -> None:
        server = self.server()
        assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
        found = server.history(KeptRuns(config).run(PLACE))
        assert values(found) == truth(server)
        assert len(server.asked) == 2
        assert found.cells("nothing of that name") is None

    def test_rows_without_a_wall_time_are_rows_too(self, config: Config) -> None:
        server = self.server()
        del server.rows[5]["_timestamp"]
        found = server.history(KeptRuns(config).run(PLACE))
        assert values(found) == truth(server)
        assert len(found.steps) == 60

    def test_values_that_the_server_counts_and_does_not_give_are_told(self, config: Config) -> None:
        server = self.server()
        kept = KeptRuns(config).run(PLACE)
        assert len(server.history(kept).steps) == 60
        server.lost = frozenset({10, 11})
        found = server.history(kept)
        assert len(values(found, "val/loss")) == 5
        assert [each.message for each in found.problems] == ["metric val/loss: the server tells of 6 values and gave 5"]
