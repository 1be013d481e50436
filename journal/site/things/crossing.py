"""Pieces of the pages of runs, commits and metrics, in HTML: times and numbers, facts, tables of many rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

from journal.model.run_page import page_of
from journal.site.contents import ENTRIES
from journal.site.markup import UNKNOWN, clock, code, html_table, literal, outside
from journal.tables.markdown import plain
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from journal.model.run import Origin
    from journal.site.abstract import Abstract, RunAbstract
    from journal.site.contents import Contents
    from journal.site.here import Here

DIGITS = 6
"""Significant digits of a number on these pages; all of them show when it is pointed at."""


def at_host(address: str | None) -> str:
    """A link out of the site, by the name of the server; nothing where there is no address."""
    return outside(f"on {plain(urlsplit(address).hostname or 'its host')}", address) if address else ""


def source(origin: Origin) -> str:
    """A file, or a run on a server with a link to its page where that is known."""
    return outside(code(origin.path), page_of(origin))


def name_of(of: RunAbstract) -> str:
    """What people call a run."""
    return of.name or of.id


def project_of(entity: str | None, project: str | None) -> str:
    """`entity/project`, as far as known, harmless."""
    return plain("/".join(part for part in (entity, project) if part)) or UNKNOWN


def moment(told: str | None) -> float:
    """Seconds since 1970 of a time in ISO 8601, to order by; before all others where there is none."""
    return float("-inf") if told is None else _in_utc(told).timestamp()


def month(told: str | None) -> str:
    """The month of a time in ISO 8601, in UTC: `2026-02`; nothing where there is none."""
    return "" if told is None else _in_utc(told).isoformat()[:7]


def _in_utc(told: str) -> datetime:
    found = datetime.fromisoformat(told)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def time(told: str | None) -> str:
    """A time in ISO 8601 as pages tell it, with its zone."""
    return f"<time>{clock(datetime.fromisoformat(told))}</time>" if told else UNKNOWN


def number(value: float | None) -> str:
    """A number at few digits, with all of them where it is pointed at."""
    if value is None:
        return UNKNOWN
    full = repr(value).removesuffix(".0")
    short = shown(value, DIGITS)
    return full if len(full) <= len(short) else f'<span title="{literal(full)}">{short}</span>'


def facts(terms: Mapping[str, Iterable[str]]) -> str:
    """Terms with what is known of each, in a box; those without anything are left out.

    Args:
        terms: For each heading, HTML that is harmless already.
    """
    held = {term: [each for each in told if each] for term, told in terms.items()}
    lines = [f"<dt>{term}</dt>" + "".join(f"<dd>{each}</dd>" for each in told) for term, told in held.items() if told]
    return "\n".join(['<div class="journal-facts"><dl>', *lines, "</dl></div>"])


def aside(text: str) -> str:
    """Words of less weight."""
    return f'<span class="journal-aside">{text}</span>'


def things(label: str, head: Iterable[str], rows: Iterable[Iterable[str]], *, right: Iterable[int] = ()) -> str:
    """A table of entries, runs, commits or metrics, which scrolls in its own box; nothing without rows.

    Args:
        label: What it shows, for those who hear the page; raw text.
        head: The headings.
        rows: Cells that are harmless already.
        right: Columns that are aligned to the right, from 0.
    """
    held = list(rows)
    return box(label, html_table(head, held, right=frozenset(right))) if held else ""


def box(label: str, table: str, style: str = "") -> str:
    """The box that a table scrolls in, which the keyboard reaches.

    Args:
        label: As for `things`.
        table: HTML.
        style: A class of its own.
    """
    dressed = f"journal-scroll journal-things {style}".rstrip()
    return f'<div class="{dressed}" role="region" tabindex="0" aria-label="{literal(label)}">\n{table}\n</div>'


def more(left: int, noun: str, here: Here, asked: Mapping[str, str]) -> str:
    """How many are not shown, with a link to the search that finds them; nothing where none is left.

    Args:
        left: How many.
        noun: What they are, in the plural.
        here: The page it stands on.
        asked: What the list of all entries is to be searched for, as its address has it.
    """
    if left <= 0:
        return ""
    address = f"{here.address(ENTRIES)}#{urlencode(asked, errors='replace')}"
    link = f'<a href="{literal(address)}">in the list of all entries</a>'
    return f'<p class="journal-left">{left:,} more {noun} not shown here: search {link}.</p>'


class Marks(NamedTuple):
    """What pages of many entries are made of, in brief: a text an entry, which changes with all that they show of it.

    Attributes:
        base: How addresses are made.
        of: For each entry, by its file: two may share an id by mistake.
    """

    base: tuple[object, ...]
    of: Mapping[str, str]

    def each(self, entries: Iterable[Abstract]) -> list[str]:
        """Of some entries, in their order."""
        return [self.of[each.path] for each in entries]


def marks(contents: Contents) -> Marks:
    """The marks of a journal's entries."""
    host, entries = contents.links.commit("0" * 40), contents.abstracts
    told = {each.path: f"{each.page} {each.sum} {contents.replaced(each)} {_pages(each, contents)}" for each in entries}
    return Marks((contents.site, host), told)


def _pages(of: Abstract, contents: Contents) -> str:
    """The runs of an entry that have a page, in brief: those it is about and those its numbers are from."""
    return "".join("1" if key in contents.runs else "0" for key in of.keys)
