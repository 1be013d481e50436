from __future__ import annotations

from journal.site.lists.own_pages import own_index


def test_the_user_s_own_pages_are_listed_by_path() -> None:
    text = own_index({"b/c.md": "A [page]", "a.md": "First"}).decode()
    assert text.index("- [First](a.md)") < text.index("- [A &#91;page&#93;](b/c.md)")
