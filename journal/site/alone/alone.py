"""A page's HTML so that it stands alone: nothing runs, nothing is fetched, and evidence stands in notes at the end."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DROPPED = frozenset({"script", "iframe", "object", "applet", "frameset", "template"})
"""Elements that go with all that is in them."""
_ALONE = frozenset({"link", "meta", "base", "embed", "frame"})
"""Elements that hold nothing, and go."""
_UNWRAPPED = frozenset({"noscript", "form"})
"""Elements of which the inside stays."""
_FETCHED = frozenset({"src", "srcset", "poster", "background", "data", "ping", "action", "formaction"})
_SCRIPTED = ("on", "data-")
"""Beginnings of attributes that only scripts need."""
_EVIDENCE = "journal-evidence"
_BOXED = "journal-table"
_WIDE = frozenset({"table", "pre"})
"""Elements that scroll when they are too wide, and so must be reached by keyboard."""
_STEPS = {
    True: '<span role="img" aria-label="done">\N{BALLOT BOX WITH CHECK}</span>',
    False: ('<span role="img" aria-label="open">\N{BALLOT BOX}</span>'),
}
"""Check boxes of lists: nobody can tick them here."""

Attrs = list[tuple[str, str | None]]


class Alone(HTMLParser):
    """Reads a page's HTML; `text` and `notes` are what becomes of it.

    Args:
        link: Gives the address behind a link; None where it leads to nothing from here.
        picture: Gives a picture's `data:` address; None where it is not at hand.
    """

    def __init__(self, link: Callable[[str], str | None], picture: Callable[[str], str | None]) -> None:
        super().__init__(convert_charrefs=False)
        self._link, self._picture = link, picture
        self._parts: list[str] = []
        self._notes: list[list[str]] = []
        self._out = self._parts
        self._dropped: list[str] = []  # the elements that are being left out
        self._links: list[str] = []  # what each open link has become
        self._folds = 0  # folds that are open inside evidence
        self._drawings = 0

    @property
    def text(self) -> str:
        """The page without its evidence, which marks lead to."""
        return "".join(self._parts)

    @property
    def notes(self) -> Sequence[str]:
        """The evidence, in order, each opened."""
        return ["".join(note) for note in self._notes]

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        """An element begins."""
        if self._dropped or tag in _DROPPED:
            if tag == (self._dropped or [tag])[0]:
                self._dropped.append(tag)
        elif tag == "details" and self._folds == 0 and _EVIDENCE in (dict(attrs).get("class") or "").split():
            self._begin_note(attrs)
        elif tag not in _ALONE | _UNWRAPPED:
            self._folds += tag == "details" and self._folds > 0
            self._drawings += tag == "svg"
            self._out.append(self._opened(tag, attrs))

    def handle_startendtag(self, tag: str, attrs: Attrs) -> None:
        """An element that ends where it begins."""
        if self._dropped or tag in _DROPPED | _ALONE | _UNWRAPPED:
            return
        opened = self._opened(tag, attrs)
        self._out.append(f"{opened[:-1]}/>" if self._drawings else opened)  # only drawings know such an end
        if tag == "a" and self._drawings:
            self._links.pop()

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if self._dropped:
            if tag == self._dropped[0]:
                self._dropped.pop()
        elif tag not in _DROPPED | _ALONE | _UNWRAPPED:
            self._drawings -= tag == "svg" and self._drawings > 0
            self._out.append(f"</{self._links.pop() if tag == 'a' and self._links else tag}>")
            if tag == "details" and self._folds:
                self._folds -= 1
                self._out = self._out if self._folds else self._parts

    def handle_data(self, data: str) -> None:
        """Text, as it stands."""
        if not self._dropped:
            self._out.append(data)

    def handle_entityref(self, name: str) -> None:
        """A sign by its name."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A sign by its number."""
        self.handle_data(f"&#{name};")

    def _begin_note(self, attrs: Attrs) -> None:
        number = len(self._notes) + 1
        mark = f'<a id="journal-mark-{number}" href="#journal-note-{number}">Evidence: note {number}</a>'
        self._out.append(f'<p class="journal-mark">{mark}</p>')
        self._notes.append([])
        self._out, self._folds = self._notes[-1], 1
        self._out.append(_tag("details", [*(each for each in attrs if each[0] != "open"), ("open", None)]))

    def _opened(self, tag: str, attrs: Attrs) -> str:
        """The beginning of an element, without what would run or fetch anything."""
        kept = [(name, value) for name, value in attrs if not name.startswith(_SCRIPTED) and name not in _FETCHED]
        if tag == "a":
            return self._opened_link(kept)
        kept = [(name, value) for name, value in kept if name.rpartition(":")[2] != "href" or _is_here(value)]
        given = dict(attrs)
        if tag == "input" and given.get("type") == "checkbox":
            return _STEPS["checked" in given]
        if tag in _WIDE and "tabindex" not in given and _BOXED not in (given.get("class") or "").split():
            kept.append(("tabindex", "0"))
        if tag != "img":
            return _tag(tag, kept)
        address = self._picture(given.get("src") or "")
        if address is None:
            return f"<em>{escape(given.get('alt') or 'a picture')} (not shown)</em>"
        return _tag("img", [*kept, ("src", address)])

    def _opened_link(self, attrs: Attrs) -> str:
        """A link, or text in its place where it leads to nothing."""
        others = [each for each in attrs if each[0].rpartition(":")[2] not in {"href", "target", "download", "rel"}]
        asked = next((value for name, value in attrs if name.rpartition(":")[2] == "href"), None)
        address = None if asked is None else self._link(asked)
        self._links.append("a" if address is not None else "g" if self._drawings else "span")
        if address is None:
            return _tag(self._links[-1], others)
        outside = [] if address.startswith("#") else [("rel", "noopener noreferrer")]
        return _tag("a", [("href", address), *others, *outside])


def _is_here(address: str | None) -> bool:
    return address is not None and address.startswith("#")


def _tag(name: str, attrs: Sequence[tuple[str, str | None]]) -> str:
    told = "".join(f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in attrs)
    return f"<{name}{told}>"
