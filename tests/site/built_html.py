"""What a built site holds: its files, and a page's HTML as a browser would take it apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

# What the journal's pages are made of, once Material has built them.
TAGS = {
    *("h1", "h2", "h3", "p", "br", "b", "em", "strong", "del", "code", "pre", "span", "time", "a", "img"),
    *("ul", "ol", "li", "dl", "dt", "dd", "blockquote", "div", "article", "details", "summary", "input", "label"),
    *(
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "caption",
        "figure",
        "figcaption",
        "section",
        "nav",
        "small",
        "wbr",
        "button",
    ),
    *("svg", "g", "path", "rect", "circle", "line", "polyline", "text", "tspan", "title", "desc"),
}
VOID = {"br", "wbr", "img", "input", "hr", "link", "meta"}
SCHEMES = {"", "http", "https", "mailto"}


@dataclass
class Page(HTMLParser):
    """One page, parsed.

    Attributes:
        html: Its text.
        outside: Elements outside the article, in order, with the names of their attributes.
        article: The same for those inside.
        links: Addresses that the article's elements name.
        title: Text of the first heading.
        text: All text of the article.
        window: Text of the `title` element.
    """

    html: str
    outside: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    article: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    title: str = ""
    text: str = ""
    window: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        place = self.article if "article" in self._open else self.outside
        harmless = ("style", "text-align: right;")  # how Python-Markdown aligns a column
        place.append((tag, tuple(name for name, value in attrs if (name, value) != harmless)))
        if place is self.article:
            self.links += [value or "" for name, value in attrs if name in {"href", "src", "action", "formaction"}]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"] and "article" not in self._open:
            self.window += data
        if "article" in self._open:
            self.text += data
            if "h1" in self._open and "a" not in self._open:
                self.title += data

    @property
    def live(self) -> list[str]:
        """Whatever in the article could run or reach elsewhere."""
        found = [tag for tag, _ in self.article if tag not in TAGS]
        found += [name for _, names in self.article for name in names if name.startswith("on") or name == "style"]
        return found + [link for link in self.links if urlsplit(link).scheme not in SCHEMES]


def files_of(site: Path) -> dict[str, bytes]:
    """Every file of a built site by its path in it, but for the packed sitemap, which holds a time."""
    found = (path for path in site.rglob("*") if path.is_file() and path.suffix != ".gz")
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in found}
