"""The test server by itself: what it refuses, its faults, and that its runs are those of the local logs."""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from conftest import RUNS
from journal import open_run
from journal.sources.wandb_log.reading import LogReading
from wandb_server import KEY, ServerRun, WandbServer
from wandb_server_runs import flat

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEWER = "query GetDefaultEntity { viewer { id entity } }"


@pytest.fixture(scope="module")
def alone() -> Iterator[WandbServer]:
    files = {"wandb-metadata.json": b"0123456789"}
    with WandbServer([ServerRun("kp12ab", rows=[{"loss": 1.0}], notes="old", tags=["slow"], files=files)]) as server:
        yield server


@pytest.fixture
def own(alone: WandbServer) -> Iterator[WandbServer]:
    alone.requests.clear()
    yield alone
    alone.faults.clear()


class Reply(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]


def _send(url: str, headers: dict[str, str], body: bytes | None = None, timeout: float = 10) -> Reply:
    asking = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - an address on this machine
    try:
        with urllib.request.urlopen(asking, timeout=timeout) as answer:  # noqa: S310 - the same
            return Reply(answer.status, answer.read(), dict(answer.headers))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.read(), dict(error.headers))


def _ask(
    server: WandbServer, document: str = VIEWER, *, key: str = KEY, timeout: float = 10, **variables: Any
) -> Reply:
    head = {"Authorization": "Basic " + base64.b64encode(f"api:{key}".encode()).decode()}
    body = json.dumps({"query": document, "variables": variables, "operationName": ""}).encode()
    return _send(f"{server.url}/graphql", head, body, timeout)


def _query(server: WandbServer, document: str = VIEWER, **variables: Any) -> Any:
    return json.loads(_ask(server, document, **variables).body)


def _again(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", "/files/none")
    return connection.getresponse().read()


def test_an_answer_holds_what_was_asked_for_and_nothing_else(own: WandbServer) -> None:
    who = own.answers.entity
    assert _query(own) == {"data": {"viewer": {"id": "VXNlcjox", "entity": who}}}
    assert _query(own, "{ viewer { entity } }") == {"data": {"viewer": {"entity": who}}}
    assert _ask(own, "query Viewer { viewer { shoeSize } }").status == 400
    assert _ask(own, "query Weather { sky }").status == 400


def test_a_file_is_given_in_ranges(own: WandbServer) -> None:
    url = f"{own.url}/files/lab/notes/kp12ab/wandb-metadata.json"
    assert _send(url, {})[:2] == (200, b"0123456789")
    assert _send(url, {"Range": "bytes=2-4"})[:2] == (206, b"234")
    assert _send(url, {"Range": "bytes=8-99"})[:2] == (206, b"89")
    assert _send(url, {"Range": "bytes=-3"})[:2] == (206, b"789")
    assert _send(f"{url}.missing", {}).status == 404
    assert own.operations == ["file"] * 5


def test_a_mutation_changes_what_it_names_and_nothing_else(own: WandbServer) -> None:
    (run,) = own.runs
    changing = "mutation UpsertBucket($id: String!, $notes: String, $tags: [String!]) { upsertBucket(input: "
    changing += "{id: $id, notes: $notes, tags: $tags}) { bucket { id notes } inserted } }"
    told = _query(own, changing, id=run.storage_id, notes="new", tags=None)
    assert told["data"]["upsertBucket"] == {"bucket": {"id": run.storage_id, "notes": "new"}, "inserted": False}
    assert (run.notes, run.tags) == ("new", ["slow"])
    own.faults.status(500, "UpsertBucket", times=1)
    assert _ask(own, changing, id=run.storage_id, notes="never").status == 500
    assert own.changes == [{"id": run.storage_id, "notes": "new"}]


def test_an_unknown_key_is_refused(own: WandbServer) -> None:
    assert _ask(own, key="another" * 6).status == 401
    assert KEY not in str(own.requests)


def test_a_fault_comes_as_often_as_it_was_told_to_and_only_where(own: WandbServer) -> None:
    own.faults.status(429, "GetDefaultEntity", times=2, retry_after=1)
    for _ in range(2):
        refused = _ask(own)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert "viewer" in _query(own)["data"]
    own.faults.status(500, "Runs")
    assert "viewer" in _query(own)["data"]


def test_an_answer_may_be_something_else_or_hold_nothing(own: WandbServer) -> None:
    asking = "query Run { project { run { id } } }"
    own.faults.errors("no such thing", times=1)
    assert _query(own)["errors"][0]["message"] == "no such thing"
    own.faults.garbage(times=1)
    with pytest.raises(json.JSONDecodeError):
        _query(own)
    own.faults.null("project", times=1)
    assert _query(own, asking, entity="lab", project="notes", name="kp12ab") == {"data": {"project": None}}
    own.faults.null("run", times=1)
    assert _query(own, asking, entity="lab", project="notes", name="kp12ab") == {"data": {"project": {"run": None}}}


def test_an_answer_may_end_in_the_middle_or_come_late_or_never(own: WandbServer) -> None:
    own.faults.drop(keep=5, times=1)
    with pytest.raises(http.client.IncompleteRead) as raised:
        _query(own)
    assert raised.value.partial == b'{"dat'
    own.faults.drop("file", keep=2, times=1)
    with pytest.raises(http.client.IncompleteRead):
        _send(f"{own.url}/files/lab/notes/kp12ab/wandb-metadata.json", {"Range": "bytes=0-5"})
    own.faults.slow(0.05, times=1)
    begun = time.monotonic()
    assert "viewer" in _query(own)["data"]
    assert time.monotonic() - begun >= 0.05
    own.faults.hang(times=1)
    with pytest.raises(TimeoutError):
        _query(own, timeout=0.1)


def test_a_server_that_is_stopped_refuses_and_comes_back_where_it_was(own: WandbServer) -> None:
    url, kept = own.url, http.client.HTTPConnection("127.0.0.1", int(own.url.rpartition(":")[2]), timeout=5)
    assert _again(kept) == b"{}"
    own.stop()
    with pytest.raises(urllib.error.URLError, match="refused"):
        _query(own)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):  # an old connection is no way around it
        _again(kept)
    kept.close()
    own.start()
    assert own.url == url
    assert "viewer" in _query(own)["data"]
    own.faults.hang(times=1)
    with pytest.raises(TimeoutError):
        _query(own, timeout=0.1)


