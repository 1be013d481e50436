"""Pieces of a page: text made harmless, links, badges, times, front matter. Foreign text never begins a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from journal.model.run_page import TRACKER
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from journal.model.entry import FrontMatter
    from journal.model.life import Kind, Status
    from journal.model.when import When

UNKNOWN = "—"
SHORT_SHA = 7
SHORT_SUM = 12
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_MINUTES, _SECONDS = len("2026-02-21 19:01"), len("2026-02-21 19:01:15")
_ACTIVE = re.compile(r"[^A-Za-z0-9 _]")
_JOINTS = re.compile(r"(?<=[A-Za-z0-9][/_])(?=[A-Za-z0-9])")

_MEANT = {
    "planned": "the work has not begun",
    "running": "the work goes on",
    "blocked": "the work waits for something",
    "concluded": "the question has its answer",
    "inconclusive": "the work is over and gave no answer",
    "abandoned": "the work was given up",
    "superseded": "another entry took its place",
    "invalid": "its results must not be used",
    "positive": "what was tried helped",
    "negative": "what was tried did not help",
    "mixed": "what was tried helped in part",
}


def literal(text: str) -> str:
    """Text for an attribute or for front matter: pure ASCII, everything but letters, digits and spaces encoded.

    Themes put a page's title into `<title>` as it stands, so it must be harmless before any builder reads it.

    Examples:
        >>> literal('a "b" <c>')
        'a &#34;b&#34; &#60;c&#62;'
    """
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", text)


def page(title: str, *parts: str, hide: str = "navigation", listing: bool = False, is_home: bool = False) -> bytes:
    """A page: front matter, the title as its heading, and its parts with blank lines between.

    Args:
        title: Raw text.
        parts: Markdown; empty ones are left out.
        hide: Which of the theme's side columns the page does without.
        listing: Whether it only lists what other pages say: the search leaves it out.
        is_home: Whether it is the first page, which the browser calls by the site's name alone.
    """
    titled = [] if is_home else [f'title: "{literal(title)}"']
    matter = ["---", *titled, f"hide: [{hide}]"]
    if listing:
        matter.append("search: {exclude: true}")
    head = "\n".join([*matter, "---"])
    blocks = [head, f"# {plain(title)}", *(part.strip("\n") for part in parts if part.strip())]
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace")


def link(text: str, path: str, *, anchor: str = "", style: str = "") -> str:
    """A link to another page.

    Args:
        text: Raw text.
        path: Path relative to the page, with `/`; a file's name may hold any character.
        anchor: Where on that page.
        style: A class for the link.
    """
    address = quote(path, safe="/") + (f"#{quote(anchor)}" if anchor else "")
    return f"[{plain(text)}]({address})" + (f"{{ .{style} }}" if style else "")


def code(text: str, *, title: str = "") -> str:
    """Text in a fixed-width face; `title` shows when pointed at."""
    shown = f' title="{literal(title)}"' if title else ""
    return f"<code{shown}>{plain(text)}</code>"


def hinted(text: str) -> str:
    """A message or hint of our own, what stands between backticks in a fixed-width face.

    Examples:
        >>> hinted("write `a < b`")
        'write <code>a &#60; b</code>'
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:  # one that is never closed is no sign of ours
        return plain(text)
    return "".join(code(part) if number % 2 else plain(part) for number, part in enumerate(parts))


def outside(text: str, address: str | None) -> str:
    """A link out of the site; only the text where there is no address.

    Args:
        text: HTML that is harmless already.
        address: A web address (http or https) without secrets.
    """
    return text if address is None else f'<a href="{literal(address)}">{text}</a>'


def at_tracker(address: str | None, style: str = "") -> str:
    """A link to the page that a run's tracker has of it; nothing where its address is not known."""
    dressed = f' class="{style}"' if style else ""
    return "" if address is None else f'<a{dressed} href="{literal(address)}">page at {plain(TRACKER)}</a>'


