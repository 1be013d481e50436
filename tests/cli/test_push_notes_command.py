from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from noted_runs import NotedRuns, with_notes

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]
OWN = "2026-02-21-own"
FAR = "https://far.example/lab/toy/runs"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[NotedRuns]:
    return with_notes(monkeypatch, aaaa1111="", bbbb2222="Seed 3.\nWarm start.")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, ())
    desk.write("mkdocs.yml", "site_url: https://lab.example/\nplugins: [offline]\n")
    desk.entry(OWN, runs="{id: aaaa1111, as: base}, {id: bbbb2222, as: iga}")
    return desk


def test_a_dry_run_prints_what_would_change_and_writes_nothing(
    desk: Desk, server: type[NotedRuns], capsys: Capsys
) -> None:
    said = desk.call(capsys, "push-notes", OWN, "--run", "iga")
    assert said.code == 0
    assert said.out.splitlines() == [
        "--- a/lab/toy/bbbb2222 notes",
        "+++ b/lab/toy/bbbb2222 notes",
        "@@ -1,2 +1,8 @@",
        " Seed 3.",
        " Warm start.",
        "+",
        f"+<!-- journal:entry {OWN} -->",
        "+",
        f"+Journal entry [{OWN}](https://lab.example/entries/{OWN}.html). In it, this run is `iga`.",
        "+",
        said.out.splitlines()[-1],
    ]
    assert said.err == "notes of 1 run, 1 would change; --write writes them\n"
    assert server.book["bbbb2222"] == "Seed 3.\nWarm start."


def test_write_writes_and_prints_the_pages_of_the_runs(desk: Desk, server: type[NotedRuns], capsys: Capsys) -> None:
    said = desk.call(capsys, "push-notes", OWN, "--write")
    assert (said.code, said.out) == (0, f"{FAR}/aaaa1111\n{FAR}/bbbb2222\n")
    assert said.err == "notes of 2 runs, 2 written\n"
    assert all(OWN in notes for notes in server.book.values())
    again = desk.call(capsys, "push-notes", OWN, "--write")
    assert (again.code, again.out) == (0, "")
    assert again.err.splitlines() == [
        "base: its notes say so already",
        "iga: its notes say so already",
        "notes of 2 runs, 0 written",
    ]


def test_it_answers_as_json(desk: Desk, server: type[NotedRuns], capsys: Capsys) -> None:
    desk.entry(OWN, runs="{id: aaaa1111, as: base}, bbbb2222, cccc3333")
    server.mute.add("bbbb2222")
    said = desk.call(capsys, "push-notes", OWN, "--json")
    assert (said.code, said.json["schema_version"], said.json["entry"]["id"]) == (3, 1, OWN)
    assert said.json["link"] == f"https://lab.example/entries/{OWN}.html"
    first, second, third = said.json["runs"]
    assert [each["state"] for each in (first, second, third)] == ["would change", "failed", "not on a server"]
    assert [each["run"] for each in (first, second, third)] == ["base", "bbbb2222", "cccc3333"]
    assert (first["id"], first["address"], first["page"]) == ("aaaa1111", "lab/toy/aaaa1111", f"{FAR}/aaaa1111")
    assert (first["before"], first["error"]) == ("", None)
    assert first["after"].startswith("<!-- journal:entry")
    assert second["error"]["code"] == "source-unavailable"
    assert (third["id"], third["after"], third["error"]["code"]) == (None, None, "run-not-found")
    assert desk.call(capsys, "push-notes", OWN, "--write", "--json").json["runs"][0]["state"] == "written"


def test_without_site_url_there_is_no_link_and_it_is_said_how_to_set_it(
    desk: Desk, server: type[NotedRuns], capsys: Capsys
) -> None:
    desk.write("mkdocs.yml", "site_name: Lab\n")
    said = desk.call(capsys, "push-notes", OWN, "--write")
    assert said.code == 0
    assert said.err.count("set `site_url` in mkdocs.yml") == 1
    assert f"Journal entry **{OWN}** ({OWN})." in server.book["aaaa1111"]


@pytest.mark.parametrize("how", ["option", "variable"])
def test_who_wants_no_server_asked_is_told_that_it_could_not_look(
    how: str, desk: Desk, server: type[NotedRuns], capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "variable":
        monkeypatch.setenv("WANDB_MODE", "offline")
    said = desk.call(capsys, "push-notes", OWN, *(["--offline"] if how == "option" else []))
    assert (said.code, said.out, server.asked) == (3, "", [])
    why = "--offline was given" if how == "option" else "WANDB_MODE=offline keeps it off the network"
    assert said.err.startswith(f"error: no server was asked for the notes of its runs: {why} (")


def test_a_run_that_no_server_has_is_skipped_and_fails_only_where_none_has_any(
    desk: Desk, server: type[NotedRuns], capsys: Capsys
) -> None:
    desk.entry(OWN, runs="aaaa1111, cccc3333")
    said = desk.call(capsys, "push-notes", OWN, "--write")
    assert (said.code, said.out) == (0, f"{FAR}/aaaa1111\n")
    assert said.err.startswith("cccc3333: on no server, skipped: no server has run 'cccc3333'")
    desk.entry(OWN, runs="cccc3333")
    assert desk.call(capsys, "push-notes", OWN).code == 1
    assert server.of("write_notes") == ["aaaa1111"]


def test_a_server_that_does_not_answer_is_no_failure_of_the_notes(
    desk: Desk, server: type[NotedRuns], capsys: Capsys
) -> None:
    server.mute.add("aaaa1111")
    said = desk.call(capsys, "push-notes", OWN, "--write")
    assert (said.code, said.out) == (3, f"{FAR}/bbbb2222\n")
    assert said.err.startswith("error: base: far.example does not answer about aaaa1111 (try again later; https://")


def test_a_part_that_was_changed_by_hand_fails_with_what_to_do(
    desk: Desk, server: type[NotedRuns], capsys: Capsys
) -> None:
    desk.call(capsys, "push-notes", OWN, "--write")
    server.book["aaaa1111"] = server.book["aaaa1111"].replace("Journal entry", "The entry")
    server.mute.add("bbbb2222")
    said = desk.call(capsys, "push-notes", OWN)
    assert said.code == 1
    assert "was changed by hand (put your words above or below it there" in said.err
    assert f"push again; {FAR}/aaaa1111)" in said.err


def test_notes_of_others_cannot_steer_the_terminal(desk: Desk, server: type[NotedRuns], capsys: Capsys) -> None:
    server.book["aaaa1111"] = "a\x1b[2Jb\tc\r\n\u202ed\nlast"
    said = desk.call(capsys, "push-notes", OWN, "--run", "base")
    assert said.code == 0
    assert not {"\x1b", "\r", "\u202e"} & set(said.out)
    assert " a\N{REPLACEMENT CHARACTER}[2Jb" in said.out


def test_an_entry_that_names_no_such_run_is_wrong_usage(desk: Desk, server: type[NotedRuns], capsys: Capsys) -> None:
    assert desk.call(capsys, "push-notes", OWN, "--run", "cccc").code == 2
    assert desk.call(capsys, "push-notes", "2026-no-such").code == 1
    assert server.of("notes") == []


@pytest.mark.usefixtures("server")
def test_a_site_url_that_is_no_web_address_is_wrong_configuration(desk: Desk, capsys: Capsys) -> None:
    desk.write("mkdocs.yml", "site_url: javascript:alert(1)\n")
    said = desk.call(capsys, "push-notes", OWN)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: mkdocs.yml: `site_url` is not spelt out as a web address (write it like")
