from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from paper import A_DAY, contents_of, entry, keys, pages, rows

from journal.agenda import uncited
from journal.errors import EntryError
from journal.model.uncited import UncitedRun, UncitedRuns
from journal.site.abstract import Amendment, Attention, CitedRun, Claim, Event, Person, RunAbstract
from journal.site.boards import all_boards, needs, outcomes
from journal.site.boards.alike import NAMED, REASONS
from journal.site.boards.attention import MANY
from journal.site.leaves import SIZE

if TYPE_CHECKING:
    from pathlib import Path

    from journal.site.abstract import Abstract


def blocked(id_: str, state: str, **fields: object) -> Abstract:
    return entry(id_, attention=(Attention(state, "block.t", "t", "table", f"it is {state}"),), **fields)


def board(name: str, *entries: Abstract) -> str:
    return pages(all_boards, contents_of(*entries))[f"boards/{name}.md"]


def run(key: str, **fields: object) -> RunAbstract:
    known = {"sum": "", "id": key, "entity": "lab", "project": "p", "name": f"run {key}", "state": "finished"}
    return RunAbstract(
        key,
        **{**known, **fields},  # type: ignore[arg-type]
        started="2026-02-21T11:01:15+00:00",
        commit=None,
        dirty=None,
        rows=1,
        last_step=0,
        metrics=(),
        address=None,
    )


def test_the_list_of_boards_tells_how_much_stands_on_each() -> None:
    text = board("index", blocked("2026-01-01-a", "pending"), entry("2026-01-02-b", steps=("x", "y")))
    assert '<li><b>1</b><div><a class="journal-title" href="pending/">Pending results</a>' in text
    assert '<li><b>1</b><div><a class="journal-title" href="next-steps/">Open next steps</a>' in text
    assert '<li><b>0</b><div><a class="journal-title" href="corrections/">' in text


@pytest.mark.parametrize("name", ["attention", "pending", "predictions", "next-steps", "negative", "corrections"])
def test_a_board_without_rows_says_so(name: str) -> None:
    assert '<p class="journal-none">' in board(name)


def test_what_needs_attention_comes_by_urgency() -> None:
    old = entry("2026-01-01-old", status="invalid")
    entries = (
        blocked("2026-01-05-pending", "pending"),
        blocked("2026-01-06-stale", "stale"),
        blocked("2026-01-07-edited", "edited"),
        blocked("2026-01-08-drifted", "drifted"),
        entry("2026-01-02-resting", follows=(old.id,)),
        entry(
            "2026-01-03-run", runs=(CitedRun("r1", "base", verdict="contradicted", reasons=("it is older", "more")),)
        ),
        old,
    )
    contents = contents_of(*entries, problems=[EntryError("not YAML", path="entries/x.md")])
    found = [need.title for need in needs.of(contents)]
    assert found == ["entries/x.md", "run", "resting", "drifted", "edited", "stale", "pending"]
    text = pages(all_boards, contents)["boards/attention.md"]
    assert "<code>base</code> it is older</div>" in text
    assert "builds on an entry that is invalid: old" in text


def test_a_block_that_was_never_filled_is_told_from_one_that_is_out_of_date() -> None:
    never, old = (
        Attention("stale", "", "t", "table", "not filled yet"),
        Attention("stale", "", "u", "table", "its spec"),
    )
    text = board("attention", entry("2026-01-01-a", attention=(never, old)))
    outdated, unfilled = rows(text)
    assert 'journal-badge--stale">out of date</span>' in outdated
    assert 'journal-badge--stale">not filled yet</span>' in unfilled
    assert "## Not filled yet (1 block in 1 entry)" in text


def test_alike_needs_of_an_entry_are_one_row_that_names_the_first_of_them() -> None:
    many = tuple(
        Attention("stale", f"block.t{number}", f"t{number}", "table", "not filled yet") for number in range(NAMED + 3)
    )
    other = Attention("stale", "block.x", "x", "value", "not filled yet")
    text = board("attention", entry("2026-01-01-a", attention=many), entry("2026-01-02-b", attention=(other,)))
    one, several = rows(text)
    assert f"## Not filled yet ({NAMED + 4} blocks in 2 entries)" in text
    assert 'href="../../entries/2026-01-02-b/#block.x">b</a>' in one
    assert 'href="../../entries/2026-01-01-a/#block.t0"><code>t0</code></a>, <a' in several
    assert several.count("<code>") == NAMED
    assert "</a> and 3 more</div>" in several


def test_a_cause_of_many_entries_is_folded_where_it_would_hide_another_one() -> None:
    many = [blocked(f"2026-01-{day:02}-e", "pending") for day in range(1, MANY + 2)]
    assert f"## Results awaited ({MANY + 1} blocks in {MANY + 1} entries)" in board("attention", *many)
    text = board("attention", *many, blocked("2026-02-01-x", "edited"))
    assert "## Edited by hand (1 block in 1 entry)" in text
    assert f"<summary><b>Results awaited</b> {MANY + 1} blocks in {MANY + 1} entries</summary><ul" in text


