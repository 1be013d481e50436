"""The events of a YAML text: by PyYAML's C parser where that surely reads what the pure one reads, else by the latter.

The two are not quite of one mind: the C parser takes more for YAML, and places some things elsewhere. Where they may
differ the pure one decides, as it does on all that is wrong, so that nobody can tell which of them read a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# A tab between tokens, a mark of byte order, a carriage return, a comment right behind `|` or `>`: read by the C parser
# alone, or placed elsewhere by it. A question mark in flow style is another.
_UNSURE = re.compile("[\t\r\ufeff]|[|>][-+0-9]*+#")
_FLOW = re.compile(r"[\[{]")


class Unsure(Exception):
    """The C parser may be wrong about a text."""


def quick(text: str) -> Iterator[Any] | None:
    """The events of a text by the C parser; None where it is not installed or may differ from the pure one.

    What it says of an empty value in flow style is not to be believed, nor a place behind the last line.

    Raises:
        Unsure: While events are taken: there is something that it does not read.
    """
    flow = _FLOW.search(text)
    if _UNSURE.search(text) or (flow is not None and "?" in text[flow.start() :]):
        return None
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        return None
    return _events(CParser, text)


def _events(parser: Any, text: str) -> Iterator[Any]:
    import yaml

    try:
        events = parser(text)
        while True:
            event = events.get_event()
            if event is None:  # behind the end
                return
            yield event
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise Unsure from error
