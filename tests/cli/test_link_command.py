from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

RUNS_USED = ("large031", "plain031")
Capsys = pytest.CaptureFixture[str]
OWN, OLD = "2026-02-21-own", "2026-02-20-old"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(OWN)
    desk.entry(OLD, f"See [it]({OWN}.md).\n", matter=f"related: [{OWN}]\n")
    return desk


def test_link_prints_the_path_and_says_what_was_added(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "link", OWN, "--run", "baseline:large031", "--supersedes", OLD)
    assert (said.code, said.out) == (0, f"entries/{OWN}.md\n")
    assert said.err.splitlines() == [
        "added run large031",
        f"added supersedes {OLD}; `journal supersede` also sets the status of that entry",
    ]
    assert desk.call(capsys, "link", OWN, "--run", "large031").err == "run large031: stands there already\n"
    shown = desk.call(capsys, "show", OLD, "--json").json["entries"][0]
    assert shown["superseded_by"] == [OWN]


def test_link_answers_as_json(desk: Desk, capsys: Capsys) -> None:
    answer = desk.call(capsys, "link", OWN, "--related", OLD, "--json").json
    assert (answer["schema_version"], answer["entry"]["id"]) == (1, OWN)
    assert answer["links"] == [{"field": "related", "target": OLD, "added": True}]


def test_link_without_anything_is_wrong_usage(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "link", OWN)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: nothing to link")


def test_rename_prints_the_new_path_and_how_many_followed(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "rename", OWN, "A better name")
    assert (said.code, said.out) == (0, "entries/2026-02-21-a-better-name.md\n")
    assert said.err == f"was {OWN}, 1 other entry rewritten\n"
    assert desk.call(capsys, "check", OLD).code == 0


def test_rename_answers_as_json(desk: Desk, capsys: Capsys) -> None:
    answer = desk.call(capsys, "rename", OLD, "2025-01-01-early", "--json").json
    assert (answer["entry"]["path"], answer["was"]) == ("entries/2025-01-01-early.md", OLD)
    assert answer["rewritten"] == []