def test_reasons_that_differ_are_told_each_up_to_a_few() -> None:
    many = tuple(
        Attention("drifted", f"block.t{number}", f"t{number}", "table", f"was {number}")
        for number in range(REASONS + 2)
    )
    (row,) = rows(board("attention", entry("2026-01-01-a", attention=many)))
    assert "<code>t0</code></a> was 0 · <a" in row
    assert "was 4 · and 2 more</div>" in row


def test_the_result_that_is_awaited_longest_comes_first_and_says_since_when() -> None:
    update = Event("2026-03-01 09:00 +08:00", 1_772_326_800.0, "", by="Ana")
    first, second, third = rows(
        board(
            "pending",
            blocked("2026-01-01-updated", "pending", updates=(update,)),
            blocked("2026-01-03-young", "pending"),
            blocked("2026-01-02-old", "pending"),
            blocked("2026-01-01-other", "stale"),
        )
    )
    assert ">old</a>" in first
    assert (
        'since <time datetime="2026-01-02T00:00+00:00" title="2026-01-02 00:00 +00:00" data-age>2026-01-02</time>'
        in first
    )
    assert ">young</a>" in second
    assert ">updated</a>" in third
    assert "data-age>2026-03-01</time>" in third


def test_results_that_may_stand_in_a_follow_up_are_awaited_last() -> None:
    old = blocked("2026-01-01-old", "pending")
    first, second = rows(
        board("pending", old, blocked("2026-01-02-b", "pending"), entry("2026-01-03-r", results_of=(old.id,)))
    )
    assert ">b</a>" in first
    assert 'results may be in <a href="../../entries/2026-01-03-r/">r</a>' in second


def test_a_section_without_results_says_so_itself() -> None:
    waits = Attention("pending", "", "Results", "section", "")
    (row,) = rows(board("pending", entry("2026-01-01-a", attention=(waits,))))
    assert "<code>Results</code> says itself that it holds no results yet" in row


def test_predictions_are_open_refuted_confirmed_in_this_order() -> None:
    text = board(
        "predictions",
        entry(
            "2026-01-02-a",
            predictions=(
                Claim("held", "x < 1", "confirmed", 0.123456789, True),
                Claim("failed", "x < 2", "refuted", 3.0, False),
                Claim("waits", "x < 3", "open"),
                Claim("unscored", "x < 4"),
            ),
        ),
        entry("2026-01-01-b", status="abandoned", predictions=(Claim("left", "x < 5"),)),
    )
    assert [head for head in text.splitlines() if head.startswith("## ")] == [
        "## Open (2)",
        "## Refuted (1)",
        "## Confirmed (1)",
        "## Left open by entries that were closed (1)",
    ]
    waits, _, failed, held, left = rows(text)
    assert "waits" in waits
    assert "was <b>3</b> · " in failed
    assert ">not preregistered</span>" in failed
    assert "expected <code>x &#60; 1</code> · was <b>0.123457</b> · " in held
    assert ">preregistered</span> · in <a" in held
    assert "left" in left


def test_open_steps_stand_below_their_entry() -> None:
    (row,) = rows(board("next-steps", entry("2026-01-01-a", steps=("three seeds", "a < b")), entry("2026-01-02-b")))
    assert "<li>three seeds</li><li>a &#60; b</li>" in row


def test_many_open_steps_are_folded_by_month_but_for_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "OPEN", 1)
    days = ("2025-12-01", "2026-01-01", "2026-01-02", "2026-02-01", "2026-02-02")
    text = board("next-steps", *(entry(f"{day}-e", steps=("x",)) for day in days))
    assert "## Newest (1 of 5 entries)" in text
    assert "<summary><b>February 2026</b> 1 entry</summary><ul" in text
    assert "<summary><b>January 2026</b> 2 entries</summary><ul" in text
    assert "<summary><b>December 2025</b> 1 entry</summary><ul" in text
    assert len(rows(text)) == len(days)
    assert text.count("<li>x</li>") == 5


def test_what_did_not_work_has_a_board() -> None:
    text = board(
        "negative",
        entry("2026-01-01-a", outcome="negative"),
        entry("2026-01-02-b", outcome="mixed"),
        entry("2026-01-03-c", status="abandoned"),
        entry("2026-01-04-d", outcome="positive", predictions=(Claim("failed", "x < 2", "refuted"),)),
    )
    assert len(rows(text)) == 4
    assert (
        text.index(">a</a>") < text.index("## Mixed results (1)") < text.index(">failed</span>") < text.index(">c</a>")
    )


def test_corrections_tell_what_stood_and_what_is_right() -> None:
    amended = (Amendment("0.774", "0.747", "digits swapped", "Ana", "2026-02-01 10:00 +08:00"), Amendment("1.2"))
    first, second = rows(board("corrections", entry("2026-01-01-a", corrections=amended)))
    assert '<del>0.774</del> <span aria-hidden="true">→</span> <b>0.747</b> in <a' in first
    assert "digits swapped · by Ana</div>" in first
    assert "<del>1.2</del> in <a" in second


