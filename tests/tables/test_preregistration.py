from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitrepo import GitRepo
from journal.document.document import parse
from journal.errors import RevisionError
from journal.model.evidence import CellEvidence, CellState, PredictionEvidence, Verdict
from journal.model.expression import Call, Constant, Expression
from journal.revisions import Repository
from journal.tables.predictions import score
from journal.tables.preregistration import Dated, committed, dated, preregistered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.model.entry import Entry
    from journal.model.revision import FileVersion

NOON = datetime(2026, 2, 21, 12, tzinfo=UTC)
EXPECT = "median(sat)@iga < 0.7"
CLAIM = "less saturated"


def scored_half(entry: Entry) -> tuple[PredictionEvidence, ...]:
    """The predictions of an entry on a run that gives every call 0.5."""

    def evaluate(expression: Expression) -> CellEvidence:
        value = expression.value if isinstance(expression, Constant) else 0.5
        run = "bunuc9ei" if isinstance(expression, Call) else None
        return CellEvidence(
            row="", column="", expression=str(expression), run=run, state=CellState.VALUE, value=value, text=None
        )

    return score(entry.front_matter.predictions, evaluate)


def evidence_of(found: Iterable[Dated]) -> tuple[PredictionEvidence, ...]:
    return tuple(each.evidence for each in found)


# the commit


MATTER = "---\ntitle: A title of some length, so that the file is known again\ncreated: 2026-02-21T19:01:15+08:00\n"
REST = "---\n\n## Context\n\nA paragraph that stays as it is, in all versions of this file, long enough to be alike.\n"


def text(*expected: str, runs: str = "{id: bunuc9ei, as: iga}", body: str = "", claim: str = CLAIM) -> str:
    items = "".join(f"  - claim: {claim}\n    expect: {expect}\n" for expect in expected)
    listed = f"predictions:\n{items}" if items else ""
    return f"{MATTER}runs: [{runs}]\n{listed}{REST}{body}"


class Lab(GitRepo):
    """A repository with one entry, committed an hour apart."""

    path = "entry.md"
    hours = 0

    def keep(self, entry: str) -> str:
        """Write the entry and commit it; one hour later than the last."""
        self.write(self.path, entry)
        return self.step("keep")

    def step(self, message: str) -> str:
        """Commit everything, one hour later than the last."""
        self.hours += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message, date=(NOON + timedelta(hours=self.hours)).isoformat())
        return self.git("rev-parse", "HEAD")

    def versions(self) -> Iterator[FileVersion]:
        return Repository.find(self.root).versions(Path(self.path))

    def entry(self) -> Entry:
        return parse((self.root / self.path).read_bytes(), self.path).entry

    def since(self, expect: str = EXPECT) -> str | None:
        """The commit that the prediction counts from."""
        entry = self.entry()
        asked = [(each.claim, expect) for each in entry.front_matter.predictions] or [(CLAIM, expect)]
        version = committed(entry, self.versions(), asked[:1]).get(asked[0])
        return None if version is None else version.sha


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = Lab(tmp_path / "lab")
    lab.init()
    return lab


def test_a_prediction_counts_from_the_commit_that_brought_it_in(lab: Lab) -> None:
    lab.keep(text())
    brought = lab.keep(text(EXPECT))
    lab.keep(text(EXPECT, "last(loss)@iga < 1", body="More.\n"))
    assert lab.since() == brought
    assert lab.since("last(loss)@iga < 1") == lab.git("rev-parse", "HEAD")


def test_another_spelling_is_the_same_prediction_and_another_claim_is_not(lab: Lab) -> None:
    brought = lab.keep(text("median( sat )@iga<0.70"))
    lab.keep(text(EXPECT))
    assert lab.since() == brought
    said_after = lab.keep(text(EXPECT, claim="just as was said"))
    assert lab.since() == said_after


def test_another_threshold_is_another_prediction(lab: Lab) -> None:
    lab.keep(text("median(sat)@iga < 0.6"))
    moved = lab.keep(text(EXPECT))
    assert lab.since() == moved


