from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from faraway import Faraway, far_run, with_server
from journal import shares
from journal.cli import checking, runs
from journal.cli.online import is_remembered, looked_once, reach_of
from journal.config import Reach
from journal.errors import RunNotFound, UsageError
from journal.index.journal import Journal
from journal.model.run import RunState
from journal.sources.registry import open_run

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

E1, E2 = "2026-02-21-one", "2026-02-22-two"
ONLINE = "sections = []\n[online]\nenabled = true\n"
TABLE = """
<!-- journal:table results
metrics: [loss]
-->
<!-- /journal:table -->
"""
RUNS = far_run("aaaa1111", "first"), far_run("bbbb2222", "second", RunState.FAILED, lr=0.01)


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> type[Faraway]:
    return with_server(monkeypatch, *RUNS)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.with_runs(tmp_path, {"plain031"})


VERBS = {
    "stat": ["last(loss)", "--run", "aaaa1111"],
    "cite": ["last(loss)", "--run", "first"],
    "diff": ["aaaa1111", "bbbb2222"],
    "runs show": ["aaaa1111"],
    "link": [E1, "--run", "candidate:bbbb2222"],
    "new": ["A title", "--run", "aaaa1111"],
    "fill-results": [],
    "check": [],
    "status": [],
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_asks_servers_with_online_and_nobody_with_offline(
    verb: str, desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    desk.entry(E1, TABLE, runs="aaaa1111")
    call = [*verb.split(), *VERBS[verb]]
    for options in ([], ["--offline"]):
        desk.call(capsys, *call, *options)
        assert far.asked == []
    said = desk.call(capsys, *call, "--online")
    assert said.code == (1 if verb == "check" else 0), said  # what is not filled yet
    assert far.of("find")
    assert {question[2] for question in far.asked if question[0] != "expect"} == {False}
    far.asked.clear()
    desk.call(capsys, *call, "--refresh")
    assert far.of("find")
    assert {question[2] for question in far.asked if question[0] != "expect"} == {True}


def test_the_number_of_a_run_that_only_a_server_has_is_printed(desk: Desk, far: type[Faraway], capsys: Capsys) -> None:
    said = desk.call(capsys, "stat", "mean(loss)", "--run", "first", "--online")
    assert (said.code, said.out) == (0, "3.75\n")
    assert far.of("open") == ["aaaa1111"]


def test_without_the_network_a_run_that_only_a_server_has_could_not_be_looked_at(
    desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    desk.write("journal.toml", ONLINE)
    assert desk.call(capsys, "stat", "mean(loss)", "--run", "aaaa1111").code == 0
    far.asked.clear()
    said = desk.call(capsys, "stat", "mean(loss)", "--run", "aaaa1111", "--offline")
    assert (said.code, said.out, far.asked) == (3, "", [])
    assert said.err == "error: run aaaa1111 is in no folder, and --offline was given (leave out --offline)\n"


def test_a_path_is_on_no_server(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", ONLINE)
    said = desk.call(capsys, "stat", "mean(loss)", "--run", "./nowhere", "--offline")
    assert (said.code, said.err.split(" (")[0]) == (1, "error: no run at './nowhere'")


def test_a_script_says_whether_servers_are_asked(
    desk: Desk, far: type[Faraway], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    with pytest.raises(RunNotFound):
        open_run("first")
    assert far.asked == []
    assert open_run("first", reach=Reach(online=True)).rows == 4
    assert Journal.open(desk.root, reach=Reach(online=True)).config.offline is None


def test_settings_let_servers_be_asked_without_an_option(desk: Desk, far: type[Faraway], capsys: Capsys) -> None:
    desk.write("journal.toml", ONLINE)
    assert desk.call(capsys, "runs", "show", "bbbb2222").code == 0
    assert far.of("open") == ["bbbb2222"]


def test_a_server_that_is_down_is_one_line_and_the_exit_code_of_what_could_not_be_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    with_server(monkeypatch, *RUNS, down=True)
    said = desk.call(capsys, "cite", "last(loss)", "--run", "aaaa1111", "--online")
    assert (said.code, said.out) == (3, "")
    assert said.err == "error: far.example does not answer (try again later)\n"


@pytest.mark.parametrize("option", ["--online", "--refresh"])
def test_wandbs_own_mode_keeps_a_command_off_the_network_and_it_says_so_once(
    option: str, desk: Desk, far: type[Faraway], monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    desk.entry(E1, TABLE, runs="plain031")
    said = desk.call(capsys, "check", "--fix", option)
    line = f"WANDB_MODE=offline keeps it off the network, in spite of {option}"
    assert said.err.splitlines().count(line) == 1
    assert far.asked == []
    assert desk.call(capsys, "check", "--offline").err.count("WANDB_MODE") == 0
    assert desk.call(capsys, "runs", "show", "aaaa1111", option).code == 3
    assert desk.call(capsys, "runs", "show", "aaaa1111").code == 1


def test_offline_and_refresh_contradict_each_other(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "status", "--offline", "--refresh")
    assert (said.code, said.out) == (2, "")
    assert said.err == "error: --refresh asks servers, and --offline asks nobody (choose one of them)\n"


@pytest.mark.parametrize(
    ("online", "refresh", "reach"),
    [
        (None, False, None),
        (True, False, Reach(online=True)),
        (False, False, Reach(online=False)),
        (None, True, Reach(online=True, refresh=True)),
        (True, True, Reach(online=True, refresh=True)),
    ],
)
def test_refresh_implies_online(online: bool | None, refresh: bool, reach: Reach | None) -> None:
    found = reach_of(online, refresh)
    assert found == reach
    assert is_remembered(found) == (online is not True and not refresh)
    once = looked_once(found)
    assert once is None or (once.online, once.refresh) == (found and found.online, False)


def test_nobody_is_asked_anew_and_not_at_all() -> None:
    with pytest.raises(UsageError):
        reach_of(online=False, refresh=True)


@pytest.mark.parametrize("verb", ["fill-results", "check", "status"])
def test_all_runs_of_the_entries_are_asked_for_at_once_before_any_is_opened(
    verb: str, desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    cited = '[1](run:base "last(loss)") and [2](run:lab/toy/bbbb2222 "last(loss)")\n'
    desk.entry(E1, cited, runs="{id: aaaa1111, as: base}, plain031")
    desk.entry(E2, TABLE, runs="second, aaaa1111")
    desk.write("entries/2026-02-23-broken.md", "no entry\n")
    desk.call(capsys, verb, "--online")
    assert far.asked[0] == ("expect", ["aaaa1111", "plain031", "lab/toy/bbbb2222", "second"])
    assert len(far.of("expect")) == 1
    assert set(far.of("open")) == {"aaaa1111", "bbbb2222"}


def test_only_the_runs_of_the_named_entries_are_asked_for(desk: Desk, far: type[Faraway], capsys: Capsys) -> None:
    desk.entry(E1, TABLE, runs="aaaa1111")
    desk.entry(E2, TABLE, runs="bbbb2222")
    assert desk.call(capsys, "fill-results", E2, "--online").code == 0
    assert far.of("expect") == [["bbbb2222"]]
    assert far.of("open") == ["bbbb2222"]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("verb", ["fill-results", "check", "status"])
def test_what_is_remembered_is_not_told_again_where_servers_are_asked(
    verb: str, desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    desk.entry(E1, "<!-- journal:runs -->\n<!-- /journal:runs -->\n", runs="plain031")
    desk.call(capsys, "fill-results")
    desk.call(capsys, verb)
    for options, count in ([], 0), (["--offline"], 0), (["--online"], 1), (["--refresh"], 1):
        far.asked.clear()
        desk.call(capsys, verb, *options)
        assert len(far.of("expect")) == count, options


@pytest.mark.usefixtures("settled")
def test_a_run_that_nobody_had_is_asked_for_with_the_others_and_not_by_itself(
    desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    desk.write("journal.toml", ONLINE)
    pending = TABLE.replace("results", "tomorrow")
    desk.entry(E1, pending, runs="tomorrow")
    desk.entry(E2, TABLE.replace("loss", "train/loss"), runs="plain031")
    desk.call(capsys, "fill-results")
    desk.call(capsys, "fill-results")  # what this one finds in order is remembered
    far.asked.clear()
    assert desk.call(capsys, "fill-results").err == "2 entries, 0 changed\n"
    assert far.asked[0] == ("expect", ["tomorrow"])
    assert set(far.of("find")) == {"tomorrow"}


def test_a_check_that_mends_asks_again_for_what_was_fetched_before_only_once(
    desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    desk.entry(E1, runs="first")
    said = desk.call(capsys, "check", "--select", "REF007", "--fix", "--refresh")
    assert "fixed 1 of 1 finding" in said.err
    assert "id: aaaa1111" in desk.read(E1)
    passes = "".join(
        str(question[0])[0] if question[0] == "expect" else "ny"[bool(question[2])] for question in far.asked
    )
    assert re.fullmatch("ey+en+", passes)


def test_servers_are_asked_by_one_process_alone(
    desk: Desk, far: type[Faraway], monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.setattr(checking, "MANY", 1)
    monkeypatch.setattr(shares, "processes", lambda: 2)
    monkeypatch.setattr(shares, "shared", None)
    desk.entry(E1, TABLE, runs="aaaa1111")
    desk.entry(E2, TABLE, runs="bbbb2222")
    assert desk.call(capsys, "check", "--online").code in {0, 1}
    assert len(far.of("expect")) == 1


# --- out of reach -----------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(desk: Desk, far: type[Faraway], monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> Desk:
    """Two entries with two runs, filled from a server that is down by now."""
    desk.write("journal.toml", "sections = []\n")
    desk.entry(E1, TABLE + '\n[1](run:aaaa1111 "last(loss)")\n', runs="aaaa1111, bbbb2222")
    desk.entry(E2, TABLE, runs="bbbb2222")
    assert desk.call(capsys, "fill-results", "--online").code == 0
    monkeypatch.setattr(far, "down", True)
    return desk


CAUSE = "2 runs out of reach (aaaa1111, bbbb2222): far.example does not answer (try again later)"


@pytest.mark.parametrize(("options", "code"), [([], 3), (["--strict"], 3), (["--strict", "--unreached-ok"], 0)])
def test_what_could_not_be_looked_at_is_never_wrong(
    options: list[str], code: int, filled: Desk, capsys: Capsys
) -> None:
    assert filled.call(capsys, "check", "--online", *options).code == code
    filled.write(f"entries/{E2}.md", filled.read(E2).replace("| 1 |", "| 2 |"))
    assert filled.call(capsys, "check", "--online", *options).code == 1


def test_a_block_that_waits_for_a_run_nobody_could_look_for_is_not_wrong(
    desk: Desk, far: type[Faraway], monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.setattr(far, "down", True)
    desk.write("journal.toml", "sections = []\n")
    desk.entry(E1, TABLE, runs="aaaa1111")
    desk.call(capsys, "fill-results", "--online")
    said = desk.call(capsys, "check", "--online", "--strict", "--ignore", "TAB009")
    assert ("TAB005 note" in said.out, said.code) == (True, 3), said


def test_a_check_tells_a_cause_once_and_each_entry_which_runs_are_away(filled: Desk, capsys: Capsys) -> None:
    said = filled.call(capsys, "check", "--online")
    assert said.out.count("far.example does not answer (try again later)") == 1
    lines = [line.partition(": ")[2] for line in said.out.splitlines() if "REF004" in line]
    assert lines == [
        "REF004 warning: runs aaaa1111, bbbb2222 are out of reach",
        "REF004 warning: run bbbb2222 is out of reach",
        "REF004 warning: runs are out of reach: far.example does not answer (try again later)",
    ]


@pytest.mark.parametrize("verb", ["fill-results", "status"])
def test_a_cause_is_told_once_however_many_blocks_rest_on_its_runs(verb: str, filled: Desk, capsys: Capsys) -> None:
    said = filled.call(capsys, verb, "--online")
    assert (said.code, said.err.splitlines().count(CAUSE)) == (3, 1)
    assert (said.out + said.err).count("far.example does not answer") == 1
    problems = filled.call(capsys, verb, "--online", "--json").json["problems"]
    assert [(each["code"], each["hint"]) for each in problems] == [("source-unavailable", "try again later")]


def test_runs_that_are_in_no_folder_here_are_the_reason_that_status_gives(filled: Desk, capsys: Capsys) -> None:
    said = filled.call(capsys, "status")
    assert (said.code, said.err) == (
        3,
        "2 runs out of reach (aaaa1111, bbbb2222): no source has them here\n",
    )


# --- journal runs -----------------------------------------------------------------------------------------------------


def test_the_runs_of_a_project_on_a_server_are_listed_as_any_others(
    desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    desk.entry(E1, runs="bbbb2222")
    call = ["runs", "--filter", "config.lr<=0.001", "--filter", "state=finished", "--project", "lab/toy", "--online"]
    said = desk.call(capsys, *call)
    assert (said.code, said.err) == (0, "")
    head, *lines = (" ".join(line.split()) for line in said.out.splitlines())
    assert head == "id name project state last step cited by"
    assert lines == ["aaaa1111 first toy finished 3", f"bbbb2222 second toy failed 3 {E1}"]
    assert far.asked[0] == ("search", ["config.lr<=0.001", "state=finished"], "lab/toy", 101)
    shapes = desk.call(capsys, *call, "--json").json["runs"]
    assert [(each["id"], each["state"], each["rows"], each["cited_by"]) for each in shapes] == [
        ("aaaa1111", "finished", 4, []),
        ("bbbb2222", "failed", 4, [E1]),
    ]
    assert shapes[0]["source"]["kind"] == "faraway"


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--state", "failed"], ["bbbb2222"]),
        (["--cited"], ["bbbb2222"]),
        (["--not-cited"], ["aaaa1111"]),
        (["--limit", "1"], ["aaaa1111"]),
        (["--short"], ["aaaa1111", "bbbb2222"]),
        (["--state", "running"], []),
    ],
)
@pytest.mark.usefixtures("far")
def test_the_other_options_choose_among_what_the_server_answered(
    options: list[str], ids: list[str], desk: Desk, capsys: Capsys
) -> None:
    desk.entry(E1, runs="bbbb2222")
    said = desk.call(capsys, "runs", "--online", *options, "--json")
    assert [each["id"] for each in said.json["runs"]] == ids
    people = desk.call(capsys, "runs", "--online", *options)
    assert ("no such run among the 2 that the server told of" in people.err) == (not ids)


def test_what_came_with_the_answer_is_not_read_where_it_is_not_wanted(
    desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    said = desk.call(capsys, "runs", "--online", "--short")
    assert said.err == "state and last step of 2 runs were not read; `journal runs --online --long` reads them\n"
    assert far.of("open") == []


def test_what_a_server_tells_with_its_list_is_shown_in_a_short_one_too(
    desk: Desk, far: type[Faraway], monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.setattr(runs, "_TOLD_AT_ONCE", {far.kind})
    said = desk.call(capsys, "runs", "--online", "--short")
    assert ("finished" in said.out, said.err) == (True, "")


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("project", ["a/b/c", "https://far.example/lab/toy", "/toy"])
def test_what_is_no_project_is_wrong_usage(
    project: str, down: bool, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    with_server(monkeypatch, down=down)
    said = desk.call(capsys, "runs", "--online", "--project", project)
    assert (said.code, said.out) == (2, "")
    assert said.err == f"error: {project!r} is no project (write ENTITY/PROJECT, or PROJECT)\n"


def test_a_project_with_more_runs_than_were_asked_for_says_so(desk: Desk, far: type[Faraway], capsys: Capsys) -> None:
    said = desk.call(capsys, "runs", "--online", "--limit", "1")
    assert said.err == "the server has more than these 1: `--limit` says how many are looked at\n"
    assert far.asked[0] == ("search", [], None, 2)
    assert desk.call(capsys, "runs", "--online", "--limit", "2").err == ""


def test_a_server_without_such_a_run_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    with_server(monkeypatch)
    said = desk.call(capsys, "runs", "--online", "--filter", "tag=best")
    assert (said.code, said.out, said.err) == (0, "", "no such run on the server\n")


def test_the_list_says_what_it_is_asked_for_wrongly(desk: Desk, far: type[Faraway], capsys: Capsys) -> None:
    for options, why in (
        ([], "servers are asked only when told to"),
        (["--offline"], "--offline was given"),
    ):
        said = desk.call(capsys, "runs", "--filter", "state=finished", *options)
        assert (said.code, said.out) == (2, "")
        assert (
            said.err == f"error: --filter asks a server, and none is asked: {why} (`journal runs --online` asks one)\n"
        )
    said = desk.call(capsys, "runs", "--online", "--filter", "lr<1")
    assert said.code == 2
    assert "asks for 'lr', which nobody knows (known: state, " in said.err
    assert far.asked == []


def test_a_filter_that_no_server_may_be_asked_for_could_not_be_looked_at(
    desk: Desk, far: type[Faraway], monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    said = desk.call(capsys, "runs", "--online", "--filter", "state=finished")
    assert (said.code, said.out, far.asked) == (3, "", [])
    assert said.err.splitlines()[-1] == "error: no server was asked: WANDB_MODE=offline keeps it off the network"
    said = desk.call(capsys, "runs", "--online")  # the ones in folders
    assert (said.code, said.out.split("\n")[1].split()[0], far.asked) == (0, "plain031", [])


def test_settings_let_a_filter_be_asked_for_and_the_plain_list_stay_at_home(
    desk: Desk, far: type[Faraway], capsys: Capsys
) -> None:
    desk.write("journal.toml", ONLINE)
    assert [each["id"] for each in desk.call(capsys, "runs", "--json").json["runs"]] == ["plain031"]
    assert far.asked == []
    said = desk.call(capsys, "runs", "--json", "--filter", "state=finished")
    assert [each["id"] for each in said.json["runs"]] == ["aaaa1111", "bbbb2222"]


def test_a_list_at_home_is_cut_short_too(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "runs", "--limit", "1", "--json").json["runs"][0]["id"] == "plain031"
    assert desk.call(capsys, "runs", "--limit", "0").code == 2


def test_options_of_the_list_do_not_stand_before_show(desk: Desk, capsys: Capsys) -> None:
    for options in (["--online"], ["--offline"], ["--refresh"], ["--limit", "1"], ["--filter", "state=finished"]):
        said = desk.call(capsys, "runs", *options, "show", "plain031")
        assert (said.code, said.out) == (2, "")
        assert "options of `runs show` stand behind it" in said.err


def test_a_run_that_is_shown_from_a_server_says_who_cites_it(desk: Desk, far: type[Faraway], capsys: Capsys) -> None:
    desk.entry(E1, runs="bbbb2222")
    shown = desk.call(capsys, "runs", "show", "second", "--online", "--json").json["runs"][0]
    assert (shown["cited_by"], shown["source"]["kind"]) == ([E1], "faraway")
    assert far.of("find") == ["second"]
