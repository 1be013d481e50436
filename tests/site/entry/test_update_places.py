from journal.model.life import Update
from journal.model.when import When
from journal.site.entry.update_places import place


def update(section: str | None) -> Update:
    return Update(at=When("2026-02-22"), section=section)


def test_an_anchor_stands_above_the_heading_of_each_update() -> None:
    texts, places = place(["Words.\n## New\nMore.\n", "### Newer ###\n"], [update("New"), update("Newer")])
    assert places == {0: "update.1", 1: "update.2"}
    assert texts[0] == 'Words.\n\n<div class="journal-place" id="update.1"></div>\n\n## New\nMore.\n'
    assert texts[1] == '\n<div class="journal-place" id="update.2"></div>\n\n### Newer ###\n'


def test_a_text_without_updates_stays_as_it_is() -> None:
    assert place(["## New\n"], []) == (("## New\n",), {})


def test_an_update_whose_heading_does_not_stand_there_has_no_place() -> None:
    texts = ("```\n## In code\n```\n\nIn code\n",)
    assert place(texts, [update("In code"), update("Gone"), update(None)]) == (texts, {})


def test_of_the_same_headings_the_last_ones_are_the_updates() -> None:
    texts, places = place(["## A\n## A\n", "## A\n"], [update("A"), update("A")])
    assert places == {0: "update.1", 1: "update.2"}
    assert texts[0].startswith("## A\n")
    assert "update.1" in texts[0]
    assert "update.2" in texts[1]
