"""The contract with W&B as it was recorded, and what a recording may tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

import record_wandb
from record_wandb import FROM_TEST_SERVER, RECORDED, of_test_server, toy_run
from wandb_server import KEY
from wandb_server_contract import differences, merged, shape, strangers


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return of_test_server()


def test_client_and_test_server_speak_as_was_recorded(ours: dict[str, Any]) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    advice = "the client or the test server speaks otherwise than before; `make record RUN=test-server` shows how"
    assert (recorded["sdk"], recorded["headers"]) == (ours["sdk"], ours["headers"]), advice
    if recorded["recorded from"] == FROM_TEST_SERVER:
        assert recorded == ours, advice
    exchanges = [
        {(each["operation"], each["document"]): each for each in told["exchanges"]} for told in (recorded, ours)
    ]
    assert exchanges[0].keys() == exchanges[1].keys(), advice
    for said, asked in exchanges[0].items():
        for part in ("variables", "answer"):
            assert list(differences(asked[part], exchanges[1][said][part], said[0])) == []
    assert list(differences(recorded["rows"], ours["rows"], "rows")) == []


def test_every_exchange_of_the_client_is_recorded(ours: dict[str, Any]) -> None:
    names = {each["operation"] for each in ours["exchanges"]}
    histories = {"RunHistoryKeys", "RunParquetHistory", "HistoryPage", "SampledHistoryPage", "RunFullHistory"}
    assert names >= histories | {"Viewer", "GetDefaultEntity", "Runs", "Run", "RunSampledHistory", "RunFiles"}
    assert [each["statuses"] for each in ours["exchanges"] if each["operation"] == "Nobody"] == [[401]]


def test_a_recording_tells_of_nobody(ours: dict[str, Any]) -> None:
    run = toy_run()
    own = [run.id, run.entity, run.project, run.name, run.user, run.group, run.job_type, run.commit, run.notes]
    own += [*run.tags, *run.config, *run.config.values(), *(key for row in run.rows for key in row if key[0] != "_")]
    own += [KEY, "127.0.0.1", "researcher", "somebody", "@"]
    assert len(own) > 25
    for text in (RECORDED.read_text(encoding="utf-8"), json.dumps(ours)):
        assert [word for word in own if isinstance(word, str) and word in text] == []


def test_what_may_be_somebodys_own_word_is_found() -> None:
    said = {"run": {"id": "text", "petals": "number", "keys": {"*": {"type": "number | image-file"}}, "config": "peat"}}
    assert list(strangers(said, "query { run { id config } }")) == ["petals", "peat"]
    assert list(strangers([{"createdAt": "0000-00-00T00:00:00Z", "id": "null | text"}], "{ id createdAt }")) == []


def test_a_recording_needs_a_run_and_a_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    for arguments in ([], [""], ["a run"], ["lab/notes/kp12ab"]):
        assert record_wandb.main(arguments) == 2
        assert capsys.readouterr().err == f"{record_wandb.USAGE}\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"id": "x", "count": 3, "ratio": 0.5, "tags": []},
            {"id": "text", "count": "whole number", "ratio": "number", "tags": []},
        ),
        ({"createdAt": "2026-01-05T10:00:00"}, {"createdAt": "0000-00-00T00:00:00"}),
        ({"tags": ["a", None]}, {"tags": ["null | text"]}),
        (
            {"config": '{"a": 1, "b": [2], "_wandb": {}}'},
            {"config": {"JSON": {"*": "list | whole number", "_wandb": "object"}}},
        ),
        (
            {"history": ['{"_step": 0, "x": "NaN"}', '{"_step": 1, "y": 1.5}']},
            {"history": [{"JSON": {"*": "NaN | number", "_step": "whole number"}}]},
        ),
        ({"edges": [{"node": None}, {"node": {"id": "x"}}]}, {"edges": [{"node": {"id": "text"}}]}),
    ],
)
def test_a_shape_has_fields_and_kinds(value: Any, expected: Any) -> None:
    assert shape(value) == expected


def test_shapes_that_two_runs_may_have_agree() -> None:
    one = shape({"run": {"notes": None, "tags": [], "rows": [{"x": 1}], "size": 1}})
    other = shape({"run": {"notes": "here", "tags": ["a"], "rows": [{"y": 0.5}], "size": 2.5}})
    assert list(differences(one, other)) == []
    assert list(differences(other, one)) == []


def test_a_field_that_is_gone_or_of_another_kind_is_told() -> None:
    one, other = shape({"run": {"lines": 3, "id": "x"}}), shape({"run": {"lines": "3", "name": "x"}})
    assert list(differences(one, other)) == [
        ".run.id is only recorded",
        ".run.lines was 'whole number' and is 'text'",
        ".run.name is only ours",
    ]
    assert merged([]) is None