def test_a_gap_breaks_the_line(lab: Lab) -> None:
    lab.keep(text(EXPECT))
    lab.keep(text())
    again = lab.keep(text(EXPECT))
    assert lab.since() == again


def test_a_gap_breaks_one_line_and_not_another(lab: Lab) -> None:
    other = "last(loss)@iga < 1"
    first = lab.keep(text(EXPECT, other))
    lab.keep(text(other))
    again = lab.keep(text(EXPECT, other))
    found_ = committed(lab.entry(), lab.versions(), [(CLAIM, EXPECT), (CLAIM, other)])
    assert {text_: version.sha for (_, text_), version in found_.items()} == {EXPECT: again, other: first}


def test_a_clock_that_went_back_does_not_make_it_older_than_the_commit_that_brought_it(lab: Lab) -> None:
    lab.hours = 5
    brought = lab.keep(text(EXPECT))
    lab.hours = 1
    lab.keep(text(EXPECT, body="More.\n"))
    assert lab.since() == brought


def test_a_prediction_that_is_not_committed_has_no_commit(lab: Lab) -> None:
    lab.write("entry.md", text(EXPECT))
    lab.write("other.md", "")
    lab.git("add", "other.md")
    lab.git("commit", "--quiet", "-m", "other")
    assert lab.since() is None
    lab.keep(text(EXPECT))
    lab.keep(text())
    lab.write("entry.md", text(EXPECT))
    assert lab.since() is None


def test_a_version_that_cannot_be_read_breaks_the_line(lab: Lab) -> None:
    lab.keep(text(EXPECT))
    lab.keep(text(EXPECT).replace("created:", "created: ["))
    mended = lab.keep(text(EXPECT, body="Mended.\n"))
    assert lab.since() == mended


def test_a_broken_block_below_the_front_matter_does_not(lab: Lab) -> None:
    brought = lab.keep(text(EXPECT, body="<!-- journal:table one\n"))
    lab.keep(text(EXPECT))
    assert lab.since() == brought


def test_a_deletion_breaks_the_line_and_a_rename_does_not(lab: Lab) -> None:
    brought = lab.keep(text(EXPECT))
    lab.git("mv", "entry.md", "2026-02-21-named.md")
    lab.path = "2026-02-21-named.md"
    lab.step("rename")
    assert lab.since() == brought
    lab.git("rm", "--quiet", lab.path)
    lab.step("delete")
    again = lab.keep(text(EXPECT))
    assert lab.since() == again


def test_a_prediction_of_a_merged_branch_counts_from_that_branch(lab: Lab) -> None:
    lab.keep(text())
    lab.git("checkout", "--quiet", "-b", "side")
    brought = lab.keep(text(EXPECT))
    lab.git("checkout", "--quiet", "main")
    lab.keep(text(body="\nAnother end, far below what the branch changes.\n"))
    lab.git("merge", "--quiet", "side", "-m", "merge", date=(NOON + timedelta(hours=9)).isoformat())
    assert lab.since() == brought


def test_of_two_branches_that_brought_it_in_the_earlier_counts(lab: Lab) -> None:
    lab.keep(text())
    lab.git("checkout", "--quiet", "-b", "side")
    earlier = lab.keep(text(EXPECT))
    lab.git("checkout", "--quiet", "main")
    lab.keep(text(EXPECT, body="\nAnother end.\n"))
    lab.git("merge", "--quiet", "side", "-m", "merge", date=(NOON + timedelta(hours=9)).isoformat())
    assert lab.since() == earlier


def test_the_earlier_of_two_branches_counts_also_where_both_say_the_same(lab: Lab) -> None:
    lab.keep(text())
    lab.git("checkout", "--quiet", "-b", "side")
    earlier = lab.keep(text(EXPECT))
    lab.git("checkout", "--quiet", "main")
    lab.keep(text(EXPECT))
    lab.git("merge", "--quiet", "side", "-m", "merge", date=(NOON + timedelta(hours=9)).isoformat())
    assert lab.since() == earlier


