from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from journal.checks import life
from journal.checks.check import check
from journal.checks.interface import Scene
from journal.index.journal import Journal
from journal.model.finding import Finding, Severity
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

A, B, C, D = (f"2026-02-2{day}-{name}" for day, name in enumerate(("a", "b", "c", "d"), 1))
CREATED = "2026-02-21T19:01:15+08:00"
SUM = "0" * 64


class Shelf:
    """A journal of entries without runs, and what is found in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "journal.toml").write_text("sections = []\n")
        (root / "entries").mkdir()

    def put(self, stem: str, matter: str = "", body: str | bytes = b"", *, created: str = CREATED) -> None:
        """Write an entry."""
        head = f"---\ntitle: {stem}\ncreated: {created}\n{matter}---\n".encode()
        (self.root / f"entries/{stem}.md").write_bytes(head + (body.encode() if isinstance(body, str) else body))

    def imported(self, stem: str, original: bytes, matter: str = "", body: bytes | None = None, **more: str) -> None:
        """Write an entry that was a note elsewhere; its body is the original unless another is given."""
        total = hashlib.sha256(original).hexdigest()
        origin = "".join(f", {name}: {value}" for name, value in more.items())
        head = f"imported: {{from: notes/x.md, sha256: {total}{origin}}}\n"
        self.put(stem, head + matter, original if body is None else body)

    def found(self, code: str, paths: Sequence[str] | None = None) -> list[Finding]:
        """The findings of one rule."""
        journal = Journal.open(self.root)
        chosen = [f"entries/{stem}.md" for stem in paths] if paths is not None else journal.paths
        scene = Scene(journal, frozenset(chosen), Sources(journal.config), None)
        return [each for each in check(scene) if each.code == code]

    def lines(self, code: str) -> list[tuple[str, int | None]]:
        """Entry and line of each finding of one rule."""
        return [(each.path.removeprefix("entries/").removesuffix(".md"), each.line) for each in self.found(code)]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def update(day: int, status: str | None = None, **more: str) -> str:
    said = {"at": f"2026-03-{day:02}T10:00:00+08:00", **({"status": status} if status else {}), **more}
    return "{" + ", ".join(f"{name}: {value}" for name, value in said.items()) + "}"


def test_every_rule_of_an_entrys_life_has_a_code_of_its_own() -> None:
    assert [rule.code for rule in life.RULES] == [f"LIF{number:03}" for number in range(1, 12)]


# --- LIF001 -----------------------------------------------------------------------------------------------------------


def test_a_status_follows_the_last_update_by_time(shelf: Shelf) -> None:
    shelf.put(A, f"status: running\nupdates: [{update(3, 'blocked')}, {update(2, 'running')}]\n")
    shelf.put(B, f"status: blocked\nupdates: [{update(3, 'blocked')}, {update(2, 'running')}]\n")
    (found,) = shelf.found("LIF001")
    assert (found.path, found.line, found.column) == (f"entries/{A}.md", 4, 1)
    assert found.message == "its status is running, and blocked by the last update, of 2026-03-03 10:00:00+08:00"
    assert "set `status: blocked`" in str(found.hint)


def test_a_missing_status_is_found_at_the_update(shelf: Shelf) -> None:
    shelf.put(A, f"updates:\n  - {update(1)}\n  - {update(2, 'concluded')}\n")
    assert shelf.lines("LIF001") == [(A, 6)]


@pytest.mark.parametrize("matter", ["", f"updates: [{update(1)}]\n", f"updates: [{update(1, 'running')}]\n"])
@pytest.mark.parametrize("status", ["superseded", "invalid"])
def test_an_entry_that_was_replaced_stays_so_whatever_its_updates_say(shelf: Shelf, matter: str, status: str) -> None:
    shelf.put(A, f"status: {status}\n{matter}")
    assert shelf.found("LIF001") == []


# --- LIF002 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "banner",
    [
        "**Status**: ALL FIXED",
        "Status: done",
        "> Status: ✅ everything works now",
        "- Current status: Resolved.",
        "Status: fixed in 0a1b2c3",
        "## ✅ ALL THREE FIXES APPLIED",
        "# All tests passed",
        "# ALL FIXED!",
        "## ALL FIXED",
        "## 问题全部解决",
        "状态\uff1a问题全部解决",
        "状态\uff1a全部修复",
        "**当前状态**: 已解决",
        "Status: 🎉 done".encode().decode("mac_roman"),
    ],
)
@pytest.mark.parametrize("matter", ["status: inconclusive\n", "outcome: negative\n"])
def test_a_banner_says_done_where_the_entry_does_not(shelf: Shelf, banner: str, matter: str) -> None:
    shelf.put(A, matter, f"\n# Title\n\n{banner}\n\nText.\n")
    assert shelf.lines("LIF002") == [(A, 9)]
    shelf.put(A, "status: concluded\noutcome: positive\n", f"\n# Title\n\n{banner}\n\nText.\n")
    assert shelf.lines("LIF002") == []


def test_the_last_update_counts_as_well(shelf: Shelf) -> None:
    shelf.put(A, f"status: concluded\nupdates: [{update(1, 'blocked')}]\n", "Status: solved\n")
    (found,) = shelf.found("LIF002")
    assert found.message == "its head says 'Status: solved', but it is blocked"


@pytest.mark.parametrize(
    "banner", ["Status: still running", "State: not fixed", "状态: 进行中", "## Work in progress", "## Still running"]
)
def test_a_banner_says_open_where_the_entry_is_ended(shelf: Shelf, banner: str) -> None:
    shelf.put(A, "status: concluded\n", banner)
    shelf.put(B, "status: running\n", banner)
    assert shelf.lines("LIF002") == [(A, 6)]


@pytest.mark.parametrize(
    "text",
    [
        "Status: partially fixed",
        "Status: fixed, but slow",
        "Status: fixed?",
        "Status: should be fixed",
        "状态: 部分修复",
        "状态: 基本完成",
        "# Fixed learning rate",
        "## Done",
        "## 已完成",
        "## 问题解决",
        "## 全部问题",
        "## All works",
        "## Still to do",
        "## Running",
        "It works.",
        "| Status | done |",
        "```\nStatus: done\n```",
        "    Status: done",
        "<!-- Status: done -->",
        "<!-- journal:runs -->\n\nStatus: done\n\n<!-- /journal:runs 00000000 -->",
        "\n" * 40 + "## First\n\nStatus: done",
    ],
)
def test_what_is_not_clear_or_not_said_at_the_head_is_no_banner(shelf: Shelf, text: str) -> None:
    shelf.put(A, "status: blocked\n", f"{text}\n")
    assert shelf.found("LIF002") == []


def test_all_text_above_the_first_section_is_the_head(shelf: Shelf) -> None:
    shelf.put(A, "status: blocked\n", "\n" * 60 + "Status: done\n\n## First\n")
    assert shelf.lines("LIF002") == [(A, 66)]


def test_a_banner_that_was_corrected_is_dealt_with(shelf: Shelf) -> None:
    shelf.put(A, "status: blocked\ncorrections: [{was: ALL FIXED, now: one of three}]\n", "**Status**: **ALL** FIXED\n")
    assert shelf.found("LIF002") == []


# --- LIF003 -----------------------------------------------------------------------------------------------------------


def test_what_rests_on_a_superseded_entry_is_found_until_it_names_the_new_one(shelf: Shelf) -> None:
    shelf.put(A, "status: superseded\n")
    shelf.put(B, f"supersedes: [{A}]\n")
    shelf.put(C, f"tags: [x]\nfollows: [{D}, {A}]\n")
    shelf.put(D)
    (found,) = shelf.found("LIF003")
    assert (found.path, found.line, found.column) == (f"entries/{C}.md", 5, len(f"follows: [{D}, ") + 1)
    assert found.message == f"rests on {A}, which was superseded (by {B}): it follows it"
    assert found.hint == f"once it is put right, `journal link {C} --related {B}`, or `--follows {B}`"
    shelf.put(C, f"follows: [{A}]\nrelated: [{B}]\n")
    assert shelf.found("LIF003") == []


def test_a_run_of_an_invalid_entry_warns_and_one_of_a_superseded_entry_is_noted(shelf: Shelf) -> None:
    shelf.put(A, "status: superseded\nruns: [{id: old1}]\n")
    shelf.put(B, f"supersedes: [{A}]\ninvalidates: [{D}]\n")
    shelf.put(C, "runs:\n  - {id: old1}\n")
    shelf.put(D, "status: invalid\nruns: [bad1, base1]\n")
    shelf.put("2026-02-25-e", "runs:\n  - base2\n  - lab/toy/bad1\n")
    noted, warned = shelf.found("LIF003")
    assert (noted.path, noted.line, noted.severity) == (f"entries/{C}.md", 5, Severity.NOTE)
    assert (warned.path, warned.line, warned.severity) == ("entries/2026-02-25-e.md", 6, Severity.WARNING)
    assert f"rests on {D}, which is invalid (by {B})" in warned.message


def test_only_the_entries_asked_for_are_told_of(shelf: Shelf) -> None:
    shelf.put(A, "status: superseded\n")
    shelf.put(B, f"supersedes: [{A}]\n")
    shelf.put(C, f"follows: [{A}]\n")
    assert shelf.found("LIF003", [A, B]) == []
    assert len(shelf.found("LIF003", [C])) == 1


# --- LIF004 -----------------------------------------------------------------------------------------------------------


def test_a_related_entry_that_quotes_a_corrected_value_is_found(shelf: Shelf) -> None:
    shelf.put(A, "corrections: [{was: '9084.8', now: '12.1', reason: another run}]\n", "It was ~~9084.8~~ 12.1.\n")
    shelf.put(B, f"follows: [{A}]\n", "Before, it was 9084.8 there.\n")
    shelf.put(C, "", "By chance 9084.8.\n")
    (found,) = shelf.found("LIF004")
    assert (found.path, found.line, found.column) == (f"entries/{B}.md", 6, 16)
    assert found.message == f"9084.8 was corrected to 12.1 in {A} (follows it)"


def test_a_value_quoted_in_another_spelling_is_found_and_the_hint_says_it_so(shelf: Shelf) -> None:
    shelf.put(A, "corrections: [{was: '9084.8', now: '12.1'}]\n")
    shelf.put(B, f"follows: [{A}]\n", "Before, it was 9,084.80 there.\n")
    (found,) = shelf.found("LIF004")
    assert f"`journal correct {B} --was 9,084.80 --now NEW --reason WHY`" in str(found.hint)
    shelf.put(A, "corrections: [{was: as 'I' said}]\n")
    shelf.put(B, f"follows: [{A}]\n", "It is as 'I' said.\n")
    assert """--was 'as '"'"'I'"'"' said' --now""" in str(shelf.found("LIF004")[0].hint)


@pytest.mark.parametrize(
    ("matter", "body"),
    [
        ("corrections: [{was: '9084.8', now: '12.1'}]\n", "It was 9084.8.\n"),
        ("corrections: [{was: '9,084.8', now: '12.1'}]\n", "It was 9,084.8.\n"),
        ("", "It was ~~9084.8~~ 12.1.\n"),
        ("", "It was 12.1.\n"),
    ],
)
def test_a_quote_is_dealt_with_once_it_is_corrected_struck_or_gone(shelf: Shelf, matter: str, body: str) -> None:
    shelf.put(A, "corrections: [{was: '9084.8'}]\n")
    shelf.put(B, f"follows: [{A}]\n{matter}", body)
    assert shelf.found("LIF004") == []


# --- LIF005 -----------------------------------------------------------------------------------------------------------


def test_a_review_that_saw_other_evidence_is_overtaken(shelf: Shelf) -> None:
    seen, other = "evidence: none}", "evidence: 0a1b2c3d}"
    shelf.put(A, f"reviews:\n  - {{by: Ada, kind: human, verdict: verified, {seen}\n")
    shelf.put(B, f"reviews:\n  - {{by: Ada, kind: human, verdict: disputed, at: 2026-03-01, {other}\n")
    shelf.put(C, "reviews:\n  - {by: Ada, kind: human, verdict: verified}\n")
    (found,) = shelf.found("LIF005")
    assert (found.path, found.line, found.severity) == (f"entries/{B}.md", 5, Severity.WARNING)
    assert (
        found.message == "the review by Ada of 2026-03-01 looked at other evidence (0a1b2c3d) than there is now (none)"
    )


@pytest.mark.parametrize(("kind", "why"), [("", "nobody said"), (", kind: agent", "that is an agent")])
def test_only_a_person_verifies(shelf: Shelf, kind: str, why: str) -> None:
    shelf.put(A, f"reviews: [{{by: codex, verdict: verified{kind}}}]\n")
    shelf.put(B, f"reviews: [{{by: codex, verdict: disputed{kind}}}]\n")
    (found,) = shelf.found("LIF005")
    assert (found.path, found.severity) == (f"entries/{A}.md", Severity.NOTE)
    assert why in found.message


def test_who_looks_again_replaces_what_they_said_before(shelf: Shelf) -> None:
    first = "{by: Ada, kind: human, verdict: verified, evidence: 0a1b2c3d}"
    shelf.put(A, f"reviews: [{first}]\n")
    assert str(shelf.found("LIF005")[0].hint) == f"look again: `journal review {A} --by Ada --verdict VERDICT`"
    shelf.put(A, f"reviews: [{first}, {{by: Ada, kind: human, verdict: verified, evidence: none}}]\n")
    shelf.put(B, f"reviews: [{first}, {{by: Ben, kind: human, verdict: verified, evidence: none}}]\n")
    shelf.put(C, "reviews: [{by: codex, kind: agent, verdict: verified}, {by: Ada, kind: human, verdict: disputed}]\n")
    assert shelf.lines("LIF005") == [(B, 4)]


# --- LIF006 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "relation", "said"),
    [
        ("superseded", None, "its status is superseded, but no entry supersedes it"),
        ("invalid", None, "its status is invalid, but no entry invalidates it"),
        ("running", "supersedes", f"{B} supersedes it, but its status is running"),
        ("superseded", "invalidates", f"{B} invalidates it, but its status is superseded"),
        ("invalid", "supersedes", f"{B} supersedes it, but its status is invalid"),
        ("superseded", "supersedes", None),
        ("invalid", "invalidates", None),
        ("running", "related", None),
    ],
)
def test_two_sides_say_the_same(shelf: Shelf, status: str, relation: str | None, said: str | None) -> None:
    shelf.put(A, f"status: {status}\n")
    shelf.put(B, f"{relation}: [{A}]\n" if relation else "")
    found = shelf.found("LIF006")
    assert [each.message for each in found] == ([said] if said else [])
    assert all((each.path, each.line, each.severity) == (f"entries/{A}.md", 4, Severity.ERROR) for each in found)


# --- LIF007 -----------------------------------------------------------------------------------------------------------


def test_a_circle_is_told_of_once_with_the_way_around_it(shelf: Shelf) -> None:
    shelf.put(A, f"tags: [x]\nfollows: [{D}, {C}]\n")
    shelf.put(B, f"results_of: [{A}]\n")
    shelf.put(C, f"supersedes: [{B}]\n")
    shelf.put(D)
    (found,) = shelf.found("LIF007")
    assert (found.path, found.line, found.column) == (f"entries/{A}.md", 5, len(f"follows: [{D}, ") + 1)
    assert found.message == f"builds on itself: {A} -> {C} -> {B} -> {A}"
    assert [each.path for each in shelf.found("LIF007", [B])] == [f"entries/{B}.md"]
    assert shelf.found("LIF007", [D]) == []


def test_an_entry_that_follows_itself_is_a_circle_and_one_that_others_relate_to_is_none(shelf: Shelf) -> None:
    shelf.put(A, f"follows: [{A}, 2020-01-01-nobody]\n")
    shelf.put(B, f"related: [{C}]\n")
    shelf.put(C, f"related: [{B}]\nfollows: [{B}]\n")
    assert shelf.lines("LIF007") == [(A, 4)]


@pytest.mark.parametrize("relation", ["supersedes", "invalidates"])
def test_two_entries_that_replace_each_other_are_a_circle(shelf: Shelf, relation: str) -> None:
    shelf.put(A, f"{relation}: [{B}]\n")
    shelf.put(B, f"invalidates: [{A}]\n")
    (found,) = shelf.found("LIF007")
    assert found.message == f"replaces itself: {A} -> {B} -> {A}"


def test_an_old_entry_may_invalidate_one_that_was_built_on_it(shelf: Shelf) -> None:
    shelf.put(A, f"invalidates: [{B}]\n")
    shelf.put(B, f"follows: [{A}]\n")
    assert shelf.found("LIF007") == []


# --- LIF008, LIF009 ---------------------------------------------------------------------------------------------------


def test_an_imported_note_of_an_unknown_offset_is_asked_for_it(shelf: Shelf) -> None:
    origin = f"imported: {{from: x.md, sha256: {SUM}}}\n"
    shelf.put(A, origin, created="2025-10-23")
    shelf.put(B, origin, created="2025-10-23 12:01")
    shelf.put(C, origin)
    assert shelf.lines("LIF008") == [(B, 3)]  # a bare day says no more than it says
    assert "nobody knows at what offset" in shelf.found("LIF008")[0].message


@pytest.mark.parametrize("original", [b"", b"words", b"words\r\n\r\n", b"## A\n\nb\n", b"\xff\xfe bytes", b"\n---\n"])
def test_the_words_of_an_imported_note_stay_as_they_were(shelf: Shelf, original: bytes) -> None:
    shelf.imported(A, original)
    shelf.imported(B, original, body=original + b" ")
    (found,) = shelf.found("LIF009")
    assert (found.path, found.line, found.severity) == (f"entries/{B}.md", 4, Severity.ERROR)


@pytest.mark.parametrize("original", [b"", b"words", b"words\n", b"a\r\n"])
def test_what_was_added_behind_the_words_does_not_change_them(shelf: Shelf, original: bytes) -> None:
    added = b"\n\n## Update\n\nnew\n"
    length = str(len(original))
    shelf.imported(A, original, body=original + added, length=length)
    shelf.imported(B, original, body=b"x" + original + added, length=str(len(original) + 1))
    shelf.imported(C, original, body=original + added)
    assert shelf.lines("LIF009") == [(B, 4), (C, 4)]


@pytest.mark.parametrize("more", [{"bytes": "3..9"}, {"repaired": "cp1252"}])
def test_words_whose_own_sum_nobody_recorded_are_left_alone(shelf: Shelf, more: dict[str, str]) -> None:
    shelf.imported(A, b"words", body=b"other", **more)
    assert shelf.found("LIF009") == []


def test_a_part_or_a_repaired_note_has_a_sum_of_its_own(shelf: Shelf) -> None:
    for stem, body in ((A, b"words"), (B, b"other")):
        shelf.imported(stem, b"a whole log", body=body, bytes="0..5", words=hashlib.sha256(b"words").hexdigest())
    assert shelf.lines("LIF009") == [(B, 4)]


# --- LIF010 -----------------------------------------------------------------------------------------------------------

TABLE = (
    "<!-- journal:table x\nmetrics: [loss]\n-->\n\n"
    "| metric | a |\n|---|--:|\n| loss | {} |\n\n<!-- /journal:table 0 -->\n"
)


@pytest.mark.parametrize(
    ("body", "waits"),
    [
        ("## Results\n\nTBD, not run yet.\n", True),
        ("## Results\n\n待定\n", True),
        ("## Results\n", True),
        ("## Key findings\n\n_To be determined._\n", True),
        (f"## Results\n\n{TABLE.format('TBD')}", True),
        ("## Results\n\nIt fell to 0.7.\n", False),
        (f"## Results\n\n{TABLE.format('0.7')}", False),
        ("## Context\n\nTBD\n", False),
    ],
)
def test_a_result_that_a_follow_up_holds_is_not_pending_any_more(shelf: Shelf, body: str, waits: bool) -> None:
    shelf.put(A, "", body)
    shelf.put(B, f"results_of: [{A}]\n", "## Results\n\nIt fell to 0.7.\n")
    found = shelf.found("LIF010")
    assert len(found) == waits
    assert all(each.message == f"its result is pending here and stands in {B}" for each in found)


@pytest.mark.parametrize(
    ("matter", "body", "holds"),
    [
        (f"results_of: [{A}]\n", "## Results\n\nTBD\n", False),
        (f"results_of: [{A}]\n", f"## Results\n\n{TABLE.format('TBD')}", False),
        (f"results_of: [{A}]\n", f"## Results\n\n{TABLE.format('0.7')}", True),
        (f"results_of: [{A}]\n", "## Notes\n\n0.7\n", False),
        (f"follows: [{A}]\nruns: [one]\n", "## Results\n\nIt fell.\n", True),
        (f"follows: [{A}]\nruns: [base]\n", "## Results\n\nIt fell.\n", False),
        (f"related: [{A}]\nruns: [one]\n", "## Results\n\nIt fell.\n", False),
    ],
)
def test_a_follow_up_holds_a_result_that_is_written_or_filled(
    shelf: Shelf, matter: str, body: str, holds: bool
) -> None:
    shelf.put(A, "runs: [one, {id: base, role: baseline}]\n", "## Results\n\nTBD\n")
    shelf.put(B, matter, body)
    assert shelf.lines("LIF010") == ([(A, 6)] if holds else [])


@pytest.mark.parametrize(
    ("waiting", "answer", "holds"),
    [
        (TABLE.format("TBD"), f"## Results\n\nStill running.\n\n{TABLE.format('TBD')}", False),
        (TABLE.format("TBD"), f"## Results\n\nIt fell.\n\n## Table\n\n{TABLE.format('TBD')}", False),
        (TABLE.format("TBD"), f"## Results\n\nIt fell to 0.7.\n\n{TABLE.format('0.7')}", True),
        (TABLE.format("TBD"), TABLE.format("0.7").replace("metrics: [loss]", "values: {end: last(loss)}"), True),
        (TABLE.format("TBD"), TABLE.format("0.7").replace("metrics: [loss]", "metrics: [reward]"), False),
        ("## Results\n\nTBD\n", f"## Results\n\nStill running.\n\n{TABLE.format('TBD')}", False),
        ("## Results\n\nTBD\n", "## Results\n\nOne of two so far, 0.7 | TBD.\n", False),
        ('[TBD](run:x "last(loss)")\n', TABLE.format("0.7 | TBD"), False),
        ('[TBD](run:x "last(loss)")\n', '[0.7](run:x "last(loss)")\n', True),
    ],
)
def test_a_follow_up_that_waits_for_the_same_does_not_answer(
    shelf: Shelf, waiting: str, answer: str, holds: bool
) -> None:
    shelf.put(A, "", waiting)
    shelf.put(B, f"results_of: [{A}]\n", answer)
    assert bool(shelf.found("LIF010")) == holds


@pytest.mark.parametrize(
    "matter", [f"related: [{B}]\n", f"updates: [{update(1, 'concluded')}]\n", "status: abandoned\n"]
)
def test_an_entry_that_says_where_its_result_is_waits_no_more(shelf: Shelf, matter: str) -> None:
    shelf.put(A, matter, "## Results\n\nTBD\n")
    shelf.put(B, f"results_of: [{A}]\n", "## Results\n\nIt fell.\n")
    assert shelf.found("LIF010") == []


# --- LIF011 -----------------------------------------------------------------------------------------------------------


def test_an_entry_that_stands_under_two_ids_is_told_of_once(shelf: Shelf) -> None:
    for stem in (A, B):
        shelf.put(stem, "", f"[own]({stem}.md)\n")
        path = shelf.root / f"entries/{stem}.md"
        path.write_bytes(path.read_bytes().replace(f"title: {stem}".encode(), b"title: Same"))
    (found,) = shelf.found("LIF011")
    assert (found.path, found.message) == (f"entries/{A}.md", f"holds the same words as {B}")
    assert [each.path for each in shelf.found("LIF011", [B])] == [f"entries/{B}.md"]
    shelf.put(B, "", f"[own]({B}.md)\n")
    assert shelf.found("LIF011") == []


def test_one_imported_note_under_two_titles_is_one_entry_and_two_parts_of_it_are_two(shelf: Shelf) -> None:
    shelf.imported(A, b"words\n", bytes="0..6")
    shelf.imported(B, b"words\n", bytes="0..6")
    shelf.imported(C, b"words\n", bytes="6..12")
    shelf.imported(D, b"words\n", bytes="0..6", body=b"others\n")
    assert [(each.path, each.message) for each in shelf.found("LIF011")] == [
        (f"entries/{A}.md", f"holds the same words as {B}")
    ]