def badge(word: str, *, kind: str | None = None, title: str = "") -> str:
    """A word in a coloured pill.

    Args:
        word: One of the journal's own words, never foreign text.
        kind: What colours it; the word itself by default.
        title: What it means, in words of our own; shows when pointed at.
    """
    name = (kind or word).replace(" ", "-")
    told = f' title="{title}"' if title else ""
    return f'<span{told} class="journal-badge journal-badge--{name}">{word}</span>'


def standing(matter: FrontMatter, replaced: Status | None = None) -> str:
    """Status and outcome as badges, with what they mean; `replaced` is what another entry says of it."""
    words = (matter.status, replaced, matter.outcome)
    return " ".join(badge(word.value, title=_MEANT.get(word.value, "")) for word in words if word is not None)


def breakable(text: str) -> str:
    """Text from elsewhere that a narrow column may break behind `/` and `_`."""
    return "<wbr>".join(plain(part) for part in _JOINTS.split(text))


def named(name: str, kind: Kind | str | None) -> str:
    """Somebody, and what they are where that is known: `Ada (human)`. No line may begin with it."""
    return plain(name) if kind is None else f"{plain(name)} ({kind})"


def section(style: str, *parts: str) -> str:
    """Markdown inside a box of its own, which the style sheet dresses."""
    inside = "\n\n".join(part for part in parts if part)
    return f'<div class="{style}" markdown>\n\n{inside}\n\n</div>' if inside else ""


def html_table(head: Iterable[str], rows: Iterable[Iterable[str]], *, right: frozenset[int] = frozenset()) -> str:
    """A table in HTML, one line a row: no Markdown parser looks into it, so a long one costs nothing.

    Args:
        head: The headings.
        rows: Cells that are harmless already.
        right: Columns that are aligned to the right, from 0.
    """
    top = "".join(_cell("th", text, index in right) for index, text in enumerate(head))
    body = [
        "<tr>" + "".join(_cell("td", text, index in right) for index, text in enumerate(row)) + "</tr>" for row in rows
    ]
    return "\n".join(["<table>", f"<thead><tr>{top}</tr></thead>", "<tbody>", *body, "</tbody>", "</table>"])


def _cell(tag: str, text: str, right: bool) -> str:
    shown = ' class="n"' if right else ""
    return f"<{tag}{shown}>{text}</{tag}>"


def bar(parts: Iterable[tuple[str, float]], whole: float, style: str) -> str:
    """A bar in lengths side by side: decoration, beside words that say the same.

    Args:
        parts: Each with a class of its own, one of the journal's own words (or none), and its length.
        whole: The length of the bar.
        style: A class for the bar.
    """
    drawn, at = [], 0.0
    for name, length in parts:
        dressed = f' class="{name}"' if name else ""
        drawn.append(f'<rect{dressed} x="{at:g}" y="0" width="{length:g}" height="1"></rect>')
        at += length
    box = f'viewBox="0 0 {whole:g} 1" preserveAspectRatio="none" aria-hidden="true"'
    return f'<svg class="{style}" {box}>{"".join(drawn)}</svg>'


def told(when: When, *, seconds: bool = False) -> str:
    """`2026-02-21 19:01 +08:00`, as exactly as it is known; with `seconds` to the second, where that is known."""
    if not when.has_clock:
        return when.day.isoformat()
    text = clock(when.local, seconds=seconds and when.isoformat()[_MINUTES : _MINUTES + 1] == ":")
    return text if when.offset is not None else f"{text}, zone unknown"


def clock(moment: datetime, *, seconds: bool = False) -> str:
    """`2026-02-21 19:01 +08:00`, in the moment's own zone; with `seconds` to the second."""
    text = moment.isoformat(sep=" ", timespec="seconds")
    return f"{text[: _SECONDS if seconds else _MINUTES]} {text[_SECONDS:]}".rstrip()


def timed(moment: datetime, *, seconds: bool = False) -> str:
    """A moment on a page, which programmes read to the second, with its zone."""
    return f'<time datetime="{moment.isoformat(timespec="seconds")}">{clock(moment, seconds=seconds)}</time>'


def timed_when(when: When, *, seconds: bool = False) -> str:
    """The same of what is known no more exactly than it was written."""
    return f'<time datetime="{when.isoformat()}">{told(when, seconds=seconds)}</time>'
