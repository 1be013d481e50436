"""How MLflow's client is started: with which environment, and for which server."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from journal.errors import SourceUnavailable
from journal.sources.mlflow_runs.client import Client, environment, host_of, is_own

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow_server import Serving

OWN = "https://mlflow.lab.example/tracking"


@pytest.fixture
def _own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", OWN)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("NETRC", "/somewhere/netrc")


@pytest.mark.usefixtures("_own")
def test_credentials_are_there_for_the_users_own_server() -> None:
    variables = environment("https://MLflow.lab.example", "/empty", 60)
    assert "secret" in variables.values()
    assert (variables["HOME"], variables["NETRC"]) == (os.environ["HOME"], "/somewhere/netrc")
    assert variables["MLFLOW_TRACKING_URI"] == "https://MLflow.lab.example"


@pytest.mark.usefixtures("_own")
@pytest.mark.parametrize(
    "address",
    [
        "http://mlflow.lab.example",
        "https://mlflow.lab.example:8443",
        "https://mlflow.lab.example.evil.example",
        "https://mlflow.lab.example@evil.example",
    ],
)
def test_no_credentials_are_there_for_any_other_server(address: str) -> None:
    variables = environment(address, "/empty", 60)
    assert "secret" not in variables.values()
    assert (variables["HOME"], variables["NETRC"]) == ("/empty", os.devnull)
    assert not is_own(address)


def test_without_a_server_of_their_own_a_user_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert not is_own("https://mlflow.lab.example")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "databricks")
    assert not is_own("databricks")


def test_a_client_calls_nobody_but_the_server() -> None:
    variables = environment(OWN, "/empty", 0.1)
    assert (variables["MLFLOW_DISABLE_TELEMETRY"], variables["DO_NOT_TRACK"]) == ("true", "true")
    assert variables["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "1"
    assert host_of("https://ada:secret@Lab.example:80/x") == "lab.example:80"


def test_without_mlflow_a_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mlflow.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    client = Client("http://127.0.0.1:9", timeout=20, deadline=20)
    with pytest.raises(
        SourceUnavailable, match=r"not installed.* \(run `pip install 'experiment-journal\[mlflow\]'`\)"
    ):
        client.runs(["x"])


def test_a_client_that_always_dies_is_not_started_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    client = Client("http://127.0.0.1:9", timeout=20, deadline=20)
    ended = r"MLflow's client ended before the MLflow server 127\.0\.0\.1:9 had answered"
    for _ in range(4):
        with pytest.raises(SourceUnavailable, match=ended):
            client.runs(["x"])
    monkeypatch.setattr(sys, "executable", "/gone")
    with pytest.raises(SourceUnavailable, match=ended):
        client.runs(["x"])


FAULTS = {
    "401": "refuses access (set MLFLOW_TRACKING_TOKEN",
    "403": "refuses access",
    "404": "is none: it answers 404",
    "429": "takes no more requests for now (429)",
    "503": "is down (503)",
    "drop": "could not be reached: ",
    "short": "gave a history of 'loss' that lacks its last value",
}


def test_each_failure_is_one_line_and_silence_ends_in_time_as_do_all_answers_together(
    mlflow_served: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_served.address)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "secret")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    client = Client(mlflow_served.address, timeout=20, deadline=60)
    conversation = client._conversation
    told = conversation._wording
    mlflow_served.asked()
    try:
        (run,) = client.runs([mlflow_served.runs["a long one"]])
        assert {asked["credentials"] for asked in mlflow_served.asked()} == {"Bearer secret"}
        conversation._wording = replace(told, own_passing=frozenset(told.sentences))  # so it need not start again
        for kind, message in FAULTS.items():
            mlflow_served.fault(kind)
            with pytest.raises(SourceUnavailable) as caught:
                client.history(run)
            assert message in str(caught.value), kind
            assert str(caught.value).startswith("the MLflow server 127.0.0.1:")
            assert "secret" not in str(caught.value)
        mlflow_served.fault("silence")
        conversation._left = 0.1
        with pytest.raises(SourceUnavailable, match=r"was waited for 60 s in all, .*raise `deadline`"):
            client.history(run)
        conversation._wording, conversation._timeout, conversation._left = told, 0.2, 60
        with pytest.raises(SourceUnavailable, match=r"did not answer within 0\.2 s \(raise `timeout` under"):
            client.history(run)
        with pytest.raises(SourceUnavailable, match="did not answer"):
            client.runs([run.id])
        assert conversation._session is None
    finally:
        mlflow_served.fault("")