def test_a_run_made_from_a_log_has_every_number_of_it() -> None:
    logs = [log for log in sorted(RUNS.rglob("*.wandb")) if log.is_file() and log.stat().st_size > 7][::3]
    for log in logs:
        online, local = ServerRun.of_log(log), LogReading(log)
        rows = [flat(row) for row in online.rows]
        assert [row["_step"] for row in rows] == local.steps.to_list()
        for name, column in local.columns(local.metric_names).items():
            told = [float(row[name]) for row in rows if type(row.get(name)) in {int, float}]
            assert str(told) == str(column.values.to_list()), (log.name, name)  # of a NaN too
    assert len(logs) > 15


def test_a_run_of_several_folders_has_the_rows_that_the_journal_joins() -> None:
    folders = sorted((RUNS / "joined-0.31.0" / "resume" / "wandb").glob("*-goon031"))
    online, local = ServerRun.of_log(*folders), open_run(folders[-1])
    column = local.column("loss")
    assert column is not None
    assert len(folders) == 2
    told = {row["_step"]: row["loss"] for row in online.rows if "loss" in row}
    assert {step: told.get(step) for step in column.steps} == dict(zip(column.steps, column.values, strict=True))


def test_an_exported_run_lies_in_parquet_files_with_all_its_rows() -> None:
    import polars as pl

    run = ServerRun.of_log(next((RUNS / "sdk-0.31.0" / "wandb").glob("*-plain031")), exported=True)
    run.files_exported = 2
    frame = pl.concat([pl.read_parquet(file) for file in run.parquets()], how="diagonal_relaxed")
    assert len(run.parquets()) == 2
    assert frame["_step"].to_list() == [row["_step"] for row in run.rows]
    assert frame["train/loss"].to_list() == [row.get("train/loss") for row in run.rows]
    assert frame.height == run.node()["historyLineCount"]
