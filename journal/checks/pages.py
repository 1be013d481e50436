"""The page of each rule: why it is there, what it finds, and how that is mended."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2] / "docs" / "rules"
# Below the title stands what the tests of the page go by.
_NOTES = re.compile(r"\A(# .*\n)(?:<!-- .* -->\n)+")
# Among the examples stand steps that a reader takes by working, and the tests take by command.
_STEPS = re.compile(r"^(?:<!-- (?:step|also): .* -->\n)+\n?", re.MULTILINE)
_BACK = "\n[All rules](index.md)\n"


def page(code: str) -> str:
    """The page of a rule, as Markdown.

    Args:
        code: One of the rules'.
    """
    packed = resources.files("journal.checks") / "rules" / f"{code}.md"
    # A checkout has the pages among the documentation, from where a package takes them.
    text = (packed if packed.is_file() else _CHECKOUT / f"{code}.md").read_text("utf-8")
    return _STEPS.sub("", _NOTES.sub(r"\1", text)).removesuffix(_BACK)
