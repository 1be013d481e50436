from journal.model.evidence import CallEvidence, CellState, PredictionEvidence, Verdict
from journal.site.entry.scored import THRESHOLD, VALUE, sides


def call(expression: str, value: float | None) -> CallEvidence:
    state = CellState.PENDING if value is None else CellState.VALUE
    return CallEvidence(expression=expression, run="r1", metric="loss", statistic="last", state=state, value=value)


def found(expect: str, *parts: CallEvidence, value: float | None = None) -> PredictionEvidence:
    return PredictionEvidence(claim="low", expect=expect, verdict=Verdict.OPEN, value=value, parts=parts)


def test_a_single_call_is_told_as_itself_and_a_constant_not_at_all() -> None:
    told = sides(found("last(loss)@a < 2", call("last(loss)@a", 0.25), value=0.25))
    assert list(told) == [VALUE]
    assert (told[VALUE].value, told[VALUE].metric, told[VALUE].parts) == (0.25, "loss", ())


def test_each_side_is_told_with_its_own_calls() -> None:
    parts = [call(f"last(loss)@{run}", value) for run, value in (("a", 1.0), ("b", 2.0), ("c", 3.0))]
    told = sides(found("last(loss)@a / last(loss)@b < last(loss)@c", *parts, value=0.5))
    assert told[VALUE].parts == tuple(parts[:2])
    assert told[VALUE].value == 0.5
    assert (told[THRESHOLD].expression, told[THRESHOLD].value) == ("last(loss)@c", 3.0)


def test_calls_of_a_group_that_cannot_be_told_apart_stand_on_both_sides() -> None:
    parts = [call(f"last(loss)@{run}", 1.0) for run in "abc"]
    told = sides(found("last(loss)@all < last(loss)@c", *parts, value=1.0))
    assert [len(side.parts) for side in told.values()] == [3, 3]


def test_a_side_that_waits_is_pending() -> None:
    told = sides(found("2 * last(loss)@a < 2", call("last(loss)@a", None)))
    assert (told[VALUE].value, told[VALUE].state) == (None, CellState.PENDING)