def test_a_handle_may_get_its_run_later_and_its_reference_be_spelt_out(lab: Lab) -> None:
    brought = lab.keep(text(EXPECT, runs=""))
    lab.keep(text(EXPECT))
    lab.keep(text(EXPECT, runs="{id: lab/floor/bunuc9ei, as: iga}"))
    lab.keep(text(EXPECT, runs='{id: "https://wandb.ai/lab/floor/runs/bunuc9ei", as: iga}'))
    lab.keep(text(EXPECT, runs="{id: wandb/run-20260221_190115-bunuc9ei, as: iga}"))
    assert lab.since() == brought


@pytest.mark.parametrize(
    ("then", "now"), [("fej59g91", "bunuc9ei"), ("lab/floor/bunuc9ei", "lab/ceiling/bunuc9ei"), ("a/b/c", "d/b/c")]
)
def test_a_handle_turned_to_another_run_makes_another_prediction(lab: Lab, then: str, now: str) -> None:
    lab.keep(text(EXPECT, runs=f"{{id: {then}, as: iga}}"))
    turned = lab.keep(text(EXPECT, runs=f"{{id: {now}, as: iga}}"))
    assert lab.since() == turned


def test_without_a_handle_it_is_about_the_run_that_the_entry_has(lab: Lab) -> None:
    expect = "median(sat) < 0.7"
    lab.keep(text(expect, runs="{id: fej59g91, as: iga}"))
    turned = lab.keep(text(expect))
    assert lab.since(expect) == turned


def test_other_runs_of_the_entry_do_not_matter(lab: Lab) -> None:
    brought = lab.keep(text(EXPECT, runs="{id: bunuc9ei, as: iga}, {id: one, as: ipa}"))
    lab.keep(text(EXPECT, runs="{id: bunuc9ei, as: iga}, {id: two, as: ipa}"))
    assert lab.since() == brought


def test_no_more_versions_are_taken_than_needed(lab: Lab) -> None:
    lab.keep(text(body="first\n"))
    lab.keep(text(body="second\n"))
    brought = lab.keep(text(EXPECT))
    versions = lab.versions()
    assert committed(lab.entry(), versions, [(CLAIM, EXPECT)])[CLAIM, EXPECT].sha == brought
    assert b"first" in (next(versions).raw or b"")


# before the run


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([NOON + SECOND], True),
        ([NOON + SECOND, NOON + 5 * SECOND], True),
        ([NOON], False),
        ([NOON + SECOND / 2], False),
        ([NOON - SECOND], False),
        ([NOON + 5 * SECOND, NOON - SECOND], False),
        ([NOON + 5 * SECOND, None], None),
        ([NOON - SECOND, None], False),
        ([None], None),
        ([], None),
    ],
)
def test_only_what_was_committed_before_every_run_is_preregistered(
    starts: Sequence[datetime | None], expected: bool | None
) -> None:
    assert preregistered(NOON, starts) is expected


def test_what_is_not_committed_is_not_preregistered_once_a_run_has_started() -> None:
    assert preregistered(None, [NOON]) is False
    assert preregistered(None, [NOON, None]) is False
    assert preregistered(None, [None]) is None


@given(st.lists(st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))), max_size=4), st.datetimes())
def test_preregistered_is_never_said_of_a_run_that_had_started(starts: list[datetime | None], at: datetime) -> None:
    moment = at.replace(microsecond=0, tzinfo=UTC)
    if moment < datetime(9999, 12, 31, tzinfo=UTC) and preregistered(moment, starts):
        assert starts
        assert all(start is not None and moment < start for start in starts)


def test_a_prediction_is_dated_by_git_and_by_its_runs(lab: Lab) -> None:
    lab.keep(text())
    brought = lab.keep(text(EXPECT))
    lab.keep(text(EXPECT, "last(loss)@iga < 1"))
    entry = lab.entry()
    scored = scored_half(entry)

    first, second = evidence_of(
        dated(scored, entry, lab.versions(), {"bunuc9ei": NOON + timedelta(hours=2, minutes=30)})
    )

    assert (first.commit, first.committed) == (brought, NOON + timedelta(hours=2))
    assert (first.preregistered, second.preregistered) == (True, False)
    assert (second.commit, second.committed) == (None, None)
    assert [scored.verdict for scored in (first, second)] == [Verdict.CONFIRMED, Verdict.CONFIRMED]
    pending = evidence_of(dated(scored, entry, lab.versions(), {}))
    assert [evidence.preregistered for evidence in pending] == [None, None]


