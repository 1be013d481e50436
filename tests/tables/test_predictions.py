from __future__ import annotations

import operator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitrepo import GitRepo
from journal.document.document import parse
from journal.errors import ExpressionError, RevisionError
from journal.model.entry import Entry, Prediction
from journal.model.evidence import CallEvidence, CellEvidence, CellState, PredictionEvidence, Verdict
from journal.model.expression import Call, Constant, Expression, Relation, calls
from journal.revisions import Repository
from journal.tables.predictions import committed, dated, preregistered, rows, score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from journal.model.revision import FileVersion

RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
NOON = datetime(2026, 2, 21, 12, tzinfo=UTC)
EXPECT = "median(sat)@iga < 0.7"


def cell(expression: Expression, state: CellState, value: float | None = None, text: str | None = None) -> CellEvidence:
    run = "bunuc9ei" if isinstance(expression, Call) else None
    return CellEvidence(row="", column="", expression=str(expression), run=run, state=state, value=value, text=text)


def found(
    value: float | None, state: CellState = CellState.VALUE, text: str | None = None
) -> Callable[..., CellEvidence]:
    """What gives every call one value, and constants their own."""

    def evaluate(expression: Expression) -> CellEvidence:
        if isinstance(expression, Constant):
            return cell(expression, CellState.VALUE, expression.value)
        return cell(expression, state, value, text)

    return evaluate


def one(expect: str, evaluate: Callable[[Expression], CellEvidence]) -> PredictionEvidence:
    (scored,) = score([Prediction(claim="less saturated", expect=expect)], evaluate)
    return scored


# the verdict


@given(st.sampled_from(sorted(RELATIONS)), st.integers(-3, 3), st.integers(0, 3))
def test_the_verdict_is_what_the_relation_says(relation: str, value: int, threshold: int) -> None:
    scored = one(f"median(sat)@iga {relation} {threshold}", found(float(value)))
    holds = RELATIONS[relation](value, threshold)
    assert scored.verdict is (Verdict.CONFIRMED if holds else Verdict.REFUTED)
    assert (scored.value, scored.threshold) == (value, threshold)


def test_every_relation_is_tried() -> None:
    assert set(RELATIONS) == {relation.value for relation in Relation}


@pytest.mark.parametrize(
    ("value", "state", "text"),
    [(None, CellState.PENDING, None), (None, CellState.NO_ROWS, None), (None, CellState.VALUE, "nan")],
)
def test_a_side_that_is_no_number_leaves_it_open(value: None, state: CellState, text: str | None) -> None:
    for expect in (EXPECT, "0.7 > median(sat)@iga", "median(sat)@iga != 0.7"):
        assert one(expect, found(value, state, text)).verdict is Verdict.OPEN


def test_every_call_of_both_sides_is_kept_and_the_spelling_is_canonical() -> None:
    def evaluate(expression: Expression) -> CellEvidence:
        parts = [cell(call, CellState.VALUE, 0.5) for call in calls(expression)]
        return cell(expression, CellState.VALUE, 0.5).model_copy(update={"run": None, "parts": tuple(parts)})

    scored = one("median( sat )@iga<0.90*last(sat)@ipa", evaluate)
    assert scored.expect == "median(sat)@iga < 0.9 * last(sat)@ipa"
    assert [part.expression for part in scored.parts] == ["median(sat)@iga", "last(sat)@ipa"]


def test_the_evidence_of_a_prediction_comes_back_from_its_json() -> None:
    scored = one(EXPECT, found(0.5))
    assert [part.value for part in scored.parts] == [0.5]
    assert PredictionEvidence.model_validate_json(scored.model_dump_json()) == scored


def test_predictions_stay_in_their_order() -> None:
    asked = [Prediction(claim=f"{number}", expect=f"last(x)@a < {number}") for number in range(3)]
    assert [scored.claim for scored in score(asked, found(1.0))] == ["0", "1", "2"]


def test_what_is_no_expectation_is_named_by_its_claim_with_the_column() -> None:
    with pytest.raises(ExpressionError, match="prediction 'less saturated': expected a comparison") as caught:
        one("median(sat)@iga", found(0.5))
    assert caught.value.column == 16


# the commit


MATTER = "---\ntitle: A title of some length, so that the file is known again\ncreated: 2026-02-21T19:01:15+08:00\n"
REST = "---\n\n## Context\n\nA paragraph that stays as it is, in all versions of this file, long enough to be alike.\n"


def text(*expected: str, runs: str = "{id: bunuc9ei, as: iga}", body: str = "", claim: str = "less saturated") -> str:
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
        version = committed(self.entry(), self.versions(), [expect]).get(expect)
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


def test_other_words_and_another_spelling_are_the_same_prediction(lab: Lab) -> None:
    brought = lab.keep(text("median( sat )@iga<0.70", claim="at first said so"))
    lab.keep(text(EXPECT, claim="now said better"))
    assert lab.since() == brought


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
    found_ = committed(lab.entry(), lab.versions(), [EXPECT, other])
    assert {text_: version.sha for text_, version in found_.items()} == {EXPECT: again, other: first}


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
    assert committed(lab.entry(), versions, [EXPECT])[EXPECT].sha == brought
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
    scored = score(entry.front_matter.predictions, found(0.5))

    first, second = dated(scored, entry, lab.versions(), {"bunuc9ei": NOON + timedelta(hours=2, minutes=30)})

    assert (first.commit, first.committed) == (brought, NOON + timedelta(hours=2))
    assert (first.preregistered, second.preregistered) == (True, False)
    assert (second.commit, second.committed) == (None, None)
    assert [scored.verdict for scored in (first, second)] == [Verdict.CONFIRMED, Verdict.CONFIRMED]
    pending = dated(scored, entry, lab.versions(), {})
    assert [evidence.preregistered for evidence in pending] == [None, None]


