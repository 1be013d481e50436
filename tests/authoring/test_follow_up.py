from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.authoring.template import packaged
from journal.document.document import parse

if TYPE_CHECKING:
    from pathlib import Path


RUNS_USED = ("large031", "nestd031", "plain031")
Capsys = pytest.CaptureFixture[str]
OLD = "2026-02-20-long-and-short"
RUNS = (
    "{id: plain031, as: short, role: baseline, label: brief}, {id: large031, as: long}, {id: later999, role: reference}"
)
BODY = """## Runs

<!-- journal:runs -->
<!-- /journal:runs -->

## Results

<!-- journal:table early
metrics: [train/loss, {rate: train/lr}]
runs: [short, long]
window: 60..119
-->

| hand | made |
|---|---|

<!-- /journal:table 0123abcd -->

<!-- journal:align
metric: train/loss
run: long
with: [train/lr]
-->
<!-- /journal:align -->

<!-- journal:plot
metrics: train/loss
runs: [short, long]
-->
<!-- /journal:plot -->

<!-- journal:predictions -->
<!-- /journal:predictions -->
"""
MATTER = """tags: [schedule, "a, b"]
predictions:
  - {claim: "it | falls", expect: last(train/loss)@long < last(train/loss)@short}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    desk = Desk.with_runs(tmp_path, RUNS_USED, "")
    desk.entry(OLD, BODY, runs=RUNS, matter=MATTER)
    return desk


def test_a_follow_up_takes_over_runs_tags_and_tables_without_their_numbers(desk: Desk, capsys: Capsys) -> None:
    entry = desk.made(desk.call(capsys, "new", "--results-of", OLD))
    matter = entry.front_matter
    assert (entry.id, entry.title) == (f"2026-02-21-results-of-{OLD}", f"Results of: {OLD}")
    assert (matter.results_of, matter.tags, matter.template) == ((OLD,), ("schedule", "a, b"), "results")
    assert [(ref.id, ref.alias, ref.role, ref.label) for ref in matter.runs] == [
        ("plain031", "short", "baseline", "brief"),
        ("large031", "long", None, None),
        ("later999", None, "reference", None),
    ]
    old = parse((desk.root / f"entries/{OLD}.md").read_bytes(), f"entries/{OLD}.md").entry
    carried = [block for block in old.blocks if block.kind != "predictions"]
    assert [(block.kind, block.name, block.spec) for block in entry.blocks] == [
        (block.kind, block.name, block.spec) for block in carried
    ]
    assert all(not block.filled and block.recorded is None for block in entry.blocks)
    assert matter.predictions == ()
    assert "| it &#124; falls | last(train/loss)&#64;long &#60; last(train/loss)&#64;short |" in desk.read(entry.id)
    desk.call(capsys, "fill-results", entry.id)
    filled = desk.call(capsys, "fill-results", entry.id, "--json").json["entries"][0]
    states = [block["state"] for block in filled["blocks"]]
    assert states == ["pending", "fresh", "fresh", "fresh"]  # one run is to come


def test_the_old_entry_stays_as_it_is(desk: Desk, capsys: Capsys) -> None:
    before = desk.read(OLD)
    desk.made(desk.call(capsys, "new", "--results-of", OLD))
    assert desk.read(OLD) == before


def test_runs_that_started_later_are_added_and_may_change_a_role(desk: Desk, capsys: Capsys) -> None:
    asked = ("--run", "reference:plain031", "--run", "candidate:nestd031", "--run", "large031")
    entry = desk.made(desk.call(capsys, "new", "Later", "--results-of", OLD, *asked))
    assert [(ref.handle, ref.role) for ref in entry.front_matter.runs] == [
        ("short", "reference"),
        ("long", None),
        ("later999", "reference"),
        ("nestd031", "candidate"),
    ]
    assert entry.title == "Later"


def test_without_tables_the_follow_up_gets_one_of_what_the_runs_at_hand_share(desk: Desk, capsys: Capsys) -> None:
    runs = "{id: plain031, role: baseline}, {id: large031, role: candidate}, later999"
    desk.entry("2026-02-20-bare", "No tables.\n", runs=runs)
    entry = desk.made(desk.call(capsys, "new", "--results-of", "2026-02-20-bare"))
    (runs_block, table) = entry.blocks
    assert runs_block.kind == "runs"
    assert "train/loss" in table.spec
    assert "compare: {ratio: large031/plain031}" in table.spec


def test_without_runs_the_follow_up_says_where_they_go(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-20-bare")
    entry = desk.made(desk.call(capsys, "new", "--results-of", "2026-02-20-bare"))
    assert [block.kind for block in entry.blocks] == ["runs"]
    (text,) = [section.text.strip() for section in entry.sections if section.heading == "Results"]
    assert text.startswith("TBD. ")


def test_a_follow_up_that_is_not_written_yet_holds_no_results(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-20-bare", "## Results\n\nTBD\n")
    desk.made(desk.call(capsys, "new", "--results-of", "2026-02-20-bare"))
    assert "LIF010" not in desk.call(capsys, "check", "2026-02-20-bare").out


def test_a_broken_block_is_carried_over_and_check_tells_of_it(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-20-bare", "<!-- journal:table\nmetrix: [x]\n-->\n<!-- /journal:table -->\n")
    entry = desk.made(desk.call(capsys, "new", "--results-of", "2026-02-20-bare"))
    assert [block.spec for block in entry.blocks if block.kind == "table"] == ["metrix: [x]\n"]
    assert "TAB001" in desk.call(capsys, "check", entry.id).out


@pytest.mark.untraced
@pytest.mark.parametrize("name", sorted(packaged()))
def test_every_built_in_template_makes_an_entry_that_check_accepts(desk: Desk, capsys: Capsys, name: str) -> None:
    desk.commit("Change | something\n\nbody")
    for number, args in enumerate(
        [(), ("--run", "baseline:plain031"), ("--from-commit", "HEAD"), ("--results-of", OLD)]
    ):
        entry = desk.made(desk.call(capsys, "new", f"Number {number}", "--template", name, *args))
        assert (entry.front_matter.template or "experiment") == name
        assert desk.call(capsys, "fill-results", entry.id).code == 0
        said = desk.call(capsys, "check", "--json", entry.id).json
        assert {finding["code"] for finding in said["findings"]} <= {"TAB005", "REF002"}  # later999 is to come
        assert "\n\n\n" not in desk.read(entry.id)


def test_a_template_that_does_not_name_the_old_entry_is_refused(desk: Desk, capsys: Capsys) -> None:
    desk.write("templates/own.md", "---\ntitle: {{ title | yaml }}\ncreated: {{ created }}\n---\n")
    before = desk.files()
    said = desk.call(capsys, "new", "--results-of", OLD, "--template", "own")
    assert (said.code, desk.files()) == (1, before)
    assert "does not say whose results these are (add a line `results_of:" in said.err


def test_the_results_of_an_entry_that_is_not_there_are_refused(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    said = desk.call(capsys, "new", "--results-of", "2026-02-20-nope")
    assert (said.code, desk.files()) == (1, before)
    assert "no entry '2026-02-20-nope'" in said.err


def test_the_list_of_templates_writes_nothing(desk: Desk, capsys: Capsys) -> None:
    desk.write("templates/daily.md", "{# A day's notes. #}\n")
    before = desk.files()
    said = desk.call(capsys, "new", "--list")
    lines = said.out.splitlines()
    assert lines[0].split() == ["template", "from", "for"]
    assert lines[1].startswith("experiment  built in ")
    assert lines[2].split(maxsplit=2) == ["daily", "templates/daily.md", "A day's notes."]
    assert [each["name"] for each in desk.call(capsys, "new", "--list", "--json").json["templates"]] == [
        line.split()[0] for line in lines[1:]
    ]
    assert desk.files() == before


def test_the_default_sections_are_asked_of_the_default_template_alone(desk: Desk, capsys: Capsys) -> None:
    def missing(stem: str) -> list[str]:
        found = desk.call(capsys, "check", stem, "--json").json["findings"]
        return [finding["message"] for finding in found if finding["code"] == "DOC004"]

    desk.entry("2026-02-20-plain", "## Context\n")
    desk.entry("2026-02-20-other", "## Question\n", matter="template: decision\n")
    assert missing("2026-02-20-plain") == ["no section Change, Rationale, Runs, Results, Next steps"]
    assert missing("2026-02-20-other") == []
