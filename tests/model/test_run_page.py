from __future__ import annotations

from datetime import UTC, datetime

import pytest

from journal.model.run import Origin
from journal.model.run_page import page_of, run_page
from journal.sources.wandb_api.places import RunPlace, bare


def origin(path: str, *, kind: str = "wandb-server", host: str | None = None) -> Origin:
    server = {"host": host or path.partition("/")[0], "fetched": datetime(2026, 3, 2, tzinfo=UTC)}
    return Origin(kind=kind, path=path, bytes=317, sha256="ab" * 32, **server)


@pytest.mark.parametrize(
    "host", ["https://api.wandb.ai", "https://api.forge.coreweave.com", "https://wandb.lab.example"]
)
def test_evidence_leads_to_the_page_that_the_source_knows(host: str) -> None:
    place = RunPlace(host, "lab", "big <notes> #1?", "kp12ab")
    assert page_of(origin(place.path)) == place.page == run_page(*place)
    assert bare(host) == origin(place.path).host


@pytest.mark.parametrize(
    "path",
    [
        "127.0.0.1:8080/lab/notes/runs/r1",  # http, perhaps, and nothing that others could follow
        "localhost/lab/notes/runs/r1",
        "10.0.0.5/lab/notes/runs/r1",
        "wandb.lab.example:8080/lab/notes/runs/r1",
        "ada:pw@wandb.lab.example/lab/notes/runs/r1",
        "wandb.lab.example\\@evil.example/lab/notes/runs/r1",
        "wandb.lab.example/lab/../runs/r1",
        "wandb.lab.example/lab/runs/r1",
        "wandb.lab.example/lab/notes/runs/r1/more",
    ],
)
def test_there_is_no_link_to_what_is_no_page_of_a_run(path: str) -> None:
    assert page_of(origin(path)) is None


def test_there_is_no_link_for_a_file_for_other_servers_or_for_two_hosts_at_once() -> None:
    path = "wandb.lab.example/lab/notes/runs/r1"
    assert page_of(origin(path)) == "https://wandb.lab.example/lab/notes/runs/r1"
    assert page_of(origin(path, kind="mlflow-server")) is None
    assert page_of(origin(path, host="other.example")) is None
    assert page_of(Origin(kind="wandb-log", path=path, bytes=1, sha256="ab" * 32)) is None