def test_retractions_tell_by_whom() -> None:
    text = board(
        "corrections",
        entry("2026-01-01-old"),
        entry("2026-01-02-bad", status="invalid"),
        entry("2026-01-03-new", supersedes=("2026-01-01-old",)),
        entry("2026-01-04-no", invalidates=("2026-01-02-bad",)),
        entry("2026-01-05-alone", status="superseded"),
    )
    bad, alone, old = rows(text)
    assert 'by <a href="../../entries/2026-01-04-no/">no</a>' in bad
    assert "no entry says what takes its place" in alone
    assert 'by <a href="../../entries/2026-01-03-new/">new</a>' in old


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "abandoned"},
        {"related": ("2026-01-09-mends",)},
        {"invalidates": ("2026-01-01-bad",)},
    ],
)
def test_who_has_dealt_with_an_invalid_entry_does_not_build_on_it(fields: dict[str, object]) -> None:
    bad = entry("2026-01-01-bad")
    mends = entry("2026-01-09-mends", invalidates=(bad.id,))
    built = {"results_of": (bad.id,)}
    assert [need.title for need in needs.built_on_invalid(contents_of(bad, mends, entry("2026-01-02-b", **built)))] == [
        "b"
    ]
    dealt = entry("2026-01-02-b", **built, **fields)
    assert list(needs.built_on_invalid(contents_of(bad, mends, dealt))) == []


def test_a_run_whose_digest_no_entry_rests_on_any_more_is_cited_nowhere() -> None:
    cited = entry("2026-01-01-a", runs=(CitedRun("r1", "base", key="r1"),))
    text = pages(all_boards, contents_of(cited, runs=[run("r1"), run("r2")]))["boards/uncited.md"]
    (row,) = rows(text)
    assert '<a href="../../runs/r2/"><code>r2</code></a> run r2' in row
    assert '<time datetime="2026-02-21T11:01+00:00"' in row
    assert "lab/p · finished" in row


def test_without_the_setting_the_board_says_how_to_see_runs_that_were_never_cited() -> None:
    text = pages(all_boards, contents_of())["boards/uncited.md"]
    assert "set <code>uncited = true</code> under <code>[site]</code>" in text
    asked = pages(all_boards, contents_of(settings={"site": {"uncited": True}}))["boards/uncited.md"]
    assert "once <code>journal fill-results</code> has run" in asked


def test_runs_that_were_never_cited_are_listed_but_for_those_that_evidence_knows(tmp_path: Path) -> None:
    runs = (UncitedRun(id="n1", name="never", place="wandb/run-n1"), UncitedRun(id="r1", entity="lab", project="p"))
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "uncited.json").write_bytes(uncited.dump(UncitedRuns(runs=runs)))
    cited = entry("2026-01-01-a", runs=(CitedRun("r1", "base", key="r1"),))
    text = pages(all_boards, contents_of(cited, runs=[run("r1")], root=tmp_path))["boards/uncited.md"]
    (row,) = rows(text)
    assert "<code>n1</code> never" in row
    assert "<code>wandb/run-n1</code>" in row
    assert "uncited = true" not in text


def test_a_list_of_uncited_runs_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "uncited.json").write_text("{}}")
    text = pages(all_boards, contents_of(root=tmp_path))["boards/uncited.md"]
    assert "uncited.json is no list of runs that this version reads" in text


def test_a_long_board_goes_on_on_further_pages_under_the_same_headings() -> None:
    many = [entry(f"2026-01-01-{number:04}", outcome="negative") for number in range(SIZE + 2)]
    found = pages(all_boards, contents_of(*many))
    first, second = found["boards/negative.md"], found["boards/negative_2.md"]
    assert (len(rows(first)), len(rows(second))) == (SIZE, 2)
    assert f"## Negative results ({SIZE + 2})" in second
    assert '<a href="../negative_2/">more →</a>' in first
    assert '<a href="../negative/">← before</a>' in second


def test_only_the_boards_that_show_it_are_made_again() -> None:
    others = (entry("2026-01-02-b", status="abandoned"), entry("2026-01-03-c", authors=(Person("Ana"),)))
    before = keys(all_boards, contents_of(entry("2026-01-01-a", steps=("x",)), *others))
    after = keys(all_boards, contents_of(entry("2026-01-01-a", steps=("y",)), *others))
    assert {path for path, key in after.items() if before[path] != key} == {"boards/next-steps.md"}


def test_a_need_is_ordered_by_age_within_its_kind() -> None:
    one, two = blocked("2026-01-01-a", "stale"), blocked("2026-01-02-b", "stale")
    assert two.moment - one.moment == A_DAY
    assert [need.title for need in needs.of(contents_of(one, two))] == ["b", "a"]
