"""The history of a run on a server: fetched in full, kept page by page, gone on with, and counted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.config import CONFIG_NAME, Config, Settings
from journal.errors import SourceUnavailable
from journal.sources.wandb_api import fetching
from journal.sources.wandb_api.client import Page
from journal.sources.wandb_api.history import ServerHistory
from journal.sources.wandb_api.kept import KeptRun, KeptRuns
from journal.sources.wandb_api.places import RunPlace
from journal.sources.wandb_api.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    meanwhile: Callable[[int], object] = lambda _: None

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
            self.meanwhile(begin)
            stop = min(begin + page, last + 1)
            rows = [row for row in self.rows if begin <= row["_step"] < stop and row["_step"] not in self.lost]
            wanted = [row for row in rows if keys is None or all(key in row for key in keys)]
            chosen = [row if keys is None else {key: row[key] for key in ("_step", *keys)} for row in wanted]
            yield Page(begin, stop, chosen)

    def history(self, kept: KeptRun, *, refresh: bool = False) -> ServerHistory:
        return ServerHistory(self.statement(), kept, self.fetch, None, refresh=refresh)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / CONFIG_NAME).write_text("")
    return Config(tmp_path, Settings(), tmp_path / CONFIG_NAME)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PAGE_ROWS", 10)
    monkeypatch.setattr(fetching, "OVERLAP", 5)
    monkeypatch.setattr(fetching, "_SAVE_EVERY", 0.0)


def rows(count: int, stride: int = 1) -> list[dict[str, Any]]:
    return [{"_step": at * stride, "_timestamp": 1.7e9 + at, "loss": 1 / (at + 1)} for at in range(count)]


def values(found: ServerHistory, metric: str = "loss") -> list[tuple[int, float]]:
    cells = found.cells(metric)
    assert cells is not None
    return list(zip(found.steps[cells.rows].tolist(), cells.values.tolist(), strict=True))


def offline(kept: KeptRun) -> ServerHistory:
    assert kept.statement is not None
    return ServerHistory(kept.statement, kept, None, "nobody may be asked")


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
    assert values(offline(KeptRuns(config).run(PLACE))) == truth(server)
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    assert len(server.asked) == 1


@settings(max_examples=40)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 100))
def test_wherever_the_line_is_lost_the_next_fetch_goes_on_there(first: int, second: int, count: int) -> None:
    server = Server(rows(count))
    with TemporaryDirectory() as folder:
        for pages in (first, second):
            server.pages_left = pages
            with suppress(PluggedOut):
                _ = server.history(KeptRun(Path(folder, "run"), writable=True)).steps
        server.pages_left = 1_000_000
        assert values(server.history(KeptRun(Path(folder, "run"), writable=True))) == truth(server)
    gone_on_at = [0, first * 10, (first + second) * 10]
    assert [begin for _, begin, _ in server.asked] == [at for at in gone_on_at if at == 0 or at < count]


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
    assert [first for _, first, _ in server.asked] == [0, 20, 25]


def test_a_run_that_was_rewound_and_went_on_otherwise_is_fetched_anew(config: Config) -> None:
    server = Server(rows(25), state="running")
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows = [row | ({"loss": 7.0} if row["_step"] >= 10 else {}) for row in rows(48)]
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    assert [first for _, first, _ in server.asked] == [0, 20, 0]


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


def test_a_run_that_was_taken_back_and_ends_with_the_same_row_is_fetched_anew(config: Config) -> None:
    server = Server(rows(25), state="running")
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows = [row | ({"loss": 7.0} if 20 <= row["_step"] < 24 else {}) for row in rows(48)]
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)


def test_a_small_run_that_has_ended_is_fetched_whole_once(config: Config) -> None:
    server = Server(rows(25), state="running")
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows = rows(48)
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows[3]["loss"], server.state = 7.0, "finished"  # farther back than is compared
    for _ in range(2):
        assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    assert [first for _, first, _ in server.asked] == [0, 20, 25, 0]


def test_rows_that_the_server_counts_and_does_not_give_are_told_and_asked_for_again(config: Config) -> None:
    server = Server(rows(30), lost=frozenset({3, 4}))
    found = server.history(KeptRuns(config).run(PLACE))
    assert len(found.steps) == 28
    for history in (found, offline(KeptRuns(config).run(PLACE))):
        assert len(history.steps) == 28
        assert [problem.message for problem in history.problems] == ["the server tells of 30 rows and gave 28"]
        assert not history.is_settled
    assert len(server.asked) == 2
    assert len(server.history(KeptRuns(config).run(PLACE)).steps) == 28
    assert len(server.asked) == 3
    server.lost = frozenset()
    healed = server.history(KeptRuns(config).run(PLACE))
    assert (values(healed), healed.problems, healed.is_settled) == (truth(server), (), True)


def test_a_fault_that_passes_at_once_does_no_harm(config: Config) -> None:
    server = Server(rows(30), lost=frozenset({3, 4}))

    def mend(begin: int) -> None:
        server.lost = server.lost if begin < 20 else frozenset()

    server.meanwhile = mend
    found = server.history(KeptRuns(config).run(PLACE))
    assert (values(found), found.problems) == (truth(server), ())


@pytest.mark.parametrize("lost", [set(range(30)), set()])
def test_no_row_of_many_or_ever_other_ones_is_no_history(config: Config, lost: set[int]) -> None:
    server = Server(rows(30), lost=frozenset(lost))

    def lose_more(_: int) -> None:
        server.lost |= {len(server.lost)}

    server.meanwhile = lose_more
    with pytest.raises(SourceUnavailable, match="the server tells of 30 rows, and gave"):
        _ = server.history(KeptRuns(config).run(PLACE)).steps
    assert KeptRuns(config).run(PLACE).history == {}


@pytest.mark.parametrize("counted", [None, 0])
def test_where_the_number_of_rows_tells_nothing_that_is_told(config: Config, counted: int | None) -> None:
    server = Server(rows(30))
    said = replace(server.statement(), told={**server.statement().told, "rows": counted})
    found = ServerHistory(said, KeptRuns(config).run(PLACE), server.fetch, None)
    assert values(found) == truth(server)
    assert (len(found.problems), len(server.asked)) == (1, 1)
    assert not found.is_settled


def test_a_refresh_fetches_the_rows_again_once_and_keeps_those(config: Config) -> None:
    server = Server(rows(30))
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    server.rows[3]["loss"] = 7.0
    kept = KeptRuns(config).run(PLACE)
    for _ in range(2):
        assert values(server.history(kept, refresh=True)) == truth(server)
    assert values(offline(KeptRuns(config).run(PLACE))) == truth(server)
    assert len(server.asked) == 2


@pytest.mark.parametrize("refresh", [False, True])
def test_what_was_complete_stays_until_what_follows_it_is(config: Config, refresh: bool) -> None:
    server = Server(rows(25), state="running")
    before = truth(server)
    assert values(server.history(KeptRuns(config).run(PLACE))) == before
    server.rows, server.pages_left = rows(60), 2
    with pytest.raises(PluggedOut):
        _ = server.history(KeptRuns(config).run(PLACE), refresh=refresh).steps
    assert list(KeptRuns(config).heads()) == [PLACE]
    assert values(offline(KeptRuns(config).run(PLACE))) == before
    server.pages_left = 1_000_000
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    assert [path.name for path in (config.derived / "online").iterdir() if "draft" in path.name] == []


def test_two_that_fetch_a_growing_run_at_once_both_have_all_of_it(config: Config) -> None:
    server, other = Server(rows(90), state="running"), Server(rows(91), state="running")

    def fetch_too(begin: int) -> None:
        if begin == 50:
            assert values(other.history(KeptRuns(config).run(PLACE))) == truth(other)

    server.meanwhile = fetch_too
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)


def test_two_that_are_cut_short_at_once_leave_a_draft_that_can_be_gone_on_with(config: Config) -> None:
    server, other = Server(rows(90), pages_left=7), Server(rows(90), pages_left=3)

    def fetch_too(begin: int) -> None:
        if begin == 50:
            with pytest.raises(PluggedOut):
                _ = other.history(KeptRun(KeptRuns(config).manifest(PLACE).parent, writable=True), refresh=True).steps

    server.meanwhile = fetch_too
    with pytest.raises(PluggedOut):
        _ = server.history(KeptRuns(config).run(PLACE)).steps
    server.pages_left = 1_000_000
    assert values(server.history(KeptRuns(config).run(PLACE))) == truth(server)
    assert server.asked[-1][1] == 30


def test_numbers_of_what_another_replaced_do_not_stand_beside_those_of_this(config: Config) -> None:
    server = Server([row | {"lr": 0.5} for row in rows(30)], state="running")
    found = server.history(KeptRuns(config).run(PLACE))
    assert values(found) == truth(server)
    server.rows = [row | {"lr": 0.25} for row in rows(31)]
    assert len(server.history(KeptRuns(config).run(PLACE)).steps) == 31
    for _ in range(2):
        with pytest.raises(SourceUnavailable, match="was replaced meanwhile") as caught:
            found.cells("lr")
    assert caught.value.hint == "run the command again"
    assert values(offline(KeptRuns(config).run(PLACE)), "lr") == truth(server, "lr")
    assert [first for _, first, _ in server.asked] == [0, 25, 0]


def test_rows_that_another_fetched_again_and_are_the_same_are_read_from_there(config: Config) -> None:
    server = Server([row | {"lr": 0.5} for row in rows(30)])
    found = server.history(KeptRuns(config).run(PLACE))
    assert values(found) == truth(server)
    assert values(server.history(KeptRuns(config).run(PLACE), refresh=True)) == truth(server)
    assert values(found, "lr") == truth(server, "lr")
    assert len(server.asked) == 2


def test_nobody_is_asked_where_that_is_not_allowed(config: Config) -> None:
    found = ServerHistory(Server(rows(3)).statement(), KeptRuns(config).run(PLACE), None, "--offline was given")
    with pytest.raises(SourceUnavailable, match="was not fetched yet") as caught:
        _ = found.steps
    assert "--offline was given" in caught.value.message
    assert caught.value.hint == "run it again with --online"


def test_a_run_without_rows_is_not_asked_for_any(config: Config) -> None:
    server = Server([])
    found = server.history(KeptRuns(config).run(PLACE))
    assert (len(found.steps), found.names, server.asked) == (0, (), [])


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
        monkeypatch.setattr(fetching, "MOST_CELLS", 20)

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

    def test_two_that_fetch_other_metrics_have_both_what_they_asked_for(self, config: Config) -> None:
        server = self.server()
        one, two = KeptRuns(config).run(PLACE), KeptRuns(config).run(PLACE)
        assert (one.history, two.history) == ({}, {})
        first, second = server.history(one), server.history(two)
        assert values(first) == truth(server)
        assert values(second, "val/loss") == truth(server, "val/loss")
        assert values(first, "val/loss") == truth(server, "val/loss")
        assert values(first) == truth(server)
        assert values(second) == truth(server)

    def test_values_that_the_server_does_not_give_are_asked_for_again_by_the_next(self, config: Config) -> None:
        server = self.server()
        assert len(server.history(KeptRuns(config).run(PLACE)).steps) == 60
        server.lost = frozenset({10})
        found = server.history(KeptRuns(config).run(PLACE))
        for _ in range(2):
            assert len(values(found, "val/loss")) == 5
        assert not found.is_settled
        assert len(values(offline(KeptRuns(config).run(PLACE)), "val/loss")) == 5
        assert [keys for keys, _, _ in server.asked[1:]] == [("val/loss",)] * 2
        server.lost = frozenset()
        healed = server.history(KeptRuns(config).run(PLACE))
        assert values(healed, "val/loss") == truth(server, "val/loss")
        assert (healed.problems, healed.is_settled) == ((), True)

    def test_where_nothing_can_be_kept_all_is_held_in_memory(self) -> None:
        server = self.server()
        found = server.history(KeptRun(None, writable=False))
        for _ in range(2):
            assert values(found) == truth(server)
            assert values(found, "val/loss") == truth(server, "val/loss")
        assert len(server.asked) == 3

    def test_no_value_of_many_is_no_metric(self, config: Config) -> None:
        server = self.server()
        assert len(server.history(KeptRuns(config).run(PLACE)).steps) == 60
        server.lost = frozenset(range(60))
        with pytest.raises(SourceUnavailable, match="the server tells of 6 values, and gave 0"):
            server.history(KeptRuns(config).run(PLACE)).cells("val/loss")

    def test_values_that_the_server_counts_and_does_not_give_are_told(self, config: Config) -> None:
        server = self.server()
        kept = KeptRuns(config).run(PLACE)
        assert len(server.history(kept).steps) == 60
        server.lost = frozenset({10, 11})
        found = server.history(kept)
        assert len(values(found, "val/loss")) == 5
        assert [each.message for each in found.problems] == ["metric val/loss: the server tells of 6 values and gave 5"]
