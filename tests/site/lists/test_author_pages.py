from __future__ import annotations

from paper import contents_of, entry, pages, rows

from journal.site.abstract import Person
from journal.site.lists import author_pages


def test_authors_are_people_agents_or_of_those_nobody_says() -> None:
    text = pages(
        author_pages,
        contents_of(
            entry("2026-01-01-a", authors=(Person("Ana", "human"), Person("codex", "agent"))),
            entry("2026-01-02-b", authors=(Person("Ana"), Person("Bo"))),
        ),
    )["authors/index.md"]
    assert text.index("## People") < text.index(">Ana</a> <span>2</span>") < text.index("## Agents")
    assert (
        text.index("## Agents")
        < text.index('href="codex/">codex</a>')
        < text.index("## Person or agent not stated")
        < text.index(">Bo</a>")
    )


def test_where_nobody_says_of_any_author_what_they_are_the_list_has_no_headings() -> None:
    text = pages(author_pages, contents_of(entry("2026-01-01-a", authors=(Person("Ana"), Person("Bo")))))
    assert "## " not in text["authors/index.md"]
    assert ">Bo</a>" in text["authors/index.md"]
    text = pages(author_pages, contents_of(entry("2026-01-01-a", authors=(Person("Ana", "human"),))))
    assert "## People" in text["authors/index.md"]


def test_an_author_s_page_lists_what_they_wrote() -> None:
    contents = contents_of(
        entry("2026-01-01-a", authors=(Person("codex", "agent"),)), entry("2026-01-02-b", authors=(Person("Ana"),))
    )
    text = pages(author_pages, contents)["authors/codex.md"]
    assert "# codex (agent)" in text
    (row,) = rows(text)
    assert ">a</a>" in row


def test_a_journal_without_authors_says_so() -> None:
    assert "No entry names an author yet." in pages(author_pages, contents_of())["authors/index.md"]
