"""A toy of an SDK in a process of its own: the real ones are in the tests of `wandb_api` and `mlflow_runs`."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from journal.errors import SourceUnavailable
from journal.sources.sdk_child.conversation import Conversation
from journal.sources.sdk_child.failures import Failure, Refusal, Wording
from journal.sources.sdk_child.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDING = Wording("the toy", "toy", "the toy's server", {})
Make = Callable[..., Conversation]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes conversations with a toy, and ends them."""
    made: list[Conversation] = []

    def make(starting: float = 0, **settings: Any) -> Conversation:
        def start(host: str | None) -> Session:
            path = {"PYTHONPATH": str(Path(__file__).parent)}
            return Session("toy_sdk", lambda _: os.environ | path, {"host": host, "starting": starting})

        given: dict[str, Any] = {"host": "https://toy", "timeout": 10, "deadline": 20} | settings
        made.append(Conversation(start, WORDING, **given))
        return made[-1]

    yield make
    for each in made:
        each.close()


def refusal(conversation: Conversation, **ask: Any) -> SourceUnavailable:
    with pytest.raises(SourceUnavailable) as caught:
        list(conversation.answers(ask))
    return caught.value


def test_what_interrupts_a_question_does_not_leave_its_answer_to_the_next(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = make()
    assert list(conversation.answers({"ask": "first"})) == ["first 0"]
    begun = conversation.answers({"ask": "begun", "count": 5})
    assert next(begun) == "begun 0"

    def interrupted(_: Session, __: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Session, "receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(conversation.answers({"ask": "second"}))
    assert list(conversation.answers({"ask": "third", "count": 2})) == ["third 0", "third 1"]
    with pytest.raises(SourceUnavailable, match="the toy ended before https://toy had answered"):
        list(begun)


def test_the_time_to_start_is_not_taken_from_that_for_answers(make: Make) -> None:
    conversation = make(starting=0.3, timeout=0.2, deadline=0.25)
    assert list(conversation.answers({"ask": "x"})) == ["x 0"]
    slow = refusal(conversation, ask="x", seconds=5)
    assert str(slow).startswith("https://toy did not answer within 0.2 s (raise `timeout`")
    assert str(refusal(conversation, ask="x")) == str(slow)


def test_all_answers_together_have_their_own_time(make: Make) -> None:
    conversation = make(deadline=0.3)
    text = str(refusal(conversation, ask="x", count=9, seconds=0.1))
    assert text.startswith("https://toy was waited for 0.3 s in all, and no longer (")


def test_a_copy_of_the_process_has_a_toy_of_its_own_and_ends_no_other(make: Make) -> None:
    conversation = make()
    begun: Any = conversation.answers({"ask": "x", "count": 3})
    assert next(begun) == "x 0"
    copy = os.fork()
    if not copy:
        try:
            mine = list(conversation.answers({"ask": "mine"}))
            begun.close()
            conversation._inherited.clear()  # nobody holds the other one's any more
            gc.collect()
            os._exit(7 if mine == ["mine 0"] else 8)
        finally:
            os._exit(255)
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 7
    assert conversation._session is not None
    assert conversation._session._folder.exists()
    assert list(begun) == ["x 1", "x 2"]


def test_what_a_toy_wrote_last_is_kept_without_a_password(make: Make) -> None:
    error = refusal(make(), ask="die")
    assert str(error) == "the toy ended before https://toy had answered (run it again)"
    assert repr(error.__cause__) == "LastWords('panic at http://toy')"


def test_a_toy_that_dies_again_and_again_is_given_up(make: Make) -> None:
    conversation = make()
    for _ in range(3):
        refusal(conversation, ask="die")
        assert list(conversation.answers({"ask": "x"})) == ["x 0"]
    told = {str(refusal(conversation, ask=ask)) for ask in ("die", "x")}
    assert told == {"the toy ended before https://toy had answered (run it again)"}
    assert conversation._session is None


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ({"ask": "refuse", "kind": "said"}, "https://toy refused the request: as it was asked to"),
        ({"ask": "fail", "kind": "no such colour"}, "https://toy refused the request: no such colour"),
        ({"ask": "refuse", "kind": "broken"}, "https://toy failed (as it was asked to) (try again later)"),
    ],
)
def test_after_what_passes_the_next_question_is_answered(make: Make, ask: dict[str, Any], told: str) -> None:
    conversation = make()
    assert str(refusal(conversation, **ask)) == told
    assert list(conversation.answers({"ask": "x"})) == ["x 0"]


def test_after_what_lasts_nobody_is_asked(make: Make) -> None:
    conversation = make()
    told = {str(refusal(conversation, ask=ask, kind="limited")) for ask in ("refuse", "x")}
    assert told == {"https://toy takes no more requests for now (429) (try again later)"}
    assert conversation._session is None


def test_the_host_that_only_the_sdk_knows_is_told_without_a_password(make: Make) -> None:
    conversation = make(host=None)
    assert conversation.host == "https://ada:secret@toy"
    conversation.close()
    assert str(refusal(conversation, ask="x")) == "https://toy is not asked any more"


def test_nothing_is_started_where_that_is_refused() -> None:
    def start(_: str | None) -> Session:
        raise Refusal(Failure("broken-sdk", "no toys here"))

    conversation = Conversation(start, WORDING, host=None, timeout=1, deadline=1)
    begun = time.monotonic()
    assert "the toy does not start: no toys here (run `pip install" in str(refusal(conversation, ask="x"))
    assert time.monotonic() - begun < 1
