import pytest

from journal.model.life import Update
from journal.site.entry.conclusion import concluding, conclusion
from journal.site.entry.update_places import place


def update(status: str | None = None, outcome: str | None = None) -> Update:
    return Update.model_validate({"at": "2026-02-21", "status": status, "outcome": outcome, "section": "Later"})


def box_of(text: str, *updates: Update) -> str:
    texts, places = place([text], updates)
    return conclusion(updates, texts, places)


@pytest.mark.parametrize(
    ("states", "number"),
    [
        ([], None),
        ([("running", None)], None),
        ([("concluded", None), (None, None)], 0),
        ([("concluded", None), (None, "mixed")], 1),
        ([("concluded", "positive"), ("running", None)], None),
        ([("running", None), ("inconclusive", None)], 1),
    ],
)
def test_the_last_update_with_an_answer_concludes_unless_work_went_on(
    states: list[tuple[str | None, str | None]], number: int | None
) -> None:
    assert concluding([update(*each) for each in states]) == number


def test_the_first_paragraph_below_its_heading_is_shown_with_a_link_to_the_rest() -> None:
    box = box_of("## Later\n\n1.5 is *low*,\nas hoped.\n\nMore.\n", update("concluded"))
    assert "[Concluded 2026-02-21](#update.1): 1.5 is *low*,\nas hoped.\n\n</div>" in box


@pytest.mark.parametrize("first", ["- a list", "```", "| a | b |", "## Next", "<div>", "> said", "1. one", "---"])
def test_what_is_no_paragraph_is_only_linked(first: str) -> None:
    box = box_of(f"## Later\n\n{first}\n\nWords.\n", update(None, "negative"))
    assert "\n\n[Negative 2026-02-21](#update.1)\n\n</div>" in box


def test_an_update_whose_words_stand_nowhere_shows_nothing() -> None:
    assert box_of("Words.\n", update("concluded")) == ""
