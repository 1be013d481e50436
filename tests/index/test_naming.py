from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.index.naming import MAX_SLUG, free_stem, slug


@given(st.text())
def test_a_slug_is_a_short_safe_part_of_a_file_name(title: str) -> None:
    found = slug(title)
    assert 0 < len(found) <= MAX_SLUG
    assert re.fullmatch(r"[^\W_]+(-[^\W_]+)*", found)
    assert slug(found) == found


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Clamp: attention logits to ±8!", "clamp-attention-logits-to-8"),
        ("注意力", "注意力"),
        ("Straße", "strasse"),
        ("ﬁne ２", "fine-2"),
        ("../../etc/passwd", "etc-passwd"),
        ("...", "entry"),
        ("a" * 300, "a" * MAX_SLUG),
        (" ".join(["word"] * 60), "-".join(["word"] * 12)),
    ],
)
def test_known_titles_make_known_slugs(title: str, wanted: str) -> None:
    assert slug(title) == wanted


def test_an_id_that_is_taken_gets_the_first_free_number() -> None:
    assert free_stem("a", {"b"}) == "a"
    assert free_stem("a", {"a", "a-2", "a-4"}) == "a-3"
