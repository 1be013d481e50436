from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desk import CREATED, Desk
from journal.tables import fill

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]
BLOCK = "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
MATTER = """\
status: concluded
outcome: negative
authors: [Grace Hopper, Ada Lovelace]
tags: [attention, stability]
commits:
  - {sha: 721e94a, note: floor}
  - 1234567
runs:
  - {id: faild031, as: ipa, role: baseline, label: IPA}
  - plain031
follows: [2026-02-19-before]
results_of: [2026-02-18-plan]
supersedes: [2026-02-20-zero]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.entry("2026-02-20-zero")
    desk.entry("2026-02-21-one", BLOCK.replace("metrics", "runs: [ipa]\nmetrics"), matter=MATTER)
    desk.write(
        "entries/2026-02-22-two.md", "---\ntitle: Two | words\ncreated: 2026-02-22T00:00:00Z\ntags: attention\n---\n"
    )
    return desk


def test_people_get_a_table_newest_first(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "list")
    assert said.code == 0
    head, *lines = said.out.splitlines()
    assert head.split() == ["created", "id", "status", "outcome", "results", "title"]
    assert [line.split()[1] for line in lines] == ["2026-02-22-two", "2026-02-21-one", "2026-02-20-zero"]
    assert lines[1].split() == ["2026-02-21", "2026-02-21-one", "concluded", "negative", "stale", "2026-02-21-one"]
    assert lines[0].endswith("Two | words")


def test_json_has_the_whole_shape(desk: Desk, capsys: Capsys) -> None:
    answer = desk.call(capsys, "list", "--json").json
    assert answer["schema_version"] == 1
    two, one, zero = answer["entries"]
    assert one == {
        "id": "2026-02-21-one",
        "path": "entries/2026-02-21-one.md",
        "title": "2026-02-21-one",
        "created": CREATED,
        "status": "concluded",
        "outcome": "negative",
        "authors": ["Grace Hopper", "Ada Lovelace"],
        "tags": ["attention", "stability"],
        "runs": [
            {"id": "faild031", "as": "ipa", "role": "baseline", "label": "IPA", "verdict": None, "reasons": []},
            {"id": "plain031", "as": None, "role": None, "label": None, "verdict": None, "reasons": []},
        ],
        "commits": [
            {"sha": "721e94a", "note": "floor", "became": None, "origin": None, "url": None},
            {"sha": "1234567", "note": None, "became": None, "origin": None, "url": None},
        ],
        "follows": ["2026-02-19-before"],
        "results_of": ["2026-02-18-plan"],
        "supersedes": ["2026-02-20-zero"],
        "invalidates": [],
        "related": [],
        "followed_by": [],
        "results_in": [],
        "superseded_by": [],
        "invalidated_by": [],
        "related_from": [],
        "states": ["stale"],
        "score": None,
    }
    assert zero["superseded_by"] == ["2026-02-21-one"]
    assert zero["states"] == []
    assert two["created"] == "2026-02-22T00:00:00+00:00"
    assert set(zero) == set(two) == set(one)


VERDICTS = {"entry": "2026-02-21-one", "verdicts": {"faild031": {"verdict": "proven", "reasons": ["one", "two"]}}}


def test_json_tells_verdicts_and_where_commits_can_be_read(desk: Desk, capsys: Capsys) -> None:
    desk.git("remote", "add", "origin", "https://ada:secret@github.com/lab/repo.git")
    commits = "commits: [{sha: 721e94a, became: abcdef0}, {sha: 1234567, origin: 'git@gitlab.com:lab/other'}]\n"
    desk.entry("2026-02-21-one", runs="faild031, plain031", matter=commits)
    desk.write("evidence/2026-02-21-one.json", json.dumps(VERDICTS))
    said = desk.call(capsys, "list", "--json", "--run", "faild031")
    (entry,) = said.json["entries"]
    assert "secret" not in said.out
    assert [(run["verdict"], run["reasons"]) for run in entry["runs"]] == [("proven", ["one", "two"]), (None, [])]
    assert [(commit["became"], commit["origin"], commit["url"]) for commit in entry["commits"]] == [
        ("abcdef0", None, "https://github.com/lab/repo/commit/abcdef0"),
        (None, "gitlab.com/lab/other", "https://gitlab.com/lab/other/-/commit/1234567"),
    ]
    assert desk.call(capsys, "search", "one", "--json").json["entries"][0]["runs"] == entry["runs"]


@pytest.mark.parametrize("evidence", ["", "{", '{"verdicts": 3}', '{"verdicts": {"faild031": {"verdict": "so"}}}'])
def test_json_of_broken_evidence_has_no_verdicts(desk: Desk, capsys: Capsys, evidence: str) -> None:
    desk.write("evidence/2026-02-21-one.json", evidence)
    (entry,) = desk.call(capsys, "list", "--json", "--run", "faild031").json["entries"]
    assert [run["verdict"] for run in entry["runs"]] == [None, None]


def test_people_s_list_reads_no_verdicts(desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr("journal.tables.record.verdicts", refuse)
    assert desk.call(capsys, "list").code == 0


@pytest.mark.parametrize(
    ("options", "stems"),
    [
        (["--tag", "attention"], ["two", "one"]),
        (["--tag", "attention", "--tag", "stability"], ["one"]),
        (["--tag", "Attention"], []),
        (["--status", "concluded"], ["one"]),
        (["--status", "running"], []),
        (["--tag", "attention", "--status", "concluded"], ["one"]),
        (["--run", "ipa"], ["one"]),
        (["--run", "plain"], ["one"]),
        (["--run", "attention-lab/sigma-floor/faild031"], ["one"]),
        (["--commit", "721e94a0123456789012345678901234567890ab"], ["one"]),
        (["--commit", "123456"], ["one"]),
        (["--metric", "loss"], ["one"]),
        (["--author", "hopper"], ["one"]),
        (["--author", "hopper", "--commit", "ffff"], []),
        (["--since", "2026-02-22"], ["two"]),
        (["--until", "2026-02-21"], ["one", "zero"]),
        (["--since", "2026-02-21T11:01:16Z"], ["two"]),
    ],
)
def test_entries_are_chosen_by_what_they_say(desk: Desk, capsys: Capsys, options: list[str], stems: list[str]) -> None:
    said = desk.call(capsys, "list", "--json", *options)
    assert [entry["id"].rpartition("-")[2] for entry in said.json["entries"]] == stems


def test_states_come_from_text_and_evidence_alone(desk: Desk, capsys: Capsys) -> None:
    def states() -> list[str]:
        return list(desk.call(capsys, "list", "--json").json["entries"][1]["states"])

    desk.call(capsys, "fill-results", "2026-02-21-one")
    assert states() == ["fresh"]
    (desk.root / "wandb").rename(desk.root / ".git/wandb")
    assert states() == ["fresh"]
    path = desk.root / "entries/2026-02-21-one.md"
    path.write_text(desk.read("2026-02-21-one").replace("| 4.75 |", "| 5 |") + BLOCK.replace("loss", "acc"))
    assert states() == ["stale", "edited"]
    (desk.root / "evidence/2026-02-21-one.json").write_text("broken")
    assert states() == ["error"]


def test_a_broken_entry_is_reported_and_the_others_are_listed(desk: Desk, capsys: Capsys) -> None:
    desk.write("entries/2026-02-23-bad.md", "---\ntitle: [\n---\n")
    said = desk.call(capsys, "list")
    assert said.code == 1
    assert len(said.out.splitlines()) == 4
    assert said.err.startswith("error: entries/2026-02-23-bad.md:2:")
    answer = desk.call(capsys, "list", "--json")
    assert answer.code == 1
    assert len(answer.json["entries"]) == 3
    (problem,) = answer.json["problems"]
    assert set(problem) == {"code", "message", "hint", "path", "line", "column"}
    assert (problem["path"], problem["line"]) == ("entries/2026-02-23-bad.md", 2)


def test_an_empty_journal_says_how_to_start(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk.begin(tmp_path)
    said = desk.call(capsys, "list")
    assert (said.code, said.out) == (0, "")
    assert said.err == 'no entries; `journal new "What I tried"` starts one\n'
    assert desk.call(capsys, "list", "--json").json["entries"] == []


def test_where_no_entry_is_chosen_it_says_so(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "list", "--tag", "nobody")
    assert (said.code, said.out, said.err) == (0, "", "no such entry\n")


def test_a_commit_may_be_named_as_git_does(desk: Desk, capsys: Capsys) -> None:
    sha = desk.commit("begin")
    desk.entry("2026-02-23-three", matter=f"commits: [{sha[:9]}]\n")
    (entry,) = desk.call(capsys, "list", "--json", "--commit", "HEAD").json["entries"]
    assert entry["id"] == "2026-02-23-three"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--since", "yesterday"], "--since: 'yesterday' is no day (write it like 2026-02-21, "),
        (["--until", "2026-13-01"], "--until: '2026-13-01' is no day (write it like 2026-02-21, "),
        (["--status", "done"], "Invalid value for '--status': 'done' is not one of "),
    ],
)
def test_a_day_that_is_none_is_wrong_usage(desk: Desk, capsys: Capsys, options: list[str], message: str) -> None:
    said = desk.call(capsys, "list", *options)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_on_a_narrow_terminal_id_status_and_title_stay(desk: Desk) -> None:
    desk.entry("2026-02-24-a-rather-long-name-for-an-entry", matter="status: inconclusive\noutcome: negative\n")
    lines = shown(desk, "list", COLUMNS="80")
    assert lines[0].split() == ["id", "status", "outcome", "results", "title"]  # the id begins with the day
    assert max(map(len, lines)) <= 80
    assert shown(desk, "list", COLUMNS="100")[0].split()[0] == "created"
    narrow = shown(desk, "list", COLUMNS="60")
    assert narrow[0].split() == ["id", "status", "title"]
    assert max(map(len, narrow)) <= 60


def shown(desk: Desk, *args: str, **environment: str) -> list[str]:
    """What a terminal is given, without its colours."""
    mother, child = pty.openpty()
    try:
        command = [sys.executable, "-m", "journal", *args]
        surroundings = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", **environment}
        subprocess.run(command, cwd=desk.root, stdout=child, stderr=child, env=surroundings, check=True, timeout=30)
        return os.read(mother, 100_000).decode().splitlines()
    finally:
        os.close(child)
        os.close(mother)


@pytest.mark.usefixtures("settled")
def test_states_are_remembered_and_nothing_is_worked_out_twice(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.call(capsys, "list", "--json").json["entries"]
    monkeypatch.setattr(fill, "plan", None)
    assert desk.call(capsys, "list", "--json").json["entries"] == first
    assert first[1]["states"] == ["stale"]
