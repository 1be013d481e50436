from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.index.journal import Journal
from journal.model.life import Kind, Review, Verdict
from journal.tables.reviews import NO_EVIDENCE, evidence_sum, is_overtaken, standing_of

if TYPE_CHECKING:
    from pathlib import Path

NOW = "0123abcd"


def review(
    verdict: str = "verified", kind: str | None = "human", evidence: str | None = NOW, by: str = "Ana"
) -> Review:
    return Review(by=by, kind=None if kind is None else Kind(kind), verdict=Verdict(verdict), evidence=evidence)


@pytest.mark.parametrize("kind", ["agent", None])
def test_only_a_humans_review_counts_as_verified(kind: str | None) -> None:
    assert standing_of([review()], NOW).verified_by == review()
    assert not standing_of([review(kind=kind)], NOW).verified


@pytest.mark.parametrize("verdict", ["corrected", "disputed", "could not verify"])
def test_no_other_verdict_counts_as_verified(verdict: str) -> None:
    assert not standing_of([review(verdict)], NOW).verified


def test_a_review_of_other_evidence_is_overtaken_and_does_not_count() -> None:
    old = review(evidence="ffffffff")
    standing = standing_of([old], NOW)
    assert (standing.verified, standing.overtaken) == (False, (old,))
    both = standing_of([old, review(by="Ben")], NOW)
    assert (both.verified_by, both.overtaken) == (review(by="Ben"), (old,))


def test_a_review_from_before_the_first_evidence_is_overtaken_by_it() -> None:
    assert standing_of([review(evidence=NO_EVIDENCE)], NO_EVIDENCE).verified
    assert not standing_of([review(evidence=NO_EVIDENCE)], NOW).verified


def test_a_review_that_does_not_say_what_it_saw_cannot_be_overtaken() -> None:
    assert not is_overtaken(review(evidence=None), NOW)
    assert standing_of([review(evidence=None)], NOW).verified


def test_a_later_dispute_undoes_a_verification_and_an_earlier_one_does_not() -> None:
    dispute = review("disputed", kind="agent", by="Codex")
    after = standing_of([review(), dispute], NOW)
    assert (after.verified, after.disputed_by) == (False, dispute)
    before = standing_of([dispute, review()], NOW)
    assert (before.verified, before.disputed_by) == (True, None)


def test_no_reviews_are_no_standing() -> None:
    standing = standing_of([], NOW)
    assert (standing.verified, standing.disputed_by, standing.overtaken) == (False, None, ())


def test_the_sum_is_of_the_evidence_file_and_changes_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk.begin(tmp_path)
    desk.entry("x", 'It is [TBD](run:plain031 "last(train/loss)").\n')
    entry = Journal.open(desk.root).entries[0]
    config = Journal.open(desk.root).config
    assert evidence_sum(entry, config) == NO_EVIDENCE
    desk.call(capsys, "fill-results")
    first = evidence_sum(entry, config)
    assert re.fullmatch("[0-9a-f]{8}", first)
    file = (desk.root / "evidence/x.json").read_bytes()
    assert first == sha256(file.replace(b'"entry": "x"', b'"entry": ""')).hexdigest()[:8]
    desk.entry("x", 'It is [TBD](run:plain031 "min(train/loss)").\n')
    desk.call(capsys, "fill-results")
    assert evidence_sum(entry, config) not in {first, NO_EVIDENCE}


def test_a_review_still_counts_when_the_entry_gets_another_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk.begin(tmp_path)
    desk.entry("2026-02-21-old", 'It is [TBD](run:plain031 "last(train/loss)").\n')
    desk.call(capsys, "fill-results")
    asked = ("--verdict", "verified", "--kind", "human", "--by", "Ana")
    assert desk.call(capsys, "review", "2026-02-21-old", *asked).code == 0
    assert desk.call(capsys, "rename", "2026-02-21-old", "new").code == 0
    journal = Journal.open(desk.root)
    (entry,) = journal.entries
    assert standing_of(entry.front_matter.reviews, evidence_sum(entry, journal.config)).verified
    assert "LIF005" not in desk.call(capsys, "check").out
