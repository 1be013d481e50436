from __future__ import annotations

import pytest

from journal.sources.sdk_child.failures import plain, scrubbed

KEY = "abcd" * 10


@pytest.mark.parametrize("said", [KEY, f"local-{KEY}", f"key={KEY}", f"Basic {'YXBpOmtra2s' * 4}==", f"a.{KEY}.b"])
def test_nothing_that_could_be_a_key_is_repeated(said: str) -> None:
    assert scrubbed(f"refused {said}\n please") in {"refused … please", "refused Basic … please"}


def test_long_words_of_others_are_cut() -> None:
    assert len(scrubbed("words " * 100)) <= 121


def test_a_password_in_an_address_is_not_repeated() -> None:
    assert scrubbed("no way to http://ada:secret@box/x, nor https://box:8080") == (
        "no way to http://box/x, nor https://box:8080"
    )


def test_an_address_is_shown_without_a_password_and_without_orders_to_the_terminal() -> None:
    assert plain("https://me:secret@box:80/p@th") == "https://box:80/p@th"
    assert plain("https://box\x1b[2J") == "https://box[2J"
    assert plain("https://box") == "https://box"