def test_an_amended_commit_counts_from_the_amendment(lab: Lab) -> None:
    lab.keep(text(EXPECT))
    lab.git("commit", "--quiet", "--amend", "--no-edit", date=(NOON + timedelta(hours=5)).isoformat())
    entry = lab.entry()
    scored = score(entry.front_matter.predictions, found(0.5))
    (late,) = dated(scored, entry, lab.versions(), {"bunuc9ei": NOON + timedelta(hours=3)})
    assert late.preregistered is False
    (early,) = dated(scored, entry, lab.versions(), {"bunuc9ei": NOON + timedelta(hours=6)})
    assert (early.committed, early.preregistered) == (NOON + timedelta(hours=5), True)


def fails(*_: object) -> Iterator[FileVersion]:
    yield from ()
    raise RevisionError("objects cannot be read")


@pytest.mark.parametrize("versions", [lambda: None, fails])
def test_where_git_cannot_tell_what_was_recorded_stands(versions: Callable[[], Iterator[FileVersion] | None]) -> None:
    entry = parse(text(EXPECT).encode(), "entry.md").entry
    scored = score(entry.front_matter.predictions, found(0.5))
    (nothing,) = dated(scored, entry, versions(), {"bunuc9ei": NOON})
    assert (nothing.commit, nothing.committed, nothing.preregistered) == (None, None, None)

    open_ = [scored[0].model_copy(update={"commit": "a" * 40, "committed": NOON - SECOND})]
    (early,) = dated(scored, entry, versions(), {"bunuc9ei": NOON}, open_)
    assert (early.commit, early.committed, early.preregistered) == ("a" * 40, NOON - SECOND, True)
    (late,) = dated(scored, entry, versions(), {"bunuc9ei": NOON - SECOND}, open_)
    assert late.preregistered is False
    missing = [scored[0].model_copy(update={"preregistered": False})]
    assert dated(scored, entry, versions(), {"bunuc9ei": NOON}, missing)[0].preregistered is False


def test_a_shallow_clone_says_no_more_than_was_recorded(lab: Lab, tmp_path: Path) -> None:
    brought = lab.keep(text(EXPECT))
    lab.keep(text(EXPECT, "last(loss)@iga < 1"))
    lab.write("other", "")
    lab.step("other")
    lab.git("clone", "--quiet", "--depth=2", f"file://{lab.root}", str(tmp_path / "shallow"))
    shallow = Lab(tmp_path / "shallow")
    entry, starts = lab.entry(), {"bunuc9ei": NOON + timedelta(hours=1, minutes=30)}
    scored = score(entry.front_matter.predictions, found(0.5))
    whole = dated(scored, entry, lab.versions(), starts)

    assert [(each.commit == brought, each.preregistered) for each in whole] == [(True, True), (False, False)]
    assert dated(scored, entry, shallow.versions(), starts, whole) == whole
    assert dated(scored, entry, shallow.versions(), starts) == scored


def test_a_recorded_commit_does_not_outlive_the_prediction_in_git(lab: Lab) -> None:
    lab.keep(text(EXPECT))
    entry = lab.entry()
    starts = {"bunuc9ei": NOON + timedelta(hours=9)}
    recorded = dated(score(entry.front_matter.predictions, found(0.5)), entry, lab.versions(), starts)
    assert recorded[0].preregistered is True
    lab.keep(text())
    (again,) = dated(recorded, entry, lab.versions(), starts, recorded)
    assert (again.commit, again.committed, again.preregistered) == (None, None, False)


# as a table


def evidence(**given: object) -> PredictionEvidence:
    part = CallEvidence(expression="median(sat)@iga", run="bunuc9ei", state=CellState.VALUE, value=0.68349)
    base = {"claim": "less | saturated", "expect": EXPECT, "verdict": "confirmed", "value": 0.68349, "threshold": 0.7}
    return PredictionEvidence.model_validate(base | {"parts": (part,)} | given)


def test_a_row_says_what_was_expected_found_and_when_it_was_written() -> None:
    assert rows([evidence(preregistered=True, commit="a" * 40)], 3) == (
        ("prediction", "expected", "found", "verdict", "written"),
        (("less | saturated", EXPECT, "0.683", "confirmed", "preregistered"),),
    )


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ({"preregistered": False}, "not before its run"),
        ({}, "—"),
    ],
)
def test_preregistered_is_only_said_of_what_was(given_: dict[str, object], written: str) -> None:
    assert rows([evidence(**given_)], 3)[1][0][-1] == written


def test_what_was_found_shows_both_sides_where_both_are_measured() -> None:
    both = evidence(expect="median(sat)@iga < last(sat)@ipa", threshold=0.71234)
    assert rows([both], 3)[1][0][2] == "0.683 against 0.712"


@pytest.mark.parametrize(
    ("state", "words", "shown"),
    [(CellState.PENDING, None, "TBD"), (CellState.NO_ROWS, None, "—"), (CellState.VALUE, "inf", "inf")],
)
def test_what_is_no_number_is_shown_as_what_it_is(state: CellState, words: str | None, shown: str) -> None:
    part = CallEvidence(expression="median(sat)@iga", run="bunuc9ei", state=state, text=words)
    assert rows([evidence(value=None, verdict="open", parts=(part,))], 3)[1][0][2:4] == (shown, "open")
