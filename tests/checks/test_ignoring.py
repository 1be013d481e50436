from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.checks.check import BY_CODE, RULES, check
from journal.checks.interface import Scene
from journal.index.journal import Journal
from journal.revisions import Repository
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from pathlib import Path

E1, E2 = "2026-02-21-one", "2026-02-22-two"
RUNS_USED = ("faild031", "plain031")
TABLE = "| metric | before | after | ratio |\n|---|---|---|---|\n| loss | 4.00 | 2.00 | {} |\n"
WHY = "<!-- journal:ignore {}: of the rounded values -->"
Capsys = pytest.CaptureFixture[str]
Factory = pytest.TempPathFactory


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.with_runs(tmp_path, RUNS_USED)


def codes(desk: Desk, *stems: str, outside: bool = False) -> list[str]:
    """The codes of what counts; perhaps as if it lay in no repository."""
    journal = Journal.open(desk.root)
    paths = frozenset(f"entries/{stem}.md" for stem in stems) or frozenset(journal.paths)
    repository = None if outside else Repository.find(desk.root)
    return [each.code for each in check(Scene(journal, paths, Sources(journal.config), repository))]


def test_a_comment_on_the_line_ignores_what_is_found_there(desk: Desk) -> None:
    desk.entry(E1, TABLE.format("0.75"))
    assert codes(desk) == ["NUM002"]
    desk.entry(E1, TABLE.format("0.75 " + WHY.format("NUM002")))
    assert codes(desk) == []


def test_a_comment_above_ignores_what_is_found_on_the_next_line_alone(desk: Desk) -> None:
    desk.entry(E1, f"{WHY.format('DOC007')}\n[4.75](run:it)\n[4.75](run:it)\n", runs="{id: faild031, as: it}")
    assert codes(desk) == ["DOC007"]


def test_the_front_matter_ignores_a_rule_in_the_whole_entry(desk: Desk) -> None:
    desk.entry(E1, "[4.75](run:it)\n\n[1](run:it)\n", matter="ignore: {DOC007: they are links}\n")
    desk.entry(E2, "[4.75](run:it)\n")
    assert codes(desk) == ["DOC007"]
    assert codes(desk, E1) == []


def test_what_is_ignored_is_told_along_with_the_reason_to_who_asks(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter="tagz: [x]\nignore: {DOC002: our own field}\n")
    said = desk.call(capsys, "check", "--json")
    assert (said.json["findings"], said.json["summary"]["ignored"]) == ([], 1)
    assert desk.call(capsys, "check").err == "1 entry: 0 errors, 0 warnings (1 ignored)\n"


@pytest.mark.parametrize(
    ("matter", "message"),
    [
        ("ignore: DOC002\n", "an ignore of DOC002 without a reason, so it is not ignored"),
        ("ignore: [DOC002]\n", "an ignore of DOC002 without a reason, so it is not ignored"),
        ("ignore: {DOC002: ' '}\n", "an ignore of DOC002 without a reason, so it is not ignored"),
    ],
)
def test_an_ignore_without_a_reason_ignores_nothing(desk: Desk, capsys: Capsys, matter: str, message: str) -> None:
    desk.entry(E1, matter=f"tagz: [x]\n{matter}")
    found = desk.call(capsys, "check", "--json").json["findings"]
    assert [each["code"] for each in found] == ["DOC002", "DOC008"]
    assert (found[1]["line"], found[1]["message"]) == (5, message)


def test_an_empty_value_is_no_ignore_as_it_is_no_field_elsewhere(desk: Desk) -> None:
    desk.entry(E1, matter="tagz: [x]\nignore: {DOC002: }\n")
    assert codes(desk) == ["DOC002"]


@pytest.mark.parametrize(
    ("named", "message", "hint"),
    [
        ("NUM01", "an ignore of 'NUM01', which is no rule", "did you mean 'NUM001'?"),
        ("num001", "an ignore of 'num001', which is no rule", "did you mean 'NUM001'?"),
        ("whatever", "an ignore of 'whatever', which is no rule", "`journal check --rules` lists them"),
        ("DOC001", "DOC001 cannot be ignored in an entry", "mend it, or leave it out with `--ignore`"),
        ("DOC009", "DOC009 cannot be ignored in an entry", "mend it, or leave it out with `--ignore`"),
        ("", "an ignore that names no rule", "write why"),
    ],
)
def test_an_ignore_of_no_rule_is_found(desk: Desk, capsys: Capsys, named: str, message: str, hint: str) -> None:
    desk.entry(E1, f"<!-- journal:ignore {named}: because -->\n")
    (found,) = desk.call(capsys, "check", "--json").json["findings"]
    assert (found["code"], found["line"], found["message"]) == ("DOC008", 6, message)
    assert found["hint"].startswith(hint)


