from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import CREATED, Desk

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
            {"id": "faild031", "as": "ipa", "role": "baseline", "label": "IPA"},
            {"id": "plain031", "as": None, "role": None, "label": None},
        ],
        "commits": [{"sha": "721e94a", "note": "floor"}, {"sha": "1234567", "note": None}],
        "follows": ["2026-02-19-before"],
        "results_of": ["2026-02-18-plan"],
        "supersedes": ["2026-02-20-zero"],
        "superseded_by": [],
        "states": ["stale"],
        "score": None,
    }
    assert zero["superseded_by"] == ["2026-02-21-one"]
    assert zero["states"] == []
    assert two["created"] == "2026-02-22T00:00:00+00:00"
    assert set(zero) == set(two) == set(one)


@pytest.mark.parametrize(
    ("options", "stems"),
    [
        (["--tag", "attention"], ["two", "one"]),
        (["--tag", "attention", "--tag", "stability"], ["one"]),
        (["--tag", "Attention"], []),
        (["--status", "concluded"], ["one"]),
        (["--status", "running"], []),
        (["--tag", "attention", "--status", "concluded"], ["one"]),
    ],
)
def test_entries_are_chosen_by_tag_and_status(desk: Desk, capsys: Capsys, options: list[str], stems: list[str]) -> None:
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
