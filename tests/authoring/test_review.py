from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.document.document import parse

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.life import Review

Capsys = pytest.CaptureFixture[str]
ONE = "2026-02-20-one"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    desk = Desk(tmp_path)
    desk.init()
    desk.write("journal.toml", 'sections = []\npeople = {Ana = "human", Codex = "agent"}\n')
    desk.entry(ONE, "Words.\n")
    return desk


def reviews(desk: Desk) -> tuple[Review, ...]:
    path = f"entries/{ONE}.md"
    return parse((desk.root / path).read_bytes(), path).entry.front_matter.reviews


def refused(desk: Desk, capsys: Capsys, *args: str) -> str:
    before = desk.files()
    said = desk.call(capsys, "review", ONE, *args)
    assert (said.code, said.out, desk.files()) == (2, "", before)
    return said.err


def test_a_review_says_who_when_how_and_of_what_evidence(desk: Desk, capsys: Capsys) -> None:
    args = ("--verdict", "verified", "--by", "Ana", "--method", "recomputed both means")
    said = desk.call(capsys, "review", ONE, *args)
    assert (said.code, said.out, said.err) == (0, f"entries/{ONE}.md\n", "counts as verified\n")
    (review,) = reviews(desk)
    assert review.model_dump(mode="json") == {
        "by": "Ana",
        "kind": "human",
        "at": "2026-02-21T11:01:15+00:00",
        "verdict": "verified",
        "method": "recomputed both means",
        "evidence": "none",
    }
    assert desk.read(ONE).endswith("---\n\nWords.\n")


def test_an_agents_review_is_recorded_and_does_not_count_as_verified(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "review", ONE, "--verdict", "verified", "--by", "Codex")
    assert said.err == "recorded; only a human's review counts as verified\n"
    shape = desk.call(capsys, "review", ONE, "--verdict", "could not verify", "--by", "Codex", "--json").json
    assert (shape["verified"], shape["review"]["kind"], shape["review"]["verdict"]) == (
        False,
        "agent",
        "could not verify",
    )
    assert len(reviews(desk)) == 2


def test_gits_user_reviews_by_default_and_the_kind_can_be_given(desk: Desk, capsys: Capsys) -> None:
    assert "a review needs a name" in refused(desk, capsys, "--verdict", "verified", "--kind", "human")
    desk.git("config", "user.name", "Ben")
    assert "is Ben a person or an agent? (--kind human" in refused(desk, capsys, "--verdict", "verified")
    assert desk.call(capsys, "review", ONE, "--verdict", "disputed", "--kind", "human").err == ""
    assert [(review.by, review.kind, review.verdict) for review in reviews(desk)] == [("Ben", "human", "disputed")]


def test_a_kind_that_the_settings_contradict_is_refused(desk: Desk, capsys: Capsys) -> None:
    said = refused(desk, capsys, "--verdict", "verified", "--by", "Codex", "--kind", "human")
    assert "Codex is said to be human, and the setting `people` says agent" in said


@pytest.mark.parametrize(("options", "said"), [((), "--verdict"), (("--verdict", "fine"), "'fine'")])
def test_a_verdict_is_one_of_four(desk: Desk, capsys: Capsys, options: tuple[str, ...], said: str) -> None:
    assert said in refused(desk, capsys, "--by", "Ana", *options)


def test_a_kind_in_the_settings_is_human_or_agent(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", 'people = {Ana = "robot"}\n')
    assert "setting 'people.Ana'" in refused(desk, capsys, "--verdict", "verified", "--by", "Ana")


def test_evidence_that_cannot_be_believed_cannot_have_been_reviewed(desk: Desk, capsys: Capsys) -> None:
    desk.write(f"evidence/{ONE}.json", "{")
    said = desk.call(capsys, "review", ONE, "--verdict", "verified", "--by", "Ana")
    assert (said.code, reviews(desk)) == (1, ())
    assert "evidence" in said.err


@pytest.mark.parametrize("by", ["", " "])
def test_a_name_that_is_none_is_not_gits_user(desk: Desk, capsys: Capsys, by: str) -> None:
    desk.git("config", "user.name", "Ana")
    assert "--by needs a name" in refused(desk, capsys, "--verdict", "verified", "--by", by)
