from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.index.card import Card
from journal.index.filters import EntryFilter
from journal.model.life import Status
from journal.model.when import When

CREATED = "2026-02-21T23:30:00+08:00"


def card(metrics: list[str] | None = None, cited: list[str] | None = None, **matter: Any) -> Card:
    return Card("entries/a.md", "a", {"title": "A", "created": CREATED, **matter}, metrics or [], cited or [])


def test_where_nothing_matters_all_are_taken() -> None:
    broken = Card("entries/b.md", "b", problem={"code": "entry"})
    assert EntryFilter().takes(card())
    assert EntryFilter().takes(broken)
    assert not EntryFilter(until=When("2100-01-01")).takes(broken)


@pytest.mark.parametrize(
    ("tags", "taken"),
    [(("a",), True), (("a", "b"), True), (("A",), False), (("a", "x"), False), (("",), False)],
)
def test_all_tags_must_be_there(tags: tuple[str, ...], taken: bool) -> None:
    assert EntryFilter(tags=tags).takes(card(tags=["b", "a"])) is taken
    assert not EntryFilter(tags=tags).takes(card())


@pytest.mark.parametrize(
    ("reference", "run", "taken"),
    [
        ("fej59g91", "fej59g91", True),
        ("fej59g91", "fej5", True),
        ("fej59g91", "fej", False),
        ("fej59g91", "pz2e6c0n", False),
        ("fej59g91", "lab/toy/fej59g91", True),
        ("lab/toy/fej59g91", "fej59g91", True),
        ("lab/toy/fej59g91", "fej59", True),
        ("lab/toy/fej59g91", "toy/fej59g91", True),
        ("lab/toy/fej59g91", "lab/other/fej59g91", False),
        ("lab/toy/fej59g91", "https://wandb.example/lab/toy/runs/fej59g91/overview?x=1", True),
        ("https://wandb.example/lab/toy/runs/fej59g91", "toy/fej59g91", True),
        ("https://wandb.example/lab/toy/runs/fej59g91", "https://wandb.example/else/toy/runs/fej59g91", False),
        ("wandb/run-20260221_190115-fej59g91", "fej59g91", True),
        ("fej59g91", "wandb/offline-run-20260221_190115-fej59g91/run-fej59g91.wandb", True),
        ("fej59g91", " fej59g91 ", True),
        ("fej59g91", "", False),
    ],
)
def test_a_run_is_named_by_any_reference(reference: str, run: str, taken: bool) -> None:
    assert EntryFilter(run=run).takes(card(runs=[{"id": reference}])) is taken
    assert EntryFilter(run=run).takes(card(cited=[reference])) is taken


@pytest.mark.parametrize(
    ("run", "taken"), [("ipa", True), ("IPA baseline", True), ("ipa BASELINE", True), ("base", False)]
)
def test_a_run_is_named_by_handle_and_label(run: str, taken: bool) -> None:
    assert (
        EntryFilter(run=run).takes(card(runs=[{"id": "x"}, {"id": "y", "as": "ipa", "label": "IPA baseline"}])) is taken
    )


@pytest.mark.parametrize(
    ("sha", "commit", "taken"),
    [
        ("721e94a", "721e94a", True),
        ("721e94a", "721E94", True),
        ("721e94a", "721e94a0123456789012345678901234567890ab", True),
        ("721E94a", "721e", True),
        ("721e94a", "721", False),
        ("721e94a", "ffff", False),
        ("721e94a", "HEAD", False),
    ],
)
def test_either_spelling_of_a_commit_may_be_the_shorter_one(sha: str, commit: str, taken: bool) -> None:
    assert EntryFilter(commit=commit).takes(card(commits=[{"sha": "0000"}, {"sha": sha}])) is taken
    assert not EntryFilter(commit=commit).takes(card())


@pytest.mark.parametrize(
    ("metric", "taken"),
    [
        ("debug/iga/wmax_sat_frac", True),
        ("wmax_sat_frac", True),
        ("debug/iga", True),
        ("iga", True),
        ("IGA/wmax_sat_frac", True),
        ("/iga/", True),
        ("sat_frac", False),
        ("debug/wmax_sat_frac", False),
        ("", False),
    ],
)
def test_a_metric_is_named_whole_or_by_parts_between_slashes(metric: str, taken: bool) -> None:
    assert EntryFilter(metric=metric).takes(card(metrics=["train/loss", "debug/iga/wmax_sat_frac"])) is taken


@pytest.mark.parametrize(
    ("author", "taken"),
    [("Grace Hopper", True), ("hopper", True), ("ELEVE", True), ("hop", False), ("Grace Ada", False)],
)
def test_an_author_is_named_by_whole_words(author: str, taken: bool) -> None:
    names = [{"name": "Grace Hopper", "kind": "human"}, {"name": "Ada élève"}]
    assert EntryFilter(author=author).takes(card(authors=names)) is taken


def test_a_status_is_what_it_is() -> None:
    assert EntryFilter(status=Status.RUNNING).takes(card(status="running"))
    assert not EntryFilter(status=Status.RUNNING).takes(card(status="blocked"))
    assert not EntryFilter(status=Status.RUNNING).takes(card())


@pytest.mark.parametrize(
    ("since", "until", "taken"),
    [
        ("2026-02-21", None, True),
        (None, "2026-02-21", True),  # the whole day, where it was written
        ("2026-02-21", "2026-02-21", True),
        ("2026-02-22", None, False),
        (None, "2026-02-20", False),
        ("2026-02-21T23:30:00+08:00", "2026-02-21T15:30:00Z", True),
        ("2026-02-21T15:30:01Z", None, False),
        (None, "2026-02-21T15:29:59Z", False),
        ("2026-02-21T15:30", "2026-02-21T15:30", True),  # without an offset it is UTC
    ],
)
def test_days_are_whole_and_moments_are_moments(since: str | None, until: str | None, taken: bool) -> None:
    bounds = EntryFilter(since=When(since) if since else None, until=When(until) if until else None)
    assert bounds.takes(card()) is taken


DAYS = st.dates(date(2026, 2, 20), date(2026, 2, 23))


@given(DAYS, st.times(), DAYS)
def test_an_entry_is_before_a_day_or_of_it_or_after(day: date, clock: time, other: date) -> None:
    bound, written = When(other.isoformat()), card(created=f"{day}T{clock.isoformat('seconds')}+08:00")
    assert EntryFilter(since=bound).takes(written) is (day >= other)
    assert EntryFilter(until=bound).takes(written) is (day <= other)


def test_all_that_is_given_must_fit() -> None:
    written = card(tags=["a"], status="running", authors=[{"name": "Ada"}])
    assert EntryFilter(tags=("a",), status=Status.RUNNING, author="ada").takes(written)
    assert not EntryFilter(tags=("a",), status=Status.RUNNING, author="bob").takes(written)
    assert not EntryFilter(tags=("b",), status=Status.RUNNING, author="ada").takes(written)