@pytest.mark.parametrize(
    ("body", "matter", "line"),
    [
        ("", "ignore: {DOC002: our own}\n", 4),
        ("text <!-- journal:ignore DOC007: because -->\n", "", 6),
        ("text <!-- journal:ignore REF005: because -->\n", "", 6),
    ],
)
def test_an_ignore_of_nothing_is_found(desk: Desk, capsys: Capsys, body: str, matter: str, line: int) -> None:
    desk.entry(E1, body, matter=matter)
    (found,) = desk.call(capsys, "check", "--json").json["findings"]
    assert (found["code"], found["line"]) == ("DOC009", line)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("text <!-- journal:ignore DOC007: because --> more\n", "text more\n"),
        ("a\n\n  <!-- journal:ignore DOC007: because --> \n\nb\n", "a\n\n\nb\n"),
        ("<!-- journal:ignore DOC007: because -->", ""),
        ("a\n<!-- journal:ignore DOC007: because -->\nb\n", None),
        ("<!-- journal:ignore DOC007: because --> b\n", None),
        ("text <!-- journal:ignore DOC007, NUM001: because -->\n", None),
    ],
)
def test_an_ignore_of_nothing_is_taken_out_where_that_changes_nothing_else(
    desk: Desk, capsys: Capsys, body: str, left: str | None
) -> None:
    desk.entry(E1, body)
    before = desk.read(E1)
    desk.call(capsys, "check", "--select", "DOC009", "--fix")
    assert desk.read(E1) == (before if left is None else before.removesuffix(body) + left)


def test_an_ignore_is_idle_only_where_its_rule_had_all_it_goes_by(desk: Desk) -> None:
    comment = WHY.format("NUM001")
    desk.entry(E1, f"text {comment}\n", runs="{id: faild031, as: it}")
    assert codes(desk) == ["DOC009"]
    assert codes(desk, outside=True) == []
    desk.entry(E1, f"text {comment}\n", runs="{id: tomorrow, as: it}")
    assert codes(desk) == ["REF002"]


def test_a_shallow_clone_says_nothing_of_ignores_that_history_decides(desk: Desk, tmp_path_factory: Factory) -> None:
    sha = desk.commit("Begin")
    desk.entry(E1, matter=f"commits: [{sha}]\nignore: {{REF001: because, NUM001: because}}\n")
    desk.commit("Write")
    desk.commit("More")
    assert codes(desk) == ["DOC009", "DOC009"]
    clone = tmp_path_factory.mktemp("clone") / "journal"
    desk.git("clone", "--quiet", "--depth=1", f"file://{desk.root}", str(clone))
    assert codes(Desk(clone)).count("DOC009") == 1


def test_what_other_entries_decide_is_idle_only_where_all_are_looked_at(desk: Desk) -> None:
    desk.entry(E1, matter="ignore: {LIF007: because}\n")
    desk.entry(E2)
    assert codes(desk, E1) == []
    assert codes(desk) == ["DOC009"]
    desk.write("entries/2026-02-23-broken.md", "words\n")
    assert codes(desk) == ["DOC001"]


def test_findings_across_entries_are_ignored_where_they_stand(desk: Desk) -> None:
    desk.entry(E1, matter="follows: [nobody]\nignore: {REF005: it is still to come}\n")
    assert codes(desk) == []


def test_findings_on_an_entrys_evidence_are_ignored_in_the_entry(desk: Desk, capsys: Capsys) -> None:
    block = "<!-- journal:table {}\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
    desk.entry(E1, block.format("one"), runs="{id: faild031, as: it}")
    assert desk.call(capsys, "fill-results").code == 0
    text = desk.read(E1).replace("journal:table one", "journal:table two")
    desk.write(f"entries/{E1}.md", text)
    assert codes(desk) == ["TAB007"]
    desk.write(f"entries/{E1}.md", text.replace("runs:", "ignore: {TAB007: kept for the record}\nruns:"))
    assert codes(desk) == []


def test_a_comment_among_the_words_of_an_imported_note_is_not_for_us(desk: Desk) -> None:
    words = f"[4.75](run:it) {WHY.format('DOC002')}\n".encode()
    total = hashlib.sha256(words).hexdigest()
    origin = f"imported: {{from: notes/x.md, sha256: {total}}}\n"
    head = f"---\ntitle: x\ncreated: 2026-02-21T19:01:15+08:00\n{origin}tagz: x\n"
    desk.write(f"entries/{E1}.md", head.encode() + b"---\n" + words)
    assert codes(desk) == ["DOC002"]
    desk.write(f"entries/{E1}.md", head.encode() + b"ignore: {DOC002: as it was}\n---\n" + words)
    assert codes(desk) == []


def test_rules_are_known_by_their_codes() -> None:
    assert [BY_CODE[rule.code] for rule in RULES] == list(RULES)
    assert {code for code, rule in BY_CODE.items() if not rule.ignorable} == {"DOC001", "DOC008", "DOC009"}