def test_an_amended_commit_counts_from_the_amendment(lab: Lab) -> None:
    lab.keep(text(EXPECT))
    lab.git("commit", "--quiet", "--amend", "--no-edit", date=(NOON + timedelta(hours=5)).isoformat())
    entry = lab.entry()
    scored = scored_half(entry)
    (late,) = evidence_of(dated(scored, entry, lab.versions(), {"bunuc9ei": NOON + timedelta(hours=3)}))
    assert late.preregistered is False
    (early,) = evidence_of(dated(scored, entry, lab.versions(), {"bunuc9ei": NOON + timedelta(hours=6)}))
    assert (early.committed, early.preregistered) == (NOON + timedelta(hours=5), True)


def fails(*_: object) -> Iterator[FileVersion]:
    yield from ()
    raise RevisionError("objects cannot be read")


@pytest.mark.parametrize("versions", [lambda: None, fails])
def test_where_git_cannot_tell_what_was_recorded_stands(versions: Callable[[], Iterator[FileVersion] | None]) -> None:
    entry = parse(text(EXPECT).encode(), "entry.md").entry
    scored = scored_half(entry)
    (nothing,) = evidence_of(dated(scored, entry, versions(), {"bunuc9ei": NOON}))
    assert (nothing.commit, nothing.committed, nothing.preregistered) == (None, None, None)

    open_ = [scored[0].model_copy(update={"commit": "a" * 40, "committed": NOON - SECOND})]
    (early,) = evidence_of(dated(scored, entry, versions(), {"bunuc9ei": NOON}, open_))
    assert (early.commit, early.committed, early.preregistered) == ("a" * 40, NOON - SECOND, True)
    (late,) = evidence_of(dated(scored, entry, versions(), {"bunuc9ei": NOON - SECOND}, open_))
    assert late.preregistered is False
    missing = [scored[0].model_copy(update={"preregistered": False})]
    assert evidence_of(dated(scored, entry, versions(), {"bunuc9ei": NOON}, missing))[0].preregistered is False


def test_a_shallow_clone_says_no_more_than_was_recorded(lab: Lab, tmp_path: Path) -> None:
    brought = lab.keep(text(EXPECT))
    lab.keep(text(EXPECT, "last(loss)@iga < 1"))
    lab.write("other", "")
    lab.step("other")
    lab.git("clone", "--quiet", "--depth=2", f"file://{lab.root}", str(tmp_path / "shallow"))
    shallow = Lab(tmp_path / "shallow")
    entry, starts = lab.entry(), {"bunuc9ei": NOON + timedelta(hours=1, minutes=30)}
    scored = scored_half(entry)
    whole = evidence_of(dated(scored, entry, lab.versions(), starts))

    assert [(each.commit == brought, each.preregistered) for each in whole] == [(True, True), (False, False)]
    assert evidence_of(dated(scored, entry, shallow.versions(), starts, whole)) == whole
    assert [each.told for each in dated(scored, entry, shallow.versions(), starts, whole)] == [False] * len(whole)
    assert evidence_of(dated(scored, entry, shallow.versions(), starts)) == scored


def test_a_recorded_commit_does_not_outlive_the_prediction_in_git(lab: Lab) -> None:
    lab.keep(text(EXPECT))
    entry = lab.entry()
    starts = {"bunuc9ei": NOON + timedelta(hours=9)}
    recorded = evidence_of(dated(scored_half(entry), entry, lab.versions(), starts))
    assert recorded[0].preregistered is True
    lab.keep(text())
    (again,) = evidence_of(dated(recorded, entry, lab.versions(), starts, recorded))
    assert (again.commit, again.committed, again.preregistered) == (None, None, False)
