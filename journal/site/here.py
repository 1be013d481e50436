"""Links, times and rows in HTML: no Markdown parser looks into it, so long lists cost nothing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from journal.site.contents import author_page, commit_page, metric_page, run_page, tag_page
from journal.site.markup import SHORT_SHA, UNKNOWN, badge, code, literal
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.site.contents import Contents

DAY = 10
"""Characters of a day."""


class Here:
    """A page, and how it leads to others; what no page is known of stands there as text.

    Args:
        page: Its path in the generated folder.
        contents: The journal.
    """

    def __init__(self, page: str, contents: Contents) -> None:
        self.page = page
        self._contents = contents
        self._known: dict[tuple[str, str], str] = {}

    def address(self, target: str, anchor: str = "") -> str:
        """The address of another page, harmless in an attribute."""
        found = self._known.get((target, anchor))
        if found is None:
            found = self._known[target, anchor] = self._contents.address(self.page, target, anchor)
        return found

    def around(self, inner: str, target: str, *, anchor: str = "", style: str = "", title: str = "") -> str:
        """A link around HTML that is harmless already; `title` is raw, and shows when pointed at."""
        dressed = f' class="{style}"' if style else ""
        told = f' title="{literal(title)}"' if title else ""
        return f'<a{dressed} href="{self.address(target, anchor)}"{told}>{inner}</a>'

    def link(self, text: str, target: str, *, anchor: str = "", style: str = "") -> str:
        """A link with a text from elsewhere."""
        return self.around(plain(text), target, anchor=anchor, style=style)

    def entry(self, title: str, page: str, anchor: str = "") -> str:
        """A link to an entry."""
        return self.link(title, page, anchor=anchor, style="journal-title")

    def tags(self, tags: Iterable[str]) -> list[str]:
        """Each tag as a link to its page."""
        return [self.link(tag, tag_page(tag), style="journal-tag") for tag in tags]

    def author(self, name: str) -> str:
        """Somebody who wrote, as a link to their page."""
        return self.link(name, author_page(name))

    def metric(self, name: str) -> str:
        """A metric, as a link to its page."""
        return self.around(code(name), metric_page(name))

    def run(self, key: str | None, shown: str) -> str:
        """HTML as a link to the page of a run, by the key of its digest."""
        return shown if key is None or key not in self._contents.runs else self.around(shown, run_page(key))

    def commit(self, written: str | None) -> str:
        """What somebody wrote as a commit, as a link to its page by its short sha."""
        sha = self._contents.sha_of(written)
        if sha is None:
            return code(written) if written else UNKNOWN
        return self.around(code(sha[:SHORT_SHA]), commit_page(sha), title=sha)


def iso(told: str) -> str:
    """A time as pages tell it, in ISO 8601, as exactly as it is known.

    Examples:
        >>> iso("2026-02-21 19:01 +08:00"), iso("2026-02-21 19:01, zone unknown"), iso("2026-02-21")
        ('2026-02-21T19:01+08:00', '2026-02-21T19:01', '2026-02-21')
    """
    return told.partition(",")[0].replace(" ", "T", 1).replace(" ", "")


def when(told: str, *, short: bool = True, age: bool = False) -> str:
    """A time, for people and for programs.

    Args:
        told: As pages tell it.
        short: Whether only the day is shown; the rest is there when it is pointed at.
        age: Whether a script may add how long ago that was.
    """
    shown = told[:DAY] if short else told
    pointed = f' title="{escape(told)}"' if shown != told else ""
    aged = " data-age" if age else ""
    return f'<time datetime="{escape(iso(told))}"{pointed}{aged}>{plain(shown)}</time>'


def badges(words: Iterable[str | None]) -> str:
    """Words of the journal's own as badges."""
    return " ".join(badge(str(word)) for word in words if word)


def row(lead: str, main: str, *details: str) -> str:
    """A row of a list: what it is at the left, the matter, and below it what else is known. All harmless already."""
    known = [detail for detail in details if detail]
    below = f'<div class="journal-row__more">{" · ".join(known)}</div>' if known else ""
    return f'<li><div class="journal-row__lead">{lead}</div><div class="journal-row__main">{main}{below}</div></li>'


def rows(items: Iterable[str], style: str = "") -> str:
    """A list of rows, a line each; nothing for none."""
    lines = list(items)
    dressed = f"journal-rows {style}".rstrip()
    return "\n".join([f'<ul class="{dressed}">', *lines, "</ul>"]) if lines else ""
