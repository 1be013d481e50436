"""Words from elsewhere are never markup on a page that lists many entries."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from paper import contents_of, entry, pages

from journal.agenda import uncited
from journal.errors import EntryError
from journal.model.uncited import UncitedRun, UncitedRuns
from journal.site.abstract import (
    Abstract,
    Amendment,
    Attention,
    CitedRun,
    Claim,
    Event,
    Person,
    RunAbstract,
    Verdict,
)
from journal.site.boards import all_boards
from journal.site.lists import author_pages, chronicle, feed, home, tag_pages

ROOMS = (home, chronicle, all_boards, tag_pages, author_pages, feed)
OWN = {"svg", "rect", "a", "b", "br", "code", "del", "div", "li", "nav", "p", "span", "time", "ul"}
ATTRIBUTES = {
    "viewbox",
    "preserveaspectratio",
    "x",
    "y",
    "width",
    "height",
    "aria-hidden",
    "aria-label",
    "class",
    "data-age",
    "datetime",
    "href",
    "style",
    "title",
}


class Markup(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name == "href"}


def poisoned(word: str) -> tuple[Abstract, RunAbstract]:
    """An entry and a run whose every word is foreign."""
    told = "2026-02-01 10:00 +00:00"
    found = entry(
        "2026-01-01-a",
        page=f"entries/{word}.md",
        title=word,
        status="invalid",
        authors=(Person(word, "human"),),
        tags=(word,),
        runs=(CitedRun(word, word, label=word, key=word, verdict="contradicted", reasons=(word,)),),
        attention=tuple(Attention(state, word, word, "table", word) for state in ("pending", "stale")),
        predictions=(Claim(word, word, "refuted", 1.0, True),),
        steps=(word,),
        updates=(Event(told, 1.0, word, word, "running", None, word),),
        corrections=(Amendment(word, word, word, word, told),),
        reviews=(Verdict(word, "human", "verified", told),),
        summary=word,
    )
    started = "2026-02-21T11:01:15+00:00"
    run = RunAbstract(f"{word}2", "", word, word, word, word, "finished", started, word, None, 1, 0, (), None)
    return found, run


@pytest.mark.parametrize(
    "word",
    [
        "<img src=x onerror=alert(1)>\"'>&amp;",
        "[x](javascript:alert(1)) `x` **b** <!-- c",
        "</li></ul><script>alert(1)</script>",
        "\n\n# Heading\n\n---\ntitle: x",
        '" onmouseover="alert(1)',
    ],
)
def test_words_from_elsewhere_are_never_markup(word: str, tmp_path: Any) -> None:
    found, run = poisoned(word)
    builds = entry("2026-01-02-b", title=word, follows=(found.id,), results_of=(found.id,))
    (tmp_path / "evidence").mkdir()
    never = UncitedRun(id=word, entity=word, project=word, name=word, commit=word, place=word)
    (tmp_path / "evidence" / "uncited.json").write_bytes(uncited.dump(UncitedRuns(runs=(never,))))
    problem = EntryError(word, hint=word, path=f"entries/{word}")
    replacing = entry("2026-01-03-c", title=word, invalidates=(found.id,), supersedes=(builds.id,))
    contents = contents_of(found, builds, replacing, title=word, runs=[run], problems=[problem], root=tmp_path)
    for room in ROOMS:
        for path, text in pages(room, contents).items():
            if not path.endswith(".md"):
                continue
            _, matter, body = text.split("---\n", 2)
            assert len(matter.splitlines()) == (2 if path == "index.md" else 3), path
            page = Markup()
            page.feed(body)
            assert page.tags <= OWN, path
            assert page.attributes <= ATTRIBUTES, path
            assert not any(address.startswith("javascript") for address in page.addresses), path
            assert not set("`*[") & set(body), path
            assert [line for line in body.splitlines() if line.startswith("# Heading")] == [], path
