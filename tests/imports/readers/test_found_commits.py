"""Commits that free-form notes name, told apart from runs, sums, colours, dates and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.readers.commits import commits, shas
from journal.imports.readers.interface import CitedCommit, Confidence
from journal.imports.readers.known import Known
from journal.imports.readers.page import Page
from journal.imports.readers.runs import runs
from seeds import needs_the_notes, seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.imports.readers.interface import Fact

FULL = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"


def repository(*full: str) -> Known:
    """A repository with these commits."""

    def commits(asked: Sequence[str]) -> Mapping[str, str | None]:
        return {sha: next((each for each in full if each.startswith(sha)), None) for sha in asked}

    return Known(commits=commits)


def facts(text: str, beside: Known | None = None) -> list[Fact[CitedCommit]]:
    page, known = Page("note.md", text), beside or Known()
    stated = [fact.value.id for fact in runs(page, known) if fact.confidence is Confidence.STATED]
    return commits(page, known, stated)


def found(text: str, beside: Known | None = None) -> list[CitedCommit]:
    """The commits that a note states."""
    return [fact.value for fact in facts(text, beside) if fact.confidence is Confidence.STATED]


def unsure(text: str, beside: Known | None = None) -> list[tuple[str, Confidence]]:
    return [(each.value.sha, each.confidence) for each in facts(text, beside) if each.confidence != "stated"]


@pytest.mark.parametrize(
    "text",
    [
        "Done in commit `a1b2c3d`.",
        "Done in commit a1b2c3d.",
        "commit hash: a1b2c3d",
        "**Commit:** `a1b2c3d`",
        "git sha `a1b2c3d`",
        "SHA: a1b2c3d",
        "commit=a1b2c3d",
        "revision a1b2c3d-dirty",
        "Run `git show a1b2c3d`.",
        "`commit a1b2c3d`",
        "committed as `a1b2c3d`",
        "**Commit hash before the experiment**: a1b2c3d",
        "提交 `a1b2c3d`",
        "提交：a1b2c3d",
        "见提交a1b2c3d。",
        "Commits:\n\n- `a1b2c3d`",
        "## Commits\n\n1. a1b2c3d",
        "提交记录：\n- `a1b2c3d`",
        "| Run | Commit |\n|---|---|\n| wide | `a1b2c3d` |",
        "| Run | Code change |\n|---|---|\n| wide | commit `a1b2c3d` |",
    ],
)
def test_a_cue_makes_hex_digits_a_commit(text: str) -> None:
    assert [commit.sha for commit in found(text)] == ["a1b2c3d"]


@pytest.mark.parametrize(
    "text",
    [
        "colour `#ff88001` and #a1b2c3d",
        "sha256: a1b2c3d4e5",
        "md5 `9e107d9d372bb6826bd81d3542a419d6`",
        "checksum `a1b2c3d`",
        "the digest is `a1b2c3d`",
        "artifact `a1b2c3d4`",
        "on 20260221 after 1234567 steps",
        "`1234567` and `20260221`",
        "the effaced facade of a decade",
        "loss 1e100000",
        "550e8400-e29b-41d4-a716-446655440000",
        "W&B run: `a1b2c3d4`",
        "abc1234.py and logs/a1b2c3d and x@a1b2c3d",
        "We commit to a decade of work.",
        "```\ncommit a1b2c3d\n```",
        "    commit a1b2c3d\n",
        "commit messages are short",
        "Commit message: `facade1`",
        "",
    ],
)
def test_what_only_looks_like_a_commit_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Weights from the hub at revision a1b2c3d.",
        "The pre-commit a1b2c3d hook fails.",
        "A docker image commit `a1b2c3d`",
        "Built with commit `a1b2c3d` of upstream.",
    ],
)
def test_a_commit_of_something_else_is_only_possible(text: str) -> None:
    assert unsure(text) == [("a1b2c3d", Confidence.POSSIBLE)]
    assert [commit.sha for commit in found(text, repository(FULL))] == ["a1b2c3d"]


@pytest.mark.parametrize("text", ["Not commit `a1b2c3d`.", "We don't use the commit a1b2c3d.", "不是提交 `a1b2c3d`"])
def test_a_commit_that_is_not_meant_is_only_possible(text: str) -> None:
    assert unsure(text, repository(FULL)) == [("a1b2c3d", Confidence.POSSIBLE)]


def test_hex_digits_without_a_cue_are_only_possible() -> None:
    assert unsure("Since `facade1` it is fast; since deadbee1 too.") == [
        ("facade1", Confidence.POSSIBLE),
        ("deadbee1", Confidence.POSSIBLE),
    ]
    assert unsure("A dead deadbeef decade.") == []


def test_the_repository_makes_hex_digits_a_commit() -> None:
    known = repository(FULL, "deadbeef".ljust(40, "0"))
    assert [commit.sha for commit in found("Since a1b2c3d and `deadbeef`, not `facade1`.", known)] == [
        "a1b2c3d",
        "deadbeef",
    ]
    assert found("It ran for 1234567 steps.", repository("1234567".ljust(40, "0"))) == []


def test_decimal_digits_need_a_cue() -> None:
    assert found("commit 1234567") == [CitedCommit("1234567")]


def test_a_run_of_the_note_is_no_commit_unless_it_is_called_one() -> None:
    text = "W&B run: `a1b2c3d4`\n\nBetter than `a1b2c3d4`."
    assert facts(text, repository("a1b2c3d4".ljust(40, "0"))) == []
    assert [commit.sha for commit in found(f"{text}\n\nSee commit `a1b2c3d4`.")] == ["a1b2c3d4"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Commits:\n\n- `a1b2c3d` (add a schedule)", "add a schedule"),
        ("Commits:\n\n- `a1b2c3d` (add `warmup` (linear))", "add warmup (linear)"),
        ("Commits:\n\n- a1b2c3d — add a schedule", "add a schedule"),
        ("Commits:\n\n- `a1b2c3d`: add a schedule", "add a schedule"),
        ("Commits:\n\n- add a schedule (`a1b2c3d`)", "add a schedule"),
        ("Commits:\n\n- `a1b2c3d` (add a\n  schedule)", "add a schedule"),
        ("提交：\n- `a1b2c3d`（加入学习率计划）", "加入学习率计划"),
        ("See commit `a1b2c3d` (add a schedule).", "add a schedule"),
        ("| Commit | Message |\n|---|---|\n| a1b2c3d | add a schedule |", "add a schedule"),
        ("| Commit | Loss |\n|---|---|\n| a1b2c3d | 0.2 |", None),
        ("See commit `a1b2c3d` (2026-03-01).", None),
        ("commit `a1b2c3d`: it is fast", None),
    ],
)
def test_a_commit_keeps_what_the_note_says_of_it(text: str, note: str | None) -> None:
    assert found(text) == [CitedCommit("a1b2c3d", note)]


def test_a_link_is_a_commit_of_this_repository_only_if_that_knows_it() -> None:
    text = f"Fixed in https://github.com/ana/lab/commit/{FULL}."
    assert found(text, repository(FULL)) == [CitedCommit(FULL)]
    assert unsure(text) == [(FULL, Confidence.LIKELY)]
    assert unsure("https://gitlab.com/ana/lab/-/commit/a1b2c3d") == [("a1b2c3d", Confidence.LIKELY)]
    assert facts("https://wandb.ai/ana/lab/runs/a1b2c3d4") == []


def test_short_and_long_names_are_one_commit() -> None:
    text = f"Commits:\n\n- `a1b2c3d`\n\nSee commit {FULL} (add a schedule)."
    assert found(text) == [CitedCommit(FULL, "add a schedule")]


def test_both_ends_of_a_range_are_commits() -> None:
    assert [commit.sha for commit in found("commits `a1b2c3d..deadbee`")] == ["a1b2c3d", "deadbee"]


def test_a_row_of_commits_shares_its_cue() -> None:
    assert [commit.sha for commit in found("commits `a1b2c3d`, `deadbee` and c0ffee1")] == [
        "a1b2c3d",
        "deadbee",
        "c0ffee1",
    ]


def test_all_words_that_a_repository_may_be_asked_for() -> None:
    page = Page(
        "note.md",
        "commit `a1b2c3d..deadbee`, run `q7rk2m0v`\n\n```\nc0ffee1\n```\nhttps://github.com/ana/lab/commit/c0ffee2\n",
    )
    assert shas(page) == {"a1b2c3d", "deadbee", "c0ffee1", "c0ffee2"}


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(st.sampled_from(["commit `a1b2c3d`", "Commits:", "- `deadbee1`", "| Commit |", "|---|", ""])))
def test_nothing_in_a_fence_is_ever_found(lines: list[str]) -> None:
    fenced = "\n".join(["```", *lines, "```"])
    assert facts(f"# Title\n\n{fenced}\n", repository("a1b2c3d".ljust(40, "0"))) == []


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("abcdef0189`|:#-\n> ()[]./_*commit提交"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    lines = len(Page("note.md", text).lines)
    assert all(fact.line is not None and 1 <= fact.line <= lines for fact in facts(text))


@needs_the_notes
@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, {"e86c1fd": 79, "9dd4feb": 80}), (1, {"721e94a": None}), (2, {"ce1212e": None}), (3, {}), (4, {})],
)
def test_the_notes_that_we_build_for(number: int, expected: dict[str, int | None]) -> None:
    path = seed(number)
    text = path.read_text("utf-8")
    lines = dict(enumerate(text.split("\n"), 1))
    said = {
        sha: lines[at].partition("(")[2].removesuffix(")").replace("`", "") if at else None
        for sha, at in expected.items()
    }
    assert found(text) == [CitedCommit(sha, note) for sha, note in said.items()]
    assert unsure(text) == []
