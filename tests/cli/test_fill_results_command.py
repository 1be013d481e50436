from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

E1, E2 = "2026-02-21-one", "2026-02-22-two"
BLOCK = "<!-- journal:table losses\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.entry(E1, BLOCK, runs="{id: faild031, as: a}")
    desk.entry(E2, BLOCK + "\n<!-- journal:runs -->\n<!-- /journal:runs -->", runs="{id: killd031, as: b}, tomorrow")
    return desk


def test_only_the_entries_named_are_filled_each_once(desk: Desk, capsys: Capsys) -> None:
    before = desk.read(E2)
    said = desk.call(capsys, "fill-results", E1, f"entries/{E1}.md", "2026-02-21")
    assert said.code == 0
    assert said.out == f"entries/{E1}.md:7: table losses, filled\n"
    assert said.err == "1 entry, 1 changed\n"
    assert desk.read(E2) == before


def test_an_entry_that_is_not_there_fails_before_anything_is_written(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    said = desk.call(capsys, "fill-results", E1, "nobody")
    assert said.code == 1
    assert said.err == "error: no entry 'nobody' (`journal list` shows them all)\n"
    assert desk.files() == before


def test_json_has_the_whole_shape(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "fill-results", "--json")
    assert said.code == 0
    assert said.json == {
        "schema_version": 1,
        "entries": [
            {
                "id": E1,
                "path": f"entries/{E1}.md",
                "state": "stale",
                "changed": True,
                "blocks": [
                    {
                        "name": "losses",
                        "kind": "table",
                        "line": 7,
                        "state": "stale",
                        "cells": 1,
                        "message": "not filled yet",
                    }
                ],
            },
            {
                "id": E2,
                "path": f"entries/{E2}.md",
                "state": "pending",
                "changed": True,
                "blocks": [
                    {
                        "name": "losses",
                        "kind": "table",
                        "line": 7,
                        "state": "pending",
                        "cells": 2,
                        "message": "run tomorrow is not there yet",
                    },
                    {
                        "name": "runs",
                        "kind": "runs",
                        "line": 12,
                        "state": "pending",
                        "cells": 0,
                        "message": "run tomorrow is not there yet",
                    },
                ],
            },
        ],
        "problems": [],
    }


def test_a_failing_entry_keeps_the_shape_and_tells_why(desk: Desk, capsys: Capsys) -> None:
    desk.write(f"entries/{E1}.md", "---\ntitle: x\n---\n")
    said = desk.call(capsys, "fill-results", "--json")
    assert said.code == 1
    first, second = said.json["entries"]
    assert second["changed"] is True
    error = first.pop("error")
    assert first == {"id": E1, "path": f"entries/{E1}.md", "state": "error", "changed": False, "blocks": []}
    assert (error["code"], error["path"], error["line"]) == ("front-matter", f"entries/{E1}.md", 2)


@pytest.mark.parametrize(
    "options", [["--check"], ["--diff"], ["--check", "--diff"], ["--check", "--force"], ["--diff", "--json"]]
)
def test_looking_writes_nothing(desk: Desk, capsys: Capsys, options: list[str]) -> None:
    before = desk.files()
    said = desk.call(capsys, "fill-results", *options)
    assert desk.files() == before
    assert said.code == (1 if "--check" in options else 0)
    assert "would change" in said.err or {"--diff"} & set(options)


def test_a_check_fails_as_long_as_a_fill_would_change_anything(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "fill-results", "--check", E2).code == 1  # to be filled with TBD
    assert desk.call(capsys, "fill-results", "--check", E2).code == 1
    desk.call(capsys, "fill-results")
    said = desk.call(capsys, "fill-results", "--check")
    assert (said.code, said.err) == (0, "2 entries, 0 would change\n")


def applied(desk: Desk, diff: str) -> dict[str, bytes]:
    """The entries after git has applied what `--diff` printed."""
    desk.git("apply", "--whitespace=nowarn", "-", given=diff)
    after = {path: raw for path, raw in desk.files().items() if path.startswith("entries/")}
    desk.git("checkout", "--quiet", "--", "entries")
    return after


@pytest.mark.parametrize("ending", ["", "\n", "\nwords\x0c \u2028 without end"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_git_can_apply_the_diff_and_gets_what_a_fill_writes(desk: Desk, capsys: Capsys, ending: str, eol: str) -> None:
    desk.git("config", "core.autocrlf", "false")
    path = desk.root / f"entries/{E1}.md"
    path.write_bytes((desk.read(E1).rstrip("\n") + ending).replace("\n", eol).encode())
    desk.commit("Before")
    diff = desk.call(capsys, "fill-results", "--diff").out
    after = applied(desk, diff)
    desk.call(capsys, "fill-results")
    assert {path: raw for path, raw in desk.files().items() if path.startswith("entries/")} == after
    assert desk.call(capsys, "fill-results", "--diff").out == ""


def test_a_diff_of_text_edited_by_hand_shows_nothing_unless_forced(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "fill-results")
    path = desk.root / f"entries/{E1}.md"
    path.write_text(desk.read(E1).replace("| 4.75 |", "| 5.00 |"))
    said = desk.call(capsys, "fill-results", "--diff")
    assert (said.code, said.out) == (1, "")
    forced = desk.call(capsys, "fill-results", "--diff", "--force")
    assert forced.code == 0
    assert "-| loss | 5.00 |\n+| loss | 4.75 |\n" in forced.out


def test_failures_are_reported_beside_a_diff_too(desk: Desk, capsys: Capsys) -> None:
    desk.write(f"entries/{E1}.md", "---\ntitle: x\n---\n")
    said = desk.call(capsys, "fill-results", "--diff")
    assert said.code == 1
    assert f"+++ b/entries/{E2}.md" in said.out
    assert said.err.startswith(f"error: entries/{E1}.md:2:1: 'created' is missing")


def test_an_entry_that_cannot_be_written_is_one_line_and_the_others_are_filled(desk: Desk, capsys: Capsys) -> None:
    (desk.root / f"entries/{E1}.md").chmod(0o444)
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    assert said.err.splitlines()[0] == f"error: entries/{E1}.md: is read-only (chmod u+w makes it writable)"
    assert "| loss |" in desk.read(E2)


def test_a_source_out_of_reach_ends_with_3_and_a_worse_failure_with_1(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "fill-results")
    (desk.root / "wandb").rename(desk.root / ".git/wandb")
    assert desk.call(capsys, "fill-results").code == 3
    assert desk.call(capsys, "fill-results", "--check").code == 3
    path = desk.root / f"entries/{E1}.md"
    path.write_text(desk.read(E1).replace("| 4.75 |", "| 5.00 |"))
    assert desk.call(capsys, "fill-results").code == 1
